"""What is downloaded, decided without an engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pants.engine.fs import EMPTY_DIGEST, EMPTY_FILE_DIGEST
from pants.engine.process import FallibleProcessResult, ProcessResultMetadata

from go_static.modules import downloads, module
from go_static.modules import tree as modules_tree
from go_static.modules.download_errors import failed_modules, failure_message
from go_static.modules.modfile import GoMod, parse_go_mod
from go_static.modules.workspace import Workspace
from go_static.sdk.find_sdk import GoSdk

GO_SUM = """\
example.com/a v1.0.0 h1:x=
example.com/a v1.0.0/go.mod h1:x=
example.com/onlymod v1.0.0/go.mod h1:x=
example.com/fork v1.2.0 h1:x=
example.com/stale v0.1.0 h1:x=
"""
AN_SDK = GoSdk(EMPTY_DIGEST, "1.26.7")


def test_modules_without_the_hash_of_their_zip_are_not_downloaded() -> None:
    go_mod = parse_go_mod(
        "go.mod",
        "module m\nrequire (\nexample.com/a v1.0.0\nexample.com/onlymod v1.0.0\n"
        "example.com/replaced v1.0.0\nexample.com/local v1.0.0\n)\n"
        "replace example.com/replaced => example.com/fork v1.2.0\n"
        "replace example.com/local => ../local\n",
    )

    assert downloads.modules_with_sums(go_mod, GO_SUM) == ("example.com/a", "example.com/replaced")


def tree(
    go_mod: GoMod, go_sum: str, workspace: str = "", vendored: bool = False
) -> modules_tree.ModuleTree:
    main = module.GoModule("m", EMPTY_DIGEST, go_mod, go_sum, vendored)
    return modules_tree.ModuleTree(
        "m", EMPTY_DIGEST, EMPTY_DIGEST, (main,), Workspace(workspace), vendored, go_mod.go
    )


@pytest.mark.parametrize(
    ("go", "workspace", "vendored", "whole_graph", "expected"),
    [
        ("1.21", "", False, False, (("example.com/a",), "modules")),
        ("1.21", "", False, True, (("example.com/a",), "graph")),
        ("1.16", "", False, False, ((), "graph")),
        ("", "", False, False, ((), "graph")),
        (
            "1.21",
            "go.work",
            False,
            False,
            (
                ("example.com/a@v1.0.0", "example.com/fork@v1.2.0", "example.com/stale@v0.1.0"),
                "workspace",
            ),
        ),
        ("1.21", "go.work", False, True, ((), "workspace")),
        ("1.21", "", True, False, None),
        ("1.21", "go.work", True, True, None),
    ],
)
def test_the_module_files_decide_what_is_downloaded(
    go: str, workspace: str, vendored: bool, whole_graph: bool, expected: object
) -> None:
    go_mod = GoMod("m", go, (), ("example.com/a",), ())

    request = downloads.downloads_request(
        tree(go_mod, GO_SUM, workspace, vendored), AN_SDK, whole_graph
    )

    assert (request and (request.modules, request.scope.value)) == expected


def test_nothing_is_downloaded_for_a_module_without_sums() -> None:
    go_mod = GoMod("m", "1.21", (), ("example.com/a",), ())

    assert downloads.downloads_request(tree(go_mod, ""), AN_SDK) is None


def test_the_modules_that_failed_are_found_in_the_result() -> None:
    failed = {"failed": [{"module": "b@v2", "error": 'no "route" & é'}]}

    assert failed_modules(json.dumps(failed).encode()) == (("b@v2", 'no "route" & é'),)


@pytest.mark.parametrize(
    "output",
    [
        pytest.param("", id="nothing"),
        pytest.param("\n\nExceeded timeout of 5s for local process execution", id="timeout"),
        pytest.param("null", id="null"),
        pytest.param("[" * 5000, id="deep array"),
        pytest.param('{"failed": 1}', id="number"),
        pytest.param('{"failed": [1]}', id="numbers"),
        pytest.param('{"failed": [{"module": "b@v2"}]}', id="no error"),
    ],
)
def test_output_without_a_result_names_no_module(output: str) -> None:
    assert failed_modules(output.encode()) == ()


def ended(exit_code: int, stderr: str) -> FallibleProcessResult:
    """A download that ended without a result."""
    return FallibleProcessResult(
        stdout=b"",
        stdout_digest=EMPTY_FILE_DIGEST,
        stderr=stderr.encode(),
        stderr_digest=EMPTY_FILE_DIGEST,
        exit_code=exit_code,
        output_digest=EMPTY_DIGEST,
        metadata=ProcessResultMetadata(None, None, "ran", 0),  # type: ignore[arg-type]
    )


def test_a_download_that_timed_out_says_what_was_still_running() -> None:
    stderr = (
        "waiting for go mod download, 30 s\n"
        "waiting for go mod download of example.com/a@v1.0.0, 60 s\n"
        "\n\nExceeded timeout of 70.0 seconds when executing local process: Download\n"
    )
    message = failure_message("m", ended(-15, stderr), {})
    assert (
        "  timed out ([go-static].download_timeout); a server did not respond.\n"
        "  go mod download of example.com/a@v1.0.0 was still running, here or in another process.\n"
    ) in message


def test_an_error_of_the_builder_in_a_download_has_no_credentials() -> None:
    stderr = json.dumps({"error": "open /s3cret/file: no space left on device"})
    message = failure_message("m", ended(70, stderr), {"SOME_TOKEN": "s3cret"})
    assert "failed: open /***/file: no space left on device" in message


def test_only_the_user_can_read_a_private_file_and_it_is_removed() -> None:
    with downloads.private_file(b"secret") as path:
        assert Path(path).read_text() == "secret"
        assert Path(path).stat().st_mode & 0o077 == 0
    assert not Path(path).exists()


def test_a_private_file_can_be_read_if_proc_belongs_to_another_pid_namespace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with downloads.private_file(b"secret") as path:
        assert Path(path).read_text() == "secret"
        assert Path(path).stat().st_mode & 0o077 == 0
    assert not Path(path).exists()


@pytest.mark.parametrize(
    ("count", "names"),
    [
        ("1", ("GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0")),
        ("0", ()),
        ("-1", ()),
        ("many", ()),
    ],
)
def test_the_numbered_configuration_variables_of_git_are_read(
    count: str, names: tuple[str, ...]
) -> None:
    assert downloads.git_config_variables(count) == names
