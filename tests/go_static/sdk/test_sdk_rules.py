"""Which Go SDK is chosen, and the errors if none is suitable."""

from __future__ import annotations

import hashlib
import http.server
import tarfile
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pants.engine.platform import Platform

from go_static.sdk.choice import FoundSdk, FoundSdks, GoSdkError, SdkRequest
from go_static.sdk.find_sdk import GoSdk
from go_static_testing.engine import Repository
from go_static_testing.go_tool import GoTool
from go_static_testing.helpers import Capture, Search

PLATFORM = Platform.create_for_localhost().value


def find(repository: Repository, minimum: str = "1.21") -> GoSdk:
    return repository.request(GoSdk, SdkRequest(minimum, "m/go.mod"))


def test_directories_are_searched_in_order_and_broken_gos_are_skipped(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    for name, script in {
        "empty": "",
        "broken": "#!/bin/sh\nexit 1\n",
        "no_go": "#!/bin/sh\n",
    }.items():
        (tmp_path / name).mkdir()
        if script:
            (tmp_path / name / "go").write_text(script)
            (tmp_path / name / "go").chmod(0o755)
    (tmp_path / "plain file").mkdir()
    (tmp_path / "plain file" / "go").write_text("not executable")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "go").symlink_to(go.command)
    names = ("empty", "broken", "no_go", "plain file", "missing", "link")
    searched = [str(tmp_path / name) for name in names]
    repository.configure(f"--go-sdk-search-paths={[*searched, '<PATH>', 'relative']}")

    found = repository.request(FoundSdks, Search())

    assert found.searched == (*searched, go.search_path, "/usr/bin", "/bin")
    assert [sdk.directory for sdk in found.sdks][:2] == [searched[-1], go.search_path]
    assert {(sdk.version, sdk.root) for sdk in found.sdks[:2]} == {(go.version, str(go.root))}


