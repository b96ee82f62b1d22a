"""No spelling of a flag, a tag or a definition can make a binary dynamic."""

from __future__ import annotations

import pytest

from go_static.go.flags import BuildFlags, InvalidFlagError, split_quoted
from go_static_testing.oracle import Oracle

FIELDS = ("ldflags", "gcflags", "asmflags")
# Those of the design, and all others that hand the link to somebody else or change its kind.
REFUSED = (
    "asan",
    "buildmode",
    "d",
    "dynlink",
    "extar",
    "extld",
    "extldflags",
    "H",
    "I",
    "importcfg",
    "installsuffix",
    "L",
    "libgcc",
    "linkmode",
    "linkshared",
    "msan",
    "o",
    "pluginpath",
    "r",
    "race",
    "shared",
    "tmpdir",
    "trimpath",
)
# One list element or several; `{}` is the flag's name.
SPELLINGS = {
    "with one dash": ("-{}",),
    "with two dashes": ("--{}",),
    "with a value": ("-{}=value",),
    "with two dashes and a value": ("--{}=value",),
    "with an empty value": ("-{}=",),
    "with its value after a space": ("-{} value",),
    "with its value in the next element": ("-{}", "value"),
    "in single quotes": ("'-{}=value'",),
    "in double quotes": ('"-{}=value"',),
    "quoted with spaces in its value": ("'-{}=a b'",),
    "for all packages": ("all=-{}=value",),
    "for all packages, with two dashes": ("all=--{}",),
    "for all packages, after a space": ("all= -{}=value",),
    "for all packages, before the equal sign a space": ("all =-{}=value",),
    "for all packages, in single quotes": ("all='-{}=value'",),
    "for all packages, in double quotes": ('all="-{}=value"',),
    "for all packages, quoted after another": ("all=-s '-{}=value'",),
    "for a pattern of packages": ("example.com/x/...=-{}",),
    "for a pattern of packages, in quotes": ("./...='-{}'",),
    "after another flag": ("-s -{}=value",),
    "after a tab": ("-s\t-{}",),
    "after a line end": ("-s\n-{}",),
    "after a quoted flag without a space": ("'-s'-{}",),
    "with space around it": ("  -{}  ",),
    "in a later element": ("-s", "-w", "-{}=value"),
    "in a later element, quoted": ("-s", "'-{}=value'"),
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_flag_that_undoes_the_guarantee_is_refused(spelling: str, field: str) -> None:
    for flag in REFUSED:
        values = [element.format(flag) for element in SPELLINGS[spelling]]
        with pytest.raises(InvalidFlagError) as raised:
            BuildFlags.create(**{field: values})  # type: ignore[arg-type]
        text = str(raised.value)
        assert text.startswith(f"{field}: `")
        assert " is refused, because " in text
        assert text.endswith(f"Remove `-{flag}` from {field}.")


# Each hides `-buildmode=pie`, which makes a dynamic binary, from a reader that splits the words
# otherwise than Go does, or that is wrong about which word is data.
HIDDEN = {
    "behind an option whose value looks like -X": ["-buildid", "-X", "-buildmode=pie"],
    "behind such an option in one element": ["-buildid -X -buildmode=pie"],
    "behind an entry symbol called -X": ["-E", "-X", "-buildmode=pie"],
    "between quotes that follow a no-break space": [
        "-X \u00a0'main.a=1 -buildmode=pie -X \u00a0'main.b=1"
    ],
    "between quotes that follow a vertical tab": [
        "-X \x0b'main.a=1 -buildmode=pie -X \x0b'main.b=1"
    ],
    "in single quotes after the package pattern": ["all='-buildmode=pie'"],
    "in double quotes after the package pattern": ['all="-buildmode=pie"'],
    "in a file behind a quoted package pattern": ["all='@flags.txt'"],
}


@pytest.mark.parametrize("values", [pytest.param(v, id=name) for name, v in HIDDEN.items()])
def test_a_flag_cannot_be_hidden(values: list[str]) -> None:
    with pytest.raises(InvalidFlagError, match="^ldflags: `.*` is refused, because "):
        BuildFlags.create(ldflags=values)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(("-s -w",), id="two in one element"),
        pytest.param(("-X main.a=b",), id="a variable"),
        pytest.param(("-X", "main.a=b", "-X=main.c=d"), id="two variables"),
        pytest.param(("-X", "main.a=-linkmode=external"), id="a value that holds a flag"),
        pytest.param(("-X='main.a=-race'",), id="a flag's name inside of a value"),
        pytest.param(("-checklinkname=0",), id="a flag with a value"),
        pytest.param(("-buildid=",), id="no build id"),
        pytest.param(("all=-compressdwarf=false",), id="a flag for all packages"),
        pytest.param((), id="no flag at all"),
    ],
)
def test_harmless_linker_flags_pass(values: tuple[str, ...]) -> None:
    assert BuildFlags.create(ldflags=values).ldflags == values


