"""The lean transport: aiohttp and nothing between. Several times the speed of the official client.

A pool without a limit (flow control is the limit), pooled connections shorter-lived than servers',
TCP keep-alive for replies that are minutes of silence, and no redirects.
"""

import json
import socket
from asyncio import timeout
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    AddrInfoType,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from factory.backends import _chat, _wire
from factory.backends._addresses import Address
from factory.errors import RecipeError
from schemas.exchange import Refused

HEADERS = {"Content-Type": "application/json", "User-Agent": "cot-factory"}
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
LARGE = 2**19  # bytes, from which a body is written bit by bit
PROBE_S = 60  # of silence before TCP asks whether the other end is there


class Lean:
    """Keeps one session; it is opened by the first request, in the loop that asks."""

    def __init__(self, addresses: list[Address], idle_s: float) -> None:
        self.idle_s = idle_s
        self.routes = {id(address): (address.chat, _proxy(address.chat)) for address in addresses}
        self._session: ClientSession | None = None

    @asynccontextmanager
    async def post(
        self, address: Address, payload: dict[str, Any], headers: dict[str, str]
    ) -> AsyncIterator["_Answer"]:
        """The answer, open until the block ends. Raises Refused."""
        url, proxy = self.routes[id(address)]
        got = await self._open(url, proxy, _bytes(payload), {**address.headers, **headers})
        async with got:
            answer = _Answer(got)
            if not 200 <= got.status < 300:
                raise _wire.refused(got.status, got.headers, await answer.rest())
            yield answer

    async def _open(
        self, url: URL, proxy: str | None, body: bytes, headers: dict[str, str]
    ) -> ClientResponse:
        session = self._session or self._opened()
        data = body if len(body) < LARGE else BytesIO(body)
        try:
            async with timeout(self.idle_s):  # aiohttp's own begins when the body has left
                return await session.post(
                    url, data=data, headers=headers, proxy=proxy, allow_redirects=False
                )
        except (ClientError, OSError) as error:
            raise _unanswered(error, self.idle_s) from None

    def _opened(self) -> ClientSession:
        self._session = ClientSession(
            connector=TCPConnector(
                limit=0, keepalive_timeout=_chat.KEEPALIVE_S, socket_factory=_socket
            ),
            timeout=ClientTimeout(None, sock_connect=_chat.CONNECT_S, sock_read=self.idle_s),
            headers={
                "Content-Type": "application/json",
                "User-Agent": "cot-factory",
            },
            cookie_jar=DummyCookieJar(),
        )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()


@dataclass(slots=True)
class _Answer:
    got: ClientResponse

    @property
    def headers(self) -> Mapping[str, str]:
        return self.got.headers

    async def chunk(self) -> bytes:
        try:
            return await self.got.content.readany()
        except TimeoutError:
            raise Refused("timeout", "the server fell silent in the middle of its reply") from None
        except (ClientError, OSError) as error:
            raise Refused("bad_reply", f"the reply broke off: {error}") from None

    async def rest(self) -> bytes:
        chunks = []
        while chunk := await self.chunk():
            chunks.append(chunk)
        return b"".join(chunks)


def _bytes(payload: dict[str, Any]) -> bytes:
    try:
        return ENCODER.encode(payload).encode()
    except ValueError as error:  # a lone surrogate, a number that is none
        raise Refused("unsendable", str(error), permanent=True) from None


def _unanswered(error: ClientError | OSError, idle_s: float) -> Refused:
    """Why no headers came."""
    match error:
        case ConnectionTimeoutError() | ClientConnectorError():
            return Refused("connection", str(error))
        case TimeoutError():
            return Refused("timeout", f"no byte in {idle_s:g} s")
        case ServerDisconnectedError() | ClientOSError() | ConnectionError():
            return Refused("connection", f"the server hung up: {error}", busy=True)
        case ClientResponseError() | ClientPayloadError():
            return Refused("bad_reply", f"no HTTP: {error}")
    return Refused("connection", str(error))


def _proxy(url: URL) -> str | None:
    """The proxy of the environment for this address. Raises RecipeError where it is not HTTP."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(url.host or ""):
        return None
    if not proxy.startswith(("http://", "https://")):
        raise RecipeError("the lean client takes HTTP proxies only; use teacher.client=official")
    return proxy


def _socket(info: AddrInfoType) -> socket.socket:
    made = socket.socket(*info[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, PROBE_S)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, PROBE_S)
    return made
