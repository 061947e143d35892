"""A server that speaks S3 on loopback (moto), and one that fails as real ones do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

KEYS = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1"}


@contextmanager
def moto(home: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who has the bucket `corpus` on a server of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (home / "moto.log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log)
    env = {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "XDG_STATE_HOME": str(home)}
    try:
        _reached(port)
        _bucket(env)
        yield env
    finally:
        server.terminate()
        server.wait()


def _reached(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the S3 server did not start")


def _bucket(env: dict[str, str]) -> None:
    code = "import boto3; boto3.client('s3').create_bucket(Bucket='corpus')"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, check=True)


class Careless(BaseHTTPRequestHandler):
    """Keeps what it is given by its path, knows no condition, and lists nothing.

    `refused`: (method, status, body) it answers instead; `cut`: puts of such paths end midway.
    """

    kept: ClassVar[dict[str, bytes]] = {}
    refused: ClassVar[tuple[str, int, str] | None] = None
    cut: ClassVar[str | None] = None

    def do_GET(self) -> None:
        """Also HEAD and lists."""
        if "list-type" in self.path:
            self._answer(200, b"<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>")
        elif self.path in self.kept:
            self._answer(200, self.kept[self.path])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_PUT(self) -> None:
        """Whatever is there is replaced."""
        if self.cut and self.cut in self.path:
            self.rfile.read(10)
            self.close_connection = True
            return
        self.kept[self.path] = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(200, b"")

    do_HEAD = do_GET  # noqa: N815

    def _answer(self, status: int, body: bytes) -> None:
        if self.refused and self.refused[0] in (self.command, "*"):
            status, body = self.refused[1], self.refused[2].encode()
        self.send_response(status)
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is printed."""


@contextmanager
def careless(refused: tuple[str, int, str] | None = None, cut: str | None = None) -> Iterator[str]:
    """The address of such a server."""
    handler = type("Handler", (Careless,), {"kept": {}, "refused": refused, "cut": cut})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
