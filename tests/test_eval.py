"""Evaluations: figures that a hand can compute again, and rows that never reach the corpus."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest
from conftest import ROOT, run_factory

from factory import catalog, compare, evaluate
from factory.store import Store
from factory.verifiers import maths

HOT = ("sampling.temperature=1", "problems=true", "samples=4")


def rows(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with catalog.connect(Store(store)) as con:
        return catalog.fetch(con, sql)


def said(*words: object) -> str:
    done = run_factory(*words)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 problems, and the solver's evaluation on all of them at temperature 1."""
    path = tmp_path_factory.mktemp("eval") / "data"
    said("ingest", "source=embedded", "count=24", f"store={path}")
    assert "96 bought in this run" in said("eval", *HOT, f"store={path}")
    return path


def test_the_figures_are_those_of_the_rows(store: Path) -> None:
    told = rows(store, "select problem_id, outcome, form from evaluation_rollouts")
    groups: dict[str, list[tuple[str, str]]] = {}
    for problem, outcome, form in told:
        groups.setdefault(problem, []).append((outcome, form))
    right = [[outcome == "correct" for outcome, _ in group] for group in groups.values()]
    rates = [mean(each) for each in right]
    score, error, low, high, pass_at, majority = rows(
        store,
        "select score, standard_error, low, high, map_entries(pass_at), majority from scores "
        "where facet = 'all' and samples = 4",
    )[0]
    assert 0.2 < score < 0.9
    assert score == pytest.approx(mean(rates))
    assert error == pytest.approx(stdev(rates) / len(rates) ** 0.5)
    assert low < score < high and high - low == pytest.approx(4 * error, rel=0.15)
    for entry in pass_at:
        tries = [[any(t) for t in combinations(each, entry["key"])] for each in right]
        assert entry["value"] == pytest.approx(mean(mean(each) for each in tries))
    assert [entry["key"] for entry in pass_at] == [1, 2, 4]
    votes = []
    for group in groups.values():
        tally = Counter(form for _, form in group if form)
        best = [form for form, n in tally.items() if n == max(tally.values())]
        votes.append(mean(("correct", form) in group for form in best) if best else 0)
    assert majority == pytest.approx(mean(votes))


def test_cells_add_up_to_the_whole(store: Path) -> None:
    sql = (
        "select facet, sum(problems)::int, sum(score * problems) from scores where "
        "evaluation_id = (select min_by(evaluation_id, run_id) from evaluations) group by 1"
    )
    found = {facet: (problems, score) for facet, problems, score in rows(store, sql)}
    assert found["all"][0] == found["level"][0] == found["domain"][0] == 24
    assert found["level"][1] == pytest.approx(found["all"][1])
    assert found["domain"][1] == pytest.approx(found["all"][1])


def test_nothing_of_it_reaches_the_corpus_and_nothing_is_asked_twice(store: Path) -> None:
    kinds = rows(store, "select kind, status from runs where kind = 'eval'")
    assert "0 bought in this run" in said("eval", *HOT, f"store={store}")
    assert rows(store, "select kind, status from runs where kind = 'eval'") == kinds
    more = said("eval", *HOT[:2], "samples=5", f"store={store}")
    assert "24 bought in this run" in more and "avg@5" in more
    for table in ("rollouts", "corpus", "groups", "failures"):
        assert rows(store, f"select count(*) from {table}") == [(0,)]
    assert rows(store, "select count(*) from evaluations where samples = 5") == [(1,)]
    assert rows(store, "select count(distinct rollout_id) from evaluation_rollouts") == [(120,)]
    said("verify", f"store={store}")
    assert run_factory("mix", "mixture=mid", f"store={store}").returncode == 2


def test_a_budget_asks_every_question_once_before_any_twice(store: Path) -> None:
    words = ("eval", "problems=true", "sampling.temperature=0.9", "samples=2", f"store={store}")
    assert "24 requests are left" in said(*words, "max_requests=24")
    found = rows(store, "select count(*), max(n) from evaluation_groups where n = 1")
    assert found == [(24, 1)]
    assert "24 bought in this run" in said(*words)