def test_an_upgrade_in_place_changes_the_identity(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    root = tmp_path / "go"
    (root / "bin").mkdir(parents=True)
    # A copy of the real program, which finds its root from its own path.
    (root / "bin" / "go").write_bytes(go.command.read_bytes())
    (root / "bin" / "go").chmod(0o755)
    for name in ("src", "pkg"):
        (root / name).symlink_to(go.root / name)
    (root / "VERSION").write_text((go.root / "VERSION").read_text())
    identities = set()
    for change in ("", "\n# another build"):
        with (root / "VERSION").open("a") as version:
            version.write(change)
        repository.configure(f"--go-sdk-search-paths=['{root / 'bin'}']")
        found = repository.request(FoundSdks, Search())
        identities |= {sdk.identity for sdk in found.sdks}
    assert len(identities) == 2


def test_a_configured_version_on_the_machine_is_used(repository: Repository, go: GoTool) -> None:
    repository.configure(f"--go-sdk-version={go.version}", "--go-sdk-known-versions=[]")
    assert find(repository).version == go.version


@pytest.mark.parametrize(
    ("options", "minimum", "parts"),
    [
        pytest.param(
            ("--go-sdk-version=1.20.1",),
            "1.19",
            (
                "No suitable Go SDK found. Required: exactly Go 1.20.1 (set by [go-sdk].version).",
                "On the search path ([go-sdk].search_paths): Go {version} in {path}",
                f"Available for download on {PLATFORM} ([go-sdk].known_versions): 1.21.13, ",
                "put it on the PATH, or add its archive to `[go-sdk].known_versions`",
            ),
            id="an unavailable version",
        ),
        pytest.param(
            ("--go-sdk-version=1.22.12",),
            "1.23",
            (
                "m/go.mod requires at least Go 1.23, but [go-sdk].version is 1.22.12.",
                "Set [go-sdk].version to 1.23 or newer, or lower the `go` line of m/go.mod.",
            ),
            id="a version older than go.mod requires",
        ),
        pytest.param(
            (),
            "1.999",
            ("Required: at least Go 1.999 (required by m/go.mod).",),
            id="a go.mod that requires a future Go",
        ),
        pytest.param(
            ("--go-sdk-search-paths=[]", "--go-sdk-known-versions=[]"),
            "1.21",
            (
                "On the search path ([go-sdk].search_paths): no directories.",
                f"Available for download on {PLATFORM} ([go-sdk].known_versions): none.",
            ),
            id="no directories and no downloads",
        ),
        pytest.param(
            ("--go-sdk-search-paths=['/nonexistent/a b']", "--go-sdk-known-versions=[]"),
            "1.21",
            ("[go-sdk].search_paths): no Go in '/nonexistent/a b'.",),
            id="a directory without Go",
        ),
        pytest.param(
            ("--go-sdk-version=1.26",),
            "1.21",
            ("[go-sdk].version: `1.26` is a Go language version, not a release.", "such as `1."),
            id="a language version",
        ),
        pytest.param(
            ("--go-sdk-version=latest",),
            "1.21",
            ("[go-sdk].version: `latest` is not a Go version such as 1.26.7",),
            id="not a version",
        ),
    ],
)
def test_without_a_suitable_sdk_the_error_says_what_to_do(
    repository: Repository,
    go: GoTool,
    options: tuple[str, ...],
    minimum: str,
    parts: tuple[str, ...],
) -> None:
    repository.configure(*options)
    expected = [part.format(version=go.version, path=go.search_path) for part in parts]
    with repository.fails(GoSdkError, *expected):
        find(repository, minimum)


def test_a_go_mod_without_a_go_line_accepts_any_go(repository: Repository) -> None:
    assert find(repository, "").version
    repository.configure("--go-sdk-search-paths=[]", "--go-sdk-known-versions=[]")
    with repository.fails(
        GoSdkError, "No suitable Go SDK found. Required: any Go", never=("Go  (",)
    ):
        find(repository, "")


def test_a_go_that_vanishes_after_the_search_is_an_error(
    repository: Repository, tmp_path: Path
) -> None:
    gone = FoundSdk(str(tmp_path / "go/bin"), "1.26.1", str(tmp_path / "go"), "gone")
    with repository.fails(
        GoSdkError,
        f"Could not copy Go 1.26.1 at {tmp_path / 'go'} into Pants's store:",
        "Check that the directory is a complete, readable Go installation",
        "[go-sdk].search_paths",
    ):
        repository.request(GoSdk, Capture(gone))


def test_an_incomplete_go_is_an_error(repository: Repository, go: GoTool, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "go").symlink_to(go.command)
    (tmp_path / "VERSION").write_text("go1.26.1\n")
    incomplete = FoundSdk(str(tmp_path / "bin"), "1.26.1", str(tmp_path), "incomplete")
    with repository.fails(GoSdkError, "Go 1.26.1 at", "Check that the directory is a complete"):
        repository.request(GoSdk, Capture(incomplete))


def unused(files: Iterable[str]) -> list[str]:
    """The files that no build reads, and those that pip has added to a wheel of Go."""
    ends = ("_test.go", ".syso")
    return [f for f in files if f.endswith(ends) or f.startswith("src/cmd/") or "__pycache__" in f]


def test_the_copied_sdk_has_programs_that_can_be_executed_and_nothing_unused(
    repository: Repository,
) -> None:
    sdk = find(repository)
    assert not unused(repository.files(sdk.digest))
    executables = repository.executables(sdk.digest)
    assert "bin/go" in executables
    assert any(name.startswith("pkg/tool/") and name.endswith("/link") for name in executables)


@pytest.fixture(scope="module")
def archive(go: GoTool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive with the layout of Go's own."""
    path = tmp_path_factory.mktemp("site") / "go.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        parts = ("VERSION", "go.env", "bin/go", "bin/gofmt", "src/errors")
        for name in (*parts, "src/runtime/race/internal", "src/cmd/internal/quoted"):
            tar.add(go.root / name, f"go/{name}")
    return path


@pytest.fixture
def site(archive: Path) -> Iterator[str]:
    """The URL of a web server with the archive."""
    handler = partial(_QuietHandler, directory=str(archive.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def pinned(archive: Path, version: str, url: str, **changed: str) -> tuple[str, ...]:
    sha256 = changed.get("sha256", hashlib.sha256(archive.read_bytes()).hexdigest())
    length = changed.get("length", str(archive.stat().st_size))
    return (
        "--go-sdk-search-paths=[]",
        f"--go-sdk-version={version}",
        f"--go-sdk-known-versions=['{version}|{PLATFORM}|{sha256}|{length}']",
        f"--go-sdk-url-template={url}",
    )


def test_a_pinned_archive_is_downloaded_over_http_and_trimmed(
    repository: Repository, archive: Path, site: str
) -> None:
    repository.configure(*pinned(archive, "1.91.1", f"{site}/go.tar.gz?{{version}}-{{platform}}"))
    sdk = find(repository)
    files = repository.files(sdk.digest)
    assert sdk.version == "1.91.1"
    assert {"VERSION", "bin/go", "go.env", "src/errors/errors.go"} <= set(files)
    assert not unused(files)
    assert repository.executables(sdk.digest) == {"bin/go", "bin/gofmt"}


def test_a_pinned_archive_is_read_from_a_file_url(repository: Repository, archive: Path) -> None:
    repository.configure(*pinned(archive, "1.91.2", archive.as_uri()))
    assert "bin/go" in repository.files(find(repository).digest)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"sha256": "0" * 64}, id="with another checksum"),
        pytest.param({"length": "99999999"}, id="with another length"),
    ],
)
def test_an_archive_with_a_wrong_digest_is_refused(
    repository: Repository, archive: Path, site: str, changed: dict[str, str]
) -> None:
    url = f"{site}/go.tar.gz?{next(iter(changed))}"
    repository.configure(*pinned(archive, "1.91.3", url, **changed))
    with repository.fails(Exception, "Wrong digest for downloaded file: want Digest"):
        find(repository)


def test_a_broken_archive_or_one_without_go_is_an_error(
    repository: Repository, go: GoTool, tmp_path: Path
) -> None:
    (tmp_path / "text.tar.gz").write_text("This is no archive.")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as tar:
        tar.add(go.root / "VERSION", "go/VERSION")
    for name, reason in (
        ("text", "tar: "),
        ("other", "other.tar.gz has no executable file go/bin/go"),
    ):
        file = tmp_path / f"{name}.tar.gz"
        repository.configure(*pinned(file, "1.91.5", file.as_uri()))
        with repository.fails(
            GoSdkError,
            "Could not download the Go SDK. Required: exactly Go 1.91.5",
            f"{file.as_uri()}: downloaded, but cannot be unpacked: ",
            reason,
        ):
            find(repository)


def test_a_template_with_an_unknown_placeholder_is_an_error_that_names_the_option(
    repository: Repository, archive: Path
) -> None:
    repository.configure(*pinned(archive, "1.91.4", "https://example.com/{goos}.tar.gz"))
    with repository.fails(Exception, "url_template", "goos"):
        find(repository)


def test_a_malformed_known_version_is_an_error_that_names_the_option(
    repository: Repository,
) -> None:
    repository.configure("--go-sdk-search-paths=[]", "--go-sdk-known-versions=['1.26.7|linux']")
    with repository.fails(Exception, "known_versions"):
        find(repository)
