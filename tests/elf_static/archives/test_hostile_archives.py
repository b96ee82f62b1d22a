"""Hostile archives: an error in bounded time and memory, and no file on disk."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from elf_static.archives import limits
from elf_static.archives.limits import Budget, LimitError
from elf_static_testing.checked import check
from elf_static_testing.cost import cost_of_checker
from elf_static_testing.images import Layout, Link, Members, docker_save, tar

pytestmark = pytest.mark.slow

ATTACK = ", as an attack does"


def problem(data: bytes, tmp_path: Path, name: str = "a.tar") -> str:
    """Why the archive cannot be read."""
    (tmp_path / name).write_bytes(data)
    before = sorted(tmp_path.rglob("*"))
    done = check(name, cwd=tmp_path)
    assert done.exit_code == 2
    assert sorted(tmp_path.rglob("*")) == before
    return done.problems[name]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../agent", "../agent"),
        ("a/../../agent", "a/../../agent"),
        ("/../agent", "/../agent"),
        ("..", ".."),
        ("../\x1b[31m\u202e", r"../\x1b[31m\u202e"),
    ],
)
def test_a_path_that_leads_out_is_an_error(
    name: str, shown: str, static: bytes, tmp_path: Path
) -> None:
    said = f"has an entry that leads out of it, {shown}{ATTACK}"
    assert problem(tar([("ok", static), (name, static)]), tmp_path) == said
    if "\x1b" not in name:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(name, static)
        assert problem(stream.getvalue(), tmp_path, "a.zip") == said
    Layout.of([[[(name, static)]]]).write(tmp_path / "image")
    assert check("image", cwd=tmp_path).problems["image"] == said


def test_a_hard_link_that_leads_out_or_nowhere_is_an_error(static: bytes, tmp_path: Path) -> None:
    for target in ("../../etc/passwd", "a/../../b"):
        assert problem(tar([("agent", Link(target, hard=True))]), tmp_path) == (
            f"has a hard link that leads out of it, agent to {target}{ATTACK}"
        )
    said = "is damaged: agent is a hard link to /etc/passwd, which is not a file in it"
    assert problem(tar([("agent", Link("/etc/passwd", hard=True))]), tmp_path) == said
    image = docker_save([[("agent", Link("/etc/passwd", hard=True))]])
    assert problem(image, tmp_path) == said
    assert problem(tar([("a", None), ("agent", Link("a", hard=True))]), tmp_path) == (
        "is damaged: agent is a hard link to a, which is not a file in it"
    )


def test_symbolic_links_stay_in_the_archive(static: bytes, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    members: Members = [
        ("up", Link("../../../../../../..")),
        (f"up{outside}/agent", static),
        ("absolute", Link(str(outside))),
        ("absolute/again", static),
        ("passwd", Link("/etc/passwd")),
    ]
    (tmp_path / "a.tar").write_bytes(tar(members))
    done = check("a.tar", cwd=tmp_path)
    assert set(done.verdicts) == {f"a.tar!{outside}/again", f"a.tar!{outside}/agent"}
    assert not list(outside.iterdir())


def test_links_in_a_circle_are_an_error(static: bytes, tmp_path: Path) -> None:
    circle: Members = [("a", Link("b")), ("b", Link("a")), ("a/agent", static)]
    assert problem(tar(circle), tmp_path) == (
        "is damaged: a leads through more than 40 symbolic links"
    )


@pytest.mark.parametrize(
    "compress", [gzip.compress, lambda data: lzma.compress(data, preset=0)], ids=["gzip", "xz"]
)
def test_a_decompression_bomb_is_an_error(compress: object, tmp_path: Path) -> None:
    assert callable(compress)
    header = tarfile.TarInfo("zeros")
    header.size = 1 << 40
    # 300 MiB in a few hundred KB; the entry claims a terabyte.
    data = compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(300 << 20))
    said = "expands to more than 250 times its size, as a decompression bomb does"
    assert problem(data, tmp_path) == said
    # In an archive within an archive, and as a layer.
    assert problem(tar([("inner.tar.gz", data)]), tmp_path) == said
    cost = cost_of_checker(["check", str(tmp_path / "a.tar")])
    assert cost.work < 10
    assert cost.memory < 100_000


def test_a_zip_bomb_is_an_error(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("agent", b"\x7fELF" + bytes(300 << 20))
    data = bytearray(stream.getvalue())
    # Also one that claims to be larger than it is.
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 20, 0x7FFFFFFF)
    struct.pack_into("<I", data, 18, 0x7FFFFFFF)
    assert problem(stream.getvalue(), tmp_path) == (
        "expands to more than 250 times its size, as a decompression bomb does"
    )
    (tmp_path / "forged.zip").write_bytes(data)
    # Some versions of zipfile notice the claim themselves.
    assert check("forged.zip", cwd=tmp_path).exit_code == 2


def test_too_much_expansion_in_total_is_an_error() -> None:
    budget = Budget()
    for _ in range(31):
        budget.expand(1 << 30, 1 << 30, 1 << 30)
    with pytest.raises(LimitError, match="expands to more than 32 GiB"):
        budget.expand((1 << 30) + 1, 1 << 30, 1 << 30)
    budget.members = limits.MAX_MEMBERS
    with pytest.raises(LimitError, match="has more than 500,000 entries"):
        budget.member(0)
    budget.programs = limits.MAX_PROGRAMS
    with pytest.raises(LimitError, match="contains more than 50,000 ELF files"):
        budget.program()


def test_a_hundred_thousand_members_are_read(static: bytes, tmp_path: Path) -> None:
    entry = tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT)
    names = (tarfile.TarInfo(f"d{n % 100}/f{n}").tobuf(tarfile.GNU_FORMAT) for n in range(100_000))
    assert len(entry) == 512
    (tmp_path / "a.tar").write_bytes(b"".join(names) + tar([("agent", static)]))
    cost = cost_of_checker(["check", str(tmp_path / "a.tar")])
    assert (cost.exit_code, cost.errors) == (0, "")
    assert cost.output.startswith(f"{tmp_path}/a.tar!/agent: static")
    assert cost.work < 20
    assert cost.memory < 200_000
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(20_000):
            archive.writestr(f"f{number}", b"")
        archive.writestr("agent", static)
    cost = cost_of_checker(["check", str(tmp_path / "a.zip")])
    assert cost.exit_code == 0
    assert cost.work < 20


def test_too_many_members_are_an_error(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT)
    data = gzip.compress(entry * (limits.MAX_MEMBERS + 1), compresslevel=1)
    assert problem(data, tmp_path) == "has more than 500,000 entries"


def test_deep_paths_are_an_error_in_time(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for number in range(12_000):
            archive.addfile(tarfile.TarInfo("a/" * 2000 + str(number)))
    cost = cost_of_checker(["check", str(tmp_path / "a.tar")])
    assert cost.exit_code == 2
    assert "has paths that are too deep to look up" in cost.output
    assert cost.work < 30


def test_archives_nested_too_deep_are_an_error(static: bytes, tmp_path: Path) -> None:
    data = tar([("agent", static)])
    for _ in range(3):
        data = tar([("a.tar", data)])
    (tmp_path / "4.tar").write_bytes(data)
    assert check("4.tar", cwd=tmp_path).exit_code == 0
    (tmp_path / "5.tar").write_bytes(tar([("a.tar", data)]))
    done = check("5.tar", cwd=tmp_path)
    assert done.exit_code == 2
    assert done.problems == {
        "5.tar!/a.tar!/a.tar!/a.tar!/a.tar": "is an archive nested more than 4 deep"
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:700], "is damaged: it ends in the middle of an entry"),
        (lambda data: _with(data, 124, b"7777777777A\0"), "is damaged: 7777777777A\\x00 is not a"),
        (lambda data: _with(data, 124, b"\xff" * 12), "is damaged: an entry has an impossible"),
        (lambda data: _with(data, 124, b"77777777777\0"), "is damaged: it ends in the middle"),
        (lambda data: _with(data, 156, b"S"), "has a sparse file, agent, which is not read"),
        (lambda data: _with(data, 124, b"00000000000\0"), "is damaged: there is no header of an"),
    ],
)
def test_a_damaged_tar_is_reported(
    change: object, said: str, static: bytes, tmp_path: Path
) -> None:
    assert callable(change)
    assert problem(change(tar([("agent", static)])), tmp_path).startswith(said)


def test_a_damaged_archive_in_an_archive_does_not_pass(static: bytes, tmp_path: Path) -> None:
    damaged = bytearray(gzip.compress(tar([("agent", static)])))
    damaged[12:40] = b"\xff" * 28
    (tmp_path / "a.tar").write_bytes(tar([("agent", static), ("b.tgz", bytes(damaged))]))
    done = check("a.tar", cwd=tmp_path)
    assert (done.exit_code, done.verdicts["a.tar!/agent"]) == (2, "static")
    said = "is damaged: its gzip stream cannot be read (error: "
    assert done.problems["a.tar!/b.tgz"].startswith(said)


@pytest.mark.parametrize("size", [1, 4, 8, 12])
def test_a_truncated_or_wrong_checksum_of_gzip_is_an_error(
    size: int, static: bytes, tmp_path: Path
) -> None:
    data = gzip.compress(tar([("agent", static)]))
    assert problem(data[:-size], tmp_path) == "is damaged: its gzip stream ends early"
    wrong = data[:-8] + bytes(byte ^ 1 for byte in data[-8:])
    assert problem(wrong, tmp_path).startswith("is damaged: its gzip stream cannot be read (error")


def _with(data: bytes, offset: int, field: bytes) -> bytes:
    """With a field of the first header, and its checksum, changed."""
    header = bytearray(data[:512])
    header[offset : offset + len(field)] = field
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + data[512:]


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (b"5 a=b\n" * 3, "is damaged: an extended header has no valid records"),
        (b"6 a=b\n99 path=x\n", "is damaged: an extended header has no valid records"),
        (b"x", "is damaged: an extended header has no valid records"),
        (b"6 a=b\n123456789", "is damaged: an extended header has no valid records"),
        (b"6 a=b\n 6 a=b\n", "is damaged: an extended header has no valid records"),
        (b"0 a=b\n", "is damaged: an extended header has no valid records"),
        (b"1 a=b\n", "is damaged: an extended header has no valid records"),
        (b"18 size=111111111\n", "is damaged: it ends in the middle of an entry"),
        (b"11 size=-1\n", "is damaged: -1 is not a size"),
        (b"12 path=a\0b\n", "has an entry with a NUL byte in its path, a\\x00b"),
        (b"5011 path=" + b"a" * 5000 + b"\n", "has an entry with a path of more than 4096 bytes"),
        (bytes(2 << 20), "is damaged: an extended header at byte 512 has 2097152 bytes"),
    ],
)
def test_a_damaged_pax_header_is_reported(
    records: bytes, said: str, static: bytes, tmp_path: Path
) -> None:
    header = tarfile.TarInfo("pax")
    header.type = tarfile.XHDTYPE
    header.size = len(records)
    padded = records + bytes(-len(records) % 512)
    data = header.tobuf(tarfile.USTAR_FORMAT) + padded + tar([("agent", static)])
    assert problem(data, tmp_path).startswith(said)


def test_an_unreadable_zip_entry_is_named(static: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good", static)
        archive.writestr("bad", static)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.rindex(b"\x7fELF") + 2000] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    done = check("a.zip", cwd=tmp_path)
    assert done.exit_code == 2
    assert done.verdicts["a.zip!/good"] == "static"
    assert done.problems["a.zip!/bad"].startswith(
        "cannot be read from its zip archive: BadZipFile: Bad CRC-32"
    )
    encrypted = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := encrypted.find(signature, place + 1)) >= 0:
            struct.pack_into("<H", encrypted, place + offset, 1)
    (tmp_path / "a.zip").write_bytes(encrypted)
    assert check("a.zip", cwd=tmp_path).problems["a.zip!/good"] == (
        "is encrypted; decrypt it, and check the file"
    )


def test_no_changed_byte_causes_a_traceback_or_a_false_pass(
    static: bytes, dynamic: bytes, tmp_path: Path
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/agent", dynamic[:20000])
    whole = {
        "a.tar": tar([("x" * 120, b"text"), ("agent", static), ("l", Link("agent", hard=True))]),
        "a.tar.gz": gzip.compress(tar([("agent", static), ("tool", dynamic)])),
        "a.zip": stream.getvalue(),
        "image.tar": docker_save([[("agent", static)], [(".wh.agent", b""), ("b", static)]]),
    }
    chance = random.Random(0)
    names = []
    for name, data in whole.items():
        for number in range(60):
            changed = bytearray(data)
            for _ in range(chance.choice((1, 1, 4))):
                changed[chance.randrange(min(len(changed), chance.choice((600, 1 << 20))))] = (
                    chance.randrange(256)
                )
            if not number % 5:
                del changed[chance.randrange(len(changed)) :]
            names.append(f"{number}-{name}")
            (tmp_path / names[-1]).write_bytes(changed)
    cost = cost_of_checker(["check", *(str(tmp_path / name) for name in names)])
    assert cost.exit_code == 2
    assert cost.errors == ""
    assert cost.output.count("cannot be judged") > 50
    assert sorted(os.listdir(tmp_path)) == sorted(names)
