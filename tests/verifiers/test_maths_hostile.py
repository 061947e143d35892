r"""Text that hangs, crashes or fools graders: bounded time, no execution, never correct."""

import time
from pathlib import Path

import pytest

from factory.verifiers import Claim
from factory.verifiers.maths import verify, verify_many
from tests.bench.metamorphic.hostile import LONG, NASTY

DEADLINE_S = 0.5
START_S = 5.0  # a worker may have to start, which no deadline counts


@pytest.mark.parametrize("name", LONG)
def test_a_megabyte_is_judged_at_once_on_either_side(name: str):
    started = time.perf_counter()
    assert verify(LONG[name], "5").outcome not in ("correct", "error")
    assert verify("\\boxed{5}", LONG[name]).outcome not in ("correct", "error")
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize("name", NASTY)
def test_nasty_answers_end_by_their_deadline_on_either_side(name: str):
    for completion, answer in (
        (f"so \\boxed{{{NASTY[name]}}}", "5"),
        ("so \\boxed{5}", NASTY[name]),
    ):
        started = time.perf_counter()
        verdict = verify(completion, answer, deadline_s=DEADLINE_S)
        assert time.perf_counter() - started < DEADLINE_S + START_S
        assert verdict.outcome != "correct"


@pytest.mark.parametrize("name", sorted(NASTY.keys() - {"backslashes", "nested boxes"}))
def test_even_a_nasty_gold_accepts_itself(name: str):
    assert verify(f"\\boxed{{{NASTY[name]}}}", NASTY[name]).outcome == "correct"


def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in ("code", "code in text"):
        verify(f"\\boxed{{{NASTY[name]}}}", "x+1")
        verify("\\boxed{x+1}", NASTY[name])
    assert not list(tmp_path.iterdir())


def test_a_timeout_is_not_incorrect_and_the_next_row_is_still_judged():
    hung, easy = Claim(f"\\boxed{{{NASTY['tower']}}}", "5"), Claim("\\boxed{y+x}", "x+y")
    rows = [easy, hung, easy, hung, easy]
    outcomes = [verdict.outcome for verdict in verify_many(rows, workers=1, deadline_s=DEADLINE_S)]
    assert outcomes == ["correct", "timeout", "correct", "timeout", "correct"]


def test_swapped_arguments_are_judged_and_not_crashed_on():
    solution = "First we add. Then we halve.\nSo it is $\\boxed{5}$."
    assert verify("5", solution).outcome == "no_answer"
    assert verify(solution, "5").outcome == "correct"