DIES = """
import os, signal, sys
from factory import sampler
from factory.__main__ import main
sampler._seal = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


def test_a_killed_run_has_lost_nothing_that_was_answered(store: Path) -> None:
    words = ["eval", "problems=true", "sampling.temperature=0.3", "samples=2", f"store={store}"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", DIES, *words]
    killed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = run_factory(*words)
    assert "recovered 48 rollouts" in done.stderr
    assert "0 bought in this run" in " ".join(done.stdout.split())
    assert rows(store, "select status from runs where kind = 'eval' and status = 'killed'")


def test_two_evaluations_are_compared_question_by_question(store: Path) -> None:
    said("eval", "problems=true", "sampling.temperature=0", "samples=1", f"store={store}")
    hot, cold = (
        rows(store, f"select {each}(evaluation_id, run_id) from evaluations")[0][0]
        for each in ("min_by", "max_by")
    )
    told = said("compare", f"a={cold[:8]}", f"b={hot}", f"store={store}")
    scores = dict(rows(store, "select evaluation_id, score from scores where facet = 'all'"))
    assert f"{scores[cold] - scores[hot]:+.1%}" in told and "elementary" in told
    assert told == said("compare", f"a={cold[:8]}", f"b={hot}", f"store={store}")
    same = said("compare", "a=solver", "b=embedded-solver", f"store={store}")
    assert "+0.0% +0.0% to +0.0% 0.0%" in same


def test_the_bootstrap_is_as_wide_as_the_standard_error_says() -> None:
    a, b = [1.0, 0.5, 0.75, 0.0] * 50, [0.5, 0.5, 0.25, 0.25] * 50
    told = compare.difference(a, b, seed=0)
    error = stdev(x - y for x, y in zip(a, b, strict=True)) / 200**0.5
    assert told.difference == pytest.approx(0.1875)
    assert told.low == pytest.approx(0.1875 - 1.96 * error, abs=0.1 * error)
    assert told.high == pytest.approx(0.1875 + 1.96 * error, abs=0.1 * error)
    assert told.better == 1.0 and compare.difference(b, a, 0).better == 0.0


def test_what_shares_no_question_is_not_compared(store: Path) -> None:
    ids = []
    for level in ("elementary", "college"):
        said("eval", f"problems=level = '{level}'", "samples=1", f"store={store}")
        ids.append(rows(store, "select max_by(evaluation_id, run_id) from evaluations")[0][0])
    done = run_factory("compare", f"a={ids[0]}", f"b={ids[1]}", f"store={store}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "and they share 0" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("eval benchmark=gsm9k", "unknown benchmark 'gsm9k'; did you mean 'gsm8k'?"),
        ("eval benchmark=a,b", "names several"),
        ("eval benchmark=gsm8k problems=true", "are two sets of questions"),
        ("eval benchmark=minerva path=x.jsonl", "give answer=FIELD"),
        ("eval benchmark=gsm8k path=nowhere.jsonl", "no such file"),
        ("eval problems=false", "no problem with an answer fits problems='false'"),
        ("eval problems=nothing", "nothing"),
        ("eval samples=0", "samples='0' does not fit"),
        ("eval teacher.backend=batch", "batch files cannot be evaluated by"),
        ("eval path=x.jsonl", "path= is of one benchmark"),
        ("compare a=solver", "two evaluations are needed"),
        ("compare a=solver b=solve", "unknown evaluation 'solve'; did you mean 'solver'?"),
    ],
)
def test_a_mistake_is_one_line(store: Path, words: str, says: str) -> None:
    done = run_factory(*words.split(), f"store={store}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert says in done.stderr


PUBLISHED = {
    "gsm8k": ("gsm8k_test.jsonl", 1319, ()),
    "math500": ("math500_test.json", 500, ()),
    "aime24": ("aime24_nemo.jsonl", 30, ("answer=expected_answer",)),
    "aime25": ("aime25_nemo.jsonl", 30, ("answer=expected_answer",)),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_set_is_whole_and_its_answers_are_right(
    name: str, shared: Path, tmp_path: Path
) -> None:
    file, count, words = PUBLISHED[name]
    recipe = evaluate.resolve([f"benchmark={name}", f"path={shared / file}", *words])
    items = evaluate.questions(Store(tmp_path / "s", create=True), recipe)
    assert len(items) == count
    few = items[:60]
    claims = [maths.Claim(f"\\boxed{{{i['answer']}}}", i["answer"], i["statement"]) for i in few]
    outcomes = Counter(verdict.outcome for verdict in maths.verify_many(claims, workers=1))
    assert outcomes == {"correct": len(few)}
    assert {item["level"] for item in items} == (set("12345") if name == "math500" else {None})


def test_choices_are_put_to_the_question_in_an_order_of_its_own(tmp_path: Path) -> None:
    wrong = {f"Incorrect Answer {n}": f"{n} m" for n in (1, 2, 3)}
    told = [
        {"Question": f"How far? {n}", "Record ID": f"r{n}", "High-level domain": "Physics"}
        for n in range(9)
    ]
    file = tmp_path / "gpqa.jsonl"
    file.write_text(
        "".join(json.dumps({**t, "Correct Answer": "9 m", **wrong}) + "\n" for t in told)
    )
    recipe = evaluate.resolve(["benchmark=gpqa", f"path={file}"])
    items = evaluate.questions(Store(tmp_path / "s", create=True), recipe)
    assert len({item["answer"] for item in items}) > 1
    for item in items:
        assert f"({item['answer']}) 9 m" in item["statement"]
        assert (item["domain"], item["statement"].count(" m\n")) == ("Physics", 4)
        (verdict,) = maths.verify_many(
            [maths.Claim(f"So \\boxed{{{item['answer']}}}", item["answer"], item["statement"])]
        )
        assert verdict.outcome == "correct"
