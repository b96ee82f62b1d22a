"""Makes untrusted text safe to print in a terminal, a CI log or a report."""

from __future__ import annotations

# Invisible characters that `str.isprintable` accepts: the rest of the Unicode property
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and the empty Braille pattern.
_UNSEEN = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0)
    + (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)


def printable(text: str) -> str:
    """The text on one line, with only visible characters. Everything else is escaped (`\\x1b`,
    `\\u202e`): terminal controls, line breaks, bidirectional controls, surrogates. So is the start
    of a CI command: `##` anywhere (`##[error]` on GitHub, `##vso[` on Azure Pipelines,
    `##teamcity[`), and `::` at the start of the text (`::error::` on GitHub).

    Keeps backslashes, so a second call changes nothing. Keeps letters of right-to-left scripts too:
    they are visible, and real names have them.
    """
    if not text.isascii():
        text = text.translate(_Escapes())
    elif not text.isprintable():
        # The same in a tenth of the time, but this doubles backslashes.
        text = text.encode("unicode_escape").decode("ascii").replace("\\\\", "\\")
    if "##" in text:
        text = text.replace("##", "#\\x23")
    if text.lstrip().startswith("::"):
        text = text.replace("::", ":\\x3a", 1)
    return text


def printable_lines(text: str) -> str:
    """Like `printable`, but keeps line breaks and tabs, for the output of a program."""
    return "\n".join(
        "\t".join(map(printable, line.split("\t")))
        for line in text.replace("\r\n", "\n").split("\n")
    )


class _Escapes(dict[int, str]):
    """For `str.translate`, ten times as fast as a loop: hostile files have long names."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not character.isprintable() or code in _UNSEEN:
            character = character.encode("unicode_escape").decode("ascii")
        self[code] = character
        return character
