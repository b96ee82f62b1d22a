"""Policies that are not regular files, and files that are made to be hard to read."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from elf_static.judge.policy import PolicyError, load_policy, parse_policy
from elf_static.judge.severity import Severity
from elf_static.judge.toml_file import MAX_SIZE
from elf_static_testing.cost import cost_of_checker

NEXT = (
    "Name a TOML file of at most 64 KiB, or a built-in policy (default, strict, any-language, "
    "rules-go).\n"
)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with something of each kind in it."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to("link")
    (tmp_path / "nowhere").symlink_to("none")
    (tmp_path / "large").write_bytes(b"#" * (MAX_SIZE + 1))
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("pipe", "is a named pipe, not a regular file"),
        ("/dev/zero", "is a character device, not a regular file"),
        ("directory", "is a directory, not a regular file"),
        ("socket", "cannot be opened: No such device or address"),
        ("link", "cannot be opened: Too many levels of symbolic links"),
        ("pipe/policy", "cannot be opened: Not a directory"),
        ("large", "is larger than 65536 bytes"),
        ("/proc/self/mem", "cannot be read: Input/output error"),
    ],
)
def test_an_unreadable_policy_is_an_error_at_once(path: str, reason: str, places: Path) -> None:
    cost = cost_of_checker(["check", f"--policy={path}", "/bin/true"])
    assert (cost.exit_code, cost.output) == (2, "")
    assert cost.errors == f"elf-static: error: {path}: the policy {reason}. {NEXT}"
    assert cost.least_seconds < 1 and cost.memory < 100_000


@pytest.mark.parametrize("path", ["none", "nowhere", "a\0b"])
def test_a_missing_policy_is_an_error(path: str, places: Path) -> None:
    with pytest.raises(PolicyError, match="^(Policy .* not found|.*its name has a NUL byte)"):
        load_policy(path)


def test_a_policy_of_unknown_size_is_read_completely() -> None:
    # Otherwise, it would be read as an empty policy, which allows more.
    with pytest.raises(PolicyError, match="invalid TOML"):
        load_policy("/proc/self/status")


def test_the_largest_policy_is_read(tmp_path: Path) -> None:
    rules = '[rules]\nvcs = "allow"\n'
    path = tmp_path / "policy"
    path.write_text(rules + "#" * (MAX_SIZE - len(rules)))
    assert load_policy(str(path)).severity("vcs") is Severity.INFO


def test_a_policy_with_windows_line_breaks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy"
    path.write_bytes(b'[rules]\r\nvcs = "allow"\r\ncgoo = "deny"\r\n')
    with pytest.raises(PolicyError, match=r":3: rules\.cgoo is unknown; did you mean cgo\?$"):
        load_policy(str(path))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("1", 1),
        ("64 MiB", 64 << 20),
        ("1.5kB", None),
        ("1.5 KiB", 1536),
        ("0.000001 MB", 1),
        ("0", None),
        ("0.1", None),
        ("9223372036854775807", (1 << 63) - 1),
        ("9223372036854775808", None),
        ("9" * 400 + " MiB", None),
        ("٣ MiB", None),
        ("1e3", None),
    ],
)
def test_sizes(size: str, expected: int | None) -> None:
    texts = [f'[size]\nmax = "{size}"\n']
    if size.isdecimal() and size.isascii():
        texts.append(f"[size]\nmax = {size}\n")
    for text in texts:
        if expected is not None:
            assert parse_policy(text, "p", "p").max_size == expected
            continue
        with pytest.raises(PolicyError, match=r"^p:2: (size\.max must be a number|this is not)"):
            parse_policy(text, "p", "p")


@pytest.mark.parametrize("value", ["inf", "nan", "-inf", "1e400", "1979-05-27", "07:32:00", "0x10"])
def test_other_toml_values_are_invalid_sizes(value: str) -> None:
    if value == "0x10":
        assert parse_policy(f"[size]\nmax = {value}\n", "p", "p").max_size == 16
        return
    with pytest.raises(PolicyError, match="^p:2: size.max must be a number of bytes"):
        parse_policy(f"[size]\nmax = {value}\n", "p", "p")


def test_policy_text_cannot_affect_a_terminal() -> None:
    with pytest.raises(PolicyError) as raised:
        parse_policy('"\\u001b[31m\\nx" = 1\n', "p\x1b", "p")
    assert "\x1b" not in str(raised.value) and "\n" not in str(raised.value)


def test_line_breaks_that_toml_does_not_know_are_not_line_breaks() -> None:
    with pytest.raises(PolicyError, match=r"^p:3: rules\.cgoo is unknown"):
        parse_policy('# \u2028 \x85 \x0c\n[rules]\ncgoo = "deny"\n', "p", "p")


_HOSTILE = {
    "equals signs": ("a=", "1=", ""),
    "equals signs in quotes": ('a = "', "1=", '"'),
    "arrays": ("a = ", "[", ""),
    "closed arrays": ("a = " + "[" * (MAX_SIZE // 2 - 4), "]", ""),
    "inline tables": ("a = ", "{a=", ""),
    "an array of tables": ("a = [", "{a=1},", "]"),
    "an array in lines": ("a = [\n", '"a,b",\n', "]"),
    "as many commas as are allowed": ("a = [\n", '"a,bcdefghijklm",\n', "]"),
    "commas": ('a = ["', ",", '"]'),
    "open strings": ("a = [", "',", "]"),
    "escapes": ('a = "', r"\n", '"'),
    "code points": ('a = "', r"\u0041", '"'),
    "quotes": ("a = ", "\"'", ""),
    "dotted keys": ("a", ".a", " = 1"),
    "quoted names of tables": ('["a', ".a", "]"),
    "tables": ("", "[a.b]\n", ""),
    "spaces in a name": ("[", " ", ""),
    "spaces in a key": ("[rules]\na", " ", "=1"),
    "carriage returns": ("a=1", "\r", ""),
    "digits": ("[size]\nmax = ", "9", ""),
    "comments": ("", "#\n", ""),
    "comparisons": ("[go]\nversion = '", ">=1.2,", "'"),
    "a version": ("[go]\nversion = '>=1.", "9", "'"),
    "spaces in a range": ("[go]\nversion = '", " ", "'"),
    "a long rule": ("[rules]\n", "vcs", " = 1"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_the_largest_policy_takes_less_than_a_second(name: str) -> None:
    before, piece, after = _HOSTILE[name]
    text = before + piece * ((MAX_SIZE - len(before) - len(after)) // len(piece)) + after
    start = time.process_time()
    try:
        parse_policy(text, "p.toml", "p.toml")
    except PolicyError as e:
        assert str(e).startswith("p.toml:")
    assert time.process_time() - start < 1
