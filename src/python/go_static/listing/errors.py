"""Why a main package cannot be built, according to `go list -e`.

Each text says what is wrong and where, which imports lead there, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from go_static.go.clean_output import clean_output, repository_paths
from go_static.go.list_output import GoPackage, PackageError
from go_static.go.messages import GoMessage

_EMBED = (
    "A `//go:embed` pattern matches nothing. Check that the files exist, and that nothing excludes "
    "them: the `sources` of the `go_module` target, .gitignore, or `[GLOBAL].pants_ignore` (by "
    "default it hides directories whose name starts with a dot; `pants_ignore.add = "
    '["!.name/"]` shows one).'
)

# The first message that is found decides.
_ADVICE = {
    GoMessage.MISSING_SUM: (
        "go.sum is incomplete. Run `go mod tidy` in {module}, and commit go.mod and go.sum."
    ),
    GoMessage.WRONG_SUM: (
        "go.sum does not match go.mod. Run `go mod tidy` in {module}, and commit go.mod and go.sum."
    ),
    GoMessage.UNTIDY_GO_MOD: (
        "go.mod is incomplete. Run `go mod tidy` in {module}, and commit go.mod and go.sum."
    ),
    GoMessage.NOT_REQUIRED: (
        "go.mod requires no module that provides this package. Run `go mod tidy` in {module} (or "
        "`go get` for a command that no source file imports), and commit go.mod and go.sum."
    ),
    GoMessage.STALE_VENDOR: (
        "vendor/ is out of sync with go.mod. Run `go mod vendor` in {module}, and commit the "
        "result."
    ),
    GoMessage.NOT_VENDORED: (
        "vendor/ lacks the package. Run `go mod tidy` and `go mod vendor` in {module}, and commit "
        "the result. If the files are there, check .gitignore, `[GLOBAL].pants_ignore`, and the "
        "`sources` of the `go_module` target."
    ),
    GoMessage.NOT_PROVIDED: (
        "go.mod requires no module that provides this package. Run `go mod tidy` in {module}, and "
        "commit go.mod and go.sum."
    ),
    GoMessage.UNREADABLE_GO_MOD: (
        "Correct the file; `go mod edit -fmt` shows whether Go can read it."
    ),
    GoMessage.NOTHING_TO_EMBED: _EMBED,
    GoMessage.TWO_PACKAGES: (
        "All Go files in a directory belong to one package. Correct the `package` clause of the "
        "odd ones, or move them to another directory."
    ),
    GoMessage.IMPORT_CYCLE: "Move what the packages share to a package that imports neither.",
    GoMessage.ALL_EXCLUDED: (
        "Exclude the import from this program with a build constraint, or change the `goos`, "
        "`goarch` or `build_tags` of the target."
    ),
    GoMessage.INTERNAL: (
        "Only code in the tree of its parent directory can import packages below `internal`."
    ),
    GoMessage.NOT_IN_STD: (
        "Check the import path: Go looks in the standard library if its first element has no dot."
    ),
}


def explain_failed_listing(stderr: bytes, module_directory: str) -> str:
    """The error for a `go list` that listed nothing."""
    said = clean_output(stderr, module_directory)
    go_mod = f"{module_directory or '.'}/go.mod"
    return (
        f"`go list` cannot read the module of {go_mod}:\n\n{said}{_advice(said, module_directory)}"
    )


def explain_main(
    pattern: str,
    main: GoPackage | None,
    packages: Mapping[str, GoPackage],
    module_directory: str,
    module_path: str,
    needs_cgo: Mapping[str, tuple[str, ...]],
) -> str:
    """Why `pattern` cannot be built, or empty.

    `packages` are all listed packages by import path. `needs_cgo` has the files that import "C", of
    packages without any other file.
    """
    if main is None:
        return f"`go list` found no package for `{pattern}`.\n\nCheck the `main` field."
    own = _own_error(main, module_directory)
    if own:
        return own
    lines = []
    seen = set()
    for error in main.errors:
        text = explain_error(error, packages, module_directory, module_path, needs_cgo)
        if text not in seen:
            seen.add(text)
            lines.append(text)
    return "\n\n".join(lines)


def excluded_packages(main: GoPackage, packages: Mapping[str, GoPackage]) -> tuple[str, ...]:
    """The packages below `main` whose files are all excluded by build constraints."""
    return tuple(
        error.import_stack[-1]
        for error in main.errors
        if GoMessage.ALL_EXCLUDED.is_in(error.message)
        and error.import_stack
        and error.import_stack[-1] in packages
    )


def _own_error(main: GoPackage, module_directory: str) -> str:
    """What is wrong with the main package itself, or empty."""
    where = main.directory if main.directory is not None else main.import_path
    message = main.errors[0].message if main.errors else ""
    if GoMessage.TWO_PACKAGES.is_in(message):
        # `go list` took the name of the package from whichever file is first.
        return ""
    if GoMessage.DIRECTORY_NOT_FOUND.is_in(message):
        return (
            "The directory of the main package does not exist: "
            f"{clean_output(message.encode(), module_directory)}.\n\n"
            "Check the `main` field: it is relative to the BUILD file."
        )
    if GoMessage.NO_GO_FILES.is_in(message) or (
        GoMessage.ALL_EXCLUDED.is_in(message) and main.errors[0].import_stack == (main.import_path,)
    ):
        left_out = ", ".join(main.ignored_go_files)
        return (
            f"{where} has no Go files for this build"
            + (f": build constraints exclude {left_out}" if left_out else "")
            + ".\n\nCheck the `main` field, and the `goos`, `goarch` and `build_tags` that the "
            "files' constraints require."
        )
    if main.name and main.name != "main":
        return (
            f"{where} contains `package {main.name}`, not `package main`, so it is not a program."
            "\n\nCheck the `main` field."
        )
    if main.name == "main" and not main.go_files and not main.errors:
        return f"{where} contains only tests, not a program.\n\nCheck the `main` field."
    return ""


def explain_error(
    error: PackageError,
    packages: Mapping[str, GoPackage],
    module_directory: str,
    module_path: str,
    needs_cgo: Mapping[str, tuple[str, ...]],
) -> str:
    """One error of a package; the arguments are as for `explain_main`."""
    message = clean_output(error.message.encode(), module_directory)
    position = repository_paths(f"{error.position}:0", module_directory)[:-2]
    text = f"{position}: {message}" if error.position else message
    chain = error.import_stack
    if len(chain) > 1:
        text += f"\n  imported through: {' → '.join(chain)}"
    package = chain[-1] if chain else ""
    if package in needs_cgo:
        files = ", ".join(needs_cgo[package])
        return (
            f"{package} needs cgo, but static binaries are built without it: all its Go files "
            f'import "C" or need cgo ({files}).\n  imported through: {" → ".join(chain)}\n\n'
            "Use a pure Go package instead, or exclude the import from this program with a build "
            "constraint (`//go:build cgo`)."
        )
    left_out = packages[package].ignored_go_files if package in packages else ()
    if left_out and GoMessage.ALL_EXCLUDED.is_in(message):
        text += f"\n  files left out: {', '.join(left_out)}"
    if f" {module_path}/" in message and GoMessage.NOT_REQUIRED.is_in(message):
        return (
            f"{text}\n\nThe package belongs to this module, {module_path}, but its directory has "
            "no Go files. Check the import path, that the files are generated or committed, and "
            "that the `sources` of the `go_module` target do not exclude them."
        )
    return text + _advice(message, module_directory)


def _advice(message: str, module_directory: str) -> str:
    for said, advice in _ADVICE.items():
        if said.is_in(message):
            return "\n\n" + advice.format(module=module_directory or "the repository's root")
    return ""


def by_import_path(packages: Iterable[GoPackage]) -> dict[str, GoPackage]:
    return {package.import_path: package for package in packages}
