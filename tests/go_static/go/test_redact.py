"""Credentials are masked, whatever characters they contain, and nothing else is."""

from __future__ import annotations

import json
import string
import time
from base64 import b64encode
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from go_static.go.redact import shown_setting, without_credentials
from go_static.modules.download_errors import proxy_settings

SECRET = "s3cretMARK"
HOST = "goproxy.example.com"

# What means something in a URL, in a list of proxies, in quotes or in an escape; and everything
# else that can be printed but white space, which ends a URL for every reader.
_ODD = st.sampled_from("/@:?#%[]\"'\\|,;&=+ü$!`<>{}^~*()-._")
_ANY = st.characters(blacklist_categories=("C", "Z"))
_PART = st.text(_ODD | _ANY | st.sampled_from(string.ascii_letters + string.digits), max_size=8)
PASSWORDS = st.builds(lambda before, after: before + SECRET + after, _PART, _PART)
USERS = st.sampled_from(["user:", "", ":", "u%40x:", "git:", "12:"])


# White space, control characters, and what Python has for a byte of a variable that is no UTF-8.
_SPACE = st.text(st.sampled_from(" \t\n\u00a0\u2028\x01\x7f\udcff"), min_size=1, max_size=3)
PASSWORDS_WITH_SPACE = st.builds(lambda *parts: "".join(parts), PASSWORDS, _SPACE, _PART)


def as_url_path(text: str) -> str:
    """Escaped as Go escapes the path of a URL."""
    return quote(text, safe="$&+,/:;=@", errors="surrogateescape")


ENCODED = st.sampled_from(
    [
        str,
        as_url_path,
        lambda text: quote(text, errors="surrogateescape"),
        lambda text: quote(text, safe="", errors="surrogateescape"),
    ]
)

# As Go's %q and JSON escape what is between quotes.
QUOTED = st.sampled_from(
    [
        str,
        lambda text: json.dumps(text)[1:-1],
        lambda text: text.replace("\\", "\\\\").replace('"', '\\"'),
    ]
)
URLS = st.builds(
    lambda scheme, user, password, path: f"{scheme}://{user}{password}@{HOST}{path}",
    st.sampled_from(["https", "http", "HTTPS", "socks5h", "git+ssh", "ssh"]),
    USERS,
    st.builds(lambda encode, password: encode(password), ENCODED, PASSWORDS),
    st.sampled_from(["", "/", "/example.com/x/@v/list", "/x/@v/v1.0.0.zip", "/@latest", "/x.git"]),
)

# What Go, git and curl say.
SAID = (
    "{url}",
    "reading {url}: 404 Not Found",
    'Get "{url}": dial tcp: lookup goproxy.example.com: no such host',
    'parse "{url}": net/url: invalid userinfo',
    "fatal: unable to access '{url}': The requested URL returned error: 403",
    "https://one.example.com,{url}|direct",
    "https://u:x@one.example.com|{url},off",
    "first {url} then {url}",
    "url.{url}.insteadof=https://git.example.com/",
    "({url})",
)


@given(url=URLS, quoted=QUOTED)
def test_no_password_in_a_url_is_shown(url: str, quoted: type[str]) -> None:
    for said in SAID:
        shown = without_credentials(said.format(url=quoted(url)))
        assert SECRET not in shown
        assert HOST in shown


def pieces(value: str) -> list[str]:
    """What Go may treat as a URL or as a part of one; it splits at each of these characters."""
    return [value, *(piece for separator in ",|/?#@: " for piece in value.split(separator))]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["GOPROXY", "https_proxy"])
@given(st.sampled_from(["https://", "http://", ""]), USERS, PASSWORDS_WITH_SPACE, ENCODED)
def test_no_piece_of_a_password_in_the_settings_is_shown(
    name: str, scheme: str, user: str, password: str, encoded: type[str]
) -> None:
    if not user:
        password = password.replace(":", "")  # Else what is before it would be a user's name.
    value = f"{scheme}{user}{encoded(password)}@{HOST},direct"
    settings = {name: value}
    assert SECRET not in proxy_settings(settings)
    for piece in {*pieces(value), *pieces(unquote(value, errors="surrogateescape"))}:
        once = quote(piece, errors="surrogateescape")
        for said in (piece, once, quote(once), json.dumps(piece)):
            assert SECRET not in without_credentials(f"proxy {said}: no such host\n", settings)


