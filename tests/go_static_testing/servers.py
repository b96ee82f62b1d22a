"""A company's servers, each started by the test that needs it.

`Network` is the view from a machine in an office: a proxy that leads to named sites, and nothing
else. Clients use it like any HTTP proxy, and use TLS to the sites behind it, whose certificates are
issued by the test's own CA. Every request is recorded with its user.
"""

from __future__ import annotations

import base64
import binascii
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import urlsplit

import trustme

from go_static_testing.proxy import ModuleProxy


@dataclass(frozen=True)
class Request:
    """`user` is the client's identity, `name:password`."""

    scheme: str
    host: str
    method: str
    path: str
    query: str
    user: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """A request and its result; `proxy_user` is the identity sent to the proxy."""

    scheme: str
    host: str
    path: str
    user: str
    proxy_user: str
    status: int


class Site(Protocol):
    def respond(self, request: Request) -> Response: ...


ASK_FOR_USER = Response(
    HTTPStatus.UNAUTHORIZED, b"who are you?\n", {"WWW-Authenticate": 'Basic realm="test"'}
)


@dataclass(frozen=True)
class ModuleSite:
    """A module proxy; with a `user`, it serves only that user."""

    modules: ModuleProxy
    user: str = ""

    def respond(self, request: Request) -> Response:
        if self.user and request.user != self.user:
            return ASK_FOR_USER
        file = self.modules.root / request.path.lstrip("/")
        if not file.is_file():
            return Response(HTTPStatus.NOT_FOUND, b"not found\n")
        return Response(HTTPStatus.OK, file.read_bytes())


@dataclass(frozen=True)
class FailingSite:
    """A site that answers every request with an error."""

    status: int

    def respond(self, request: Request) -> Response:
        return Response(self.status, b"no\n")


class Network:
    """A proxy that leads to `sites`, by host name; with a `user`, it serves only that user. Sites
    in `without_tls` speak only plain HTTP."""

    def __init__(self, authority: trustme.CA) -> None:
        self.authority = authority
        self.user = ""
        self.without_tls: set[str] = set()
        self.sites: dict[str, Site] = {}
        self.visits: list[Visit] = []
        self._contexts: dict[str, ssl.SSLContext] = {}
        handler = type("Handler", (_Handler,), {"network": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def hosts(self) -> set[str]:
        """The requested hosts, whether or not a site exists."""
        return {visit.host for visit in self.visits}

    def context(self, host: str) -> ssl.SSLContext:
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

    @contextmanager
    def serving(self) -> Iterator[Network]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """A connection to the proxy, which becomes a connection to a site."""

    network: Network
    protocol_version = "HTTP/1.1"
    site = ""
    proxy_user = ""

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        if not self._may_pass(host):
            return
        if host not in self.network.sites or host in self.network.without_tls:
            self._remember(host, "", "", HTTPStatus.BAD_GATEWAY)
            self._answer(Response(HTTPStatus.BAD_GATEWAY, b"no way\n"))
            return
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        try:
            self.request = self.network.context(host).wrap_socket(self.request, server_side=True)
        except OSError:
            # The client does not trust the CA.
            self._remember(host, "", "", 0)
            self.close_connection = True
            return
        self.site = host
        self.setup()
        # Python before 3.12 asks for a tunnel in HTTP/1.0, and the tunnel stays open.
        self.close_connection = False

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        host = self.site or (url.hostname or "")
        if not self.site and not self._may_pass(host):
            return
        user = _basic(self.headers.get("Authorization", ""))
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        request = Request(
            self._scheme, host, self.command, url.path, url.query, user, self.headers, body
        )
        site = self.network.sites.get(host)
        response = site.respond(request) if site else Response(HTTPStatus.BAD_GATEWAY)
        self._remember(host, self.path, user, response.status)
        self._answer(response)

    do_POST = do_GET  # noqa: N815 (the name is http.server's)

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        # With TLS on top, this is no longer the proxy's socket.
        self.request.close()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _may_pass(self, host: str) -> bool:
        self.proxy_user = _basic(self.headers.get("Proxy-Authorization", ""))
        if not self.network.user or self.proxy_user == self.network.user:
            return True
        self._remember(host, "", "", HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
        ask = {"Proxy-Authenticate": 'Basic realm="proxy"'}
        self._answer(Response(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, b"", ask))
        return False

    @property
    def _scheme(self) -> str:
        return "https" if self.site or self.command == "CONNECT" else "http"

    def _remember(self, host: str, path: str, user: str, status: int) -> None:
        self.network.visits.append(Visit(self._scheme, host, path, user, self.proxy_user, status))

    def _answer(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)


def _basic(header: str) -> str:
    """The `name:password` in an Authorization header, or an empty string."""
    scheme, _, value = header.partition(" ")
    if scheme != "Basic":
        return ""
    try:
        return base64.b64decode(value).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


@contextmanager
def refusing(status: int, reason: bytes = b"", tls: bool = False) -> Iterator[str]:
    """The address of a server that answers everything with this status and text. With `tls`, its
    certificate is signed by an unknown CA."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(reason)))
            self.end_headers()
            self.wfile.write(reason)

        def do_CONNECT(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
