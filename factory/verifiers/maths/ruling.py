"""Pairs of answers -> rulings: the cheap tiers here, what they leave open by a worker.

A ruling depends on the pair alone; which liberties are accepted is decided after it.
"""

import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache

from factory.verifiers import Flag, Outcome, Tier
from factory.verifiers.maths.canonical import MAX_LENGTH, form_of
from factory.verifiers.maths.compare import decide
from factory.verifiers.maths.decision import Answered, Ask, Decision, Relation
from factory.verifiers.maths.policy import Policy
from factory.verifiers.maths.workers import WorkerFailure, WorkerTimeout, shared

REMEMBERED = 100_000  # distinct pairs

_OUTCOMES: dict[Relation, Outcome] = {
    "same": "correct",
    "different": "incorrect",
    "unclear": "ambiguous",
    "bad_gold": "unparseable_answer",
    "open": "error",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to compare, the key of every cache; `several` boxes list or contradict."""

    gold: str
    given: str
    several: bool = False
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is said of a pair, and the liberties it took."""

    outcome: Outcome
    tier: Tier
    reason: str
    flags: frozenset[Flag] = frozenset()

    def under(self, policy: Policy) -> "Ruling":
        """The ruling where a policy accepts its liberties; else it is ambiguous."""
        over = self.flags - policy.accepts
        if self.outcome != "correct" or not over:
            return self
        words = f"rests on {', '.join(sorted(over))}, which policy {policy.name!r} refuses"
        return replace(self, outcome="ambiguous", reason=words)


NO_GOLD = Ruling("no_gold", "none", "no reference answer")


def cheap(pair: Pair) -> Ruling | None:
    """The ruling of the tiers that need no worker, or None where they leave it open."""
    if not pair.gold:
        return NO_GOLD
    if len(pair.gold) > MAX_LENGTH or len(pair.given) > MAX_LENGTH:
        if pair.gold == pair.given:
            return Ruling("correct", "string", "same text")
        return Ruling("ambiguous", "string", f"longer than {MAX_LENGTH} characters")
    return _decided(pair)


@lru_cache(maxsize=REMEMBERED)
def _decided(pair: Pair) -> Ruling | None:
    try:
        decision = _compared(pair, None)
    except Exception as error:  # noqa: BLE001 - whatever a pair breaks, the next one is judged
        return Ruling("error", "none", f"{type(error).__name__}: {error}"[:200])
    return None if decision.relation == "open" else _ruling(decision, pair)


def _compared(pair: Pair, ask: Ask | None) -> Decision:
    gold = form_of(pair.gold)
    decision = decide(gold, form_of(pair.given), ask)
    if not pair.several or decision.relation in ("same", "open"):
        return decision
    first, *others = pair.given.split(", ")
    if all(decide(form_of(first), form_of(other)).relation == "same" for other in others):
        return decide(gold, form_of(first), ask)
    return Decision("unclear", decision.tier, "concluding boxes contradict each other")


_guard = threading.Lock()
_flying: dict[Pair, Future[Ruling]] = {}
_told: dict[Pair, Ruling] = {}  # by workers; what they could not tell in time is asked again


def remembered(pair: Pair, deadline_s: float) -> Ruling:
    """A worker's ruling; threads that ask the same at once wait for one answer."""
    if known := _told.get(pair):
        return known
    with _guard:
        flying = _flying.get(pair)
        ours = None if flying else _flying.setdefault(pair, Future[Ruling]())
    if flying:
        return flying.result()
    assert ours
    try:
        ruling = deep(pair, deadline_s)
        if ruling.outcome not in ("timeout", "error"):
            if len(_told) >= REMEMBERED:
                _told.clear()
            _told[pair] = ruling
        ours.set_result(ruling)
        return ruling
    except BaseException as error:
        ours.set_exception(error)
        raise
    finally:
        del _flying[pair]


os.register_at_fork(after_in_child=_flying.clear)  # of threads that are not there


def deep(pair: Pair, deadline_s: float) -> Ruling:
    left = deadline_s

    def ask(gold: str, given: str) -> Answered:
        nonlocal left
        reply = shared().ask(gold, given, max(left, 0.0))
        left -= reply["seconds"]
        return Answered(reply["relation"], reply.get("gold"), reply.get("given"))

    try:
        return _ruling(_compared(pair, ask), pair)
    except WorkerTimeout:
        return Ruling("timeout", "symbolic", f"not decided within {deadline_s:g} s")
    except (WorkerFailure, OSError) as failure:
        return Ruling("error", "symbolic", str(failure))


def _ruling(decision: Decision, pair: Pair) -> Ruling:
    outcome = _OUTCOMES[decision.relation]
    flags = decision.flags | pair.flags if outcome == "correct" else frozenset[Flag]()
    return Ruling(outcome, decision.tier, decision.reason, flags)
