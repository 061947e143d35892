"""One batch file of a store: written down before it is submitted, and submitted once.

`batches/NAME.jsonl` holds requests and `NAME.json` the intent, with the provider's id from the
submission on. Whenever it is not sure that a submission arrived, the provider is asked for a batch
of that name first. Files go when their results are in shards, never before; only a whole set of
results tells that a request has none.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from factory.backends import batch as wire
from factory.backends.batch import ByHand, Provider, State
from factory.errors import StoreError, UserError
from factory.files import Files
from factory.recipe import redacted
from factory.teacher import Teacher
from schemas.exchange import Refused, Request, Settle

LONGEST_WAIT_S = 60.0
TRIES = 8  # that a provider may fail to answer, one after the other
UNSEEN_S = 5.0  # until a batch that was just submitted is sure to be in the provider's list
GO_ON = "the same command goes on; removing the file of that name with .json gives it up"


@dataclass(frozen=True, slots=True)
class Intent:
    """One file of requests: whose they are, and the provider's id once it is known."""

    teacher: dict[str, Any]
    policy_id: str
    sampling: dict[str, Any]
    any_model: bool
    name: str = ""
    count: int = 0
    batch_id: str | None = None


def intent_of(
    teacher: Teacher, policy_id: str, sampling: dict[str, Any], any_model: bool
) -> Intent:
    """The intent that the files of one purchase share; no secret of an address is in it."""
    plain = teacher.model_dump()
    plain["base_url"] = place(teacher)
    return Intent(plain, policy_id, sampling, any_model)


def place(teacher: Teacher) -> str | None:
    """Where a teacher's batches are, without login and query."""
    return teacher.base_url and ",".join(redacted(url) for url in teacher.base_url.split(","))


class BatchFile:
    """A file of requests on its way."""

    def __init__(self, root: Path, intent: Intent) -> None:
        self.root, self.intent = root, intent
        known = {k: v for k, v in intent.teacher.items() if k in Teacher.model_fields}
        self.teacher = Teacher(**known)
        self.path = root / "batches" / f"{intent.name}.jsonl"
        self.results = self.path.with_suffix(".out.jsonl")
        self.state = State("written")

    def requests(self) -> Iterator[Request]:
        """The requests it holds. Raises StoreError."""
        try:
            with self.path.open("rb") as file:
                for raw in file:
                    yield wire.request(self.teacher, self.intent.sampling, raw)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(self.path, error) from error

    def record(self, batch_id: str | None = None) -> None:
        """Write down, for good, that it is to be submitted, or as what it was."""
        self.intent = replace(self.intent, batch_id=batch_id)
        content = json.dumps(asdict(self.intent)).encode()
        Files(self.root).put(f"batches/{self.intent.name}.json", content)

    async def submit(self, provider: Provider | ByHand, new: bool) -> None:
        """Have it worked on, once: one that may have been submitted is looked for first."""
        if isinstance(provider, ByHand) or self.intent.batch_id:
            return
        unsure, why = not new, None
        for attempt in range(TRIES):
            await asyncio.sleep(_rest(attempt, why))
            try:
                found = await self._found(provider) if unsure else None
                self.record(found or await provider.submit(self.intent.name, self.path))
                return
            except Refused as refused:
                why = refused
            if why.permanent:
                break
            unsure = True
        if why and why.permanent and not unsure:
            self.forget()
            raise UserError(f"the provider takes no batch: {why}")
        raise UserError(f"it is not sure that {self.path} was submitted: {why}; {GO_ON}")

    async def _found(self, provider: Provider) -> str | None:
        if found := await provider.find(self.intent.name):
            return found
        await asyncio.sleep(UNSEEN_S)
        return await provider.find(self.intent.name)

    async def poll(self, provider: Provider | ByHand) -> bool:
        """Whether it is over; its results, if any, are then in `results`. Raises Refused."""
        if isinstance(provider, ByHand):
            return self._ran()
        self.state = await provider.state(self.intent.batch_id or "")
        if self.state.over and self.state.files:
            try:
                await provider.fetch(self.state, self.results)
            except OSError as error:
                raise StoreError(f"cannot write {self.results}: {error.strerror}") from error
            if len(self._answered()) < self.state.done:
                raise Refused("bad_reply", "the results lack lines")
        return self.state.over

    def _ran(self) -> bool:
        """Whether the user's output is there, and whole. Raises UserError."""
        if not self.results.exists():
            return False
        answered = len(self._answered() & {request.rollout_id for request in self.requests()})
        if answered < self.intent.count:
            raise UserError(
                f"{self.results} has results for {answered:,} of {self.intent.count:,} requests of "
                f"{self.path.name}: is it another's, or still being written?"
            )
        self.state = State("completed", answered, (str(self.results),))
        return True

    def _answered(self) -> set[str]:
        with self.results.open("rb") as lines:
            return wire.answered(lines)

    def take(self, requests: Iterator[Request], settle: Settle) -> None:
        """Settle every request, be it without a result."""
        asked = {request.rollout_id: request for request in requests}
        if self.state.files:
            with self.results.open("rb") as lines:
                for rollout_id, end in wire.results(self.teacher, lines):
                    if request := asked.pop(rollout_id, None):
                        settle(request, end, None)
        words = f"the batch is {self.state.status} and has no line for this request"
        for request in asked.values():
            settle(request, Refused(f"batch_{self.state.status}", words), None)

    def forget(self) -> None:
        """Its results are in shards: remove it."""
        for suffix in (".json", ".out.jsonl", ".jsonl"):
            self.path.with_suffix(suffix).unlink(missing_ok=True)


def _rest(attempt: int, why: Refused | None) -> float:
    if not attempt:
        return 0.0
    asked = why.retry_after_s if why else None
    return min(LONGEST_WAIT_S, 2.0**attempt) if asked is None else asked


def outstanding(root: Path) -> list[BatchFile]:
    """The files that earlier runs left. Raises StoreError for one that cannot be read."""
    return [_read(root, path) for path in sorted((root / "batches").glob("*.json"))]


def sweep(root: Path) -> None:
    """Remove what has no intent, so was never submitted or is done with, or no requests."""
    for path in (root / "batches").glob("*.json*"):
        base = path.with_name(path.name.partition(".")[0])
        if not (base.with_suffix(".json").exists() and base.with_suffix(".jsonl").exists()):
            path.unlink(missing_ok=True)


def _read(root: Path, path: Path) -> BatchFile:
    try:
        return BatchFile(root, Intent(**json.loads(path.read_bytes())))
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> StoreError:
    why = " ".join(str(error).split())[:200]
    return StoreError(f"{path} cannot be read: {why}; its requests may be paid: mend or remove it")
