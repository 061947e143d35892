"""The official transport: AsyncOpenAI, for servers that want exactly what that package sends.

It is asked for bytes, not for its models: what they mean is read where the lean transport's are.
Its own retries and redirects are off.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from httpx2 import (
    ConnectError,
    ConnectTimeout,
    Limits,
    RemoteProtocolError,
    RequestError,
    Timeout,
    TimeoutException,
)
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncAPIResponse,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    Omit,
)

from factory.backends import _chat, _wire
from factory.backends._addresses import Address
from schemas.exchange import Refused

# what the package would take from the environment and send to any address
NOT_OURS = dict.fromkeys(("Authorization", "OpenAI-Organization", "OpenAI-Project"), Omit())
_Got = AsyncAPIResponse[Any]


class Official:
    """One client for each address, over one pool of connections."""

    def __init__(self, addresses: list[Address], idle_s: float) -> None:
        self.idle_s = idle_s
        self.http = DefaultAsyncHttpxClient(
            timeout=Timeout(idle_s, connect=_chat.CONNECT_S, pool=None),
            limits=Limits(keepalive_expiry=_chat.KEEPALIVE_S),
            follow_redirects=False,
        )
        self.clients = {id(address): self._client(address) for address in addresses}

    def _client(self, address: Address) -> AsyncOpenAI:
        return AsyncOpenAI(
            base_url=str(address.base),
            api_key="in the headers",
            max_retries=0,
            http_client=self.http,
            default_query=address.query,
        )

    @asynccontextmanager
    async def post(
        self, address: Address, payload: dict[str, Any], headers: dict[str, str]
    ) -> AsyncIterator["_Answer"]:
        """The answer, open until the block ends. Raises Refused."""
        completions = self.clients[id(address)].chat.completions.with_streaming_response
        opening = completions.create(
            model=payload["model"],
            messages=payload["messages"],
            extra_body={k: v for k, v in payload.items() if k not in ("model", "messages")},
            extra_headers=cast(Any, {**NOT_OURS, **address.headers, **headers}),
        )
        async with AsyncExitStack() as stack:
            got = await self._open(stack.enter_async_context(opening))
            yield _Answer(got.headers, got.iter_bytes())

    async def _open(self, opening: Awaitable[_Got]) -> _Got:
        try:
            return await opening
        except APIStatusError as error:
            got = error.response
            raise _wire.refused(got.status_code, got.headers, got.content) from None
        except APIConnectionError as error:
            raise _unanswered(error, self.idle_s) from None
        except RequestError as error:  # in the middle of what a status other than 2xx says
            raise _broken(error) from None
        except ValueError as error:  # a lone surrogate, a number that is none
            raise Refused("unsendable", str(error), permanent=True) from None

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()


@dataclass(slots=True)
class _Answer:
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]

    async def chunk(self) -> bytes:
        try:
            return await anext(self.chunks, b"")
        except RequestError as error:
            raise _broken(error) from None


def _broken(error: RequestError) -> Refused:
    if isinstance(error, TimeoutException):
        return Refused("timeout", "the server fell silent in the middle of its reply")
    return Refused("bad_reply", f"the reply broke off: {error}")


def _unanswered(error: APIConnectionError, idle_s: float) -> Refused:
    """Why no headers came."""
    cause = error.__cause__
    if isinstance(cause, ConnectError | ConnectTimeout):
        return Refused("connection", f"{type(cause).__name__}: {cause}")
    if isinstance(error, APITimeoutError):
        return Refused("timeout", f"no byte in {idle_s:g} s")
    if isinstance(cause, RemoteProtocolError) and "disconnected" not in str(cause):
        return Refused("bad_reply", f"no HTTP: {cause}")
    return Refused("connection", f"the server hung up: {cause}", busy=True)