@pytest.mark.parametrize("name", ["GOPROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(f"user:{SECRET}@{HOST}", id="no scheme"),
        pytest.param(f"user:{SECRET}://x@{HOST}", id="what looks like a scheme"),
        pytest.param(f"https://u:p s@{HOST}", id="a short password with a space"),
    ],
)
def test_the_setting_of_a_proxy_is_shown_from_its_host_on(name: str, value: str) -> None:
    scheme = "https://" if value.startswith("https://") else ""
    assert shown_setting(name, value) == f"{scheme}***@{HOST}"


@pytest.mark.parametrize("password", ["", ":", ": ", ":%20"])
def test_a_token_without_a_password_is_not_shown(password: str) -> None:
    settings = {"GOPROXY": f"https://{SECRET}{password}@{HOST}"}
    assert without_credentials(f"no {SECRET} here", settings) == "no *** here"


def test_a_token_without_a_password_is_not_shown_in_a_header() -> None:
    settings = {"GOPROXY": f"https://{SECRET}@{HOST}"}
    header = b64encode(f"{SECRET}:".encode()).decode()
    assert without_credentials(f"sent {header}", settings) == "sent ***"


@given(PASSWORDS)
def test_no_password_of_a_proxy_without_a_scheme_is_shown(password: str) -> None:
    assume(not password.startswith("//"))  # Else `user` would be the scheme of a URL.
    value = f"user:{password}@{HOST}:3128"
    assert f"HTTPS_PROXY=***@{HOST}:3128" in proxy_settings({"HTTPS_PROXY": value})
    said = f'invalid proxy address "{value}": first path segment in URL cannot contain colon'
    assert without_credentials(said) == (
        f'invalid proxy address "***@{HOST}:3128": first path segment in URL cannot contain colon'
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"GIT_TOKEN": SECRET}, f"helper: {SECRET} has expired", id="a token"),
        pytest.param(
            {"GIT_CONFIG_KEY_0": f"url.https://{SECRET}@git.example.com/.insteadOf"},
            f"git: no user {SECRET}",
            id="a token in git's insteadOf",
        ),
        pytest.param(
            {"GIT_CONFIG_VALUE_0": f"Authorization: Basic {SECRET}"},
            f"trace: Basic {SECRET}",
            id="a header in git's configuration",
        ),
        pytest.param(
            {"GOAUTH": f"netrc; helper --key={SECRET}"},
            f"helper: no such key: {SECRET}",
            id="an argument of GOAUTH",
        ),
        pytest.param(
            {"GOAUTH": f"helper {SECRET} x"}, f"command helper {SECRET} x failed", id="GOAUTH"
        ),
        pytest.param(
            {"GOPROXY": f"https://example.com?token={SECRET}"}, f"no token {SECRET}", id="a query"
        ),
        pytest.param({"GOPROXY": f"u:{SECRET}@{HOST}"}, f"no {SECRET}", id="no scheme"),
        pytest.param(
            {"https_proxy": f"u:{SECRET}://x@{HOST}"}, f"no {SECRET}", id="no scheme but ://"
        ),
        pytest.param(
            {"GOPROXY": f"https://u:%d3({SECRET} )@h"}, f"a%d3({SECRET} )", id="no UTF-8, escaped"
        ),
        pytest.param({"GIT_TOKEN": f"\udcff{SECRET}"}, f'"\\xff{SECRET}"', id="no UTF-8, in %q"),
        pytest.param({"GIT_TOKEN": f"\udcff{SECRET}"}, f"\ufffd{SECRET}", id="no UTF-8, replaced"),
        pytest.param({"GIT_TOKEN": SECRET}, f"\ud800{SECRET}", id="half a character of JSON"),
        pytest.param({"GIT_TOKEN": "x" * 70 + SECRET}, "x" * 70 + SECRET, id="a long token"),
        pytest.param({"GIT_TOKEN": f"***{SECRET}"}, f"no ***{SECRET}", id="a mask in it"),
        pytest.param(
            {},
            f"invalid proxy URL scheme (must be https, http, file): user:/{SECRET}@h",
            id="what Go takes for a scheme",
        ),
        pytest.param({}, f"> Authorization: Basic {SECRET} x", id="a header"),
        pytest.param({}, f"http.extraheader=AUTHORIZATION: bearer {SECRET}", id="git's trace"),
        pytest.param({}, f'header "authorization" = "Basic {SECRET}"', id="GODEBUG=http2debug"),
        pytest.param({}, f"PRIVATE-TOKEN: {SECRET}", id="a header of GitLab"),
        pytest.param({}, f'parse "https://u:{SECRET}": invalid port', id="a URL that is cut off"),
        pytest.param({}, f'invalid port ":{SECRET}" after host', id="the password as a port"),
        pytest.param({}, f"https://example.com/x?t=a,'{SECRET}\"b", id="quotes in a query"),
    ],
)
def test_known_secrets_are_masked_everywhere(settings: dict[str, str], said: str) -> None:
    assert SECRET not in without_credentials(said, settings)


