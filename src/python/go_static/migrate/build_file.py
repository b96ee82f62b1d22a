"""Change the targets of Pants's own Go backend in a BUILD file to the targets of this one.

Comments, quotes and line breaks are kept. Code without a counterpart is left unchanged and reported
with its line.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from go_static.go.flags import InvalidFlagError, check_flags, quoted
from go_static.migrate.build_file_syntax import UnreadableBuildFileError, calls, parse_build_file
from go_static.migrate.main_package import UnclearError, main_of_address
from go_static.migrate.test_fields import SAME_IN_MODULE, PackageTests
from go_static.migrate.text_edits import BuildFileText, Edit

BINARY, MODULE, _PACKAGE = "go_binary", "go_mod", "go_package"
_NEW_BINARY, _NEW_MODULE = "go_static_binary", "go_module"
# The name of a `go_module` next to a `go_mod`, which is often named `mod`.
_MODULE_NAME = "module"
_NO_STATEMENT = "it is not a top-level statement on its own lines"

_COMMON = frozenset({"name", "description", "tags"})
_SAME_IN_BINARY = _COMMON | {"environment", "output_path", "restartable"}
_NEEDS_CGO = {
    "cgo_enabled": "cgo is off in a static binary",
    "race": "the race detector requires cgo",
    "msan": "the memory sanitizer requires cgo",
    "asan": "the address sanitizer requires cgo",
}
_FLAGS = {"assembler_flags": "asmflags", "compiler_flags": "gcflags", "linker_flags": "ldflags"}
# Pants's backend applies these to all packages of a binary, and does not split the elements.
_FOR_ALL_PACKAGES = frozenset({"asmflags", "gcflags"})


@dataclass(frozen=True)
class Note:
    line: int
    text: str


@dataclass(frozen=True)
class Migration:
    """`done` lists the changes, and `left` the places that the user must check. `kept` has the
    lines of each `go_binary` that is left unchanged, and `tests` the test fields of the removed
    `go_package` targets."""

    text: str
    done: tuple[Note, ...] = ()
    left: tuple[Note, ...] = ()
    kept: frozenset[int] = frozenset()
    tests: tuple[PackageTests, ...] = ()


def migrate_build_file(
    path: str, text: str, replace_modules: bool, needed_by: str = ""
) -> Migration:
    """
    :param path: that of the BUILD file, relative to the repository's root.
    :param replace_modules: whether to remove `go_mod` and `go_package`, or keep them for tests.
    :param needed_by: the place of a `go_binary` that needs them, so that they are kept; or empty.
    """
    if not any(name in text for name in (BINARY, MODULE, _PACKAGE)):
        return Migration(text)
    try:
        tree = parse_build_file(text)
    except UnreadableBuildFileError as e:
        return Migration(text, left=(Note(e.line, f"the file cannot be read: {e}"),))
    migrator = _Migrator(path, BuildFileText(text), tree)
    migrator.migrate(replace_modules and not needed_by)
    if replace_modules and needed_by:
        migrator.note_what_stays(needed_by)
    return Migration(
        migrator.text.apply(migrator.edits),
        tuple(sorted(migrator.done, key=lambda note: note.line)),
        tuple(sorted(migrator.left, key=lambda note: note.line)),
        frozenset(migrator.kept),
        tuple(migrator.tests),
    )


@dataclass
class _Migrator:
    path: str
    text: BuildFileText
    tree: ast.Module
    edits: list[Edit] = field(default_factory=list)
    done: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    tests: list[PackageTests] = field(default_factory=list)

    def migrate(self, replace_modules: bool) -> None:
        alone = {
            node.value: node
            for node in self.tree.body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        }
        has_module = bool(list(calls(self.tree, _NEW_MODULE)))
        for call in calls(self.tree, BINARY):
            self._binary(call)
        for call in calls(self.tree, MODULE):
            self._module_flags(call)
            if replace_modules and not has_module:
                self._module_becomes_ours(call)
            elif replace_modules:
                self._remove(call, alone.get(call))
            elif not has_module:
                self._module_beside(call, alone.get(call))
                has_module = True
        if replace_modules:
            for call in calls(self.tree, _PACKAGE):
                self._package(call, alone.get(call))

    def note_what_stays(self, needed_by: str) -> None:
        for name in (MODULE, _PACKAGE):
            for call in calls(self.tree, name):
                text = f"{name} is left unchanged: the {BINARY} in {needed_by} needs it"
                self.left.append(Note(call.lineno, text))

    def _binary(self, call: ast.Call) -> None:
        edits = [self.text.replaced(call.func, _NEW_BINARY)]
        unclear = []
        for keyword in call.keywords:
            try:
                edits += self._binary_field(keyword)
            except UnclearError as e:
                unclear.append(Note(keyword.value.lineno, f"{BINARY} is left unchanged: {e}"))
        if call.args:
            unclear.append(
                Note(call.lineno, f"{BINARY} is left unchanged: it has positional arguments")
            )
        if unclear:
            self.left += unclear
            self.kept.append(call.lineno)
            return
        self.edits += edits
        self.done.append(Note(call.lineno, f"{BINARY} is now {_NEW_BINARY}"))

    def _binary_field(self, keyword: ast.keyword) -> list[Edit]:
        name = keyword.arg
        if name is None:
            raise UnclearError("it has `**` arguments with unknown fields")
        if name in _SAME_IN_BINARY:
            return []
        if name == "main":
            return self._main(keyword)
        if name in _NEEDS_CGO:
            value = _literal(keyword)
            if value:
                raise UnclearError(f"{name}={value}, but {_NEEDS_CGO[name]}")
            return [self.text.without_argument(keyword)]
        if name in _FLAGS:
            return self._flags(keyword, _FLAGS[name])
        raise UnclearError(f"{_NEW_BINARY} has no field `{name}`")

    def _main(self, keyword: ast.keyword) -> list[Edit]:
        address = _literal(keyword)
        main = (
            "." if address is None else main_of_address(str(address), posixpath.dirname(self.path))
        )
        if main == ".":
            return [self.text.without_argument(keyword)]
        return [self.text.replaced(keyword.value, f'"{main}"')]

    def _flags(self, keyword: ast.keyword, name: str) -> list[Edit]:
        values = _literal(keyword)
        if values is None or not values:
            return [self.text.without_argument(keyword)]
        if not isinstance(keyword.value, (ast.List, ast.Tuple)):
            raise UnclearError(f"`{keyword.arg}` is not a list")
        if not all(isinstance(value, str) for value in values):
            raise UnclearError(f"`{keyword.arg}` contains non-strings")
        words = [quoted(value) for value in values]
        if None in words:
            raise UnclearError(f"`{keyword.arg}` has a flag with both kinds of quotes")
        if name in _FOR_ALL_PACKAGES:
            words[0] = f"all={words[0]}"
        try:
            check_flags(name, [word or "" for word in words])
        except InvalidFlagError as e:
            raise UnclearError(str(e)) from None
        return [
            self.text.renamed_argument(keyword, name),
            *(
                self.text.replaced_string(element, value, word or "")
                for element, value, word in zip(keyword.value.elts, values, words)
                if word != value
            ),
        ]

    def _module_flags(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            name = keyword.arg or ""
            shown = self.text.of(keyword.value)
            if name in _FLAGS:
                new = _FLAGS[name]
                all_packages = (
                    ", with `all=` before the first flag" if new in _FOR_ALL_PACKAGES else ""
                )
                text = f"set `{new}={shown}` on each {_NEW_BINARY} of the module{all_packages}"
            elif name in _NEEDS_CGO and shown not in ("False", "None"):
                text = f"has no counterpart: {_NEEDS_CGO[name]}"
            else:
                continue
            self.left.append(Note(keyword.value.lineno, f"`{name}` of {MODULE}: {text}"))

    def _module_beside(self, call: ast.Call, statement: ast.Expr | None) -> None:
        if statement is None or not self.text.has_lines_of_its_own(statement):
            self.left.append(
                Note(call.lineno, f"add a {_NEW_MODULE} next to this {MODULE}: {_NO_STATEMENT}")
            )
            return
        names = set(self._names())
        numbered = (f"{_MODULE_NAME}{number}" for number in count(2))
        name = next(n for n in chain((_MODULE_NAME,), numbered) if n not in names)
        self.edits.append(self.text.line_after(statement, f'{_NEW_MODULE}(name="{name}")'))
        self.done.append(Note(call.lineno, f'added {_NEW_MODULE}(name="{name}")'))

    def _names(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "name"
                and isinstance(node.value, ast.Constant)
            ):
                yield str(node.value.value)

    def _module_becomes_ours(self, call: ast.Call) -> None:
        edits = [self.text.replaced(call.func, _NEW_MODULE)]
        for keyword in call.keywords:
            if keyword.arg in _COMMON:
                continue
            if keyword.arg not in _FLAGS and keyword.arg not in _NEEDS_CGO:
                self.left.append(
                    Note(
                        keyword.value.lineno,
                        f"{MODULE} is left unchanged: {_NEW_MODULE} has no field `{keyword.arg}`",
                    )
                )
                return
            edits.append(self.text.without_argument(keyword))
        self.edits += edits
        self.done.append(Note(call.lineno, f"{MODULE} is now {_NEW_MODULE}"))

    def _package(self, call: ast.Call, statement: ast.Expr | None) -> None:
        if not self._remove(call, statement):
            return
        tests = []
        for keyword in call.keywords:
            name = keyword.arg or ""
            try:
                value = _literal(keyword)
            except UnclearError as e:
                value, unclear = True, f"{e}: add it to `overrides` of the {_NEW_MODULE}"
            else:
                unclear = ""
            if name == "dependencies":
                text = f"add those that generate Go code to `codegen` of the {_NEW_BINARY}"
            elif name in ("assembler_flags", "compiler_flags"):
                text = "flags for a single package have no counterpart"
            elif name in SAME_IN_MODULE and unclear:
                text = unclear
            elif name in SAME_IN_MODULE and value:
                tests.append((name, self.text.of(keyword.value)))
                continue
            elif value and name.partition("test_")[2] in _NEEDS_CGO:
                text = f"has no counterpart: {_NEEDS_CGO[name.partition('test_')[2]]}"
            else:
                continue
            self.left.append(
                Note(keyword.value.lineno, f"`{name}` of the removed {_PACKAGE}: {text}")
            )
        if tests:
            self.tests.append(PackageTests(self.path, call.lineno, tuple(tests)))

    def _remove(self, call: ast.Call, statement: ast.Expr | None) -> bool:
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        if statement is None or not self.text.has_lines_of_its_own(statement):
            self.left.append(Note(call.lineno, f"{name} is left unchanged: {_NO_STATEMENT}"))
            return False
        self.edits.append(self.text.without_statement(statement))
        self.done.append(Note(call.lineno, f"removed {name}"))
        return True


def _literal(keyword: ast.keyword) -> Any:
    try:
        return ast.literal_eval(keyword.value)
    except (ValueError, TypeError):
        # TypeError: a set element or key is not hashable.
        raise UnclearError(f"the value of `{keyword.arg}` is not a literal") from None
