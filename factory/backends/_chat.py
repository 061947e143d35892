"""Chat completions of one model, over any transport; a request is asked once and never again here.

Nothing limits how long a reply takes, only how long a server may be silent. Every refusal leaves
through one door, where the key and other secrets are taken out of its message.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Protocol

from factory.backends import _wire
from factory.backends._addresses import Address, Addresses
from factory.backends._sse import Stream
from schemas.exchange import Refused, Reply, Request

CONNECT_S = 10.0
IDLE_S = 300.0  # without a byte, while streaming
WAIT_S = 1800.0  # without a byte, while the whole reply is being written
KEEPALIVE_S = 4.0  # for an idle connection; uvicorn, and so vLLM, cuts it after five seconds
DRAIN_S = 1.0  # for the end of a stream whose last word was said


class Answer(Protocol):
    """A reply with status 2xx whose headers have come."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        ...

    async def chunk(self) -> bytes:
        """What came next; nothing at the end. Raises Refused."""
        ...


class Transport(Protocol):
    """Carries a body to an address; raises Refused for all that can go wrong on the way."""

    def post(
        self, address: Address, payload: dict[str, Any], headers: dict[str, str]
    ) -> AbstractAsyncContextManager[Answer]:
        """The answer, open until the block ends."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Chat:
    """A backend: one teacher's model at its addresses."""

    def __init__(self, teacher: Any, addresses: Addresses, transport: Transport) -> None:
        self.teacher, self.addresses, self.transport = teacher, addresses, transport

    async def sample(self, request: Request) -> Reply:
        """One completion, asked for once. Raises Refused."""
        payload = _wire.payload(self.teacher, request)
        named = {"X-Client-Request-Id": request.rollout_id}  # for a provider's support, and tests
        try:
            with self.addresses.lend() as address:
                async with self.transport.post(address, payload, named) as answer:
                    return _wire.whole(self.teacher, await _read(answer))
        except Refused as refused:
            raise replace(refused, message=self.addresses.tidy(refused.message)) from None

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()


async def _read(answer: Answer) -> Reply:
    try:
        if "event-stream" in answer.headers.get("content-type", ""):
            return _wire.reply(await _streamed(answer))
        chunks = []
        while chunk := await answer.chunk():
            chunks.append(chunk)
        return _wire.reply(_wire.parse(b"".join(chunks)))
    except RecursionError:
        raise Refused("bad_reply", "JSON nested too deeply") from None


async def _streamed(answer: Answer) -> dict[str, Any]:
    """The body of a streamed reply; what breaks after its end costs nothing."""
    stream = Stream()
    try:
        async with asyncio.timeout(None) as patience:
            while chunk := await answer.chunk():
                stream.feed(chunk)
                if stream.done:
                    patience.reschedule(asyncio.get_running_loop().time() + DRAIN_S)
    except (Refused, TimeoutError):
        if not stream.ended:
            raise
    return stream.body()
