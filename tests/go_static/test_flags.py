"""Flags that would undo the guarantee are refused; all others reach `go build` unchanged."""

from __future__ import annotations

import pytest

from go_static.flags import BuildFlags, InvalidFlagError, split_quoted

REFUSED = [
    "linkmode",
    "extldflags",
    "extld",
    "linkshared",
    "buildmode",
    "race",
    "msan",
    "asan",
    "d",
    "I",
    "r",
    "H",
]
SPELLINGS = [
    "-{}",
    "--{}",
    "-{}=value",
    "--{}=value",
    "-{} value",
    "-s -{}=value",
    "'-{}=value'",
    '"-{}=value with spaces"',
    "all=-{}=value",
    "example.com/x/...=-{}",
    "  -{}",
    "-s\t-{}",
    "-s\n-{}",
]
FIELDS = ["ldflags", "gcflags", "asmflags"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("flag", REFUSED)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_flag_that_undoes_the_guarantee_is_refused_however_it_is_spelled(
    spelling: str, flag: str, field: str
) -> None:
    with pytest.raises(InvalidFlagError) as e:
        BuildFlags.create(**{field: [spelling.format(flag)]})  # type: ignore[arg-type]

    assert str(e.value).startswith(f"{field}: `")
    assert "is refused, because" in str(e.value)
    assert f"Remove `-{flag}` from {field}." in str(e.value)


@pytest.mark.parametrize("field", FIELDS)
def test_a_flag_and_its_value_in_two_elements_are_refused(field: str) -> None:
    with pytest.raises(InvalidFlagError, match="-extldflags"):
        BuildFlags.create(**{field: ["-s", "-extldflags", "-static"]})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["@flags.txt", "-s @flags.txt", "all=@flags.txt"])
def test_a_file_of_flags_is_refused_since_it_cannot_be_checked(value: str) -> None:
    with pytest.raises(InvalidFlagError, match="a file of flags cannot be checked"):
        BuildFlags.create(ldflags=[value])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("ldflags", ("-s", "-w")),
        ("ldflags", ("-X", "main.flag=-linkmode=external")),
        ("ldflags", ("-X 'main.text=a b'",)),
        ("ldflags", ("-buildid=",)),
        ("gcflags", ("all=-N", "-l")),
        ("gcflags", ("-m=2",)),
        ("asmflags", ("-D=PROBES",)),
        ("asmflags", ("-spectre=ret",)),
    ],
)
def test_a_harmless_flag_is_passed_on(field: str, values: tuple[str, ...]) -> None:
    flags = BuildFlags.create(**{field: values})  # type: ignore[arg-type]

    assert f"-{field}={' '.join(values)}" in flags.arguments


def test_the_flags_of_every_build_come_first() -> None:
    assert BuildFlags.create().arguments == (
        "-tags=netgo,osusergo",
        "-buildvcs=false",
        "-trimpath",
    )


def test_tags_are_added_to_those_of_every_build_sorted_and_once() -> None:
    flags = BuildFlags.create(tags=["b", "a.c", "netgo", "b"])

    assert flags.tags_argument == "-tags=netgo,osusergo,a.c,b"


@pytest.mark.parametrize("tag", ["cgo", "netcgo", "race", "msan", "asan"])
def test_a_tag_that_asks_for_c_code_is_refused(tag: str) -> None:
    with pytest.raises(InvalidFlagError, match=f"build_tags: `{tag}` is refused, because"):
        BuildFlags.create(tags=[tag])


@pytest.mark.parametrize("tag", ["a,b", "a b", "!a", "", "-a", "a&&b"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidFlagError, match="is not a build tag: one tag per list element"):
        BuildFlags.create(tags=[tag])


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        ("1.2.3", "-ldflags=-X main.v=1.2.3"),
        ("a b", "-ldflags=-X 'main.v=a b'"),
        ("it's", "-ldflags=-X main.v=it's"),
        ("it's a b", '-ldflags=-X "main.v=it\'s a b"'),
        ('say "a b"', "-ldflags=-X 'main.v=say \"a b\"'"),
        ("", "-ldflags=-X main.v="),
        ("-linkmode=external", "-ldflags=-X main.v=-linkmode=external"),
    ],
)
def test_a_definition_is_quoted_as_the_linker_reads_it(value: str, argument: str) -> None:
    flags = BuildFlags.create(definitions=[("main.v", value)])

    assert flags.arguments[-1] == argument
    assert split_quoted("ldflags", argument.partition("=")[2])[1] == f"main.v={value}"


def test_a_definition_that_no_quoting_can_express_is_refused() -> None:
    with pytest.raises(InvalidFlagError, match="the value of `main.v` holds both kinds"):
        BuildFlags.create(definitions=[("main.v", "'a' \"b\"")])


@pytest.mark.parametrize("symbol", ["version", "main.", "main.a=b", "ma in.v", ".v"])
def test_a_definition_of_what_is_no_variable_is_refused(symbol: str) -> None:
    with pytest.raises(InvalidFlagError, match="does not name a variable"):
        BuildFlags.create(definitions=[(symbol, "x")])


def test_strip_leaves_out_the_symbol_table_and_the_debugging_information() -> None:
    assert BuildFlags.create(strip=True).arguments[-1] == "-ldflags=-s -w"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  a  b\tc\n", ["a", "b", "c"]),
        ("'a b' \"c d\"", ["a b", "c d"]),
        ("'a\"b'", ['a"b']),
        ("a'b c'", ["a'b", "c'"]),
        ("''", [""]),
        ("'a'b", ["a", "b"]),
    ],
)
def test_words_are_split_as_the_go_command_splits_them(text: str, words: list[str]) -> None:
    assert split_quoted("ldflags", text) == words


def test_an_open_quote_is_an_error() -> None:
    with pytest.raises(InvalidFlagError, match="gcflags: the quote in `'a` is never closed"):
        BuildFlags.create(gcflags=["'a"])
