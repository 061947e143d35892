"""Batch files of a store: written down before they are submitted, and submitted once.

`batches/NAME.jsonl` holds requests and `NAME.json` the intent, with the provider's id from the
submission on: a run that was killed in between asks the provider for a batch of that name first.
All go when the results are in shards. Without a `base_url` the user runs `vllm run-batch`.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from factory.backends import batch as wire
from factory.backends.batch import MAX_BYTES, MAX_REQUESTS, ByHand, Provider, State
from factory.errors import UserError
from factory.files import Files
from factory.teacher import Teacher
from schemas.exchange import Refused, Request, Settle

AT_ONCE = 16  # files at the provider
FIRST_POLL_S, LONGEST_POLL_S = 0.5, 60.0
TRIES = 8  # that a provider may fail to answer, one after the other
UNSEEN_S = 5.0  # until a batch that was just submitted is sure to be in the provider's list

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Intent:
    """One file of requests: whose they are, and the provider's id once it is known."""

    name: str
    teacher: dict[str, Any]
    policy_id: str
    sampling: Mapping[str, Any]
    count: int
    batch_id: str | None = None


class BatchFile:
    """A file of requests on its way."""

    def __init__(self, root: Path, intent: Intent) -> None:
        self.root, self.intent = root, intent
        self.teacher = Teacher(**intent.teacher)
        self.path = root / "batches" / f"{intent.name}.jsonl"
        self.results = self.path.with_suffix(".out.jsonl")
        self.state = State("written")

    def requests(self) -> Iterator[Request]:
        """The requests it holds."""
        with self.path.open("rb") as file:
            for raw in file:
                yield wire.request(self.teacher, self.intent.sampling, raw)

    def record(self, batch_id: str | None = None) -> None:
        """Write down, for good, that it is to be submitted, or as what it was."""
        self.intent = replace(self.intent, batch_id=batch_id)
        content = json.dumps(asdict(self.intent)).encode()
        Files(self.root).put(f"batches/{self.intent.name}.json", content)

    async def submit(self, provider: Provider | ByHand, new: bool) -> None:
        """Have it worked on, once: one that may have been submitted is looked for first."""
        if isinstance(provider, ByHand) or self.intent.batch_id:
            return
        why: Exception | None = None
        for attempt in range(TRIES):
            try:
                found = None if new and not attempt else await self._found(provider)
                self.record(found or await provider.submit(self.intent.name, self.path))
                return
            except Refused as refused:
                if refused.permanent:
                    self.forget()
                    raise UserError(f"the provider takes no batch: {refused}") from refused
                why = refused
        raise UserError(f"{self.path} could not be submitted: {why}; the same command goes on")

    async def _found(self, provider: Provider) -> str | None:
        if found := await provider.find(self.intent.name):
            return found
        await asyncio.sleep(UNSEEN_S)
        return await provider.find(self.intent.name)

    async def poll(self, provider: Provider | ByHand) -> bool:
        """Whether it is over; its results, if any, are then in `results`."""
        if isinstance(provider, ByHand):
            return self._written()
        self.state = await provider.state(self.intent.batch_id or "")
        if self.state.over and self.state.files:
            await provider.fetch(self.state, self.results)
        return self.state.over

    def _written(self) -> bool:
        if not self.results.exists():
            return False
        if not self.results.read_bytes().endswith(b"\n"):
            raise UserError(f"{self.results} has no end: is it still being written?")
        self.state = State("completed", self.intent.count, (str(self.results),))
        return True

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
        for suffix in (".json", ".jsonl", ".out.jsonl"):
            self.path.with_suffix(suffix).unlink(missing_ok=True)