def test_a_password_is_also_masked_in_base64() -> None:
    settings = {"GOPROXY": "https://user:p%40ss@example.com"}
    assert without_credentials("Basic dXNlcjpwQHNz", settings) == "Basic ***"


_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.example)?\.(com|org)", fullmatch=True)
_PATHS = st.from_regex(r"(/[a-zA-Z0-9._!~-]{1,9}){0,4}", fullmatch=True)
_VERSIONS = st.from_regex(r"v[0-9]{1,2}\.[0-9]{1,2}\.[0-9](-rc\.1|\+incompatible)?", fullmatch=True)
_PORTS = st.sampled_from(["", ":8080", ":443"])


HARMLESS = (
    "https://{host}{port}{path}/@v/list",
    "reading https://{host}{port}{path}/@v/{version}.info: 404 Not Found\n\tserver response: x",
    'Get "https://{host}{port}{path}/@latest": dial tcp 10.0.0.1:443: connect: refused',
    "{host}{path}@{version}: invalid version: git ls-remote -q https://{host}{path}: exit 128",
    "https://{host}{port},https://{host}{port}{path}|direct",
    "https://{host}{port}: reading {host}{path}@{version}",
    "fatal: unable to access 'https://{host}{port}{path}/': Could not resolve host: {host}",
    "git@{host}:team{path}.git: Permission denied (publickey).",
    "ask somebody@{host}, see https://{host}{path}#anchor.",
    "m/main.go:3:8: no required module provides package {host}{path}; go get {host}@latest",
    "https://pkg.go.dev/{host}{path}@{version}",
    "http://[::1]{port}{path}: refused",
    "https://{host}{port}{path}/@v/{version}.zip",
    "ssh://{host}:22{path} or user@{host}",
    "invalid proxy URL scheme (must be https, http, file): ftp:/{host}{path}",
)


@pytest.mark.slow
@given(host=_NAMES, port=_PORTS, path=_PATHS, version=_VERSIONS)
def test_text_without_credentials_is_unchanged(
    host: str, port: str, path: str, version: str
) -> None:
    settings = {
        "GOPROXY": f"https://{host}{port}{path},https://user:pa55word@{host}|direct",
        "HTTPS_PROXY": f"{host}:3128",
        "GOAUTH": "netrc; git /srv/git; helper --config=/etc/helper",
        "NETRC": "/home/user/.netrc",
    }
    for said in HARMLESS:
        text = said.format(host=host, port=port, path=path, version=version)
        assert without_credentials(text) == text
        assert without_credentials(text, settings) == text


# Long tokens, and what they are looked for in.
@pytest.mark.parametrize("token", ["", "%25" * 20, "a" * 100_000 + "b", "aaaab," * 5000])
@pytest.mark.parametrize(
    "part",
    [
        *("https://", "a:@", "?", ",http://", "x-", "authorization:", "@v1.", "%25", "%", "\\"),
        *('invalid port "', 'proxy URL "', "proxy URL scheme (", "aaaa", "aaaab,", "\udcff"),
    ],
)
def test_long_text_is_masked_quickly(part: str, token: str) -> None:
    text = part * (100_000 // len(part))
    started = time.process_time()
    assert len(without_credentials(text, {"GIT_TOKEN": token})) <= 2 * len(text)
    assert time.process_time() - started < 1
