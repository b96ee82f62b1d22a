"""The packages that tests import, and that are not compiled for one test alone."""

from __future__ import annotations

from go_static.go.list_output import GoPackage
from go_static.go_tests.test_packages import imported_by_tests


def package(import_path: str, *imports: str) -> GoPackage:
    return GoPackage(
        import_path=import_path,
        name="",
        directory=None,
        patterns=(),
        standard=False,
        imports=imports,
        go_files=(),
        cgo_files=(),
        ignored_go_files=(),
        files=(),
        errors=(),
    )


def test_what_packages_that_are_compiled_again_for_a_test_import_is_shared() -> None:
    listed = (
        package("a", "dep"),
        package("a.test", "a [a.test]", "a_test [a.test]", "testing"),
        package("a [a.test]", "dep", "of_the_test"),
        package("a_test [a.test]", "a [a.test]", "imports_a [a.test]"),
        package("imports_a [a.test]", "a [a.test]", "other"),
        package("b.test", "b [b.test]", "testing"),
        package("b [b.test]", "a"),
        package("dep"),
    )
    assert imported_by_tests(listed) == {
        "a.test": ("dep", "of_the_test", "other", "testing"),
        "b.test": ("a", "testing"),
    }
