"""The metamorphic set in small: labels by construction, targets as in `tests.bench.verify`."""

from collections import Counter

import pytest

from factory.verifiers import Claim
from factory.verifiers.maths import verify_many
from tests.bench.metamorphic import KINDS, Pair, checked, hacks, pairs


@pytest.fixture(scope="module")
def judged() -> list[tuple[Pair, str]]:
    rows = [*pairs(seed=11, rounds=3), *hacks()]
    verdicts = verify_many([Claim(row.completion, row.gold, row.question) for row in rows])
    return [(row, verdict.outcome) for row, verdict in zip(rows, verdicts, strict=True)]


def test_an_inequivalent_answer_or_a_hack_is_never_correct(judged: list[tuple[Pair, str]]):
    assert [row for row, outcome in judged if outcome == "correct" and not row.same] == []


def test_an_equivalent_answer_is_correct_but_for_four_in_a_thousand(judged: list[tuple[Pair, str]]):
    missed = [row for row, outcome in judged if outcome != "correct" and row.same]
    assert len(missed) <= 0.004 * sum(row.same for row, _ in judged), missed


def test_every_kind_of_answer_is_in_the_set_with_both_labels(judged: list[tuple[Pair, str]]):
    counts = Counter((row.kind, row.same) for row, _ in judged)
    for kind in KINDS:
        assert counts[kind.name, True] and counts[kind.name, False]


def test_the_labels_are_checked_without_the_verifier():
    from sympy import Rational, sqrt, symbols

    x = symbols("x")
    assert checked((x + 1) ** 2, x**2 + 2 * x + 1)
    assert not checked((x + 1) ** 2, x**2 + 1)
    assert checked((sqrt(12), 1), (2 * sqrt(3), Rational(2, 2)))
