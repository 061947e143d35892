"""The embedded world: problems whose answers hold, and a teacher that errs only when asked to."""

import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import cache

import pytest

from factory.world import Dropped, WorldProblem, Written, problems, recognise, solve
from factory.world import setter as world_setter
from factory.world.families import load
from factory.world.phrasing import Params, parse, render
from factory.world.setter import phrasings_for

FAMILIES = sorted(load())
LEVELS = {"elementary", "middle", "high_school", "college"}
PLENTY = 3_000


@cache
def drawn(count: int, seed: int = 0) -> list[WorldProblem]:
    rows = list(problems(count, seed))
    kept = [row for row in rows if isinstance(row, WorldProblem)]
    assert len(kept) == count, [row for row in rows if isinstance(row, Dropped)]
    return kept


def written(statement: str, seed: int = 0, temperature: float = 0.0) -> Written:
    rollout = solve(statement, seed=seed, temperature=temperature, max_tokens=PLENTY)
    assert rollout is not None
    return rollout


def is_right(problem: WorldProblem, rollout: Written) -> bool:
    return rollout.solution.endswith(rf"\boxed{{{problem.answer}}}")


def asked(problem: WorldProblem) -> tuple[str, Params]:
    """What a statement asks, without its wording."""
    known = recognise(problem.statement)
    assert known is not None
    return known


@pytest.mark.parametrize("difficulty", range(1, 6))
@pytest.mark.parametrize("name", FAMILIES)
def test_every_answer_passes_its_independent_check_and_a_wrong_one_does_not(
    name: str, difficulty: int
) -> None:
    family = load()[name]
    for seed in range(15):
        params = family.draw(random.Random(seed), difficulty)
        answer = family.answer(params)
        assert family.check(params, answer), (params, answer)
        for wrong in (f"{answer}+1", f"1-{answer}", "0.123456", "", "x", "}{", "__import__"):
            assert not family.check(params, wrong), (params, answer, wrong)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_phrasing_reads_back_the_parameters_it_was_written_with(name: str) -> None:
    family = load()[name]
    used = set[str]()
    for difficulty in range(1, 6):
        for seed in range(30):
            params = family.draw(random.Random(seed), difficulty)
            fitting = phrasings_for(family, params)
            used |= set(fitting)
            assert fitting, params
            for phrasing in fitting:
                assert recognise(render(phrasing, params)) == (name, params)
    assert used == set(family.PHRASINGS), "a phrasing no draw can use"


def test_no_statement_belongs_to_two_families() -> None:
    phrasings = [(name, text) for name, family in load().items() for text in family.PHRASINGS]
    for problem in drawn(700):
        readers = {name for name, text in phrasings if parse(text, problem.statement) is not None}
        assert readers == {problem.family}, problem.statement


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_keeps_its_contract(name: str) -> None:
    family = load()[name]
    assert len(family.PHRASINGS) >= 3
    assert len(family.LEVELS) == 5 and set(family.LEVELS) <= LEVELS
    assert (family.__doc__ or "").strip()


def test_statements_are_distinct_and_read_naturally() -> None:
    statements = [problem.statement for problem in drawn(1400)]
    assert len(set(statements)) == len(statements)
    for oddity in ("+ -", "- -", " 1x", "=1x", " 0x", "  "):
        assert not any(oddity in statement for statement in statements), oddity


def test_problems_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    assert list(problems(105, 7)) == list(problems(105, 7))
    assert list(problems(105, 7)) != list(problems(105, 8))


def test_problems_go_round_families_and_difficulties() -> None:
    rows = drawn(len(FAMILIES) * 5 * 2)
    cells = {(row.family, row.difficulty) for row in rows[: len(FAMILIES) * 5]}
    assert cells == {(name, difficulty) for name in FAMILIES for difficulty in range(1, 6)}
    assert len({row.row for row in rows}) == len(rows)
    assert rows[0].row == f"{FAMILIES[0]}-1-0000"


def test_about_a_tenth_is_held_out_whatever_the_seed() -> None:
    rows = drawn(1400)
    assert 0.07 < sum(row.split == "test" for row in rows) / len(rows) < 0.13
    for row in (*rows, *drawn(700, seed=1)):
        assert row.split == world_setter.split_of(*asked(row))


