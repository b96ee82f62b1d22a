"""Output for users has no credentials and no sandbox paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_static.go.clean_output import clean_output, without_sandbox
from go_static.modules.download_errors import download_advice, private_advice, proxy_settings
from go_static_testing.go_tool import GoTool

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("GOPROXY", f"https://user:{SECRET}@example.com,direct", id="a module proxy"),
        pytest.param("HTTPS_PROXY", f"http://user:{SECRET}@proxy:3128", id="an HTTPS proxy"),
        pytest.param("https_proxy", f"user:{SECRET}@proxy:3128", id="a proxy without a scheme"),
        pytest.param("ALL_PROXY", f"socks5://user:{SECRET}@proxy", id="a SOCKS proxy"),
        pytest.param("GOAUTH", f"helper --token={SECRET}", id="a command with a token"),
        pytest.param("GOSUMDB", f"sum.example.com https://u:{SECRET}@sum", id="a sum database"),
    ],
)
def test_a_setting_is_shown_without_its_credential(name: str, value: str) -> None:
    shown = proxy_settings({name: value})
    assert f"  {name}=" in shown
    assert SECRET not in shown


def test_irrelevant_settings_are_not_shown() -> None:
    shown = proxy_settings({"GOPROXY": "off", "NETRC": "/n", "HOME": "/h", "PATH": "/p"})
    assert shown == "  GOPROXY=off"


def test_without_a_proxy_the_settings_name_the_default() -> None:
    assert proxy_settings({"GOPRIVATE": "example.com"}) == (
        "  GOPROXY is not set: using the value from `go env -w`, or Go's default\n"
        "  GOPRIVATE=example.com"
    )


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        pytest.param(
            "reading https://goproxy.example.com/x/@v/v1.0.0.info: 401 Unauthorized",
            "~/.netrc",
            id="a module proxy wants a password",
        ),
        pytest.param(
            "reading https://goproxy.example.com/x/@v/v1.0.0.info: 403 Forbidden\n"
            "\tserver response: This module version is not available",
            "What it said, if anything, follows `server response:` above. Ask its administrators.",
            id="a module proxy blocks the module",
        ),
        pytest.param(
            "fatal: unable to access 'https://x/': The requested URL returned error: 403",
            "your account may not read it",
            id="the account has no access to the repository",
        ),
        pytest.param(
            "fatal: could not read Username for 'https://git.example.com': terminal prompts "
            "disabled",
            "~/.netrc",
            id="git wants a password",
        ),
        pytest.param(
            "fatal: Authentication failed for 'https://git.example.com/x.git/'",
            "~/.netrc",
            id="git has the wrong password",
        ),
        pytest.param(
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "SSL_CERT_FILE",
            id="Go does not know the authority",
        ),
        pytest.param(
            "server certificate verification failed. CAfile: none CRLfile: none",
            "GIT_SSL_CAINFO",
            id="git with GnuTLS does not know the authority",
        ),
        pytest.param(
            "SSL certificate problem: unable to get local issuer certificate",
            "GIT_SSL_CAINFO",
            id="git with OpenSSL does not know the authority",
        ),
        pytest.param("verifying module: checksum mismatch", "an attack", id="not what go.sum says"),
        pytest.param("Host key verification failed.", "~/.ssh/known_hosts", id="an unknown host"),
        pytest.param(
            "git@git.example.com: Permission denied (publickey).", "`ssh-add -l`", id="no key"
        ),
        pytest.param('Get "https://x": Proxy Authentication Required', "HTTPS_PROXY=", id="407"),
        pytest.param(
            "fatal: unable to access 'https://x/': CONNECT tunnel failed, response 407",
            "HTTPS_PROXY=",
            id="407 that git gets",
        ),
        pytest.param(
            "module lookup disabled by GOPROXY=off", "go mod vendor", id="downloads are off"
        ),
        pytest.param(
            'Get "https://sum.golang.org/lookup/x@v1.0.0": dial tcp', "GONOSUMDB", id="no sums"
        ),
        pytest.param("no secure protocol found for repository", "`git ls-remote", id="no reason"),
    ],
)
def test_a_failed_download_has_a_next_step(said: str, advice: str) -> None:
    (line,) = download_advice(said)
    assert advice in line


@pytest.mark.parametrize(
    ("goprivate", "failed", "proposed"),
    [
        ("", "corp.example.com/team/lib@v1.0.0", "corp.example.com/team"),
        ("a.example.com", "corp.example.com/lib@v1.0.0", "a.example.com,corp.example.com/lib"),
        ("corp.example.com/other", "corp.example.com@v1.0.0", "corp.example.com/other,"),
        ("corp.example.com", "corp.example.com/team/lib@v1.0.0", ""),
        ("*.example.com/team", "corp.example.com/team/lib@v1.0.0", ""),
        ("x,*/team/*", "corp.example.com/team/lib@v1.0.0", ""),
    ],
)
def test_the_value_for_goprivate_is_given_unless_it_has_it(
    goprivate: str, failed: str, proposed: str
) -> None:
    said = private_advice([failed, failed], goprivate)
    assert said.startswith(f" If the module is private, set GOPRIVATE={proposed}" * bool(proposed))
    assert bool(said) == bool(proposed)


def test_goprivate_is_not_suggested_if_many_modules_fail() -> None:
    assert private_advice([f"{letter}.example.com/lib@v1.0.0" for letter in "abcd"], "") == ""


def test_a_missing_module_has_no_further_advice() -> None:
    assert download_advice("example.com/x@v1.0.0: 404 Not Found") == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "/tmp/pants-sandbox-A1/tree/m/main.go:3:1: x", "m/main.go:3:1: x", id="a plain path"
        ),
        pytest.param(
            "/tmp/pants-sandbox-A1/tree/src/go/tree/main.go:3:1: x",
            "src/go/tree/main.go:3:1: x",
            id="a directory of the repository that is called `tree`",
        ),
        pytest.param(
            "package example.com/b-tree/tree/node is not in std",
            "package example.com/b-tree/tree/node is not in std",
            id="an import path with an element `tree`",
        ),
    ],
)
def test_only_the_sandbox_is_taken_out_of_a_path(text: str, shown: str) -> None:
    assert without_sandbox(text) == shown


def test_output_of_go_names_files_of_the_repository_without_progress() -> None:
    said = (
        b"go: downloading example.com/x v1.0.0\n"
        b"# example.com/m\n"
        b"./main.go:3:1: undefined: x\n"
        b"\t/tmp/pants-sandbox-A1/tree/m/sub/other.go:1:2: previous\n"
        b"go: downloading example.com/y v1.0.0\n"
    )
    assert clean_output(said, "m") == (
        "# example.com/m\nm/main.go:3:1: undefined: x\n\tm/sub/other.go:1:2: previous"
    )


def test_output_of_go_may_not_be_utf8() -> None:
    assert "\ufffd" in clean_output(b"./main.go:1:1: invalid \xff\n", "")


def test_output_of_go_has_no_effect_in_a_terminal_or_a_log() -> None:
    said = "# x\r\n./a.go:1:1: \x1b[31m\x9b1m\u202e wrong\rright\n\t::error::x ##[error]y\n\u2028z"
    assert clean_output(said.encode(), "m") == (
        "# x\nm/a.go:1:1: \\x1b[31m\\x9b1m\\u202e wrong\\rright\n\t:\\x3aerror::x #\\x23[error]y\n"
        "\\u2028z"
    )


def test_a_line_directive_in_colour_is_text(go: GoTool, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module x\n")
    (tmp_path / "x.go").write_text("package x\n//line \x1b[31mred.go:1\nvar y = z\n")
    done = go.run("build", "./...", cwd=tmp_path)
    assert "\x1b[31mred.go" in done.stderr
    assert "\\x1b[31mred.go:1" in clean_output(done.stderr.encode(), "")
