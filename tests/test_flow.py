"""Flow control alone: the window, the waits, and that every request ends exactly once."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

import pytest

from factory import flow
from factory.errors import UserError
from factory.flow import Flow, Window
from schemas.exchange import Refused, Reply, Request

REPLY = Reply("ok", None, "stop")


def requests(count: int) -> list[Request]:
    return [Request(str(n), "p", n, [], {}) for n in range(count)]


def run(
    sample: Callable[[Request], Awaitable[Reply]], count: int, most: int = 8
) -> tuple[Flow, Counter[tuple[str, str]]]:
    """Ask for `count` requests; how each ended, by (id, type)."""
    ended: Counter[tuple[str, str]] = Counter()

    def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
        ended[request.rollout_id, type(end).__name__] += 1

    asked = Flow(sample, most)
    asyncio.run(asked.run(iter(requests(count)), settle))
    return asked, ended


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "FIRST_WAIT_S", 0.01)


def test_every_request_ends_once_and_never_more_than_the_window_are_in_flight() -> None:
    seen: list[int] = []
    now = 0

    async def sample(request: Request) -> Reply:
        nonlocal now
        now += 1
        seen.append(now)
        await asyncio.sleep(random.uniform(0, 0.002))
        now -= 1
        return REPLY

    _, ended = run(sample, 300, most=7)
    assert set(ended.values()) == {1}
    assert len(ended) == 300
    assert max(seen) == 7


def test_random_refusals_lose_and_duplicate_nothing() -> None:
    rng = random.Random(1)

    async def sample(request: Request) -> Reply:
        await asyncio.sleep(0)
        if rng.random() < 0.3:
            raise Refused("status_503", "busy", busy=True)
        return REPLY

    asked, ended = run(sample, 500, most=32)
    assert len(ended) == 500
    assert set(ended.values()) == {1}
    assert asked.retries > 100


def test_a_busy_server_halves_the_window_once_a_round_trip_and_replies_grow_it_again() -> None:
    window = Window(64)
    asked_at = time.monotonic()
    window.busy(asked_at)
    window.busy(asked_at)
    assert window.size == 32
    for _ in range(32):
        window.reply()
    assert 32.9 < window.size < 33.1
    for _ in range(20):
        window.busy(time.monotonic())
    assert window.size == 1
    for _ in range(10_000):
        window.reply()
    assert window.size == 64


def test_a_waiting_request_holds_no_slot() -> None:
    began = time.monotonic()
    tried: Counter[str] = Counter()

    async def sample(request: Request) -> Reply:
        tried[request.rollout_id] += 1
        if request.rollout_id == "0" and tried["0"] == 1:
            raise Refused("status_429", "slow down", retry_after_s=0.3)
        await asyncio.sleep(0.005)
        return REPLY

    _, ended = run(sample, 20, most=1)
    assert len(ended) == 20
    assert 0.3 < time.monotonic() - began < 0.5


def test_a_transient_refusal_is_tried_six_times_and_a_permanent_one_once() -> None:
    tried: Counter[str] = Counter()

    async def sample(request: Request) -> Reply:
        tried[request.rollout_id] += 1
        raise Refused("x", "no", permanent=request.rollout_id == "1")

    _, ended = run(sample, 2)
    assert tried == {"0": flow.TRIES, "1": 1}
    assert set(ended) == {("0", "Refused"), ("1", "Refused")}


def test_nothing_is_asked_after_settle_raised() -> None:
    asked: list[str] = []

    async def sample(request: Request) -> Reply:
        asked.append(request.rollout_id)
        await asyncio.sleep(0.01)
        return REPLY

    def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
        raise ValueError("enough")

    with pytest.raises(ExceptionGroup):
        asyncio.run(Flow(sample, 4).run(iter(requests(100)), settle))
    assert len(asked) <= 5


def test_requests_are_taken_only_as_slots_come_free() -> None:
    taken = 0

    async def sample(request: Request) -> Reply:
        await asyncio.sleep(0)
        return REPLY

    def counted() -> Iterator[Request]:
        nonlocal taken
        for request in requests(1000):
            taken += 1
            assert taken - settled <= 11
            yield request

    settled = 0

    def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
        nonlocal settled
        settled += 1

    asyncio.run(Flow(sample, 10).run(counted(), settle))
    assert settled == 1000


def test_before_the_first_reply_no_more_than_a_window_is_asked() -> None:
    """A server that only fails costs a window of requests, not the whole queue."""
    asked: set[str] = set()

    async def sample(request: Request) -> Reply:
        asked.add(request.rollout_id)
        raise Refused("status_500", "oops", busy=True, retry_after_s=0.001)

    with pytest.raises(UserError, match="the first 20 requests all failed"):
        run(sample, 5_000, most=32)
    assert len(asked) <= 32
