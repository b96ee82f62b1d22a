"""What makes Pants 2.17 do as newer releases do."""

from __future__ import annotations

from pants.engine.fs import CreateDigest, FileContent

import go_static.pants_2_17  # noqa: F401 (imported for what it does to Pants)


def test_what_asks_for_other_files_has_another_hash() -> None:
    """Or the engine would compare each with all before it (Pants #21725)."""
    asked = [CreateDigest([FileContent(f"{n}.go", b"package p\n")]) for n in range(100)]

    assert len({hash(one) for one in asked}) == len(asked)
    assert hash(asked[0]) == hash(CreateDigest([FileContent("0.go", b"package p\n")]))
