"""Flow control: how many requests are in flight, and when a refused one is asked again.

The window follows AIMD (V. Jacobson, SIGCOMM 1988): it grows by one request for every window of
replies and halves when the server says it is busy, once per round trip. A request that must wait
gives its slot back and mixes with fresh work; waits are the server's own word (Retry-After), else
exponential with full jitter.
"""

import asyncio
import gc
import heapq
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from factory.errors import UserError
from schemas.exchange import Refused, Reply, Request, Settle

TRIES = 6
UNREACHED = 3
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
CAREFUL = 4.0  # requests in flight at first, where there is a limit to their cost
HOPELESS = 20  # failures before the first reply: the run is not worth going on with
SELDOM = (50_000, 20, 50)  # thresholds of the garbage collector while requests are in flight
LONGEST_ASKED_S = 600.0  # a server that wants longer rest is asked once more all the same

Sample = Callable[[Request], Awaitable[Reply]]


class Window:
    """The number of requests that may be in flight, between 1 and `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = float(most)
        self._cut_at = 0.0

    def reply(self) -> None:
        """A reply came: grow by one for every window of them."""
        self.size = min(self.most, self.size + 1 / self.size)

    def busy(self, asked_at: float) -> None:
        """The server is busy: halve, unless the request is older than the last halving."""
        if asked_at >= self._cut_at:
            self.size = max(1.0, self.size / 2)
            self._cut_at = time.monotonic()


@contextmanager
def _collecting(*thresholds: int) -> Iterator[None]:
    """Other thresholds for the garbage collector.

    With the usual ones it walks through all that a thousand requests keep alive again and again,
    for a third of the run's CPU, and finds nothing.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*thresholds)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class Flow:
    """Asks for requests, a window of them at once; `retries` counts what was asked again.

    `careful`: begin with few, as what is in flight when the money is spent is bought as well.
    """

    def __init__(self, sample: Sample, most: int, careful: bool = False) -> None:
        self.sample = sample
        self.window = Window(most)
        if careful:
            self.window.size = min(self.window.size, CAREFUL)
        self.in_flight = 0
        self.retries = 0
        self.taken = 0
        self.replies = 0
        self.failures = 0
        self._waiting: list[tuple[float, int, int, Request]] = []  # due, order, tries, request
        self._idle: deque[asyncio.Future[None]] = deque()

    async def run(self, requests: Iterator[Request], settle: Settle) -> None:
        """Ask for every request; `settle` gets each one's end and its seconds.

        Where `settle` raises, nothing more is asked, what is in flight is let go, and it is raised
        on: a UserError by itself, anything else in a group.
        """
        try:
            with _collecting(*SELDOM):
                async with asyncio.TaskGroup() as workers:
                    for _ in range(self.window.most):
                        workers.create_task(self._work(requests, settle))
        except ExceptionGroup as group:
            mistakes = group.subgroup(UserError)
            raise mistakes.exceptions[0] if mistakes else group from None

    async def _work(self, requests: Iterator[Request], settle: Settle) -> None:
        while True:
            if self.in_flight >= int(self.window.size):
                await self._rest(None)
            elif work := self._next(requests):
                self.in_flight += 1
                try:
                    await self._ask(*work, settle)
                finally:
                    self.in_flight -= 1
                self._wake(1)
                await asyncio.sleep(0)  # a backend that computes never waits; others want a turn
            elif self._waiting:
                await self._rest(self._waiting[0][0] - time.monotonic())
            elif self.in_flight:
                await self._rest(None)  # one of those may have to be asked again
            else:
                self._wake(len(self._idle))
                return

    def _next(self, requests: Iterator[Request]) -> tuple[Request, int] | None:
        """A request whose wait is over, else a fresh one."""
        if self._waiting and self._waiting[0][0] <= time.monotonic():
            _, _, tries, request = heapq.heappop(self._waiting)
            return request, tries
        if not self.replies and self.taken >= max(self.window.most, HOPELESS):
            return None  # nothing ever replied: a longer queue would only fail more
        request = next(requests, None)
        if request is None:
            return None
        self.taken += 1
        return request, 0

    async def _rest(self, seconds: float | None) -> None:
        """Until another worker is done, or `seconds` are over."""
        woken = asyncio.get_running_loop().create_future()
        self._idle.append(woken)
        await asyncio.wait((woken,), timeout=None if seconds is None else max(0.0, seconds))
        woken.cancel()

    def _wake(self, count: int) -> None:
        while self._idle and count:
            woken = self._idle.popleft()
            if not woken.done():
                woken.set_result(None)
                count -= 1

    async def _ask(self, request: Request, tries: int, settle: Settle) -> None:
        began = time.monotonic()
        try:
            reply = await self.sample(request)
        except Refused as refused:
            if refused.busy:
                self.window.busy(began)
            if refused.permanent or refused.stop or tries + 1 >= self._tries(refused):
                settle(request, refused, time.monotonic() - began)
                self.failures += 1
                if self.failures == HOPELESS and not self.replies:
                    raise UserError(
                        f"the first {HOPELESS} requests all failed; the last: {refused}"
                    ) from refused
            else:
                self._wait(request, tries + 1, refused.retry_after_s)
        else:
            self.window.reply()
            self.replies += 1
            settle(request, reply, time.monotonic() - began)

    def _tries(self, refused: Refused) -> int:
        """Where nothing ever replied and nothing listens, patience only hides a wrong address."""
        return UNREACHED if refused.kind == "connection" and not self.replies else TRIES

    def _wait(self, request: Request, tries: int, asked_s: float | None) -> None:
        """Ask again later: after what the server asked for, else with full jitter."""
        self.retries += 1
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tries - 1))
        if asked_s is None:
            seconds = random.uniform(0, longest)
        else:
            seconds = min(asked_s, LONGEST_ASKED_S) * random.uniform(1, 1.1)
        heapq.heappush(self._waiting, (time.monotonic() + seconds, self.retries, tries, request))
