"""Statement -> one worked rollout: what the embedded teacher writes when asked.

The solver sees only the text of the statement. Its output is a function of (statement, seed,
temperature, max_tokens, count_tokens); at temperature 0 the seed plays no part and every step is
exact. Above 0 a rollout can go wrong in one of its computations, stop early without a box, or fall
into a loop until the token limit cuts it. Its care is the seed's: some rollouts check nothing, some
check values, results or the whole, and repair what they find.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from factory.world.families import Family, load, recognise
from factory.world.hand import Doubt, Hand
from factory.world.phrasing import Params

SLIP = 0.0062  # chance of a slip per unit of load, at temperature 1
STALL = 0.002  # chance of an early stop or a loop per line written, at temperature 1
ATTEMPTS = 3  # after that many doubts the hand gives up
TWICE = 0.3  # as often as values are checked, the whole is worked out a second time

_TOKENS = re.compile(r"\s*\S+")

CountTokens = Callable[[str], int]


@dataclass(frozen=True)
class Written:
    """One rollout's text. `slips` names the faults in it; a wrong rollout always has one."""

    trace: str
    solution: str
    finish_reason: Literal["stop", "length"]
    slips: tuple[str, ...]


def words(text: str) -> int:
    """The default count of tokens: words between spaces."""
    return len(text.split())


def solve(
    statement: str,
    *,
    seed: int | str,
    temperature: float,
    max_tokens: int,
    count_tokens: CountTokens = words,
) -> Written | None:
    r"""A rollout whose solution ends in `\boxed{...}`; None when no family knows the statement."""
    known = recognise(statement)
    if known is None:
        return None
    name, params = known
    key = statement if temperature == 0 else f"{seed}/{temperature}/{statement}"
    hand = Hand(random.Random(key), slip_rate=SLIP * temperature)
    answer = _attempt(load()[name], params, hand, statement)
    if hand.rng.random() < STALL * temperature * len(hand.lines):
        return _stalled(hand, max_tokens, count_tokens)
    solution = "\n".join(hand.statements)
    if answer is not None:
        solution = f"{solution}\n{_conclusion(hand, answer)}".lstrip()
    return _within(hand, solution, max_tokens, count_tokens)


def _attempt(family: Family, params: Params, hand: Hand, statement: str) -> str | None:
    hand.say(
        "Let me work through this step by step.",
        "Okay, let me think about this.",
        f"The problem: {statement}",
        "Let me start by looking at what is given.",
        "Alright, one step at a time.",
    )
    for _ in range(ATTEMPTS):
        try:
            answer = _worked_out(family, params, hand)
        except Doubt:
            hand.start_over()
        else:
            hand.say(f"So the answer is {answer}.", f"That gives {answer}.", f"Therefore {answer}.")
            return answer
    hand.slips.append("gave up")
    return None


def _worked_out(family: Family, params: Params, hand: Hand) -> str:
    """Once, or twice for a careful hand. Raises Doubt when the two do not agree."""
    answer = family.solve(params, hand)
    if not hand.likes(TWICE * hand.care):
        return answer
    hand.say(
        f"I get {answer}. To be sure, let me work it out once more.",
        f"That would be {answer}. Let me see whether I get it a second time.",
    )
    statements = list(hand.statements)
    again = family.solve(params, hand)
    if again != answer:
        raise hand.doubt(f"Now I get {again}, but the first time {answer}. One of them is wrong.")
    hand.statements = statements
    hand.say("The same result again.", "Both times the same.")
    return answer


def _conclusion(hand: Hand, answer: str) -> str:
    opening = hand.rng.choice(
        ("The answer is", "Therefore the answer is", "Final answer:", "We get")
    )
    return rf"{opening} \boxed{{{answer}}}"


def _stalled(hand: Hand, max_tokens: int, count: CountTokens) -> Written:
    """The rollout loses its way after a random line."""
    at = hand.rng.randrange(len(hand.lines))
    del hand.lines[at + 1 :]
    if hand.likes():
        hand.slips.append("early stop")
        return _within(hand, "", max_tokens, count)
    hand.slips.append("loop")
    again = hand.rng.choice((hand.lines[at], "Wait, let me check that again.", "Hmm, once more."))
    hand.lines += [again] * (max_tokens // max(1, count(again)) + 2)
    return _within(hand, "", max_tokens, count)


def _within(hand: Hand, solution: str, max_tokens: int, count: CountTokens) -> Written:
    trace, slips = hand.rng.choice(("\n", "\n", "\n\n", " ")).join(hand.lines), tuple(hand.slips)
    left = max_tokens - count(trace)
    if left < 0:
        return Written(_cut(trace, max_tokens, count), "", "length", slips)
    if left < count(solution):
        return Written(trace, _cut(solution, left, count), "length", slips)
    return Written(trace, solution, "stop", slips)


def _cut(text: str, limit: int, count: CountTokens) -> str:
    """The longest run of whole words from the start that counts to at most `limit` tokens."""
    ends = [0, *(found.end() for found in _TOKENS.finditer(text))]
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[: ends[middle]]) <= limit else (low, middle - 1)
    return text[: ends[low]]
