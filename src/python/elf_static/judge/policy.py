"""Policies: TOML files with the severity of each rule and further requirements.

docs/policies.md shows a file with every key, and `_SECTIONS` which field each key sets. A key
replaces the same key of the extended policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from elf_static.elf.bounded_file import NotFoundError, UnreadableError
from elf_static.elf.go_version import VersionRange
from elf_static.elf.machines import GO_ARCHITECTURES, GO_SYSTEMS
from elf_static.elf.printable import printable
from elf_static.judge.byte_size import LARGEST, parse_size
from elf_static.judge.policies import BUILT_IN, built_in_text, did_you_mean
from elf_static.judge.rules import FIXED, RULES
from elf_static.judge.severity import Severity
from elf_static.judge.toml_file import MAX_SIZE, TomlError, TomlFile, parse_toml, read_toml

_SEVERITIES = {"allow": Severity.INFO, "warn": Severity.WARN, "deny": Severity.DENY}


class PolicyError(Exception):
    """A missing or invalid policy. The text names the file, the line and the key."""

    def __init__(self, message: str) -> None:
        # Names and keys are untrusted, and this is printed to a terminal.
        super().__init__(printable(message))


@dataclass(frozen=True)
class Policy:
    """A field for each key of the file. `name` is printable. `severities` has every rule. Other
    fields are None or empty if the policy does not set them.

    `max_size` is in bytes. `required_settings` and `denied_settings` are pairs of a key and a
    value, in which `*` matches any characters.
    """

    name: str
    severities: Mapping[str, Severity] = field(default_factory=dict)
    goos: str | None = None
    goarch: str | None = None
    max_size: int | None = None
    go_version: VersionRange | None = None
    go_tags: tuple[str, ...] = ()
    required_settings: tuple[tuple[str, str], ...] = ()
    denied_settings: tuple[tuple[str, str], ...] = ()
    allowed_modules: tuple[str, ...] | None = None
    denied_modules: tuple[str, ...] = ()

    def severity(self, rule: str) -> Severity:
        return self.severities.get(rule, Severity.DENY)


def load_policy(name_or_path: str) -> Policy:
    """A built-in policy by name, or a policy from a TOML file.

    :raises PolicyError: it is missing or invalid.
    """
    if name_or_path in BUILT_IN:
        return parse_policy(built_in_text(name_or_path), name_or_path, name_or_path)
    try:
        return _Reader(read_toml(name_or_path), printable(name_or_path)).read()
    except TomlError as e:
        raise PolicyError(str(e)) from None
    except NotFoundError:
        raise PolicyError(
            f"Policy {name_or_path} not found. {_guess(name_or_path)}Name an existing TOML file, "
            f"or a built-in policy ({', '.join(BUILT_IN)})."
        ) from None
    except UnreadableError as e:
        raise PolicyError(
            f"{name_or_path}: the policy {e}. Name a TOML file of at most {MAX_SIZE >> 10} KiB, "
            f"or a built-in policy ({', '.join(BUILT_IN)})."
        ) from None


def _guess(name: str) -> str:
    question = did_you_mean(name)
    return f"{question} " if question else ""


def parse_policy(text: str, path: str, name: str) -> Policy:
    """
    :param path: for messages.
    :raises PolicyError: see there.
    """
    try:
        return _Reader(parse_toml(text, path), name).read()
    except TomlError as e:
        raise PolicyError(str(e)) from None


@dataclass(frozen=True)
class _Reader:
    file: TomlFile
    name: str

    def read(self) -> Policy:
        data = self.file.data
        policy = self._base(data)
        # The rules last: they override the severities that other keys imply.
        for key, value in sorted(data.items(), key=lambda item: item[0] == "rules"):
            if key == "extends":
                continue
            if key == "rules":
                policy = _with_severities(policy, self._rules(value))
            elif key in _SECTIONS:
                table = self._table((key,), value)
                for inner in table:
                    if inner not in _SECTIONS[key]:
                        raise self._unknown((key, inner), _SECTIONS[key])
                    field_name, parse = _SECTIONS[key][inner]
                    parsed = parse(self, (key, inner), table[inner])
                    policy = replace(policy, **{field_name: parsed})
                    if field_name == "go_tags":
                        # Listing tags requires them, even if the extended policy does not.
                        policy = _with_severities(policy, {"build-tags": Severity.DENY})
            else:
                raise self._unknown((key,), ("extends", "rules", *_SECTIONS))
        return policy

    def _base(self, data: Mapping[str, Any]) -> Policy:
        if self.name == "default":
            return Policy(self.name)
        base = data.get("extends", "default")
        if base not in BUILT_IN:
            raise self._error(
                ("extends",),
                f"must be one of the built-in policies: {', '.join(BUILT_IN)}. {_guess(str(base))}",
            )
        return replace(load_policy(base), name=self.name)

    def _rules(self, value: object) -> dict[str, Severity]:
        severities = {}
        names = [rule.name for rule in RULES if rule.name not in FIXED]
        for rule, level in self._table(("rules",), value).items():
            if rule in FIXED:
                raise self._error(
                    ("rules", rule), "cannot be changed by a policy; remove this line"
                )
            if rule not in names:
                raise self._unknown(("rules", rule), names)
            severities[rule] = _SEVERITIES[self._one_of(("rules", rule), level, _SEVERITIES)]
        return severities

    def _table(self, where: tuple[str, ...], value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(where, f"must be a table: [{'.'.join(where)}]")
        return value

    def _string(self, where: tuple[str, ...], value: object) -> str:
        if not isinstance(value, str):
            raise self._error(where, "must be a string")
        return value

    def _strings(self, where: tuple[str, ...], value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(where, "must be a list of strings")
        return tuple(value)

    def _pairs(self, where: tuple[str, ...], value: object) -> tuple[tuple[str, str], ...]:
        table = self._table(where, value)
        return tuple((key, self._string((*where, key), item)) for key, item in table.items())

    def _goos(self, where: tuple[str, ...], value: object) -> str:
        return self._one_of(where, value, sorted(GO_SYSTEMS))

    def _goarch(self, where: tuple[str, ...], value: object) -> str:
        return self._one_of(where, value, sorted(GO_ARCHITECTURES))

    def _one_of(self, where: tuple[str, ...], value: object, known: Iterable[str]) -> str:
        if not isinstance(value, str) or value not in known:
            raise self._error(where, f"must be one of: {', '.join(known)}")
        return value

    def _size(self, where: tuple[str, ...], value: object) -> int:
        size: int | None = 0
        if isinstance(value, int) and not isinstance(value, bool):
            size = value
        elif isinstance(value, str):
            size = parse_size(value)
        if size is None or not 0 < size <= LARGEST:
            raise self._error(where, 'must be a number of bytes or a string such as "64 MiB"')
        return size

    def _range(self, where: tuple[str, ...], value: object) -> VersionRange:
        text = self._string(where, value)
        try:
            return VersionRange.parse(text)
        except ValueError as e:
            raise self._error(where, str(e)) from None

    def _unknown(self, where: tuple[str, ...], known: Any) -> PolicyError:
        import difflib

        close = difflib.get_close_matches(where[-1], known, n=1)
        hint = f"; did you mean {close[0]}?" if close else f". Known: {', '.join(known)}"
        return self._error(where, f"is unknown{hint}")

    def _error(self, where: tuple[str, ...], problem: str) -> PolicyError:
        return PolicyError(f"{self.file.place(where)}: {'.'.join(where)} {problem}".rstrip())


def _with_severities(policy: Policy, severities: Mapping[str, Severity]) -> Policy:
    return replace(policy, severities={**policy.severities, **severities})


# By section and key: the field of `Policy`, and the reader of its value.
_SECTIONS: Mapping[str, Mapping[str, tuple[str, Callable[..., Any]]]] = {
    "expect": {"goos": ("goos", _Reader._goos), "goarch": ("goarch", _Reader._goarch)},
    "size": {"max": ("max_size", _Reader._size)},
    "go": {"version": ("go_version", _Reader._range), "tags": ("go_tags", _Reader._strings)},
    "settings": {
        "required": ("required_settings", _Reader._pairs),
        "denied": ("denied_settings", _Reader._pairs),
    },
    "modules": {
        "allow": ("allowed_modules", _Reader._strings),
        "deny": ("denied_modules", _Reader._strings),
    },
}
