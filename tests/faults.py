"""An OpenAI-compatible server with every fault, a process of its own: prints its port.

The model's name is a comma-separated list of words, each a behaviour:

    plain reasoning reasoning_content ...   the shape of the reply (SHAPES); default plain
    delay=S size=N truncate=N               wait; text of N characters; 1 message in N is cut
    429-first 500-always 404                that status for each request's first time, or always
    retry-after=5 retry-after-ms=120 retry-date=5 reset-requests=1s reset-tokens=6m0s
    hang reset garbage                      no answer; a reset connection; what is not HTTP
    cut stall drip=S                        half a reply then the end, or silence; S between pieces
    no-json no-choices no-finish no-done error deep   what is no reply, or half of one
    odd-usage no-usage alias echo spent     counts as text; none; another model; the key told back
    judge judge=first judge=silent          compares two answers; sees one order only; says nothing
    grade=college/algebra late              grades a problem; only when it is asked again

A request's identity is its messages and its X-Client-Request-Id, else its seed. GET /requests gives
the last bodies, headers and client ports, GET /count the counters; POST /reset forgets both.
Batches are in provider.py.
"""

import asyncio
import json
import socket
import struct
import subprocess
import sys
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any
from zlib import crc32

from aiohttp import web
from provider import ROUTES, forget_batches
from replies import Words, graded, judged, words, written

RESETS = {"reset-requests": "requests", "reset-tokens": "tokens"}
KEPT = 20_000  # requests kept to be looked at


class Ledger:
    """Who asked for what, how often."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forget all."""
        self.kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.times: Counter[str] = Counter()
        self.total = 0
        self.in_flight_max = self.in_flight

    def arrive(self, body: dict[str, Any], headers: dict[str, str], port: int) -> bool:
        """Count a request; whether it is the first of its identity."""
        sample = headers.get("x-client-request-id") or body.get("seed")
        key = f"{sample} {json.dumps([body['model'], body['messages']])}"
        self.kept.append({"body": body, "headers": headers, "port": port})
        self.times[key] += 1
        self.total += 1
        self.in_flight += 1
        self.in_flight_max = max(self.in_flight_max, self.in_flight)
        return self.times[key] == 1

    def counts(self) -> dict[str, int]:
        """The counters."""
        return {
            "total": self.total,
            "distinct": len(self.times),
            "most_per_request": max(self.times.values(), default=0),
            "in_flight_max": self.in_flight_max,
        }


LEDGER = Ledger()


async def chat(request: web.Request) -> web.StreamResponse:
    """One chat completion, or its fault."""
    body = json.loads(await request.read())
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert request.transport
    first = LEDGER.arrive(body, headers, request.transport.get_extra_info("peername")[1])
    try:
        return await answer(request, body, first)
    finally:
        LEDGER.in_flight -= 1


async def answer(request: web.Request, body: dict[str, Any], first: bool) -> web.StreamResponse:
    said = words(body["model"])
    if "delay" in said:
        await asyncio.sleep(said.number("delay"))
    if "hang" in said:
        await asyncio.sleep(3600)
    if "reset" in said or "garbage" in said:
        return broken(request, said)
    if said.status and (said.often != "first" or first):
        return refusal(said, request.headers.get("authorization", ""))
    asked = json.dumps(body["messages"]).encode()
    cut = "truncate" in said and crc32(asked) % int(said.number("truncate")) == 0
    if "judge" in said:
        return web.json_response(judged(said, body["messages"][-1]["content"]))
    if "grade" in said:
        return web.json_response(graded(said, body["messages"][-1]["content"]))
    pieces = written(said, cut, bool(body.get("stream")))
    kind = "text/event-stream" if body.get("stream") else "application/json"
    if {"cut", "stall", "drip"} & said.values.keys():
        return await slowly(request, said, kind, pieces)
    return web.Response(body=b"".join(pieces), headers={"content-type": kind})


def broken(request: web.Request, said: Words) -> web.StreamResponse:
    """Ends the connection without an answer: by a reset, or after what is not HTTP."""
    assert isinstance(request.transport, asyncio.Transport)
    if "garbage" in said:
        request.transport.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
        request.transport.close()
    else:
        raw = request.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def refusal(said: Words, authorization: str) -> web.Response:
    """A status with the server's words and its wishes for a rest."""
    values = {k: v for k, v in said.values.items() if k in ("retry-after", "retry-after-ms")}
    if "retry-date" in said:
        values["retry-after"] = formatdate(time() + said.number("retry-date"), usegmt=True)
    for word, what in RESETS.items():
        if word in said:
            values[f"x-ratelimit-remaining-{what}"] = "0"
            values[f"x-ratelimit-reset-{what}"] = said.values[word]
    if said.status.startswith("3"):
        values["location"] = "http://127.0.0.1:9/elsewhere"
    error = {"message": f"no such thing: {said.status}"}
    if "spent" in said:
        error["code"] = "insufficient_quota"
    if "echo" in said:  # just where a cut of the message would leave half a key
        error["message"] = "x" * 495 + authorization.removeprefix("Bearer ")
    return web.json_response({"error": error}, status=int(said.status), headers=values)


async def slowly(
    request: web.Request, said: Words, kind: str, pieces: list[bytes]
) -> web.StreamResponse:
    """Piece by piece, or no further than half."""
    reply = web.StreamResponse(headers={"content-type": kind})
    if "stream" not in kind:
        reply.content_length = sum(map(len, pieces))
    await reply.prepare(request)
    half = len(pieces) if "drip" in said else len(pieces) // 2
    for piece in pieces[:half]:
        await reply.write(piece)
        await asyncio.sleep(said.number("drip"))
    if "stall" in said:
        await asyncio.sleep(3600)
    if "cut" in said:
        assert request.transport
        request.transport.close()
    return reply


async def told(request: web.Request) -> web.Response:
    """GET /requests, /count."""
    return web.json_response(list(LEDGER.kept) if "requests" in request.path else LEDGER.counts())


async def reset(request: web.Request) -> web.Response:
    """POST /reset."""
    LEDGER.reset()
    forget_batches()
    return web.json_response({})


async def serve() -> None:
    """Serve until killed."""
    app = web.Application(client_max_size=2**28)
    app.add_routes([web.post("/v1/chat/completions", chat), web.post("/reset", reset)])
    app.add_routes([web.get("/requests", told), web.get("/count", told), *ROUTES])
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def running() -> Iterator[str]:
    """The address of a server of one's own, without `/v1`."""
    words = [sys.executable, str(Path(__file__))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def get(server: str, path: str) -> Any:
    """GET /requests or /count of a running server."""
    with urllib.request.urlopen(f"{server}/{path}") as reply:
        return json.load(reply)


def forget(server: str) -> None:
    """POST /reset."""
    urllib.request.urlopen(f"{server}/reset", b"").close()


if __name__ == "__main__":
    asyncio.run(serve())
