"""Majority answers: equal ones counted as one; for a missing answer, against a suspect one."""

import json
from pathlib import Path
from typing import Any

from conftest import run_factory
from rows import problems, rollout, run, sources

from factory import catalog, verify
from factory.progress import Progress
from factory.store import Store
from factory.verifiers import maths
from schemas.arrow import from_rows

RECIPE = verify.VerifyRecipe(deadline_s=5.0)


def fill(store: Store, **asked: tuple[str | None, list[str]]) -> None:
    """Problems by name: the answer its source states, and what its rollouts box."""
    given = [
        rollout(name, index, rf"so \boxed{{{answer}}}")
        for name, (_, answers) in asked.items()
        for index, answer in enumerate(answers)
    ]
    stated = [(name, name, answer, "train") for name, (answer, _) in asked.items()]
    store.commit(
        run(),
        {
            "problems": problems(*asked),
            "problem_sources": sources(*stated),
            "rollouts": from_rows("rollouts", given),
        },
    )


def judged(store: Store) -> None:
    verify.run(store, RECIPE, Progress())


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def test_answers_are_counted_by_what_they_mean(store: Store) -> None:
    fill(store, q=(None, [r"\frac12", "0.5", "1/2", r"\tfrac{1}{2}", "2", "2.0", "", "3"]))
    judged(store)
    [(answer, votes, runner_up, count, margin, tally)] = rows(
        store, "select answer, votes, runner_up, rollouts, margin, tally from votes"
    )
    assert (votes, runner_up, count, margin) == (4, 2, 8, 0.25)
    assert answer in (r"\frac12", "0.5", "1/2", r"\tfrac{1}{2}")
    assert [group["votes"] for group in json.loads(tally)] == [4, 2, 1]
    assert json.loads(tally)[1]["example"] in ("q-4", "q-5")


def test_a_rounded_answer_does_not_vote_for_the_exact_one(store: Store) -> None:
    fill(store, q=(None, ["1/3", "0.333", "0.333", "1/3"]))
    judged(store)
    assert rows(store, "select votes, runner_up from votes") == [(2, 2)]


def test_a_strong_majority_stands_in_for_a_missing_answer(store: Store) -> None:
    fill(store, strong=(None, ["4", "4.0", "4", "5"]), weak=(None, ["4", "4", "5", "5"]))
    judged(store)
    assert rows(
        store, "select statement, answer, answer_source from problems order by statement"
    ) == [("strong", "4", "majority"), ("weak", None, None)]
    assert rows(
        store,
        "select statement, answer_source, outcome, count(*) from corpus group by all order by all",
    ) == [
        ("strong", "majority", "correct", 3),
        ("strong", "majority", "incorrect", 1),
        ("weak", None, "no_gold", 4),
    ]
    before = store.snapshot().seq
    judged(store)
    assert store.snapshot().seq == before


def test_more_rollouts_vote_again_and_may_change_the_answer(store: Store) -> None:
    fill(store, q=(None, ["4", "4", "4"]))
    judged(store)
    later = [rollout("q", index, r"\boxed{7}") for index in range(3, 20)]
    store.commit(run("00000009-more"), {"rollouts": from_rows("rollouts", later)})
    judged(store)
    assert rows(store, "select answer, votes, rollouts from votes") == [("7", 17, 20)]
    assert rows(store, "select answer from problems") == [("7",)]
    assert rows(store, "select outcome, count(*) from corpus group by all order by all") == [
        ("correct", 17),
        ("incorrect", 3),
    ]


def test_a_stated_answer_that_nobody_finds_is_suspect_and_stays(store: Store) -> None:
    fill(
        store,
        wrong=("140", ["40", "40.0", "40", "40"]),
        right=("140", ["40", "40", "40", "40", "40", "40", "140"]),
        torn=("140", ["1", "2", "3", "4"]),
    )
    judged(store)
    [(statement, answer, majority, votes, margin)] = rows(
        store, "select statement, answer, majority, votes, margin from suspect_answers"
    )
    assert (statement, answer, majority, votes, margin) == ("wrong", "140", "40", 4, 1.0)
    assert set(rows(store, "select answer, answer_source from problems")) == {("140", "gold")}


def test_a_rollout_that_was_imported_under_two_names_has_one_vote(store: Store) -> None:
    fill(store, q=(None, ["4", "4"]))
    rows_of = [
        rollout("q", index, r"\boxed{4}", source=name, source_row="1", rollout_id=f"{name}{index}")
        for name in ("a", "b")
        for index in range(3)
    ]
    store.commit(run("00000005-more"), {"rollouts": from_rows("rollouts", rows_of)})
    judged(store)
    assert rows(store, "select votes, rollouts from votes") == [(5, 5)]


def test_a_mixture_takes_stated_answers_only(store: Store, tmp_path: Path) -> None:
    fill(store, stated=("4", ["4"]), voted=(None, ["4", "4 ", "4.0"]))
    judged(store)
    done = run_factory("mix", f"store={store.root}")
    assert done.returncode == 0, done.stderr
    assert rows(store, "select problem_id from mixture_rows") == rows(
        store, "select problem_id from problems where statement = 'stated'"
    )


def test_majorities_of_qwens_rollouts_are_the_answers_it_was_not_told(
    store: Store, shared: Path, tmp_path: Path
) -> None:
    golds: dict[str, str] = {}
    bare: list[str] = []
    for line in (shared / "qwen25_math_cot_100x8.jsonl").read_text().splitlines():
        row = json.loads(line)
        golds[row["question"]] = row["gt"]
        bare.append(json.dumps({**row, "gt": None}))
    (tmp_path / "bare.jsonl").write_text("\n".join(bare))
    path = f"store={store.root}"
    done = run_factory("ingest", "source=qwen25_math", f"path={tmp_path / 'bare.jsonl'}", path)
    assert done.returncode == 0, done.stderr
    judged(store)
    found = rows(store, "select statement, answer from problems where answer_source = 'majority'")
    wrong = [
        (golds[statement], answer)
        for statement, answer in found
        if maths.verify(rf"\boxed{{{answer}}}", golds[statement]).outcome != "correct"
    ]
    assert len(found) >= 90
    assert len(wrong) <= 2, wrong
