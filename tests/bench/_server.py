"""A chat-completions server lighter than any client, a process of its own: prints its port.

Raw asyncio without a parser: what a request says is not read, only where it ends. Every POST is
answered `DELAY_S` after it came with one of `KINDS` replies of 2 KB, thinking in a field of its
own. All replies wait equally long, so they leave in the order of their requests: one queue, one
timer. GET /count gives the counters since the last GET /reset, any other GET an empty object.
"""

import asyncio
import json
import random
import sys
from collections import deque
from time import monotonic

DELAY_S = 0.05
KINDS = 64
THOUGHT, SOLUTION = 1_500, 500  # characters
MODEL = "bench"
EMPTY = b'"messages": []'  # with no message, a peer asks for rate limits: answered, not counted


def _text(dice: random.Random, size: int) -> str:
    words = ("so", "the", "sum", "of", "both", "is", "then", "we", "divide", "by", "wait", "x = ")
    made = ""
    while len(made) < size:
        made += f"{dice.choice(words)} {dice.randrange(1000)} "
    return f"{made[: size - 1]}."


def _http(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


def _reply(kind: int) -> bytes:
    dice = random.Random(kind)
    message = {
        "role": "assistant",
        "content": f"{_text(dice, SOLUTION)}\\boxed{{{kind}}}",
        "reasoning_content": _text(dice, THOUGHT),
    }
    body = {
        "id": f"chatcmpl-{kind}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 50, "completion_tokens": 500, "total_tokens": 550},
    }
    return _http(json.dumps(body).encode())


REPLIES = [_reply(kind) for kind in range(KINDS)]


class Desk:
    """The requests that wait for their reply, and the counters."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[float, Connection]] = deque()
        self.reset()

    def reset(self) -> None:
        """Count from here on."""
        self.total = self.in_flight_max = 0
        self.first = self.last = 0.0

    def arrive(self, connection: "Connection") -> None:
        """Take a request; its reply is written later."""
        now = monotonic()
        self.total += 1
        self.first = self.first or now
        self.last = now
        self.waiting.append((now + DELAY_S, connection))
        self.in_flight_max = max(self.in_flight_max, len(self.waiting))
        if len(self.waiting) == 1:
            asyncio.get_running_loop().call_later(DELAY_S, self._answer)

    def _answer(self) -> None:
        """Write every reply that is due."""
        now = monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            self.waiting.popleft()[1].answer()
        if self.waiting:
            wait = self.waiting[0][0] - now
            asyncio.get_running_loop().call_later(wait, self._answer)

    def counts(self) -> bytes:
        """The counters; times in seconds."""
        seconds = self.last - self.first
        counted = {"total": self.total, "in_flight_max": self.in_flight_max, "seconds": seconds}
        return json.dumps(counted).encode()


DESK = Desk()


class Connection(asyncio.Protocol):
    """One client connection: requests may come in pieces, or several in one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.unread = b""
        self.closes = False
        self.next = random.randrange(KINDS)

    def data_received(self, data: bytes) -> None:
        """Take every whole request in what has come."""
        self.unread += data
        while (end := self.unread.find(b"\r\n\r\n")) >= 0:
            head = self.unread[:end].lower()
            _, found, after = head.partition(b"\r\ncontent-length:")
            whole = end + 4 + (int(after.partition(b"\r\n")[0]) if found else 0)
            if len(self.unread) < whole:
                return
            body, self.unread = self.unread[end + 4 : whole], self.unread[whole:]
            self._take(head, body)

    def _take(self, head: bytes, body: bytes) -> None:
        self.closes = b"\r\nconnection: close" in head
        if head.startswith(b"post") and not (len(body) < 100 and EMPTY in body):
            DESK.arrive(self)
            return
        self.transport.write(_http(DESK.counts() if head.startswith(b"get /count") else b"{}"))
        if head.startswith(b"get /reset"):
            DESK.reset()

    def answer(self) -> None:
        """Write a reply; a connection that is gone takes none."""
        if not self.transport.is_closing():
            self.transport.write(REPLIES[self.next])
            self.next = (self.next + 1) % KINDS
            if self.closes:
                self.transport.close()


async def serve() -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
