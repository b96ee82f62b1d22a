"""A BUILD file, from the targets of Pants's own Go backend to those of this one.

Only what has to change is changed: comments, quotes and line breaks stay. What has no counterpart
stays as it is, and is said with its line.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from go_static.engine import repo_paths
from go_static.go.flags import InvalidFlagError, check_flags, quoted
from go_static.migrate.build_file_syntax import UnreadableBuildFileError, parse_build_file
from go_static.migrate.text_edits import BuildFileText, Edit

_BINARY, _MODULE, _PACKAGE = "go_binary", "go_mod", "go_package"
_NEW_BINARY, _NEW_MODULE = "go_static_binary", "go_module"
# Where both modules stay; `mod` is what a `go_mod` is often called.
_MODULE_NAME = "module"
_NO_STATEMENT = "it is no statement of its own"

_COMMON = frozenset({"name", "description", "tags"})
_SAME_IN_BINARY = _COMMON | {"environment", "output_path", "restartable"}
_NEEDS_CGO = {
    "cgo_enabled": "cgo is off in a static binary",
    "race": "the race detector is linked through cgo",
    "msan": "the memory sanitizer is linked through cgo",
    "asan": "the address sanitizer is linked through cgo",
}
_FLAGS = {"assembler_flags": "asmflags", "compiler_flags": "gcflags", "linker_flags": "ldflags"}
# There they are for all packages of a binary, and each element is one argument, not text to divide.
_FOR_ALL_PACKAGES = frozenset({"asmflags", "gcflags"})


@dataclass(frozen=True)
class Note:
    line: int
    text: str


@dataclass(frozen=True)
class Migration:
    """`done` is what was changed, and `left` what the user has to look at."""

    text: str
    done: tuple[Note, ...] = ()
    left: tuple[Note, ...] = ()


def migrate_build_file(directory: str, text: str, replace_modules: bool) -> Migration:
    """
    :param directory: where the BUILD file is, relative to the repository's root.
    :param replace_modules: whether `go_mod` and `go_package` go, instead of staying for tests.
    """
    if not any(name in text for name in (_BINARY, _MODULE, _PACKAGE)):
        return Migration(text)
    try:
        tree = parse_build_file(text)
    except UnreadableBuildFileError as e:
        return Migration(text, left=(Note(e.line, f"the file cannot be read: {e}"),))
    migrator = _Migrator(directory, BuildFileText(text), tree)
    migrator.migrate(replace_modules)
    return Migration(
        migrator.text.apply(migrator.edits),
        tuple(sorted(migrator.done, key=lambda note: note.line)),
        tuple(sorted(migrator.left, key=lambda note: note.line)),
    )


class _UnclearError(Exception):
    """A field that has no counterpart; the text says why."""


@dataclass
class _Migrator:
    directory: str
    text: BuildFileText
    tree: ast.Module
    edits: list[Edit] = field(default_factory=list)
    done: list[Note] = field(default_factory=list)
    left: list[Note] = field(default_factory=list)

    def migrate(self, replace_modules: bool) -> None:
        alone = {
            node.value: node
            for node in self.tree.body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        }
        has_module = bool(list(self._calls(_NEW_MODULE)))
        for call in self._calls(_BINARY):
            self._binary(call)
        for call in self._calls(_MODULE):
            self._module_flags(call)
            if replace_modules and not has_module:
                self._module_becomes_ours(call)
            elif replace_modules:
                self._remove(call, alone.get(call))
            elif not has_module:
                self._module_beside(call, alone.get(call))
                has_module = True
        if replace_modules:
            for call in self._calls(_PACKAGE):
                self._package(call, alone.get(call))

    def _calls(self, name: str) -> Iterator[ast.Call]:
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == name
            ):
                yield node

    def _binary(self, call: ast.Call) -> None:
        edits = [self.text.replaced(call.func, _NEW_BINARY)]
        unclear = []
        for keyword in call.keywords:
            try:
                edits += self._binary_field(keyword)
            except _UnclearError as e:
                unclear.append(Note(keyword.value.lineno, f"{_BINARY} is kept: {e}"))
        if call.args:
            unclear.append(
                Note(call.lineno, f"{_BINARY} is kept: it has arguments that are no fields")
            )
        if unclear:
            self.left += unclear
            return
        self.edits += edits
        self.done.append(Note(call.lineno, f"{_BINARY} is now {_NEW_BINARY}"))

    def _binary_field(self, keyword: ast.keyword) -> list[Edit]:
        name = keyword.arg
        if name is None:
            raise _UnclearError("it has `**` arguments, whose fields are not known")
        if name in _SAME_IN_BINARY:
            return []
        if name == "main":
            return self._main(keyword)
        if name in _NEEDS_CGO:
            value = _literal(keyword)
            if value:
                raise _UnclearError(f"{name}={value}, but {_NEEDS_CGO[name]}")
            return [self.text.without_argument(keyword)]
        if name in _FLAGS:
            return self._flags(keyword, _FLAGS[name])
        raise _UnclearError(f"`{name}` is no field of {_NEW_BINARY}")

    def _main(self, keyword: ast.keyword) -> list[Edit]:
        address = _literal(keyword)
        main = "." if address is None else main_of_address(str(address), self.directory)
        if main == ".":
            return [self.text.without_argument(keyword)]
        return [self.text.replaced(keyword.value, f'"{main}"')]

    def _flags(self, keyword: ast.keyword, name: str) -> list[Edit]:
        values = _literal(keyword)
        if values is None or not values:
            return [self.text.without_argument(keyword)]
        if not isinstance(keyword.value, (ast.List, ast.Tuple)):
            raise _UnclearError(f"`{keyword.arg}` is no list")
        if not all(isinstance(value, str) for value in values):
            raise _UnclearError(f"`{keyword.arg}` has something else than strings")
        words = [quoted(value) for value in values]
        if None in words:
            raise _UnclearError(f"`{keyword.arg}` has a flag with both kinds of quotation marks")
        if name in _FOR_ALL_PACKAGES:
            words[0] = f"all={words[0]}"
        try:
            check_flags(name, [word or "" for word in words])
        except InvalidFlagError as e:
            raise _UnclearError(str(e)) from None
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
                all_packages = ", with `all=` before the first" if new in _FOR_ALL_PACKAGES else ""
                text = f"give each {_NEW_BINARY} of the module `{new}={shown}`{all_packages}"
            elif name in _NEEDS_CGO and shown not in ("False", "None"):
                text = f"has no counterpart: {_NEEDS_CGO[name]}"
            else:
                continue
            self.left.append(Note(keyword.value.lineno, f"`{name}` of {_MODULE}: {text}"))

    def _module_beside(self, call: ast.Call, statement: ast.Expr | None) -> None:
        if statement is None or not self.text.has_lines_of_its_own(statement):
            self.left.append(
                Note(call.lineno, f"put a {_NEW_MODULE} beside this {_MODULE}: {_NO_STATEMENT}")
            )
            return
        names = set(self._names())
        numbered = (f"{_MODULE_NAME}{number}" for number in count(2))
        name = next(n for n in chain((_MODULE_NAME,), numbered) if n not in names)
        self.edits.append(self.text.line_after(statement, f'{_NEW_MODULE}(name="{name}")'))
        self.done.append(Note(call.lineno, f'{_NEW_MODULE}(name="{name}") beside {_MODULE}'))

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
                        f"{_MODULE} is kept: `{keyword.arg}` is no field of {_NEW_MODULE}",
                    )
                )
                return
            edits.append(self.text.without_argument(keyword))
        self.edits += edits
        self.done.append(Note(call.lineno, f"{_MODULE} is now {_NEW_MODULE}"))

    def _package(self, call: ast.Call, statement: ast.Expr | None) -> None:
        for keyword in call.keywords:
            if keyword.arg == "dependencies":
                text = f"name those that generate Go code in `codegen` of the {_NEW_BINARY}"
            elif keyword.arg in ("assembler_flags", "compiler_flags"):
                text = "flags of one package have no counterpart"
            else:
                continue
            self.left.append(
                Note(keyword.value.lineno, f"`{keyword.arg}` of {_PACKAGE}, which is gone: {text}")
            )
        self._remove(call, statement)

    def _remove(self, call: ast.Call, statement: ast.Expr | None) -> None:
        assert isinstance(call.func, ast.Name)
        name = call.func.id
        if statement is None or not self.text.has_lines_of_its_own(statement):
            self.left.append(Note(call.lineno, f"{name} is kept: {_NO_STATEMENT}"))
            return
        self.edits.append(self.text.without_statement(statement))
        self.done.append(Note(call.lineno, f"{name} is gone"))


def _literal(keyword: ast.keyword) -> Any:
    try:
        return ast.literal_eval(keyword.value)
    except (ValueError, TypeError):
        # TypeError for a set, or keys, of what has no hash.
        raise _UnclearError(f"the value of `{keyword.arg}` is computed") from None


def main_of_address(address: str, directory: str) -> str:
    """The field `main` of a `go_static_binary` in a directory, for that of a `go_binary`: the
    address of a package.

    :raises _UnclearError: for an address that names no package of that kind.
    """
    path, _, generated = address.partition("#")
    if "@" in address or path.startswith("."):
        raise _UnclearError(f"main=`{address}` is no address of a package that is known here")
    path = path.rpartition(":")[0] if ":" in path else path
    # Relative to the BUILD file is only what begins with a colon.
    of_package = directory if address.startswith(":") else path.lstrip("/")
    if generated:
        # A package of a required module; the address says which go.mod requires it.
        if not repo_paths.is_below(directory, of_package):
            raise _UnclearError(
                f"main=`{address}` is of a module that is not above this BUILD file; move the "
                "target beside its go.mod"
            )
        return generated
    relative = posixpath.relpath(of_package or ".", directory or ".")
    first = relative.partition("/")[0]
    return f"./{relative}" if "." in first and first not in (".", "..") else relative
