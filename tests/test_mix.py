"""Freezing: what never enters a mixture, its identity, its versions, and its errors."""

import contextlib
import json
from pathlib import Path

import pytest
from conftest import run_factory
from filled import fill, mixed, rows, steps, twenty
from rows import problems, rollout, run, sources

from factory import catalog, mix
from factory.errors import UserError
from factory.identity import problem_id
from factory.store import Store
from schemas.arrow import from_rows


def test_a_mixture_holds_correct_training_rollouts_one_per_cluster(store: Store) -> None:
    fill(
        store,
        rollout("q1", 0, "So \\boxed{4}", trace="thinking"),
        rollout("q1", 1, "So \\boxed{4}", trace="thinking"),
        rollout("q1", 2, "Hence \\boxed{4}"),
        rollout("q2", 0, "\\boxed{5}"),
        rollout("q3", 0, "\\boxed{4}"),
        rollout("Q3", 0, "other \\boxed{4}"),
        rollout("q4", 0, "\\boxed{4}"),
        q4="test",
        q3="test",
    )
    steps(store, "verify", "dedup")
    mixed(store)
    found = rows(store, "select rollout_id, prompt, completion from mixture_rows order by 1")
    assert found == [
        ("q1-0", "q1\n\n", "<think>\nthinking\n</think>\n\nSo \\boxed{4}"),
        ("q1-2", "q1\n\n", "Hence \\boxed{4}"),
    ]


def test_a_problem_that_becomes_test_later_leaves_the_next_version(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), rollout("q2", 0, "\\boxed{4}"))
    steps(store, "verify")
    mixed(store)
    store.commit(run(), {"problem_sources": sources(("0", "q2", "4", "test"), source="bench")})
    mixed(store)
    found = rows(store, "select version, problem_id from mixture_rows order by all")
    q1, q2 = problem_id("q1"), problem_id("q2")
    assert found == sorted([(1, q1), (1, q2), (2, q1)])


def test_where_cannot_let_a_test_problem_in(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), q1="test")
    steps(store, "verify")
    with pytest.raises(UserError, match=r"no rollout of a training problem fits.*test 1"):
        mixed(store, "where=true or split = 'test'")


SMUGGLED = "select problem_id, rollout_id, statement, trace, solution from corpus where"


@pytest.mark.parametrize(
    "where",
    [
        f"true) union all {SMUGGLED} (split = 'test'",
        f"false) or true union all {SMUGGLED} (true",
        "true) union all select rollout_id from corpus where (split = 'test'",
        "true) union all select rollout_id from rollouts where (true",
        "true) or (true",
        "true) union all select 5 where (true",
        "true) --\n or (true",
        "rollout_id in (select rollout_id from rollouts)",
        "false); select rollout_id from corpus; select (1",
    ],
)
def test_no_where_smuggles_a_test_problem_in(store: Store, where: str) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), rollout("q2", 0, "\\boxed{4}"), q1="test")
    with contextlib.suppress(UserError):
        mixed(store, f"where={where}")
    assert rows(store, "select rollout_id from mixture_rows") in ([("q2-0",)], [])


def test_a_test_problem_that_is_chosen_all_the_same_is_a_bug_and_not_frozen(store: Store) -> None:
    fill(
        store,
        *(rollout(q, 0, "\\boxed{4}") for q in ("sum 1", "Sum 1", "sum 2")),
        **{"sum 1": "test"},
    )
    steps(store, "dedup")
    with catalog.connect(store) as con:
        mix.refuse_tests(con, [problem_id("sum 2")])
        for leaked in ("sum 1", "Sum 1"):
            with pytest.raises(RuntimeError, match="1 test problems chosen"):
                mix.refuse_tests(con, [problem_id("sum 2"), problem_id(leaked)])


def test_a_copy_of_a_test_problem_never_enters_though_dedup_is_still_owed(store: Store) -> None:
    fill(store, *(rollout(q, 0, "\\boxed{4}") for q in ("Find  x", "other")))
    steps(store, "verify", "dedup")
    fill(store, **{"find x": "test"})
    mixed(store)
    assert rows(store, "select rollout_id from mixture_rows") == [("other-0",)]


def test_mates_of_a_copy_of_a_test_problem_never_enter_either(store: Store) -> None:
    fill(store, *(rollout(q, 0, "\\boxed{4}") for q in ("Find x", "reworded", "other")))
    near = {"subject": "problem", "cluster_id": "c", "kind": "near", "score": 0.9, "run_id": "0"}
    more = {"reason": "alike", "version": "near-1", "representative_id": problem_id("Find x")}
    mates = [{**near, **more, "subject_id": problem_id(q)} for q in ("Find x", "reworded")]
    store.commit(run(), {"duplicates": from_rows("duplicates", mates)})
    fill(store, **{"find x": "test"})
    steps(store, "verify")
    mixed(store)
    assert rows(store, "select rollout_id from mixture_rows") == [("other-0",)]


