"""What users read: no sandbox, no credential, paths of the repository."""

from __future__ import annotations

import pytest

from go_static import messages


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pass@example.com/x", "https://***@example.com/x"),
        ("https://token@example.com", "https://***@example.com"),
        ("http://u:p%40ss@h:8080/", "http://***@h:8080/"),
        ("https://u:p@ss@example.com/x", "https://***@example.com/x"),
        ("https://a:b@one,https://c:d@two|direct", "https://***@one,https://***@two|direct"),
        ("socks5://u:p@proxy:1080", "socks5://***@proxy:1080"),
        ("git+ssh://git:x@example.com/r", "git+ssh://***@example.com/r"),
        ("https://example.com/@v/list", "https://example.com/@v/list"),
        ("github.com/a/b@v1.2.3: not found", "github.com/a/b@v1.2.3: not found"),
        ("mail me@example.com", "mail me@example.com"),
    ],
)
def test_no_credential_is_shown(text: str, shown: str) -> None:
    assert messages.without_credentials(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("./main.go:3:5: undefined: x", "src/go/app/main.go:3:5: undefined: x"),
        ("cmd/a/main.go:3:5: x", "src/go/app/cmd/a/main.go:3:5: x"),
        ("../lib/lib.go:1:1: x", "src/go/lib/lib.go:1:1: x"),
        ("go.mod:5: unknown directive", "src/go/app/go.mod:5: unknown directive"),
        (
            "\ta.go:1:2: one\n\tb.go:3:4: two",
            "\tsrc/go/app/a.go:1:2: one\n\tsrc/go/app/b.go:3:4: two",
        ),
        ("/abs/x.go:1:2: y", "/abs/x.go:1:2: y"),
        ("# example.com/app", "# example.com/app"),
    ],
)
def test_positions_are_paths_of_the_repository(text: str, shown: str) -> None:
    assert messages.repository_paths(text, "src/go/app") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("stat /tmp/pants-sandbox-Ab1/tree/cmd/x: no such", "stat cmd/x: no such"),
        (
            "reading file:///tmp/pants-sandbox-Ab1/downloads/a.b/@v/v1.mod: no such file",
            "reading the downloaded modules: a.b/@v/v1.mod: no such file",
        ),
    ],
)
def test_the_sandbox_is_not_shown(text: str, shown: str) -> None:
    assert messages.without_sandbox(text) == shown


def test_progress_is_left_out_of_what_go_said() -> None:
    said = b"go: downloading a.b/c v1.0.0\n# a.b/c\n./x.go:1:2: bad\n"

    assert messages.go_output(said, "m") == "# a.b/c\nm/x.go:1:2: bad"


def test_the_settings_of_a_download_are_listed_without_credentials() -> None:
    shown = messages.proxy_settings(
        {"GOPROXY": "https://u:p@one", "HTTPS_PROXY": "http://x:y@two", "HOME": "/h", "GOVCS": ""}
    )

    assert shown == "  GOPROXY=https://***@one\n  HTTPS_PROXY=http://***@two"
    assert "GOPROXY is not set: Go's default" in messages.proxy_settings({})
