"""A module proxy that fails: it hangs, disconnects, or serves a zip that does not match go.sum.

Each error says so and nothing is built. With a working proxy, the next run succeeds: nothing wrong
was kept.
"""

from __future__ import annotations

import http.server
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from end_to_end.errors_page import documented
from end_to_end.repository import Repository
from go_static_testing.proxy import ModuleProxy, go_sum

LIBRARY = {"lib.go": 'package lib\n\nconst Text = "the real one"\n'}
FORGED = {"lib.go": 'package lib\n\nconst Text = "another one"\n'}

Answer = Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


def send(handler: http.server.BaseHTTPRequestHandler, body: bytes, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(body)


def whole(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    send(handler, body, len(body))


def broken_off(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    send(handler, body[: len(body) // 2], len(body))
    handler.close_connection = True


def truncated(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    whole(handler, body[: len(body) // 2])


def tampered(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    whole(handler, body.replace(b"the real one", b"the evil one"))


def forged(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            content = FORGED["lib.go"].encode() if name.endswith("lib.go") else old.read(name)
            new.writestr(name, content)
    whole(handler, written.getvalue())


def failing(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_error(504, "the origin did not answer")


def silent(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
    # Until the client disconnects.
    handler.connection.settimeout(60)
    handler.rfile.read(1)


@dataclass
class FaultyProxy:
    """A proxy that answers requests for zips in a special way."""

    modules: ModuleProxy
    url: str = ""
    answer: Answer = whole


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultyProxy]:
    made = FaultyProxy(ModuleProxy(tmp_path / "proxy"))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = made.modules.root / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
            elif path.suffix == ".zip":
                made.answer(self, path.read_bytes())
            else:
                whole(self, path.read_bytes())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (broken_off, ("unexpected EOF",)),
        (truncated, ("zip: not a valid zip file",)),
        (tampered, ("zip: checksum error",)),
        (forged, ("checksum mismatch",)),
        (failing, ("504 the origin did not answer",)),
        (silent, documented("a server that does not respond")),
    ],
)
def test_a_faulty_zip_is_an_error_and_is_not_kept(
    answer: Answer, reason: tuple[str, ...], project: Repository, proxy: FaultyProxy
) -> None:
    # A unique name in the caches, which all tests share.
    module = f"corp.example.com/{answer.__name__}"
    proxy.modules.publish(module, "v1.0.0", LIBRARY)
    proxy.answer = answer
    project.write(
        {
            "m/go.mod": f"module example.com/m\n\ngo 1.21\n\nrequire {module} v1.0.0\n",
            "m/go.sum": go_sum(module, "v1.0.0", LIBRARY),
            "m/main.go": (
                f'package main\n\nimport lib "{module}"\n\nfunc main() {{ println(lib.Text) }}\n'
            ),
            "m/BUILD": 'go_module(name="mod")\ngo_static_binary()\n',
        }
    )
    reaching = {"GOPROXY": proxy.url, "GONOSUMDB": "*"}
    impatient = "--go-static-download-timeout=3"

    project.pants(impatient, "package", "::", env=reaching).failed_with(
        "Modules that m/go.mod requires could not be downloaded", *reason, f"GOPROXY={proxy.url}"
    )
    assert project.dist == {}

    proxy.answer = whole
    project.pants(impatient, "package", "::", env=reaching).succeeded()
    assert project.run(project.dist["m/m"]) == "the real one\n"