def test_the_same_text_is_the_same_after_nfc_case_and_space_and_no_further(store: Store) -> None:
    same = "text_key('Caf\u00e9  is\n x ') = text_key('cafe\u0301 is X')"
    other = "text_key('x²') = text_key('x2') or text_key('x + 1') = text_key('x + 2')"
    assert rows(store, f"select {same}, {other}") == [(True, False)]


def test_a_problem_whose_split_was_lost_stays_out(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"))
    lost = {"problems": problems("q2"), "rollouts": from_rows("rollouts", [rollout("q2", 0, "4")])}
    store.commit(run(), lost)
    mixed(store, "where=true")
    assert rows(store, "select rollout_id from mixture_rows") == [("q1-0",)]


def lose(store: Store, table: str, which: int = 0) -> None:
    """One shard of a table is gone, and `just doctor repair=true` has taken it out."""
    (store.root / store.snapshot().of(table)[which].path).unlink()
    done = run_factory("doctor", f"store={store.root}", "repair=true")
    assert done.returncode == 0, done.stderr


def test_rows_of_a_mixture_that_were_lost_come_back_under_its_version(store: Store) -> None:
    twenty(store)
    steps(store, "verify")
    mixed(store)
    before = rows(store, "select * from mixture_rows order by position")
    versions = rows(store, "select * from mixtures")
    lose(store, "mixture_rows")
    assert mixed(store) == ("mid@1", True)
    assert rows(store, "select * from mixture_rows order by position") == before
    assert rows(store, "select * from mixtures") == versions
    assert mixed(store) == ("mid@1", False)


def test_a_mixture_whose_row_was_lost_never_shares_a_version_with_another(store: Store) -> None:
    twenty(store)
    steps(store, "verify")
    mixed(store)
    mixed(store, "seed=1")
    lose(store, "mixtures")
    assert mixed(store) == ("mid@3", True)
    assert mixed(store, "seed=2") == ("mid@4", True)
    found = rows(
        store,
        "select version, count(*), count(distinct position) from mixture_rows "
        "group by 1 order by 1",
    )
    assert found == [(2, 20, 20), (3, 20, 20), (4, 20, 20)]
    assert rows(store, "select count(*) from raw.mixture_rows") == [(60,)]


def test_the_same_spec_over_the_same_rows_has_the_same_id_in_any_store(
    demo: Path, tmp_path: Path
) -> None:
    ids = []
    for name in ("a", "b"):
        store = tmp_path / name
        run_factory("generate", f"store={store}", "n=2", f"concurrency={1 if name == 'a' else 50}")
        run_factory("mix", f"store={store}")
        ids.append(rows(Store(store), "select mixture_id, rows, tokens from mixtures"))
    assert ids[0] == ids[1]


def test_freezing_again_writes_nothing_and_another_seed_is_the_next_version(store: Store) -> None:
    twenty(store)
    steps(store, "verify")
    mixed(store)
    before = store.snapshot().seq
    again = run_factory("mix", f"store={store.root}")
    assert "already holds exactly these rows" in again.stdout
    assert Store(store.root).snapshot().seq == before
    mixed(store, "seed=1")
    orders = (
        "select version, list(rollout_id order by position) from mixture_rows group by 1 order by 1"
    )
    first, second = rows(store, orders)
    assert sorted(first[1]) == sorted(second[1])
    assert first[1] != second[1]


def test_a_spec_frozen_before_is_found_again_behind_a_newer_version(store: Store) -> None:
    twenty(store)
    steps(store, "verify")
    mixed(store)
    mixed(store, "seed=1")
    assert mixed(store) == ("mid@1", False)
    assert rows(store, "select count(*) from mixture_rows") == [(40,)]


def test_a_mixture_pins_its_snapshot(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"))
    steps(store, "verify")
    mixed(store)
    snapshot = rows(store, "select snapshot_id from mixtures")[0][0]
    pinned = json.loads((store.root / "snapshots" / f"{snapshot}.json").read_text())
    assert {s["table"] for s in pinned["shards"]} >= {"problems", "rollouts", "verdicts"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mixture=mdi"], "unknown mixture 'mdi'; did you mean 'mid'?"),
        (["where=outcom = 'correct'"], 'Candidate bindings: "outcome"'),
        (["where=1=1) union select 1 --"], "error: "),
        (["tokenizer=gpt"], "unknown tokenizer 'gpt'; known: cot-4k"),
        (["stage=pretrain"], "stage='pretrain' does not fit: should be 'mid'"),
        (["sede=1"], "unknown key 'sede'; did you mean 'seed'?"),
    ],
)
def test_a_wrong_spec_is_one_line(demo: Path, words: list[str], says: str) -> None:
    done = run_factory("mix", f"store={demo}", *words)
    assert done.returncode == 2
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
