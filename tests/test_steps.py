"""Verify, dedup, tag and mix: what they write, what they owe, and what never enters a mixture."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory
from rows import problems, rollout, run, sources

from factory import catalog, mix
from factory.identity import problem_id
from factory.store import Store
from factory.taggers.repetition import repetition
from schemas.arrow import from_rows


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def fill(store: Store, *rollouts: dict[str, Any], **splits: str) -> None:
    """Problems q1, q2, ... with answer 4, split train unless named."""
    names = sorted({r["rollout_id"].rpartition("-")[0] for r in rollouts} | set(splits))
    stated = [(name, name, "4", splits.get(name, "train")) for name in names]
    store.commit(
        run(),
        {
            "problems": problems(*names),
            "problem_sources": sources(*stated),
            "rollouts": from_rows("rollouts", list(rollouts)),
        },
    )


def steps(store: Store, *names: str) -> None:
    for name in names:
        done = run_factory(name, f"store={store.root}")
        assert done.returncode == 0, done.stderr


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
    steps(store, "verify", "dedup", "mix")
    found = rows(store, "select rollout_id, prompt, completion from mixture_rows order by 1")
    assert found == [
        ("q1-0", "q1\n\n", "<think>\nthinking\n</think>\n\nSo \\boxed{4}"),
        ("q1-2", "q1\n\n", "Hence \\boxed{4}"),
    ]


def test_a_problem_that_becomes_test_later_leaves_the_next_version(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), rollout("q2", 0, "\\boxed{4}"))
    steps(store, "verify", "mix")
    store.commit(run(), {"problem_sources": sources(("0", "q2", "4", "test"), source="bench")})
    steps(store, "mix")
    found = rows(store, "select version, problem_id from mixture_rows order by all")
    q1, q2 = problem_id("q1"), problem_id("q2")
    assert found == sorted([(1, q1), (1, q2), (2, q1)])


def test_where_cannot_let_a_test_problem_in(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), q1="test")
    steps(store, "verify")
    done = run_factory("mix", f"store={store.root}", "where=true or split = 'test'")
    assert done.returncode == 2
    assert "no rollout of a training problem fits" in done.stderr


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
    done = run_factory("mix", f"store={store.root}", f"where={where}")
    frozen = rows(store, "select rollout_id from mixture_rows")
    assert (done.returncode, frozen) in [(0, [("q2-0",)]), (2, [])], done.stderr


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
    steps(store, "mix")
    assert rows(store, "select rollout_id from mixture_rows") == [("other-0",)]


def test_mates_of_a_copy_of_a_test_problem_never_enter_either(store: Store) -> None:
    fill(store, *(rollout(q, 0, "\\boxed{4}") for q in ("Find x", "reworded", "other")))
    near = {"subject": "problem", "cluster_id": "c", "kind": "near", "score": 0.9, "run_id": "0"}
    more = {"reason": "alike", "version": "near-1", "representative_id": problem_id("Find x")}
    mates = [{**near, **more, "subject_id": problem_id(q)} for q in ("Find x", "reworded")]
    store.commit(run(), {"duplicates": from_rows("duplicates", mates)})
    fill(store, **{"find x": "test"})
    steps(store, "verify", "mix")
    assert rows(store, "select rollout_id from mixture_rows") == [("other-0",)]


def test_the_same_text_is_the_same_after_nfc_case_and_space_and_no_further(store: Store) -> None:
    same = "text_key('Caf\u00e9  is\n x ') = text_key('cafe\u0301 is X')"
    other = "text_key('x²') = text_key('x2') or text_key('x + 1') = text_key('x + 2')"
    assert rows(store, f"select {same}, {other}") == [(True, False)]


def test_a_problem_whose_split_was_lost_stays_out(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"))
    lost = {"problems": problems("q2"), "rollouts": from_rows("rollouts", [rollout("q2", 0, "4")])}
    store.commit(run(), lost)
    done = run_factory("mix", f"store={store.root}", "where=true")
    assert done.returncode == 0, done.stderr
    assert rows(store, "select rollout_id from mixture_rows") == [("q1-0",)]


def lose(store: Store, table: str, which: int = 0) -> None:
    """One shard of a table is gone, and `just doctor repair=true` has taken it out."""
    (store.root / store.snapshot().of(table)[which].path).unlink()
    done = run_factory("doctor", f"store={store.root}", "repair=true")
    assert done.returncode == 0, done.stderr


def test_rows_of_a_mixture_that_were_lost_come_back_under_its_version(store: Store) -> None:
    fill(store, *(rollout(f"q{i}", 0, "\\boxed{4}") for i in range(20)))
    steps(store, "verify", "mix")
    before = rows(store, "select * from mixture_rows order by position")
    versions = rows(store, "select * from mixtures")
    lose(store, "mixture_rows")
    again = run_factory("mix", f"store={store.root}")
    assert "mid@1 frozen" in again.stdout, again.stderr
    assert rows(store, "select * from mixture_rows order by position") == before
    assert rows(store, "select * from mixtures") == versions
    assert "nothing written" in run_factory("mix", f"store={store.root}").stdout


def test_a_mixture_whose_row_was_lost_never_shares_a_version_with_another(store: Store) -> None:
    fill(store, *(rollout(f"q{i}", 0, "\\boxed{4}") for i in range(20)))
    steps(store, "verify", "mix")
    run_factory("mix", f"store={store.root}", "seed=1")
    lose(store, "mixtures")
    for seed in (0, 2):
        done = run_factory("mix", f"store={store.root}", f"seed={seed}")
        assert f"mid@{3 if seed == 0 else 4} frozen" in done.stdout, done.stderr
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
    fill(store, *(rollout(f"q{i}", 0, "\\boxed{4}") for i in range(20)))
    steps(store, "verify", "mix")
    before = store.snapshot().seq
    again = run_factory("mix", f"store={store.root}")
    assert "already holds exactly these rows" in again.stdout
    assert Store(store.root).snapshot().seq == before
    run_factory("mix", f"store={store.root}", "seed=1")
    orders = (
        "select version, list(rollout_id order by position) from mixture_rows group by 1 order by 1"
    )
    first, second = rows(store, orders)
    assert sorted(first[1]) == sorted(second[1])
    assert first[1] != second[1]


def test_a_spec_frozen_before_is_found_again_behind_a_newer_version(store: Store) -> None:
    fill(store, *(rollout(f"q{i}", 0, "\\boxed{4}") for i in range(20)))
    steps(store, "verify", "mix")
    run_factory("mix", f"store={store.root}", "seed=1")
    again = run_factory("mix", f"store={store.root}")
    assert "mid@1 already holds exactly these rows" in again.stdout
    assert rows(store, "select count(*) from mixture_rows") == [(40,)]


def test_a_mixture_pins_its_snapshot(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"))
    steps(store, "verify", "mix")
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


def test_status_counts_what_is_owed_and_journalled(store: Store) -> None:
    fill(store, rollout("q", 0, "\\boxed{4}"), rollout("q", 1, "\\boxed{4}"))
    (store.root / "journal").mkdir()
    (store.root / "journal" / "x-0001.jsonl").write_text('["run", {}]\n["rollouts", {}]\n["ro')
    told = run_factory("status", f"store={store.root}").stdout
    assert "x-0001.jsonl: 1 rows" in told
    assert "verify   2      rollouts" in told
    assert "dedup    3      texts" in told
    assert "tag      2      rollouts" in told