def test_no_question_stands_in_both_splits_whatever_its_wording_and_seed() -> None:
    splits, wordings = defaultdict[object, set[str]](set), defaultdict[object, set[str]](set)
    for seed in range(8):
        for row in drawn(700, seed):
            name, params = asked(row)
            question = (name, *sorted(params.items()))
            splits[question].add(row.split)
            wordings[question].add(row.statement)
    assert sum(len(found) > 1 for found in wordings.values()) > 20, "no question came twice"
    assert all(len(found) == 1 for found in splits.values())


def test_names_and_larger_or_smaller_do_not_move_a_question_to_the_other_split() -> None:
    for price in range(20, 60):
        split_of = world_setter.split_of
        bought: Params = {"thing": "lamp", "price": price, "off": 20}
        assert split_of("percent", {**bought, "who": "Mia"}) == split_of(
            "percent", {"who": "Omar", **bought, "thing": "book"}
        )
        roots: Params = {"a": 1, "b": -price, "c": 5}
        assert split_of("quadratic", {**roots, "which": "larger"}) == split_of(
            "quadratic", {**roots, "which": "smaller"}
        )


def test_a_row_that_cannot_be_made_is_dropped_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    same: Params = {"a": 3, "b": 4, "c": 10}
    linear = load()["linear"]
    monkeypatch.setattr(world_setter, "load", lambda: {"linear": linear})
    monkeypatch.setattr(linear, "draw", lambda rng, difficulty: same)
    first, second = problems(2, 0)
    assert isinstance(first, WorldProblem) and first.answer == "2"
    assert isinstance(second, Dropped) and "asked before" in second.reason
    monkeypatch.setattr(linear, "answer", lambda params: "5")
    (wrong,) = problems(1, 0)
    assert isinstance(wrong, Dropped) and wrong.reason == "answer 5 fails its check"


def test_at_temperature_0_every_problem_is_solved_without_a_slip() -> None:
    for problem in drawn(700, seed=3):
        rollout = written(problem.statement)
        assert is_right(problem, rollout), (problem, rollout)
        assert rollout.slips == () and rollout.finish_reason == "stop"


def test_at_temperature_0_the_seed_plays_no_part() -> None:
    for problem in drawn(35):
        assert written(problem.statement, seed=1) == written(problem.statement, seed=2)


def test_a_rollout_is_a_function_of_statement_seed_and_temperature() -> None:
    for problem in drawn(35):
        one, same = (written(problem.statement, seed=4, temperature=0.9) for _ in range(2))
        assert one == same


def test_traces_vary_between_seeds() -> None:
    for problem in drawn(35):
        traces = {written(problem.statement, seed, 0.7).trace for seed in range(8)}
        assert len(traces) >= 6, problem


def test_errors_rise_with_difficulty_and_a_wrong_rollout_always_has_a_slip() -> None:
    right = defaultdict[int, list[bool]](list)
    for problem in drawn(700):
        for seed in range(4):
            rollout = written(problem.statement, seed, 0.7)
            right[problem.difficulty].append(is_right(problem, rollout))
            assert right[problem.difficulty][-1] or rollout.slips, (problem, rollout)
    rates = [sum(right[difficulty]) / len(right[difficulty]) for difficulty in range(1, 6)]
    assert rates == sorted(rates, reverse=True), rates
    assert 0.90 < rates[0] < 0.99 and 0.30 < rates[4] < 0.50, rates


def test_errors_rise_with_temperature() -> None:
    rows = drawn(350)
    rates = [
        sum(is_right(row, written(row.statement, 0, temperature)) for row in rows)
        for temperature in (0.0, 0.5, 1.2)
    ]
    assert rates == sorted(set(rates), reverse=True), rates


def test_every_kind_of_fault_occurs() -> None:
    made = set[str]()
    for problem in drawn(1400):
        for seed in range(4):
            made.update(written(problem.statement, seed, 3.0).slips)
    assert made >= {
        "early stop", "loop", "gave up", "dropped carry", "forgotten borrow", "flipped sign",
        "swapped digits", "off by one", "wrong times table entry", "misplaced decimal point",
        "fraction upside down", "remainder taken from the next multiple", "dropped term",
        "one factor too few", "multiplied base and exponent", "discriminant with + 4ac",
        "numerators and denominators added", "divisor not flipped", "dropped factor",
        "bracket not multiplied through", "order of operations ignored", "b instead of -b",
        "divided by a instead of 2a", "roots read with the signs of the factors",
        "square brought out of the root whole", "tax taken on the full price",
        "stopped at the discount", "remainders added instead of multiplied",
        "n steps instead of n - 1", "n - 1 instead of n", "noticed off by one",
    }  # fmt: skip