class BatchFiles:
    """A carrier: requests into new files, a few at once; those `done` may be forgotten."""

    def __init__(
        self, root: Path, intent: Intent, provider: Provider | ByHand, most: int, say: Say
    ) -> None:
        self.root, self.intent, self.provider, self.say = root, intent, provider, say
        self.most = min(most, MAX_REQUESTS)
        by_hand = isinstance(provider, ByHand)
        self.at_once = 1 if most < MAX_REQUESTS else sys.maxsize if by_hand else AT_ONCE
        self.in_flight = self.retries = 0
        self.done: list[BatchFile] = []
        self._held = b""  # a line that was too long for the file before

    async def run(self, requests: Iterator[Request], settle: Settle) -> None:
        """Ask for every request. Raises UserError where the user has to run the files."""
        files: list[BatchFile] = []
        while True:
            while len(files) < self.at_once and (file := self._write(requests, settle)):
                await file.submit(self.provider, new=True)
                self.in_flight += file.intent.count
                files.append(file)
                self.say(f"batch {file.intent.name}: {file.intent.count:,} requests")
            if not files:
                return
            file = await first_over(files, self.provider, self.say)
            files.remove(file)
            self.in_flight -= file.intent.count
            file.take(file.requests(), settle)
            self.done.append(file)

    def _write(self, requests: Iterator[Request], settle: Settle) -> BatchFile | None:
        """The next file and its intent, durable; None when no request is left."""
        name = f"{self.intent.policy_id[:8]}-{secrets.token_hex(8)}"
        file = BatchFile(self.root, replace(self.intent, name=name))
        file.path.parent.mkdir(exist_ok=True)
        count = size = 0
        with file.path.open("wb") as out:
            for line in self._lines(file.teacher, requests, settle):
                if size + len(line) > MAX_BYTES and count:
                    self._held = line
                    break
                size += out.write(line)
                count += 1
                if count == self.most:
                    break
        if not count:
            file.path.unlink()
            return None
        file.intent = replace(file.intent, count=count)
        Files(self.root).sync(f"batches/{name}.jsonl")
        file.record()
        return file

    def _lines(
        self, teacher: Teacher, requests: Iterator[Request], settle: Settle
    ) -> Iterator[bytes]:
        held, self._held = self._held, b""
        if held:
            yield held
        for request in requests:
            try:
                yield wire.line(teacher, request)
            except Refused as refused:
                settle(request, refused, None)


class Outstanding:
    """A carrier for the requests of a file that an earlier run left at the provider."""

    def __init__(self, file: BatchFile, provider: Provider | ByHand, say: Say) -> None:
        self.file, self.provider, self.say = file, provider, say
        self.in_flight, self.retries = file.intent.count, 0

    async def run(self, requests: Iterator[Request], settle: Settle) -> None:
        """Wait for the file and settle those of its requests."""
        await self.file.submit(self.provider, new=False)
        await first_over([self.file], self.provider, self.say)
        self.in_flight = 0
        self.file.take(requests, settle)


async def first_over(files: list[BatchFile], provider: Provider | ByHand, say: Say) -> BatchFile:
    """Wait for one of the files. Raises UserError where it failed, or the user has to run it."""
    wait, silent = FIRST_POLL_S, 0
    try:
        while True:
            for file in files:
                before = file.state
                try:
                    over = await file.poll(provider)
                    silent = 0
                except Refused as refused:
                    over, silent = False, silent + 1
                    if refused.permanent or silent >= TRIES:
                        raise UserError(
                            f"{refused}; {file.path} is paid for: the same command asks for its "
                            "results again, removing it gives them up"
                        ) from refused
                if file.state != before:
                    say(f"batch {file.intent.name}: {file.state} of {file.intent.count:,}")
                if over:
                    return _sound(file)
            if isinstance(provider, ByHand):
                raise UserError(_by_hand(files))
            await asyncio.sleep(wait)
            wait = min(LONGEST_POLL_S, wait * 1.5)
    except asyncio.CancelledError:
        say(
            f"{sum(f.intent.count for f in files):,} requests go on at the provider; the same "
            "command takes their results in"
        )
        raise


def _sound(file: BatchFile) -> BatchFile:
    """The file, unless its provider would not work on it: nothing was bought then."""
    if file.state.status == "failed":
        file.forget()
        raise UserError(f"the provider refused batch {file.intent.name}: {file.state.failed}")
    return file


def _by_hand(files: list[BatchFile]) -> str:
    first = files[0]
    more = f" (and likewise {len(files) - 1} more files there)" if len(files) > 1 else ""
    return (
        f"{sum(f.intent.count for f in files):,} requests wait in batch files: run `vllm run-batch "
        f"-i {first.path} -o {first.results} --model {first.teacher.model}`{more}, then this "
        "command again"
    )


def outstanding(root: Path) -> list[BatchFile]:
    """The files that earlier runs left; one that was never meant to be submitted is removed."""
    found = []
    for path in sorted((root / "batches").glob("*.jsonl")):
        if path.name.endswith(".out.jsonl"):
            continue
        intent = path.with_suffix(".json")
        if intent.exists():
            found.append(BatchFile(root, Intent(**json.loads(intent.read_bytes()))))
        else:
            path.unlink()
    return found
