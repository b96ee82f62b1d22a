"""Images are judged as they run, with all layers applied."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from elf_static_testing.checked import check
from elf_static_testing.images import Layout, Link, Members, docker_save, tar


def layers(static: bytes, dynamic: bytes) -> list[Members]:
    return [
        [
            ("usr/bin/", None),
            ("bin", Link("usr/bin")),
            ("usr/bin/old", dynamic),
            ("usr/bin/kept", static),
            ("opt/a/one", dynamic),
            ("opt/a/two", dynamic),
            ("opt/b/three", dynamic),
            ("gone/four", dynamic),
        ],
        [
            ("opt/.wh.b", b""),
            # Opaque: what this layer itself has stays, wherever the whiteout is in it.
            ("opt/a/own", static),
            ("opt/a/.wh..wh..opq", b""),
            ("gone", b"a file now"),
        ],
        [("usr/bin/agent", dynamic), ("usr/bin/.wh.old", b""), ("usr/bin/kept2", dynamic)],
        # Through the link of the first layer.
        [("bin/agent", static), ("bin/.wh.kept2", b""), ("x", Link("bin/kept", hard=True))],
    ]


EXPECTED = {"/opt/a/own": "static", "/usr/bin/agent": "static", "/usr/bin/kept": "static"}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("kind", ["layout", "archive", "archive.gz", "docker"])
def test_an_image_is_judged_as_it_runs(
    kind: str, compressed: bool, static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    every = layers(static, dynamic)
    layout = Layout.of([every], compressed=compressed)
    image = tmp_path / "image"
    if kind == "layout":
        layout.write(image)
    elif kind == "docker":
        image.write_bytes(docker_save(every))
    else:
        data = layout.archive()
        image.write_bytes(gzip.compress(data) if kind == "archive.gz" else data)
    before = sorted(tmp_path.rglob("*"))
    done = check("image", cwd=tmp_path)
    assert (done.exit_code, done.errors) == (0, "")
    assert done.verdicts == {f"image!{path}": verdict for path, verdict in EXPECTED.items()}
    assert sorted(tmp_path.rglob("*")) == before


def test_without_the_last_layer_the_dynamic_program_is_found(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    Layout.of([layers(static, dynamic)[:3]]).write(tmp_path / "image")
    done = check("image", cwd=tmp_path)
    assert done.exit_code == 1
    assert done.verdicts["image!/usr/bin/agent"] == "not-static"
    assert "image!/usr/bin/old" not in done.verdicts


def test_each_image_of_several_platforms_is_judged(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    images: list[list[Members]] = [[[("agent", static)]], [[("agent", dynamic)]]]
    Layout.of(images, ["linux/amd64", "linux/arm64"]).write(tmp_path / "image")
    done = check("image", cwd=tmp_path)
    assert done.verdicts == {
        "image!linux/amd64!/agent": "static",
        "image!linux/arm64!/agent": "not-static",
    }


def test_a_hard_link_keeps_what_a_later_layer_replaces(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    image = docker_save([[("a", dynamic), ("b", Link("a", hard=True))], [("a", static)]])
    (tmp_path / "image.tar").write_bytes(image)
    done = check("image.tar", cwd=tmp_path)
    assert done.verdicts == {"image.tar!/a": "static", "image.tar!/b": "not-static"}


def test_a_directory_replaces_a_link_to_one(static: bytes, dynamic: bytes, tmp_path: Path) -> None:
    lower: Members = [("usr/bin/agent", dynamic), ("bin", Link("usr/bin"))]
    image = docker_save([lower, [("bin/", None), ("bin/agent", static)]])
    (tmp_path / "image.tar").write_bytes(image)
    assert check("image.tar", cwd=tmp_path).verdicts == {
        "image.tar!/bin/agent": "static",
        "image.tar!/usr/bin/agent": "not-static",
    }


def test_a_layer_of_docker_save_may_be_a_link(static: bytes, tmp_path: Path) -> None:
    manifest = [{"RepoTags": None, "Layers": ["a/layer.tar", "b/layer.tar"]}]
    (tmp_path / "image.tar").write_bytes(
        tar(
            [
                ("a/layer.tar", tar([("agent", static)])),
                ("b/layer.tar", Link("../a/layer.tar")),
                ("manifest.json", json.dumps(manifest).encode()),
            ]
        )
    )
    assert check("image.tar", cwd=tmp_path).verdicts == {"image.tar!/agent": "static"}


def test_attestations_and_empty_layers_are_not_programs(static: bytes, tmp_path: Path) -> None:
    layout = Layout.of([[[], [("agent", static)]], [[("attested", static)]]], [None, None])
    files = dict(layout.files)
    index = json.loads(files["index.json"])
    index["manifests"][1]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    files["index.json"] = json.dumps(index).encode()
    Layout(files).write(tmp_path / "image")
    assert check("image", cwd=tmp_path).verdicts == {"image!/agent": "static"}


def test_an_archive_with_another_manifest_is_an_archive(static: bytes, tmp_path: Path) -> None:
    for manifest in (b'{"name": "extension"}', b"[]", b"text", b'[{"Layers": 1}]'):
        (tmp_path / "a.tar").write_bytes(tar([("manifest.json", manifest), ("agent", static)]))
        assert check("a.tar", cwd=tmp_path).verdicts == {"a.tar!/agent": "static"}


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("index.json", b"{", "is damaged: index.json is not valid JSON: "),
        ("index.json", b"[" * 100_000, "is damaged: index.json is not valid JSON: "),
        ("index.json", b"{}", "contains no image with layers of files"),
        ("index.json", b'{"manifests": [1]}', "is damaged: None is not a digest"),
        (
            "index.json",
            b'{"manifests": [{"digest": "sha256:../../../../../../../../etc/passwd"}]}',
            "is damaged: sha256:../../../../../../../../etc/passwd is not a digest",
        ),
        (
            "index.json",
            b'{"manifests": [{"digest": "..:%s"}]}' % (b"a" * 64),
            f"is damaged: ..:{'a' * 64} is not a digest",
        ),
        (
            "index.json",
            b'{"manifests": [{"digest": "sha256:%s"}]}' % (b"a" * 64),
            f"is damaged: it has no blobs/sha256/{'a' * 64}, which its image needs",
        ),
        ("index.json", None, "is damaged: it has no index.json, which its image needs"),
    ],
)
def test_a_damaged_layout_is_reported(
    file: str, content: bytes | None, problem: str, static: bytes, tmp_path: Path
) -> None:
    Layout.of([[[("agent", static)]]]).write(tmp_path / "image")
    if content is None:
        (tmp_path / "image" / file).unlink()
    else:
        (tmp_path / "image" / file).write_bytes(content)
    done = check("image", cwd=tmp_path)
    assert done.exit_code == 2
    assert done.problems["image"].startswith(problem)


def test_a_missing_or_wrong_layer_is_reported(static: bytes, tmp_path: Path) -> None:
    Layout.of([[[("agent", static)]]]).write(tmp_path / "image")
    layer = max((tmp_path / "image/blobs/sha256").iterdir(), key=os.path.getsize)
    good = layer.read_bytes()
    name = f"blobs/sha256/{layer.name}"
    for content, problem in (
        (None, f"is damaged: its layer {name} is missing"),
        (b"text", f"is damaged: its layer {name} is not a tar"),
        (good[: len(good) // 2], "is damaged: its gzip stream ends early"),
    ):
        layer.unlink() if content is None else layer.write_bytes(content)
        done = check("image", cwd=tmp_path)
        assert (done.exit_code, done.problems["image"]) == (2, problem)


def test_images_for_the_same_platform_have_different_names(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    images: list[list[Members]] = [[[("agent", static)]], [[("agent", dynamic)]]]
    Layout.of(images, ["linux/amd64", "linux/amd64"]).write(tmp_path / "image")
    assert check("image", cwd=tmp_path).verdicts == {
        "image!linux/amd64!/agent": "static",
        "image!linux/amd64 (2)!/agent": "not-static",
    }