def test_a_loop_ends_at_the_limit_and_an_early_stop_has_no_box() -> None:
    seen = set[str]()
    for problem in drawn(350):
        for seed in range(6):
            rollout = solve(problem.statement, seed=seed, temperature=1.0, max_tokens=500)
            assert rollout is not None
            if "loop" in rollout.slips:
                seen.add("loop")
                assert rollout.finish_reason == "length" and len(rollout.trace.split()) == 500
            if "early stop" in rollout.slips and rollout.finish_reason == "stop":
                seen.add("early stop")
                assert r"\boxed" not in rollout.solution
    assert seen == {"loop", "early stop"}


@pytest.mark.parametrize("count", [len, lambda text: len(text.split())])
def test_the_limit_is_kept_in_the_tokens_that_are_counted(count: Callable[[str], int]) -> None:
    statement = "Solve for x: 3x + 4 = 10."
    whole = solve(statement, seed=0, temperature=0, max_tokens=PLENTY, count_tokens=count)
    assert whole is not None
    total = count(whole.trace) + count(whole.solution)
    for limit in range(total + 20):
        cut = solve(statement, seed=0, temperature=0, max_tokens=limit, count_tokens=count)
        assert cut is not None
        assert count(cut.trace) + count(cut.solution) <= limit
        assert cut.finish_reason == ("stop" if limit >= total else "length")
        assert whole.trace.startswith(cut.trace) and whole.solution.startswith(cut.solution)


@pytest.mark.parametrize(
    "statement",
    ["", " ", "x", "Solve for x:", "Solve for x: 3x + 4 = y.", "Compute 3 +.", "Compute ٣ + ٤.",
     "Find the purple root of x^2 + 3x + 2 = 0.", "What is 3 + 4 + 5? Now!", "∑" * 300,
     "\x00\ud800", "Compute 99999999999999 + 1."],
)  # fmt: skip
def test_a_statement_no_family_knows_gives_no_rollout(statement: str) -> None:
    assert solve(statement, seed=0, temperature=0.7, max_tokens=100) is None


def test_a_huge_or_hostile_statement_is_refused_quickly() -> None:
    million = 1_000_000
    hostile = ["Compute " + "1 + " * million, "9" * million, " " * million, "Compute " + "9" * 590]
    started = time.process_time()
    assert [recognise(statement) for statement in hostile] == [None] * len(hostile)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "statement",
    ["Find the larger root of 999999x^2 + 999998x - 999983 = 0.",
     "Find the larger root of x^2 + x + 1 = 0.",
     "A geometric sequence starts with 0 and has common ratio 1."
     " What is the sum of its first 9 terms?",
     "Solve for x: 3x + 4 = 3x + 5.",
     "What is the remainder when 999999^999999 is divided by 0?",
     "What is the remainder when 2^-5 is divided by 7?",
     "Find the sum of the first 999999 terms of the geometric sequence with first term 3"
     " and common ratio 999999."],
)  # fmt: skip
def test_a_strangers_numbers_never_crash_or_hang_the_solver(statement: str) -> None:
    started = time.process_time()
    for seed in range(20):
        assert written(statement, seed, 1.0).finish_reason in ("stop", "length")
    assert time.process_time() - started < 1


def test_slips_at_any_rate_never_crash_a_family() -> None:
    for problem in drawn(350, seed=5):
        for seed in range(3):
            assert written(problem.statement, seed, 8.0).trace


def test_spaces_do_not_matter() -> None:
    assert recognise("  Solve for x:\n 3x + 4 = 10. ") == recognise("Solve for x: 3x + 4 = 10.")


def test_the_solver_does_without_sympy() -> None:
    program = (
        "import sys; from factory.world import solve;"
        "solve('Solve for x: 3x + 4 = 10.', seed=0, temperature=0, max_tokens=99);"
        "sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
