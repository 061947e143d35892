r"""The maths verifier: completion and answer -> verdict, pure, from any thread, on any text.

Tiers, cheapest first: extraction, canonical string, exact rational and structure, our own numeric
evaluation at fixed points, math-verify in worker processes that are killed at the deadline.
`verify_many` answers all but the last here and sends only what they leave open to the workers, once
per distinct pair. What counts as the same answer is written down in `policy`.
"""

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from factory.verifiers import Claim, Verdict
from factory.verifiers.maths.canonical import MAX_LENGTH, Form, form_of
from factory.verifiers.maths.pairing import paired, read
from factory.verifiers.maths.policy import DEFAULT, POLICY, STRICT, Policy
from factory.verifiers.maths.ruling import REMEMBERED, Pair, Ruling, cheap, deep, remembered

__all__ = [
    "DEFAULT",
    "NAME",
    "POLICY",
    "STRICT",
    "VERSION",
    "Claim",
    "Policy",
    "Verdict",
    "equivalent",
    "verify",
    "verify_many",
]

NAME = "maths"
VERSION = "3"
DEADLINE_S = 5.0
WINDOW = 256  # rows in flight for each worker: bounds memory, and one slow row holds back no other


def verify(
    completion: str,
    answer: str | None,
    *,
    question: str | None = None,
    finish_reason: str | None = None,
    deadline_s: float = DEADLINE_S,
    policy: Policy = DEFAULT,
) -> Verdict:
    """Judge one completion; `deadline_s` is for the comparison, not for starting a worker.

    `question` tells whether the left side of "m+n = 73" is what was asked for.
    """
    started = time.perf_counter()
    pair = read(Claim(completion, answer, question, finish_reason))
    if isinstance(pair, Ruling):
        return _verdict(pair, None, started)
    ruling = cheap(pair) or remembered(pair, deadline_s)
    return _verdict(ruling.under(policy), pair, started)


def equivalent(
    one: str, other: str, *, question: str | None = None, deadline_s: float = DEADLINE_S
) -> bool:
    """Whether each of two answers would be correct if the other were the gold one."""

    def accepts(gold: str, given: str) -> bool:
        pair = paired(gold, (given,), question)
        ruling = cheap(pair) or (remembered(pair, deadline_s) if deadline_s > 0 else None)
        return ruling is not None and ruling.outcome == "correct"

    return accepts(one, other) and accepts(other, one)


def verify_many(
    rows: Sequence[Claim],
    *,
    workers: int | None = None,
    deadline_s: float = DEADLINE_S,
    policy: Policy = DEFAULT,
) -> Iterator[Verdict]:
    """Judge many, in order; `workers` processes (default: one per core) take what is left open."""
    workers = workers or len(os.sched_getaffinity(0))
    asked: dict[Pair, Future[Ruling]] = {}
    queue: deque[_Waiting] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for row in rows:
            queue.append(_begin(row, asked, pool, deadline_s))
            while queue and (queue[0].ready() or len(queue) >= WINDOW * workers):
                yield queue.popleft().verdict(policy)
        while queue:
            yield queue.popleft().verdict(policy)
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row of `verify_many`: decided, or waiting for a worker."""

    pair: Pair | None
    ruling: Ruling | Future[Ruling]
    spent_s: float

    def ready(self) -> bool:
        return isinstance(self.ruling, Ruling) or self.ruling.done()

    def verdict(self, policy: Policy) -> Verdict:
        started = time.perf_counter() - self.spent_s
        ruling = self.ruling if isinstance(self.ruling, Ruling) else self.ruling.result()
        return _verdict(ruling.under(policy), self.pair, started)


def _begin(
    row: Claim, asked: dict[Pair, Future[Ruling]], pool: ThreadPoolExecutor, deadline_s: float
) -> _Waiting:
    started = time.perf_counter()
    pair = read(row)
    if isinstance(pair, Ruling):
        return _Waiting(None, pair, time.perf_counter() - started)
    ruling: Ruling | Future[Ruling] | None = cheap(pair)
    if ruling is None:
        if len(asked) >= REMEMBERED:
            asked.clear()
        if pair not in asked:
            asked[pair] = pool.submit(deep, pair, deadline_s)
        ruling = asked[pair]
    return _Waiting(pair, ruling, time.perf_counter() - started)


def _verdict(ruling: Ruling, pair: Pair | None, started: float) -> Verdict:
    given, gold = (_text(pair.given), _text(pair.gold)) if pair else (None, None)
    ms = (time.perf_counter() - started) * 1000
    extracted = pair.given if pair else None
    flags = tuple(sorted(ruling.flags))
    return Verdict(ruling.outcome, ruling.tier, extracted, given, gold, ruling.reason, ms, flags)


def _text(answer: str) -> str | None:
    return _shown(form_of(answer)) if 0 < len(answer) <= MAX_LENGTH else None


def _shown(form: Form) -> str:
    return f"{form.text} {form.unit}".strip()
