"""Mask credentials in everything that users read.

By pattern: the user and the query of anything like a URL, and headers that authenticate. By value:
the secrets in the settings of a download, however escaped, because Go also prints pieces of URLs.
If a text is ambiguous, it is masked.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from go_static.go.messages import GoMessage

MASK = "***"

# A shorter value would mask half of a message; it is masked in URLs only.
_SHORTEST = 4
# A longer value is searched in pieces, to bound the time.
_LONGEST = 64

# Lists of proxies are split where another URL starts: a password may contain commas and bars.
_LIST = re.compile(r"([,|](?=[A-Za-z][A-Za-z0-9+.-]{0,20}://))")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

# Only ASCII white space ends a password; `\s` would match more.
_RUN = re.compile(r"[^ \t\r\n\f\v]+")

# An `@` before a host: not the proxy's `/@v/` and `/@latest`, and not a module's version.
_AT = re.compile(r"(?<=/)@(?!v/|latest\b)|(?<!/)@(?!v\d+\.\d+\.\d|latest\b(?!\.))")

# The port of a host without an `@`; anything else is a truncated password.
_PORT = re.compile(r"\d{0,5}(?:[,|](?:direct|off))*")

# An escape in a URL, possibly escaped again, in Go's %q or in JSON.
_BACKSLASH = rb"(?:\\|%(?:25)*5[Cc])+"
_HEX = rb"[0-9A-Fa-f]"
_ESCAPE = re.compile(
    rb"%b(?:u(?P<high>[Dd][89ABab]%b{2})%bu(?P<low>[Dd][C-Fc-f]%b{2})|u(?P<unicode>%b{4})"
    rb"|U(?P<long>00(?:0%b|10)%b{4})|x(?P<byte>%b{2}))?|%%(?:25)*(?P<percent>%b{2})"
    % (_BACKSLASH, _HEX, _BACKSLASH, _HEX, _HEX, _HEX, _HEX, _HEX, _HEX)
)

_HEADER = re.compile(
    r"(?P<name>\b(?:(?:proxy-)?authorization|(?:set-)?cookie|(?:private|job|deploy|x-[\w-]{1,40})"
    r"-token)\"?[ \t]*[:=][ \t]*\"?)[^ \t\r\n\"].*",
    re.IGNORECASE,
)

_SECRET_NAME = re.compile(r"TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|API_?KEY", re.I)
# A proxy may have no scheme; Go then adds `http://` or, in GOPROXY, `https://`.
_PROXY_NAME = re.compile(r"(?:_|^GO)proxy$", re.IGNORECASE)
# Values of git's configuration (GIT_CONFIG_VALUE_0, …): `Authorization: Basic …` and the like.
_HEADER_VALUE = re.compile(r"^[\w-]+:\s*(?:basic\s+|bearer\s+|token\s+)?(?P<secret>.+)$", re.I)
_SPLIT = re.compile(r"[,|/?#@:\s\ufffd]")
# Half a character, which only JSON can express. (Python uses the other surrogates for odd bytes.)
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
# Users that are not secret even without a password.
_PUBLIC_USERS = ("git", "oauth2", "x-access-token", "x-token-auth", "gitlab-ci-token")


def without_credentials(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text without credentials; `environment` is that of the process that printed it."""
    known = secrets(environment or {})
    if known:
        text = _without(text, known)
    text = _HEADER.sub(rf"\g<name>{MASK}", text)
    text = GoMessage.BAD_ADDRESS.pattern.sub(rf"\g<before>{MASK}@", text)
    text = GoMessage.BAD_PORT.pattern.sub(rf"\g<before>{MASK}\g<after>", text)
    return _RUN.sub(lambda match: "".join(map(_masked, _LIST.split(match.group()))), text)


def shown_setting(name: str, value: str) -> str:
    """The value of a variable without credentials."""
    if name == "GOAUTH":
        # The arguments of a command may be secret.
        return "; ".join(" ".join((*part.split()[:1], "…")) for part in value.split(";"))
    bare = bool(_PROXY_NAME.search(name))
    # Here white space does not end a URL.
    shown = "".join(_masked(url, bare) for url in _LIST.split(value))
    return without_credentials(shown, {name: value})


def secrets(environment: Mapping[str, str]) -> frozenset[bytes]:
    """The secrets in these variables, unescaped."""
    found = set()
    for name, value in environment.items():
        for whole in _secrets_of(name, value):
            plain = _plain(whole)
            # Go splits lists and URLs at these characters, even within a password. The output of a
            # process may have replaced bytes that are not UTF-8.
            parts = _SPLIT.split(f"{whole}:{plain.decode(errors='replace')}")
            found |= {plain, *map(_plain, parts)}
    return frozenset(secret for secret in found if len(secret) >= _SHORTEST)


