r"""The maths verifier: completion and answer -> verdict, pure, from any thread, on any text.

Tiers, cheapest first: extraction, canonical string, exact rational and structure, our own numeric
evaluation at fixed points, math-verify in worker processes that are killed at the deadline.
`verify_many` answers all but the last here and sends only what they leave open to the workers, once
per distinct pair.

The policy "default", gold first:
- rounding: a decimal equals an exact value when it is that value rounded or cut to >= 6
  significant digits (1/12 = 0.0833333, sqrt(7)/12 != 0.22048), or when the gold is the decimal,
  of >= 3 digits, and the exact value, which no finite decimal writes, rounds to it (0.411 =
  37/90); of "36\pi \approx 113.1" the exact side counts;
- percent: the sign is a unit: 10 % equals 10 and 10 %, not 0.1;
- units: one that agrees, is missing or is unknown is ignored; 5 cm against 5 m is ambiguous;
  degrees equal radians written with \pi (45^\circ = \pi/4); 5 (mod 7) equals 5;
- times: 4:30 p.m. equals 16:30 and 4:30, not 4:30 a.m.;
- names and bases: x=5 equals 5; an omitted base subscript is accepted, another one is not;
- order: free in lists, sets and unions, fixed in tuples, intervals and matrices; a tuple is not a
  set; x=1, y=2 is (1,2); brackets of angles are round ones; 3:4 equals 6:8 and 3/4;
- sets of reals: an inequality is its interval (x > 3 = (3,\infty)), in one letter or another,
  but x > 3 differs from y > 3;
- functions are equal where both are real: \sqrt{xy} = \sqrt{x}\sqrt{y}, \sqrt{x^2} != x;
- choices: (B) equals B and "B. Paris", and the text that `question` lists under it; a letter
  against a text is ambiguous without the choices; ABD equals A, B, D;
- text: compared without case; the gold words among other words are ambiguous, but "Yes, it does"
  is Yes.
"""

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from factory.verifiers import Claim, Outcome, Tier, Verdict
from factory.verifiers.maths import choices, extract
from factory.verifiers.maths.canonical import MAX_LENGTH, Form, form_of
from factory.verifiers.maths.compare import decide
from factory.verifiers.maths.decision import Answered, Ask, Decision, Relation
from factory.verifiers.maths.workers import WorkerFailure, WorkerTimeout, shared

__all__ = [
    "DEFAULT",
    "NAME",
    "POLICY",
    "VERSION",
    "Claim",
    "Policy",
    "Verdict",
    "verify",
    "verify_many",
]

NAME = "maths"
VERSION = "2"
DEADLINE_S = 5.0
WINDOW = 256  # rows in flight for each worker: bounds memory, and one slow row holds back no other
REMEMBERED = 100_000  # distinct pairs


@dataclass(frozen=True, slots=True)
class Policy:
    """A named set of the rules above; the name is stored with every verdict."""

    name: str = "default"


DEFAULT = Policy()
POLICY = DEFAULT.name

_OUTCOMES: dict[Relation, Outcome] = {
    "same": "correct",
    "different": "incorrect",
    "unclear": "ambiguous",
    "bad_gold": "unparseable_answer",
    "open": "error",
}


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two answers to compare, the key of every cache; `several` boxes list or contradict."""

    gold: str
    given: str
    several: bool = False


@dataclass(frozen=True, slots=True)
class _Ruling:
    outcome: Outcome
    tier: Tier
    reason: str


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
    pair = _read(Claim(completion, answer, question, finish_reason))
    if isinstance(pair, _Ruling):
        return _verdict(pair, None, started)
    return _verdict(_cheap(pair) or _remembered(pair, deadline_s), pair, started)


def verify_many(
    rows: Sequence[Claim],
    *,
    workers: int | None = None,
    deadline_s: float = DEADLINE_S,
    policy: Policy = DEFAULT,
) -> Iterator[Verdict]:
    """Judge many, in order; `workers` processes (default: one per core) take what is left open."""
    workers = workers or os.cpu_count() or 1
    asked: dict[_Pair, Future[_Ruling]] = {}
    queue: deque[_Waiting] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for row in rows:
            queue.append(_begin(row, asked, pool, deadline_s))
            while queue and (queue[0].ready() or len(queue) >= WINDOW * workers):
                yield queue.popleft().verdict()
        while queue:
            yield queue.popleft().verdict()
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One row of `verify_many`: decided, or waiting for a worker."""

    pair: _Pair | None
    ruling: "_Ruling | Future[_Ruling]"
    spent_s: float

    def ready(self) -> bool:
        return isinstance(self.ruling, _Ruling) or self.ruling.done()

    def verdict(self) -> Verdict:
        started = time.perf_counter() - self.spent_s
        ruling = self.ruling if isinstance(self.ruling, _Ruling) else self.ruling.result()
        return _verdict(ruling, self.pair, started)


