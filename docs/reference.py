"""Generates the pages on targets and options from the code, for `docs/generate`.

Pants's own fields (`tags`, `description`, `environment`, …) are named but not described, because
their text differs between Pants versions.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pants.engine.target import Field, Target, TargetGenerator
from pants.help.help_info_extracter import TargetFieldHelpInfo
from pants.option.option_types import OptionsInfo, collect_options_info
from pants.option.subsystem import Subsystem

from go_static import register
from go_static.codegen.subsystem import GoGeneratedSubsystem
from go_static.go.subsystem import GoStaticSubsystem
from go_static.go_tests.subsystem import GoStaticTestSubsystem
from go_static.goals.migrate import MigrateSubsystem
from go_static.goals.reproducibility_check import GoReproducibleSubsystem
from go_static.sdk.subsystem import GoSdkSubsystem
from go_static.source_checks.subsystem import GofmtSubsystem, GoVetSubsystem
from go_static.targets.module_types import GoModuleTarget
from go_static.targets.types import ElfStaticTestTarget, GoCodegenTarget, GoStaticBinaryTarget
from go_static.verify.subsystem import ElfStaticSubsystem

DOCS = Path(__file__).resolve().parent
WIDTH = 125
_MADE = "<!-- Generated from the code by docs/generate. Change the `help` texts in the code. -->"

# The targets that users write, in the order in which they meet them.
_WRITTEN = (GoModuleTarget, GoStaticBinaryTarget, GoCodegenTarget, ElfStaticTestTarget)
# Of a longer default, only the first element is shown.
_MAX_DEFAULT = 1000


def pages() -> dict[str, str]:
    """The text of each page, by its name in docs/."""
    return {
        "targets.md": _joined(_targets_page()),
        "options.md": _joined(_options_page()),
    }


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _targets_page() -> Iterator[str]:
    yield "# Which targets and fields are there?"
    yield _MADE
    yield _wrapped(
        "The targets of BUILD files, as shown by `pants help go_static_binary` and so on. `pants "
        "tailor` writes the first two. Every field of a `go_static_binary` can be parametrized: "
        '`goarch=parametrize("amd64", "arm64")`.'
    )
    for target in _WRITTEN:
        yield f"## `{target.alias}`"
        yield _wrapped(_text(target.help))
        own, pantss = _divided(_fields(target))
        for field in own:
            yield from _field(field)
        yield _wrapped(f"Also, common to Pants targets: {', '.join(pantss)}.")
    yield "## Generated targets"
    yield _wrapped(
        "You do not write these. `pants list` shows them, and goals act on them. The address of "
        "the target that generates them selects all of them."
    )
    rows = [
        f"| `{target.alias}` | {_first_sentence(_text(target.help))} |"
        for target in sorted(register.target_types(), key=lambda target: target.alias)
        if target not in _WRITTEN
    ]
    yield "\n".join(["| target | what it is |", "|---|---|", *rows])


def _fields(target: type[Target]) -> tuple[type[Field], ...]:
    moved = target.moved_fields if issubclass(target, TargetGenerator) else ()
    return (*target.core_fields, *moved)


def _divided(
    fields: Iterable[type[Field]],
) -> tuple[list[type[Field]], list[str]]:
    """The fields that this backend describes, and the names of the fields that Pants describes."""
    own: list[type[Field]] = []
    pantss: list[str] = []
    for field in fields:
        if "help" in vars(field) and field.__module__.startswith("go_static."):
            own.append(field)
        elif not field.alias.startswith("_"):
            pantss.append(f"`{field.alias}`")
    return own, sorted(pantss)


def _field(field: type[Field]) -> Iterator[str]:
    info = TargetFieldHelpInfo.create(field, provider="")
    default = "required" if info.required else f"default {_code(field.default)}"
    yield f"### `{field.alias}`"
    yield f"`{_type(info.type_hint)}`, {default}"
    yield _wrapped(_text(field.help))


def _type(hint: str) -> str:
    return hint.replace(" | None", "").replace("Iterable[str]", "[str, …]")


def _code(default: object) -> str:
    if default is None:
        return "none"
    shown = list(default) if isinstance(default, tuple) else default
    return f"`{shown!r}`".replace("'", '"')


def _options_page() -> Iterator[str]:
    yield "# Which options are there?"
    yield _MADE
    yield _wrapped(
        "Set them in pants.toml as below, on the command line as `--go-sdk-version=1.26.7`, or in "
        "the environment as `PANTS_GO_SDK_VERSION`. `pants help-advanced go-sdk` and so on also "
        "show the current values."
    )
    for subsystem in _subsystems():
        yield f"## `[{subsystem.options_scope}]`"
        yield _wrapped(_text(subsystem.help))
        for option in _options(subsystem):
            yield from _option(option)


def _subsystems() -> list[type[Subsystem]]:
    """The subsystems of this backend."""
    return [
        GoSdkSubsystem,
        ElfStaticSubsystem,
        GoGeneratedSubsystem,
        GoReproducibleSubsystem,
        GofmtSubsystem,
        GoVetSubsystem,
        GoStaticSubsystem,
        GoStaticTestSubsystem,
        MigrateSubsystem,
    ]


def _options(subsystem: type[Subsystem]) -> Iterator[OptionsInfo]:
    yield from collect_options_info(subsystem)
    if "EnvironmentAware" in vars(subsystem):
        yield from collect_options_info(subsystem.EnvironmentAware)


def _option(option: OptionsInfo) -> Iterator[str]:
    name = option.flag_names[0].lstrip("-").replace("-", "_")
    settings = option.flag_options
    kind = settings["type"].__name__
    advanced = "; advanced" if settings.get("advanced") else ""
    default = settings["default"]
    shown = _toml(default)
    if len(shown) > _MAX_DEFAULT:
        shown = f"[{_toml(default[0])}, … ({len(default)} entries)]"
    yield f"### `{name}`"
    if len(shown) > WIDTH // 2:
        yield f"`{kind}`{advanced}, default:"
        # Values may contain hyphens.
        lines = textwrap.wrap(shown, WIDTH, break_on_hyphens=False, break_long_words=False)
        yield "\n".join(["```text", *lines, "```"])
    else:
        yield f"`{kind}`{advanced}, default {f'`{shown}`' if default is not None else 'none'}"
    yield _wrapped(_text(settings["help"]))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _text(text: Any) -> str:
    said: str = text() if callable(text) else text
    # Pants prints the name by which the current repository calls it.
    return said.replace("`./pants ", "`pants ")


def _first_sentence(text: str) -> str:
    return f"{' '.join(text.split()).partition('. ')[0].rstrip('.')}."


def _wrapped(text: str) -> str:
    """Wrap paragraphs to the width of these pages. Indented code is kept as it is."""
    return "\n".join(
        line
        if line.startswith(" ")
        else textwrap.fill(line, WIDTH, break_on_hyphens=False, break_long_words=False)
        for line in text.splitlines()
    )


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
