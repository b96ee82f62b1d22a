"""Makes text from outside inert: fit for a terminal, the log of a CI system, and a report."""

from __future__ import annotations

# Drawn as nothing, though Unicode has them among letters, marks and symbols: the rest of the
# property Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and the empty Braille pattern.
_UNSEEN = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
    + (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)


def printable(text: str) -> str:
    """The text on one line, with only visible characters. Everything else is escaped (`\\x1b`,
    `\\u202e`): terminal controls, line breaks, bidirectional controls, surrogates. So is the start
    of a command in a log: `##` anywhere (`##[error]` of GitHub, `##vso[` of Azure Pipelines,
    `##teamcity[`), and `::` at the start of the text (`::error::` of GitHub).

    Backslashes are kept, so a second call changes nothing. Letters of scripts that run from right
    to left are kept too: they are visible, and real names have them.
    """
    if not (text.isascii() and text.isprintable()):
        text = text.translate(_Escapes())
    if "##" in text:
        text = text.replace("##", "#\\x23")
    if text.lstrip().startswith("::"):
        text = text.replace("::", ":\\x3a", 1)
    return text


def printable_lines(text: str) -> str:
    """As `printable`, for the output of a program: keeps its lines and tabs."""
    return "\n".join(
        "\t".join(map(printable, line.split("\t")))
        for line in text.replace("\r\n", "\n").split("\n")
    )


class _Escapes(dict[int, str]):
    """For `str.translate`, which is ten times as fast as a loop: hostile files have long names."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not character.isprintable() or code in _UNSEEN:
            character = character.encode("unicode_escape").decode("ascii")
        self[code] = character
        return character