def _begin(
    row: Claim, asked: dict[_Pair, Future[_Ruling]], pool: ThreadPoolExecutor, deadline_s: float
) -> _Waiting:
    started = time.perf_counter()
    pair = _read(row)
    if isinstance(pair, _Ruling):
        return _Waiting(None, pair, time.perf_counter() - started)
    ruling: _Ruling | Future[_Ruling] | None = _cheap(pair)
    if ruling is None:
        if len(asked) >= REMEMBERED:
            asked.clear()
        if pair not in asked:
            asked[pair] = pool.submit(_deep, pair, deadline_s)
        ruling = asked[pair]
    return _Waiting(pair, ruling, time.perf_counter() - started)


def _read(row: Claim) -> "_Pair | _Ruling":
    """What to compare, or the ruling where there is nothing to compare."""
    gold = _gold(row.answer or "")
    if not gold:
        return _Ruling("no_gold", "none", "no reference answer")
    found = extract.extract(row.completion, row.finish_reason)
    if found.kind == "cut":
        return _Ruling("truncated", "extract", "cut off at the length limit before an answer")
    if not found.parts:
        return _Ruling("no_answer", "extract", "no box and no answer marker in the solution")
    parts = list(dict.fromkeys(_asked(part, gold, row.question) for part in found.parts))
    gold, given = choices.paired(gold, ", ".join(parts), row.question)
    return _Pair(gold, given, several=len(parts) > 1)


def _asked(given: str, gold: str, question: str | None) -> str:
    """The right side of "m+n = 73" where the question asks for m+n."""
    left, equals, right = given.rpartition("=")
    if not question or not equals or "=" in gold or left.rstrip()[-1:] in ("<", ">", "!", "\\", ""):
        return given
    return right if "".join(left.split()) in "".join(question.split()) else given


@lru_cache(maxsize=10_000)
def _gold(answer: str) -> str:
    """The final answer of a gold that is a worked solution; any other gold as it is."""
    if "\\boxed" in answer or "####" in answer or "\n" in answer.strip():
        found = extract.extract(answer)
        return ", ".join(found.parts) or answer.strip()
    return answer.strip()


def _cheap(pair: _Pair) -> _Ruling | None:
    """The ruling of the tiers that need no worker, or None where they leave it open."""
    if len(pair.gold) > MAX_LENGTH or len(pair.given) > MAX_LENGTH:
        if pair.gold == pair.given:
            return _Ruling("correct", "string", "same text")
        return _Ruling("ambiguous", "string", f"longer than {MAX_LENGTH} characters")
    return _decided(pair)


@lru_cache(maxsize=REMEMBERED)
def _decided(pair: _Pair) -> _Ruling | None:
    decision = _compared(pair, None)
    return None if decision.relation == "open" else _ruling(decision)


def _compared(pair: _Pair, ask: Ask | None) -> Decision:
    gold = form_of(pair.gold)
    decision = decide(gold, form_of(pair.given), ask)
    if not pair.several or decision.relation in ("same", "open"):
        return decision
    first, *others = pair.given.split(", ")
    if all(decide(form_of(first), form_of(other)).relation == "same" for other in others):
        return decide(gold, form_of(first), ask)
    return Decision("unclear", decision.tier, "concluding boxes contradict each other")


_told: dict[_Pair, _Ruling] = {}  # by workers; what they could not tell in time is asked again


def _remembered(pair: _Pair, deadline_s: float) -> _Ruling:
    ruling = _told.get(pair) or _deep(pair, deadline_s)
    if ruling.outcome not in ("timeout", "error"):
        if len(_told) >= REMEMBERED:
            _told.clear()
        _told[pair] = ruling
    return ruling


def _deep(pair: _Pair, deadline_s: float) -> _Ruling:
    left = deadline_s

    def ask(gold: str, given: str) -> Answered:
        nonlocal left
        reply = shared().ask(gold, given, max(left, 0.0))
        left -= reply["seconds"]
        return Answered(reply["relation"], reply.get("gold"), reply.get("given"))

    try:
        return _ruling(_compared(pair, ask))
    except WorkerTimeout:
        return _Ruling("timeout", "symbolic", f"not decided within {deadline_s:g} s")
    except (WorkerFailure, OSError) as failure:
        return _Ruling("error", "symbolic", str(failure))


def _ruling(decision: Decision) -> _Ruling:
    return _Ruling(_OUTCOMES[decision.relation], decision.tier, decision.reason)


def _verdict(ruling: _Ruling, pair: _Pair | None, started: float) -> Verdict:
    given, gold = (_text(pair.given), _text(pair.gold)) if pair else (None, None)
    ms = (time.perf_counter() - started) * 1000
    extracted = pair.given if pair else None
    return Verdict(ruling.outcome, ruling.tier, extracted, given, gold, ruling.reason, ms)


def _text(answer: str) -> str | None:
    return _shown(form_of(answer)) if len(answer) <= MAX_LENGTH else None


def _shown(form: Form) -> str:
    return f"{form.text} {form.unit}".strip()
