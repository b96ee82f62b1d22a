"""Archives that are small, and large in memory."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from elf_static.archives import limits
from elf_static_testing.checked import check
from elf_static_testing.cost import Cost, cost_of_checker
from elf_static_testing.images import Layout, Members, tar

pytestmark = pytest.mark.slow

MIB = bytes(1 << 20)


def cost(data: bytes, tmp_path: Path, name: str = "a.tar") -> Cost:
    (tmp_path / name).write_bytes(data)
    measured = cost_of_checker(["check", str(tmp_path / name)])
    assert measured.errors == ""
    assert measured.memory < 200_000
    return measured


def padded(program: bytes, mebibytes: int) -> bytes:
    """A tar.gz with a program that ends with zeros."""
    entry = tarfile.TarInfo("agent")
    entry.size = len(program) + mebibytes * len(MIB)
    compressor = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    pieces = [compressor.compress(entry.tobuf(tarfile.GNU_FORMAT) + program)]
    pieces += [compressor.compress(MIB) for _ in range(mebibytes)]
    pieces += [compressor.compress(bytes(-entry.size % 512 + 1024)), compressor.flush()]
    return b"".join(pieces)


def test_a_program_of_zeros_stays_small(static: bytes, tmp_path: Path) -> None:
    measured = cost(padded(static, 250), tmp_path)
    assert measured.exit_code == 0, measured.output
    assert measured.output.startswith(f"{tmp_path}/a.tar!/agent: static")
    # Nested, in a zip that is itself in memory.
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("agent", static + 100 * MIB)
    measured = cost(gzip.compress(tar([("a.zip", stream.getvalue())]), 1), tmp_path)
    assert measured.exit_code == 0, measured.output


def test_a_program_too_large_for_memory_is_named(static: bytes, tmp_path: Path) -> None:
    budget = limits.Budget()
    budget.keep(192 << 20)
    with pytest.raises(limits.ArchiveError, match="is too large to be read in a compressed"):
        budget.keep(1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("agent", static)
    data = bytearray(stream.getvalue())
    struct.pack_into("<I", data, data.rindex(b"PK\1\2") + 24, 1 << 31)
    (tmp_path / "a.zip").write_bytes(data)
    assert check("a.zip", cwd=tmp_path).problems == {
        "a.zip!/agent": "is too large to be read in a compressed archive; unpack the archive and "
        "check the file"
    }


def test_long_paths_are_an_error(tmp_path: Path) -> None:
    said = "has more than 64 MiB of paths"
    for name in ("a/" * 2000, "b" * 4000):
        entries = (tarfile.TarInfo(f"{name}{n}").tobuf(tarfile.GNU_FORMAT) for n in range(17_000))
        layer = b"".join(entries)
        plain = cost(layer, tmp_path).output
        assert said in plain or "has paths that are too deep to look up" in plain
        image = Layout.of([[[]]], compressed=False)
        files = {
            name: layer if not data.strip(b"\0") else data for name, data in image.files.items()
        }
        assert said in cost(Layout(files).archive(), tmp_path).output


def test_a_large_json_file_is_an_error(tmp_path: Path) -> None:
    objects = b'{"manifests":[' + b"{}," * (2 << 20) + b"{}]}"
    layout = tar([("oci-layout", b"{}"), ("index.json", objects)])
    said = "is damaged: index.json is larger than 4 MiB"
    assert said in cost(gzip.compress(layout), tmp_path).output
    # Not an image: an archive of something else, with a file of this name.
    archive = tar([("manifest.json", b"[" + b"[]," * (2 << 20) + b"[]]")])
    assert "contains no ELF file" in cost(gzip.compress(archive), tmp_path).output
    budget = limits.Budget()
    budget.document(64 << 20)
    with pytest.raises(limits.LimitError, match="has more than 64 MiB of JSON"):
        budget.document(1)


def test_a_manifest_is_read_once(static: bytes, tmp_path: Path) -> None:
    layout = Layout.of([[[("agent", static)]]])
    index = json.loads(layout.files["index.json"])
    # Ten thousand times the same image; and indexes that contain themselves and each other.
    index["manifests"] *= 10_000
    digests = [f"sha256:{digit * 64}" for digit in "0123"]
    nested = [{"digest": digest} for digest in digests] * 1000
    index["manifests"] += nested
    files = {**layout.files, "index.json": json.dumps(index).encode()}
    for digest in digests:
        files[f"blobs/{digest.replace(':', '/')}"] = json.dumps({"manifests": nested}).encode()
    measured = cost(Layout(files).archive(), tmp_path)
    assert measured.exit_code == 0, measured.output
    assert measured.output.count("a.tar!/agent: static") == 1
    assert measured.work < 5


def test_too_many_images_are_an_error(static: bytes, tmp_path: Path) -> None:
    images: list[list[Members]] = [[[("agent", static), (str(n), b"")]] for n in range(501)]
    Layout.of(images, [None] * 501).write(tmp_path / "image")
    assert check("image", cwd=tmp_path).problems == {"image": "contains more than 500 images"}


def test_a_zip_of_many_entries_is_an_error(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", *[0] * 16)
    directory = entry * (limits.MAX_ZIP_MEMBERS + 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(directory), 30, 0)
    measured = cost(b"PK\3\4" + bytes(26) + directory + end, tmp_path, "a.zip")
    assert (measured.exit_code, "has more than 200,000 entries" in measured.output) == (2, True)
