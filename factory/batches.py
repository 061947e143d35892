"""Batch files as carriers of requests: written a few at once, waited for, taken in.

Without a `base_url` the user runs the files, with `vllm run-batch`.
"""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from factory.backends import batch as wire
from factory.backends.batch import MAX_BYTES, MAX_REQUESTS, ByHand, Provider
from factory.batchfile import (
    GO_ON,
    TRIES,
    BatchFile,
    Intent,
    intent_of,
    outstanding,
    place,
    sweep,
)
from factory.errors import StoreError, UserError
from factory.order import AskRecipe, GenerateRecipe, policy
from factory.progress import Progress
from factory.sampler import Budget, Sampler
from factory.sealing import unanswered
from factory.store import Run, Store
from factory.teacher import Teacher
from schemas.exchange import Refused, Request, Settle

AT_ONCE = 16  # files at the provider
FIRST_POLL_S, LONGEST_POLL_S = 0.5, 60.0

Say = Callable[[str], None]


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
        try:
            file.path.parent.mkdir(exist_ok=True)
            with file.path.open("wb") as out:
                count = self._fill(out, file.teacher, requests, settle)
                os.fsync(out.fileno())
            if not count:
                file.path.unlink()
                return None
        except OSError as error:
            raise StoreError(f"cannot write {file.path}: {error.strerror}") from error
        file.intent = replace(file.intent, count=count)
        file.record()
        return file

    def _fill(self, out: Any, teacher: Teacher, requests: Iterator[Request], settle: Settle) -> int:
        count = size = 0
        for line in self._lines(teacher, requests, settle):
            if size + len(line) > MAX_BYTES and count:
                self._held = line
                break
            size += out.write(line)
            count += 1
            if count == self.most:
                break
        return count

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
    """A carrier for the requests of a file that an earlier run left."""

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
                    over, silent = await file.poll(provider), 0
                except Refused as refused:
                    over, silent = False, silent + 1
                    if refused.permanent or silent >= TRIES:
                        raise UserError(f"{refused}; {file.path} may be paid: {GO_ON}") from None
                if file.state != before:
                    say(f"batch {file.intent.name}: {file.state} of {file.intent.count:,}")
                if over:
                    return _sound(file)
            if isinstance(provider, ByHand):
                raise UserError(_by_hand(files))
            await asyncio.sleep(wait)
            wait = min(LONGEST_POLL_S, wait * 1.5)
    except asyncio.CancelledError:
        count = sum(file.intent.count for file in files)
        say(f"{count:,} requests go on at the provider; the same command takes their results in")
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


async def buy(
    buyer: Sampler,
    requests: Iterable[Request],
    count: int,
    recipe: AskRecipe,
    provider: Provider | ByHand,
    progress: Progress,
) -> None:
    """Buy `count` requests by the file; the files go once what they brought is sealed."""
    sampling = recipe.sampling.sent()
    intent = intent_of(recipe.teacher, buyer.policy_id, sampling, recipe.any_model)
    # What a file costs is known when it is done: with a limit to it, files are small.
    most = recipe.concurrency if recipe.max_cost else MAX_REQUESTS
    carrier = BatchFiles(buyer.store.root, intent, provider, most, progress.say)
    await buyer.buy(requests, count, carrier, progress)
    for file in carrier.done:
        file.forget()


async def take_in(
    store: Store,
    recipe: GenerateRecipe,
    provider: Provider | ByHand,
    record: Run,
    progress: Progress,
) -> None:
    """Take in what earlier runs left: wait for the files of this very policy, ask for others once.

    Raises UserError where requests of this policy are out at another place.
    """
    sweep(store.root)
    for file in outstanding(store.root):
        ours = file.intent.policy_id == policy(recipe)
        there = file.intent.teacher["base_url"] == place(recipe.teacher)
        out = f"{file.path}: {file.intent.count:,} requests to {file.teacher.model!r} are out"
        where = file.intent.teacher["base_url"] or "a file for vllm run-batch"
        if ours and not there:
            raise UserError(f"{out} at {where}: take them in there first; {GO_ON}")
        if there and (ours or await _over(file, provider)):
            await _settle(store, file, recipe, provider, record, progress)
        else:
            progress.say(f"{out} at {where}; the command that asked takes them in")


async def _over(file: BatchFile, provider: Provider | ByHand) -> bool:
    try:
        await file.submit(provider, new=False)
        return await file.poll(provider)
    except Refused:
        return False


async def _settle(
    store: Store,
    file: BatchFile,
    recipe: GenerateRecipe,
    provider: Provider | ByHand,
    record: Run,
    progress: Progress,
) -> None:
    """Wait for a file and seal what it brought, under the policy it was written for."""
    if requests := unanswered(store, list(file.requests())):
        ours = file.intent.policy_id == policy(recipe)
        reasons = file.teacher.reasons and ours and recipe.teacher.reasons
        teacher = file.teacher.model_copy(update={"reasons": reasons})
        any_model = file.intent.any_model or recipe.any_model
        budget = Budget(teacher, None, None)  # it was spent then
        buyer = Sampler(store, teacher, file.intent.policy_id, record, budget, any_model)
        carrier = Outstanding(file, provider, progress.say)
        await buyer.buy(requests, len(requests), carrier, progress)
    file.forget()
