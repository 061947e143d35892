"""Verify, dedup and tag: what they write and what they owe."""

import json
import time
from pathlib import Path

import pytest
from conftest import run_factory
from filled import fill, rows, steps
from rows import problems, rollout, run, sources

from factory.identity import problem_id
from factory.store import Store
from factory.taggers.repetition import repetition
from schemas.arrow import from_rows


def test_a_corrected_answer_makes_old_verdicts_stale_and_is_judged_anew(store: Store) -> None:
    fill(store, rollout("q", 0, "\\boxed{5}"))
    steps(store, "verify")
    assert rows(store, "select outcome from corpus") == [("incorrect",)]
    store.commit(run(), {"problem_sources": sources(("0", "q", "5", "train"), source="a")})
    assert rows(store, "select answer, outcome from corpus") == [("5", None)]
    steps(store, "verify")
    assert rows(store, "select answer, outcome from corpus") == [("5", "correct")]
    assert rows(store, "select count(*) from verdicts") == [(2,)]


def test_a_problem_without_answer_gets_a_verdict_that_says_so(store: Store) -> None:
    store.commit(
        run(),
        {
            "problems": problems("q"),
            "problem_sources": sources(("0", "q", None, "train")),
            "rollouts": from_rows("rollouts", [rollout("q", 0, "\\boxed{5}")]),
        },
    )
    steps(store, "verify", "verify")
    assert rows(store, "select outcome from verdicts") == [("no_gold",)]
    steps(store, "tag")
    assert rows(store, "select count(*) from tags where name = 'pass_rate'") == [(0,)]


def test_a_better_representative_takes_over_and_nothing_else_is_rewritten(store: Store) -> None:
    store.commit(run(), {"problems": problems("Find x.", "find x.", "Why?", "why?")})
    steps(store, "dedup")
    assert rows(store, "select count(*) from raw.duplicates") == [(4,)]
    other = max(problem_id("Find x."), problem_id("find x."))
    statement = {problem_id(s): s for s in ("Find x.", "find x.")}[other]
    store.commit(run(), {"problem_sources": sources(("0", statement, "1", None))})
    steps(store, "dedup")
    assert rows(store, "select count(*) from raw.duplicates") == [(6,)]
    assert rows(store, f"select count(*) from duplicates where representative_id = '{other}'") == [
        (2,)
    ]


def test_eight_copies_of_one_chain_are_one_cluster(store: Store) -> None:
    fill(
        store,
        *(rollout("q", i, "So \\boxed{4}") for i in range(8)),
        rollout("r", 0, "So \\boxed{4}"),
    )
    steps(store, "dedup")
    found = rows(store, "select count(*), count(distinct cluster_id) from duplicates")
    assert found == [(8, 1)]
    assert rows(store, "select count(distinct rollout_cluster_id) from corpus") == [(2,)]


def test_pass_rates_follow_new_verdicts_and_unchanged_ones_are_not_rewritten(store: Store) -> None:
    fill(store, rollout("q", 0, "\\boxed{4}"), rollout("r", 0, "\\boxed{4}"))
    steps(store, "verify", "tag")
    written = rows(store, "select count(*) from raw.tags where tagger = 'pass_rate'")[0][0]
    fill(store, rollout("q", 1, "\\boxed{5}"))
    steps(store, "verify", "tag")
    sql = "select distinct pass_rate, difficulty, problem_id from corpus order by 1"
    assert [row[:2] for row in rows(store, sql)] == [(0.5, "medium"), (1.0, "trivial")]
    again = rows(store, "select count(*) from raw.tags where tagger = 'pass_rate'")[0][0]
    assert again - written == 4  # n, pass_rate and the interval of q; its k is still 1


def test_repetition_is_zero_for_a_fresh_text() -> None:
    assert repetition("") == repetition("So x = 4.") == repetition(" \n" * 1000) == 0
    assert repetition("a first long line\na second long line") == 0
    assert repetition(" ".join(map(str, range(3000)))) == 0


@pytest.mark.parametrize("joint", ["\n", "\n\n", " "])
@pytest.mark.parametrize("said", ["Hmm.", "Wait, let me check that again.", "再检查一下。" * 3])
def test_repetition_is_near_one_for_a_loop_however_it_is_joined(said: str, joint: str) -> None:
    assert repetition(joint.join([said] * 300)) > 0.9
    fresh = " ".join(map(str, range(300)))
    assert 0.5 < repetition(fresh + joint + joint.join([said] * 900)) < 1


def test_repetition_finds_a_loop_without_any_space() -> None:
    assert repetition("我们再检查一下看。" * 500) > 0.9
    assert repetition("3" * 5000) > 0.9


@pytest.mark.parametrize("text", ["a b ", "0123456789" * 7 + " ", "x", "1.5 + ", "\n"])
def test_repetition_of_a_megabyte_takes_a_bounded_time(text: str) -> None:
    started = time.process_time()
    repetition(text * (1_000_000 // len(text)))
    assert time.process_time() - started < 5


def test_the_demos_loops_are_found_and_its_right_rollouts_do_not_look_like_loops(
    demo: Path,
) -> None:
    found = rows(Store(demo), "select finish_reason, outcome, repetition from corpus")
    assert [value for reason, _, value in found if reason == "length"]
    assert all(value > 0.5 for reason, _, value in found if reason == "length")
    # A careful hand works the whole out twice: up to 0.4, of which loops (0.9 and more) stay clear.
    assert all(value < 0.5 for _, outcome, value in found if outcome == "correct")


def test_published_right_solutions_do_not_look_like_loops(shared: Path) -> None:
    path = shared / "gsm8k_example_model_solutions.jsonl"
    models = [json.loads(line) for line in path.read_text().splitlines()]
    texts = [
        row[name]["solution"]
        for row in models
        for name in row
        if name.startswith(("6b", "175b")) and row[name]["is_correct"]
    ]
    assert len(texts) == 2001
    assert max(map(repetition, texts)) < 0.3


def test_status_counts_what_is_owed_and_journalled(store: Store) -> None:
    fill(store, rollout("q", 0, "\\boxed{4}"), rollout("q", 1, "\\boxed{4}"))
    (store.root / "journal").mkdir()
    (store.root / "journal" / "x-0001.jsonl").write_text('["run", {}]\n["rollouts", {}]\n["ro')
    told = run_factory("status", f"store={store.root}").stdout
    assert "x-0001.jsonl: 1 rows" in told
    assert "verify   2      rollouts" in told
    assert "dedup    3      texts" in told
    assert "tag      2      rollouts" in told
