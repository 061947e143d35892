"""Batch files: chat completions by the file, within a day, where OpenAI sells it at half the price.

One line a request, in OpenAI's format; `vllm run-batch` reads and writes the same. What a batch is
called goes with it as metadata, so that one whose submission was never confirmed can be found
again. `sample` asks online, for `just check` and `just preview`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from httpx2 import RequestError
from openai import APIStatusError, AsyncOpenAI, OpenAIError
from openai.types import Batch

from factory.backends import _wire
from factory.backends import openai as online
from factory.backends._addresses import Addresses
from schemas.exchange import Refused, Reply, Request

MAX_REQUESTS = 50_000  # of one file
MAX_BYTES = 200_000_000
NAME = "cot_factory_batch"
OVER = ("completed", "failed", "expired", "cancelled")
GOING = ("validating", "in_progress", "finalizing", "cancelling")
LISTED = 1_000  # batches looked through for one of ours, newest first


@dataclass(frozen=True, slots=True)
class State:
    """How far a batch is. `files` hold its results; `failed` says why there are none."""

    status: str
    done: int = 0
    files: tuple[str, ...] = ()
    failed: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.status in OVER

    def __str__(self) -> str:
        return f"{self.status.replace('_', ' ')}, {self.done:,} answered"


class ByHand:
    """No provider: the user runs the files, with `vllm run-batch`."""

    async def sample(self, request: Request) -> Reply:
        """There is nobody to ask."""
        raise Refused("by_hand", "without teacher.base_url there is nobody to ask", permanent=True)

    async def close(self) -> None:
        """Nothing is held."""


class Provider:
    """One teacher's batches at its provider."""

    def __init__(self, teacher: Any, key: str | None) -> None:
        self.teacher = teacher
        self.addresses = Addresses(teacher.base_url, key)
        self.chat = online.connect(teacher, key)
        address = self.addresses.all[0]
        self.client = AsyncOpenAI(
            base_url=str(address.base),
            api_key=key or "none",
            default_query=address.query,
            default_headers=address.headers,
            max_retries=0,  # it would submit again what was not confirmed
        )

    async def sample(self, request: Request) -> Reply:
        """One completion, online. Raises Refused."""
        return await self.chat.sample(request)

    async def submit(self, name: str, file: Path) -> str:
        """Upload a file of requests and have it worked on; the batch's id. Raises Refused."""
        with self._asking():
            sent = await self.client.files.create(file=file, purpose="batch")
            batch = await self.client.batches.create(
                input_file_id=_id(sent),
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={NAME: name},
            )
            return _id(batch)

    async def find(self, name: str) -> str | None:
        """The id of the batch called so, if its submission arrived. Raises Refused."""
        seen = 0
        with self._asking():
            async for batch in self.client.batches.list(limit=100):
                seen += 1
                if (batch.metadata or {}).get(NAME) == name:
                    return _id(batch)
                if seen >= LISTED:
                    break
        return None

    async def state(self, batch_id: str) -> State:
        """How far a batch is. Raises Refused."""
        with self._asking():
            return _state(await self.client.batches.retrieve(batch_id))

    async def fetch(self, state: State, target: Path) -> None:
        """Write the result files, one after the other, to `target`. Raises Refused."""
        with target.open("wb") as out, self._asking():
            for file in state.files:
                got = self.client.files.with_streaming_response.content(file)
                async with got as answer:
                    async for chunk in answer.iter_bytes():
                        out.write(chunk)
                out.write(b"\n")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except APIStatusError as error:
            got = error.response
            refused = _wire.refused(got.status_code, got.headers, got.content)
        # what is no JSON, or no object, comes as a str or with fields missing
        except (OpenAIError, RequestError, ValueError, TypeError, AttributeError) as error:
            refused = Refused("connection", str(error) or type(error).__name__)
        else:
            return
        raise replace(refused, message=self.addresses.tidy(refused.message))

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()
        await self.chat.close()


def _id(made: Any) -> str:
    if not isinstance(made.id, str) or not made.id:
        raise ValueError(f"a reply without an id: {made}")
    return made.id


def _state(batch: Batch) -> State:
    if batch.status not in (*OVER, *GOING):
        raise ValueError(f"a batch in no known state: {batch.status!r}")
    errors = (batch.errors.data if batch.errors else None) or []
    failed = "; ".join(error.message or error.code or "" for error in errors[:3])
    counts = batch.request_counts
    done = counts.completed if counts else 0
    files = tuple(file for file in (batch.output_file_id, batch.error_file_id) if file)
    return State(batch.status, done, files, failed)


def line(teacher: Any, request: Request) -> bytes:
    """The line of one request. Raises Refused where it cannot be written."""
    named = f"{request.rollout_id}.{request.problem_id}.{request.sample_index}"
    body = {k: v for k, v in _wire.payload(teacher, request).items() if "stream" not in k}
    asked = {"custom_id": named, "method": "POST", "url": "/v1/chat/completions", "body": body}
    try:
        return json.dumps(asked, ensure_ascii=False).encode() + b"\n"
    except ValueError as error:
        raise Refused("unsendable", str(error), permanent=True) from None


def request(teacher: Any, sampling: Mapping[str, Any], raw: bytes) -> Request:
    """The request that a line was written for."""
    asked = json.loads(raw)
    rollout_id, problem_id, index = asked["custom_id"].split(".")
    messages = asked["body"]["messages"]
    messages = messages[:-1] if teacher.prefill else messages
    return Request(rollout_id, problem_id, int(index), messages, sampling)


def answered(lines: Iterable[bytes]) -> set[str]:
    """The rollout ids in results. Raises Refused for a line that is no result: they broke off."""
    found = set()
    for raw in lines:
        if raw.strip():
            named = _named(raw)
            if named is None:
                raise Refused("bad_reply", f"no result of a batch: {raw[:200]!r}")
            found.add(named[0])
    return found


def results(teacher: Any, lines: Iterable[bytes]) -> Iterator[tuple[str, Reply | Refused]]:
    """(rollout_id, how it ended) of every line of results."""
    for raw in lines:
        if (named := _named(raw)) is None:
            continue
        rollout_id, found = named
        try:
            yield rollout_id, _wire.whole(teacher, _reply(found))
        except Refused as refused:
            yield rollout_id, refused


def _named(raw: bytes) -> tuple[str, dict[str, Any]] | None:
    try:
        found = json.loads(raw)
        return found["custom_id"].partition(".")[0], found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _reply(found: dict[str, Any]) -> Reply:
    response, error = found.get("response"), found.get("error")
    if not isinstance(response, dict):
        error = error if isinstance(error, dict) else {}
        raise Refused(str(error.get("code") or "bad_reply"), str(error.get("message") or found))
    status, body = _wire.number(response.get("status_code")), response.get("body")
    if status == 200:
        return _wire.reply(body)
    words = json.dumps(body or error or {}).encode()  # vllm run-batch leaves the body out
    raise replace(_wire.refused(int(status or 500), {}, words), stop=False)


def connect(teacher: Any, key: str | None) -> "Provider | ByHand":
    """Who works on the batches of a teacher: without a `base_url` the user. Raises RecipeError."""
    return Provider(teacher, key) if teacher.base_url else ByHand()
