"""Credentials are masked in everything that users read.

Two ways that complement each other. By pattern: the user part and the query of whatever looks like
a URL, and headers that authenticate. By value: what is secret in the settings that a download was
given, wherever and however escaped it turns up, as Go cuts a URL into pieces that look like none.
Where a text is ambiguous, rather too much is masked than too little.
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

# A value that is shorter would mask half of a message, and is masked in URLs only.
_SHORTEST = 4
# A longer one is looked for in pieces, so that no text takes longer for it.
_LONGEST = 64

# Lists of proxies are taken apart where another URL starts: a password may have commas and bars.
_LIST = re.compile(r"([,|](?=[A-Za-z][A-Za-z0-9+.-]{0,20}://))")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

# Anything but white space: no other character ends a password. `\s` would be more than ASCII's.
_RUN = re.compile(r"[^ \t\r\n\f\v]+")

# An `@` that starts no host: the module proxy's `/@v/` and `/@latest`, and a module's version.
_AT = re.compile(r"(?<=/)@(?!v/|latest\b)|(?<!/)@(?!v\d+\.\d+\.\d|latest\b(?!\.))")

# The port of an authority without an `@`; what is none is a password that is cut off.
_PORT = re.compile(r"\d{0,5}(?:[,|](?:direct|off))*")

# An escape of a URL, which may be escaped again, of Go's %q and of JSON.
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
# Proxies may be given without a scheme, to which Go then adds `http://` or, in GOPROXY, `https://`.
_PROXY_NAME = re.compile(r"(?:_|^GO)proxy$", re.IGNORECASE)
# Values of git's configuration (GIT_CONFIG_VALUE_0, …): `Authorization: Basic …` and the like.
_HEADER_VALUE = re.compile(r"^[\w-]+:\s*(?:basic\s+|bearer\s+|token\s+)?(?P<secret>.+)$", re.I)
_SPLIT = re.compile(r"[,|/?#@:\s\ufffd]")
# Half a character, which only JSON can say. (Python has the other surrogates for odd bytes.)
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
# Users that are no secret even without a password.
_PUBLIC_USERS = ("git", "oauth2", "x-access-token", "x-token-auth", "gitlab-ci-token")


def without_credentials(text: str, environment: Mapping[str, str] | None = None) -> str:
    """The text without credentials. `environment` is what the process that said it was given."""
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
        # The arguments of a command are its own affair, and may be secret.
        return "; ".join(" ".join((*part.split()[:1], "…")) for part in value.split(";"))
    bare = bool(_PROXY_NAME.search(name))
    # Here white space ends no URL.
    shown = "".join(_masked(url, bare) for url in _LIST.split(value))
    return without_credentials(shown, {name: value})


def secrets(environment: Mapping[str, str]) -> frozenset[bytes]:
    """What must not be seen of these variables, unescaped."""
    found = set()
    for name, value in environment.items():
        for whole in _secrets_of(name, value):
            plain = _plain(whole)
            # Go splits lists and URLs where they have these characters, also within a password.
            # Bytes that are no UTF-8 may have been replaced in what a process said.
            parts = _SPLIT.split(f"{whole}:{plain.decode(errors='replace')}")
            found |= {plain, *map(_plain, parts)}
    return frozenset(secret for secret in found if len(secret) >= _SHORTEST)


def _secrets_of(name: str, value: str) -> Iterator[str]:
    if name == "GOAUTH":
        for command in value.split(";"):
            program, _, arguments = command.strip().partition(" ")
            if program != "git":
                # Go quotes a whole command; the command itself may say anything.
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
        # A token may come as the user, without a password worth the name.
        if not re.search(r"\w", unquote(password)) and user.lower() not in _PUBLIC_USERS:
            yield user
        for pair in {f"{user}:{password}", f"{unquote(user)}:{unquote(password)}"}:
            yield base64.b64encode(pair.encode(errors="surrogateescape")).decode()
    query = rest[last + 1 :].partition("?")[2]
    yield from (part.rpartition("=")[2] for part in query.split("&"))


def _masked(run: str, bare: bool = False) -> str:
    """Text of one URL at most, which may be `bare` of a scheme."""
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
    """Where the user part of a URL without its scheme ends, or -1."""
    last = max((match.start() for match in _AT.finditer(rest)), default=-1)
    # Whatever the host is called: before the first slash, an `@` is always the user part's.
    return max(last, rest.partition("/")[0].rfind("@"))


def _without(text: str, known: frozenset[bytes]) -> str:
    """The text without these secrets, however they are escaped in it."""
    original = _bytes(text)
    plain, places = _unescaped(original)
    starts = [start for start, _ in places]
    heads: dict[bytes, set[bytes]] = defaultdict(set)
    for secret in known:
        for begin in range(0, len(secret), _LONGEST):
            # The last piece is no shorter than the others.
            piece = secret[max(0, min(begin, len(secret) - _LONGEST)) :][:_LONGEST]
            heads[piece[:_SHORTEST]].add(piece)
    spans: list[list[int]] = []
    # Secrets may overlap, so each is looked for from every index on.
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
    """Percent signs decoded, once or more often, and backslashes (Go with %q, JSON); and from which
    index on the bytes are those at which index of the text."""
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
    """UTF-8, but for the bytes that a process or the environment had and that are none."""
    return _LONE.sub("\ufffd", text).encode(errors="surrogateescape")
