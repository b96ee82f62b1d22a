"""Programs in archives, judged at their paths without unpacking."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from backports import zstd

from elf_static_testing.checked import check
from elf_static_testing.images import Link, tar


def members(static: bytes, dynamic: bytes) -> list[tuple[str, bytes | Link | None]]:
    return [
        ("./usr/", None),
        ("./usr/bin/agent", static),
        ("./usr/bin/" + "long-" * 40 + "name", static),
        ("./usr/bin/öffnen", static),
        ("./usr/bin/tool", dynamic),
        ("./usr/bin/link", Link("agent")),
        ("./usr/bin/again", Link("./usr/bin/agent", hard=True)),
        ("./usr/share/readme", b"\x7fEL"),
        ("./usr/share/empty", b""),
    ]


VERDICTS = {
    "/usr/bin/again": "static",
    "/usr/bin/" + "long-" * 40 + "name": "static",
    "/usr/bin/öffnen": "static",
    "/usr/bin/tool": "not-static",
}


def under(name: str) -> dict[str, str]:
    return {f"{name}!{path}": verdict for path, verdict in VERDICTS.items()}


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_each_tar_format_is_read(
    format: int, static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    every = members(static, dynamic)
    if format == tarfile.USTAR_FORMAT:
        # ustar has no room for a name of that length.
        every = [(name.replace("long-" * 40, "long/" * 25), data) for name, data in every]
    (tmp_path / "a.tar").write_bytes(tar(every, format))
    expected = {
        path.replace("long-" * 40, "long/" * 25) if format == tarfile.USTAR_FORMAT else path: said
        for path, said in under("a.tar").items()
    }
    done = check("a.tar", cwd=tmp_path)
    assert (done.exit_code, done.verdicts) == (1, expected)
    assert os.listdir(tmp_path) == ["a.tar"]


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("a.tar.gz", gzip.compress),
        ("a.tar.xz", lzma.compress),
        ("a.tar.bz2", bz2.compress),
        ("a.tar.zst", zstd.compress),
    ],
)
def test_each_compression_is_read(
    name: str, compress: object, static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    assert callable(compress)
    data = tar(members(static, dynamic))
    # Two streams are one, as `cat a.gz b.gz` gives.
    (tmp_path / name).write_bytes(compress(data[:5000]) + compress(data[5000:]))
    done = check(name, cwd=tmp_path)
    assert (done.exit_code, done.verdicts) == (1, under(name))


def test_skippable_zstd_frames_hide_nothing(static: bytes, dynamic: bytes, tmp_path: Path) -> None:
    """As in zstd:chunked layers, which have a table of contents in such a frame."""
    data = tar(members(static, dynamic))
    skippable = b"\x5a\x2a\x4d\x18\x05\0\0\0table"
    frames = [zstd.compress(part) for part in (data[:5000], data[5000:9000], data[9000:])]
    (tmp_path / "a.tar.zst").write_bytes(skippable + skippable.join(frames) + skippable)
    done = check("a.tar.zst", cwd=tmp_path)
    assert (done.exit_code, done.verdicts) == (1, under("a.tar.zst"))


def test_a_truncated_zstd_stream_never_passes(static: bytes, tmp_path: Path) -> None:
    archive = tar([("agent", static), ("data", os.urandom(1 << 20))])
    (tmp_path / "a.tar.zst").write_bytes(zstd.compress(archive)[:-10])
    done = check("a.tar.zst", cwd=tmp_path)
    assert done.exit_code == 2
    assert done.problems["a.tar.zst"] == "is damaged: its zstd stream ends early"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["a.zip", "a-1.0-py3-none-any.whl", "a"])
def test_zips_and_wheels_are_read(
    method: int, name: str, static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / name, "w", method) as archive:
        archive.writestr("bin/agent", static)
        archive.writestr("bin/öffnen", static)
        archive.writestr("bin/tool", dynamic)
        archive.writestr("bin/readme", "text")
        link = zipfile.ZipInfo("bin/link")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "agent")
        archive.writestr("bin/", "")
    done = check(name, cwd=tmp_path)
    assert done.exit_code == 1
    assert done.verdicts == {
        f"{name}!/bin/agent": "static",
        f"{name}!/bin/öffnen": "static",
        f"{name}!/bin/tool": "not-static",
    }


@pytest.mark.parametrize("compression", ["xz", "gzip", "none"])
def test_a_debian_package_is_read(
    compression: str, static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN/control").write_text(
        "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: a\n"
    )
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/agent").write_bytes(static)
    (root / "usr/bin/tool").write_bytes(dynamic)
    subprocess.run(
        ["dpkg-deb", f"-Z{compression}", "--build", str(root), str(tmp_path / "a.deb")],
        check=True,
        capture_output=True,
    )
    done = check("a.deb", cwd=tmp_path)
    assert done.verdicts == {
        "a.deb!/usr/bin/agent": "static",
        "a.deb!/usr/bin/tool": "not-static",
    }


def test_output_of_gnu_tar_is_read(static: bytes, dynamic: bytes, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/agent").write_bytes(static)
    os.link(tmp_path / "d/agent", tmp_path / "d/hard")
    (tmp_path / "d/soft").symlink_to("agent")
    os.mkfifo(tmp_path / "d/pipe")
    for option in ("--format=gnu", "--format=pax", "--format=ustar", "--format=v7"):
        if option == "--format=v7":
            # It has no pipes.
            (tmp_path / "d/pipe").unlink()
        subprocess.run(["tar", option, "-cf", "a.tar", "d"], cwd=tmp_path, check=True)
        done = check("a.tar", cwd=tmp_path)
        assert (done.exit_code, list(done.verdicts.values())) == (0, ["static"]), option


def test_standard_input_may_be_an_archive(static: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar([("agent", static)]))
    with open(tmp_path / "a.tar", "rb") as file:
        done = check("-", cwd=tmp_path, stdin=file)
    assert done.verdicts == {"standard input!/agent": "static"}
    done = check("--name=//image", "a.tar", cwd=tmp_path)
    assert done.verdicts == {"//image!/agent": "static"}


def test_archives_in_archives_are_opened(static: bytes, dynamic: bytes, tmp_path: Path) -> None:
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tool", dynamic)
    inner = gzip.compress(tar([("bin/agent", static), ("a.whl", wheel.getvalue())]))
    (tmp_path / "a.tar.gz").write_bytes(
        gzip.compress(tar([("inner.tgz", inner), ("agent", static), ("other.tar", b"text")]))
    )
    done = check("a.tar.gz", cwd=tmp_path)
    assert done.verdicts == {
        "a.tar.gz!/agent": "static",
        "a.tar.gz!/inner.tgz!/bin/agent": "static",
        "a.tar.gz!/inner.tgz!/a.whl!/tool": "not-static",
    }


def test_an_archive_without_programs_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar([("readme", b"text")]))
    done = check("a.tar", cwd=tmp_path)
    assert (done.exit_code, done.problems) == (2, {"a.tar": "contains no ELF file"})


def test_a_later_entry_replaces_an_earlier_one(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a.tar").write_bytes(tar([("agent", dynamic), ("./agent", static)]))
    assert check("a.tar", cwd=tmp_path).verdicts == {"a.tar!/agent": "static"}


def test_a_program_in_an_archive_is_not_started(static: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar([("agent", static)]))
    done = check("--run-in-scratch=", "a.tar", cwd=tmp_path)
    assert (done.exit_code, done.errors) == (
        2,
        "elf-static: error: --run-in-scratch cannot start programs in an archive or "
        "image. Unpack it first.\n",
    )