TEXTS = (
    "",
    " \t\r\n",
    "a b",
    "a\tb\nc\rd",
    "'a b' c",
    '"a b" c',
    "'a'b",
    "a'b c'd",
    "''",
    "'' ''",
    "'\"' \"'\"",
    "'a\nb'",
    r"a\ b",
    r"'a\'b",
    "a=b='c d'",
    "a\x0bb",
    "a\x0cb",
    "a\u00a0b",
    "a\u2003b",
    "a\x85b",
    "a\x1cb",
    "\u00a0'a b'",
    "\u00a0a",
    "a\u00a0",
)


@pytest.mark.parametrize("text", [pytest.param(t, id=ascii(t)) for t in TEXTS])
def test_text_is_split_as_gos_own_quoted_package_splits_it(text: str, oracle: Oracle) -> None:
    (expected,) = oracle.split([text])
    assert split_quoted("ldflags", text) == expected


@pytest.mark.parametrize("text", ["'", '"', "a 'b", "'a' \"b", "\"a'"])
def test_text_that_gos_quoted_package_cannot_split_is_an_error_that_names_the_field(
    text: str, oracle: Oracle
) -> None:
    (said,) = oracle.split([text])
    assert isinstance(said, str) and said.startswith("unterminated ")
    with pytest.raises(InvalidFlagError) as raised:
        split_quoted("gcflags", text)
    assert str(raised.value) == f"gcflags: the quote in `{text}` is never closed."


@pytest.mark.parametrize(
    "value",
    ["", "a b", "'", '"', "it's", 'a "b" c', "'a", "a\u00a0b", "a\nb", "-race", "$HOME", "a=b=c"],
)
def test_a_definition_reaches_the_linker_as_it_is_written(value: str, oracle: Oracle) -> None:
    (argument,) = BuildFlags.create(definitions=[("main.v", value)]).arguments[3:]
    assert oracle.split([argument.partition("=")[2]]) == [["-X", f"main.v={value}"]]


def test_definitions_are_sorted_by_name() -> None:
    flags = BuildFlags.create(definitions=[("main.b", "2"), ("main.a", "1")], strip=True)
    assert flags.ldflags == ("-s", "-w", "-X", "main.a=1", "-X", "main.b=2")


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("asan", "it selects files that need `-asan`"),
        ("cgo", "it selects files that need a C compiler"),
        ("msan", "it selects files that need `-msan`"),
        ("netcgo", "it asks the net package for the C library's resolver"),
        ("race", "it selects files that need `-race`"),
    ],
)
def test_a_refused_tag_has_a_reason(tag: str, reason: str) -> None:
    with pytest.raises(InvalidFlagError) as raised:
        BuildFlags.create(tags=["fine", tag])
    assert str(raised.value) == (
        f"build_tags: `{tag}` is refused, because {reason}; the binary would not be static. "
        "Remove it."
    )
