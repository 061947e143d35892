"""What holds for every family: wordings, ways, growth, the verifier, strangers, repaired slips."""

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

import pytest

from factory.verifiers.maths import verify
from factory.world import Written, recognise, solve
from factory.world.families import load
from factory.world.hand import Doubt, Hand
from factory.world.notation import Number
from factory.world.phrasing import Params, render, slots
from factory.world.setter import phrasings_for
from factory.world.slips import Slips

FAMILIES = sorted(load())
DIFFICULTIES = range(1, 6)
CANCELLING = ("islanders", "claims")  # a count, where two slips or a case that fails anyway hide


class Recording(Hand):
    """A steady, careless hand that remembers what it computed."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng, slip_rate=0)
        self.care = 0
        self.computed: list[tuple[Number, str, Number]] = []

    def _compute(
        self,
        a: Number,
        sign: str,
        b: Number,
        exact: Number,
        load: float,
        mistakes: Callable[..., Slips],
    ) -> Number:
        self.computed.append((a, sign, b))
        return super()._compute(a, sign, b, exact, load, mistakes)


@cache
def drawn(name: str, difficulty: int, count: int = 25) -> list[tuple[Params, str, str]]:
    """Parameters, statement and answer."""
    family, made = load()[name], []
    for seed in range(count):
        rng = random.Random(f"{name}/{difficulty}/{seed}")
        params = family.draw(rng, difficulty)
        statement = render(rng.choice(phrasings_for(family, params)), params)
        made.append((params, statement, family.answer(params)))
    return made


def written(statement: str, seed: int = 0, temperature: float = 0.0) -> Written:
    rollout = solve(statement, seed=seed, temperature=temperature, max_tokens=9000)
    assert rollout is not None, statement
    return rollout


def test_there_are_at_least_20_families_from_elementary_to_college() -> None:
    assert len(FAMILIES) >= 20
    levels = {level for family in load().values() for level in family.LEVELS}
    assert levels == {"elementary", "middle", "high_school", "college"}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_verifier_accepts_what_the_steady_hand_boxes(name: str) -> None:
    for difficulty in DIFFICULTIES:
        for _, statement, answer in drawn(name, difficulty):
            found = verify(written(statement).solution, answer, question=statement)
            assert found.outcome == "correct" and not found.flags, (statement, answer, found)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_verifier_refuses_what_slips_box(name: str) -> None:
    refused = 0
    for difficulty in DIFFICULTIES:
        for _, statement, answer in drawn(name, difficulty)[:8]:
            for seed in range(4):
                rollout = written(statement, seed, 2.0)
                if r"\boxed" in rollout.solution and not rollout.solution.endswith(f"{{{answer}}}"):
                    refused += 1
                    found = verify(rollout.solution, answer, question=statement)
                    assert found.outcome == "incorrect", (answer, rollout.solution)
    assert refused >= 8


@pytest.mark.parametrize("name", FAMILIES)
def test_the_harder_the_longer(name: str) -> None:
    words: dict[int, float] = {}
    for difficulty in DIFFICULTIES:
        lengths: list[int] = []
        for params, _, _ in drawn(name, difficulty):
            for seed in range(4):
                hand = Recording(random.Random(f"{params}/{seed}"))
                load()[name].solve(params, hand)
                lengths.append(len(" ".join(hand.lines).split()))
        words[difficulty] = sum(lengths) / len(lengths)
    assert words[5] > 1.5 * words[1], words
    assert words[1] < words[3] < words[5], words
    for easier, harder in ((1, 2), (2, 3), (3, 4), (4, 5)):
        assert words[harder] > 0.85 * words[easier], words


@pytest.mark.parametrize("name", FAMILIES)
def test_there_are_two_ways_or_more(name: str) -> None:
    """Other computations or another order of them; where there are none, more or fewer steps."""
    more = 0
    for difficulty in DIFFICULTIES:
        for params, _, answer in drawn(name, difficulty)[:10]:
            ways = set[object]()
            for seed in range(8):
                hand = Recording(random.Random(f"{params}/{seed}"))
                assert load()[name].solve(params, hand) == answer
                ways.add(tuple(hand.computed) or len(hand.lines))
            more += len(ways) > 1
    assert more > 25, f"{more} of 50 problems have more than one way"


@pytest.mark.parametrize("name", FAMILIES)
def test_three_wordings_fit_whatever_is_drawn(name: str) -> None:
    for difficulty in DIFFICULTIES:
        for params, _, _ in drawn(name, difficulty):
            fitting = phrasings_for(load()[name], params)
            assert len(fitting) >= 3, params
            assert all(len(render(phrasing, params)) <= 600 for phrasing in fitting)


@pytest.mark.parametrize("name", FAMILIES)
def test_what_was_noticed_was_repaired_and_what_was_not_ends_wrong(name: str) -> None:
    repaired, missed = 0, defaultdict[bool, int](int)
    for difficulty in DIFFICULTIES:
        for _, statement, answer in drawn(name, difficulty):
            for seed in range(6):
                rollout = written(statement, seed, 1.0)
                right = rollout.solution.endswith(rf"\boxed{{{answer}}}")
                noticed = [slip.startswith("noticed") for slip in rollout.slips]
                assert right or not all(noticed), rollout
                repaired += bool(noticed) and all(noticed)
                missed[right] += not all(noticed)
    assert repaired >= 20
    assert name in CANCELLING or missed[True] <= 0.25 * missed[False], missed


def test_one_problem_has_short_direct_and_long_checked_rollouts() -> None:
    for name in FAMILIES:
        _, statement, _ = drawn(name, 3)[0]
        words = [len(written(statement, seed, 0.7).trace.split()) for seed in range(40)]
        assert max(words) > 1.3 * min(words), (name, words)


@pytest.mark.parametrize("name", FAMILIES)
def test_any_numbers_in_a_strangers_statement_raise_nothing_but_doubt(name: str) -> None:
    rng = random.Random(0)
    for phrasing in load()[name].PHRASINGS:
        for _ in range(12):
            statement = render(phrasing, _strange(rng, phrasing))
            known = recognise(statement)
            assert known is not None and known[0] == name, statement
            hand = Hand(rng, slip_rate=rng.choice((0.0, 0.02)))
            try:
                load()[name].solve(known[1], hand)
            except Doubt:
                assert hand.lines


def _strange(rng: random.Random, phrasing: str) -> Params:
    texts: dict[str, tuple[int | str, ...]] = {
        "poly": ("0", "7", "x", "-x^9 + 999999", "x - x", "999999x^9 - 999999x + 1", "x^2 - 1"),
        "matrix": ("[[1, 2], [3, 4]]", "[[0, 0], [0, 0]]", "[[1, 2, 3], [4, 5]]",
                   "[[999, 999, 0], [1, 2, 3], [5, -999, 1]]", "[[1, 2, 3, 4], [5, 6, 7, 8]]"),
        "said": ("A says: B is a knave. B says: A is a knave.",
                 "A says: C is a knave. A says: 1 2 3 4 5.",
                 "F says: exactly 6 of us are knights. A says: hello there."),
        "chain": ("1 + 1", "999999 × 999999 - 1", "5 - 5 × 5"),
        "ratios": ("1/2 - 1/2", "999999/2 ÷ 3/999999"),
        "count": (1, 2, 7, 28, 31, 60, 365, 2024, 999_999),
        "coef": (1, -1, 5, -999_999), "signed": (1, -1, 999_999), "term": (1, -1, -999_999),
        "digits": ("0", "FFFFFFFFFFFFFFFF", "101", "00", "7"),
    }  # fmt: skip
    texts["pmatrix"] = texts["matrix"]
    params: Params = {}
    for name in slots(phrasing):
        spec = phrasing.partition(f"{{{name}:")[2].partition("}")[0]
        if "|" in spec:
            params[name] = rng.choice(spec.split("|"))
        elif spec == "word":
            params[name] = rng.choice(("Zoe", "Ann"))
        elif spec:
            params[name] = rng.choice(texts[spec])
        else:
            params[name] = rng.choice((0, 1, -1, 2, 3, 16, 999999, -999999))
    return params