def _secrets_of(name: str, value: str) -> Iterator[str]:
    if name == "GOAUTH":
        for command in value.split(";"):
            program, _, arguments = command.strip().partition(" ")
            if program != "git":
                # Go prints a whole command, and the command may print anything.
                yield arguments.strip()
                words = (word.rpartition("=")[2] for word in arguments.split())
                yield from (word for word in words if word[:1] not in ("-", "/", "~", "."))
        return
    if _SECRET_NAME.search(name):
        yield value.strip()
    header = _HEADER_VALUE.match(value) if name.startswith("GIT_CONFIG_VALUE_") else None
    if header:
        yield header["secret"].strip()
    for url in {*_LIST.split(value), *re.split("[,|]", value)}:
        _, scheme, rest = url.partition("://")
        if scheme:
            yield from _secrets_of_url(rest)
        if _PROXY_NAME.search(name) and not _SCHEME.match(url):
            yield from _secrets_of_url(url)


def _secrets_of_url(rest: str) -> Iterator[str]:
    """`rest` is a URL without its scheme."""
    last = _last_at(rest)
    if last >= 0:
        user, _, password = rest[:last].partition(":")
        yield password
        # A token may be the user, with no real password.
        if not re.search(r"\w", unquote(password)) and user.lower() not in _PUBLIC_USERS:
            yield user
        for pair in {f"{user}:{password}", f"{unquote(user)}:{unquote(password)}"}:
            yield base64.b64encode(pair.encode(errors="surrogateescape")).decode()
    query = rest[last + 1 :].partition("?")[2]
    yield from (part.rpartition("=")[2] for part in query.split("&"))


def _masked(run: str, bare: bool = False) -> str:
    """Mask a text with at most one URL, which may have no scheme (`bare`)."""
    before, scheme, rest = run.partition("://")
    if bare and not _SCHEME.match(run):
        before, scheme, rest = "", "", run
        if _last_at(rest) < 0:
            return run
    elif not scheme:
        return run
    last = _last_at(rest)
    user, rest = (MASK, rest[last:]) if last >= 0 else ("", rest)
    body = rest.rstrip("\"':,;.)")
    body, question, _ = body.partition("?")
    if not user:
        host, colon, port = re.split(r"[/#]", body, maxsplit=1)[0].partition(":")
        if colon and not host.startswith("[") and not _PORT.fullmatch(port):
            user, body, question = MASK, "", ""
    end = rest[len(rest.rstrip("\"':,;.)")) :]
    return f"{before}{scheme}{user}{body}{question}{MASK if question else ''}{end}"


def _last_at(rest: str) -> int:
    """The end of the user in a URL without its scheme, or -1."""
    last = max((match.start() for match in _AT.finditer(rest)), default=-1)
    # Before the first slash, an `@` always ends the user, whatever the host looks like.
    return max(last, rest.partition("/")[0].rfind("@"))


def _without(text: str, known: frozenset[bytes]) -> str:
    """The text without these secrets, however escaped."""
    original = _bytes(text)
    plain, places = _unescaped(original)
    starts = [start for start, _ in places]
    heads: dict[bytes, set[bytes]] = defaultdict(set)
    for secret in known:
        for begin in range(0, len(secret), _LONGEST):
            # The last piece is as long as the others.
            piece = secret[max(0, min(begin, len(secret) - _LONGEST)) :][:_LONGEST]
            heads[piece[:_SHORTEST]].add(piece)
    spans: list[list[int]] = []
    # Secrets may overlap, so each is searched at every index.
    for index in range(len(plain)):
        pieces = heads.get(plain[index : index + _SHORTEST])
        if pieces:
            found = [len(piece) for piece in pieces if plain.startswith(piece, index)]
            if found and spans and index <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], index + max(found))
            elif found:
                spans.append([index, index + max(found)])
    shown, done = [], 0
    for span in spans:
        start, end = (
            place + (index - begin)
            for index in span
            for begin, place in (places[bisect_right(starts, index) - 1],)
        )
        shown += [original[done:start], MASK.encode()]
        done = end
    return b"".join((*shown, original[done:])).decode(errors="surrogateescape")


def _unescaped(text: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """The text with all escapes decoded, and pairs of an index in it and in the original text."""
    plain = bytearray()
    places, done = [(0, 0)], 0
    for match in _ESCAPE.finditer(text):
        plain += text[done : match.start()]
        places.append((len(plain), match.start()))
        plain += _character(match)
        done = match.end()
        places.append((len(plain), done))
    plain += text[done:]
    return bytes(plain), places


def _character(escape: re.Match[bytes]) -> bytes:
    byte = escape["percent"] or escape["byte"]
    if byte:
        return bytes([int(byte, 16)])
    if escape["high"]:
        pair = bytes.fromhex((escape["high"] + escape["low"]).decode())
        return pair.decode("utf-16-be").encode()
    code = escape["unicode"] or escape["long"]
    return _bytes(chr(int(code, 16))) if code else b""


def _plain(secret: str) -> bytes:
    return _unescaped(_bytes(secret))[0]


def _bytes(text: str) -> bytes:
    """UTF-8, with the original bytes of a process or the environment that are not."""
    return _LONE.sub("\ufffd", text).encode(errors="surrogateescape")
