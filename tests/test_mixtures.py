"""What a spec chooses: rules, caps, shares, balance, pairs and prompts; a reason for each row."""

import json
from typing import Any

import pytest
from conftest import run_factory
from filled import fill, mixed, rows, steps
from rows import problems, rollout, run

from factory.errors import QueryError, RecipeError, UserError
from factory.identity import problem_id
from factory.mixing import spec
from factory.recipe import HOME
from factory.store import Store
from schemas.arrow import from_rows

TAKEN = "select rollout_id from mixture_rows where name = '{}' order by 1"


def report(store: Store, name: str) -> dict[str, Any]:
    """What was noted of the newest version; every row of the input has one reason or is taken."""
    sql = f"select mixture_id, report from mixtures where name = '{name}' order by version desc"
    identity, said = rows(store, sql)[0]
    found = json.loads(said)
    drops = rows(
        store,
        f"select rule, count(*) from mixture_drops where mixture_id = '{identity}' group by 1",
    )
    assert dict(drops) == found["dropped"]
    subjects = "unnest([coalesce(rollout_id, problem_id), rejected_id])"
    taken = rows(
        store,
        f"select count(distinct s) from (select {subjects} as s from mixture_rows "
        f"where mixture_id = '{identity}')",
    )[0][0]
    assert taken + sum(found["dropped"].values()) == found["input"]
    return found


def worked(name: str, index: int, answer: int, words: int, **more: Any) -> dict[str, Any]:
    """A rollout of so many different words."""
    said = " ".join(f"w{index}x{i}" for i in range(words))
    return rollout(name, index, f"{said}\n\\boxed{{{answer}}}", **more)


@pytest.fixture
def filled(store: Store) -> Store:
    """Six problems of two domains; of algebra half the rollouts are wrong, of geometry none."""
    names = [f"Sum number {name}?" for name in "abcdef"]
    given = [
        {
            "source": "s",
            "source_row": str(i),
            "problem_id": problem_id(name),
            "answer": "4",
            "split": "train",
            "license": "MIT" if i else None,
            "domain": "algebra" if i < 4 else "geometry",
            "run_id": "00000000-test",
        }
        for i, name in enumerate(names)
    ]
    made = [
        worked(name, k, 4 if k < 2 or i > 3 else 5, 20 + 10 * k + 40 * (k == 3), license="MIT")
        for i, name in enumerate(names)
        for k in range(4)
    ]
    tables = {
        "problems": problems(*names),
        "problem_sources": from_rows("problem_sources", given),
        "rollouts": from_rows("rollouts", made),
    }
    store.commit(run(), tables)
    steps(store, "verify", "tag")
    return store


def test_every_dropped_row_has_one_reason_and_the_sums_equal_the_input(filled: Store) -> None:
    mixed(filled, "licences=MIT,Apache-2.0", "per_problem=3")
    found = report(filled, "mid")
    assert found["input"] == 24
    assert found["dropped"] == {"where": 8, "licence": 2, "per_problem": 2}
    assert found["versions"]["maths"]


def test_the_smallest_by_prefer_is_kept_where_a_cap_must_choose(filled: Store) -> None:
    mixed(filled, "mixture=sft", "per_template=null", "per_problem=1")
    kept = rows(filled, TAKEN.format("sft"))
    assert [name[-2:] for (name,) in kept] == ["-0"] * 6


def test_parts_get_their_shares_and_the_budget_is_never_exceeded(filled: Store) -> None:
    parts = ["parts.a.where=domain = 'algebra'", "parts.a.share=0.25"]
    parts += ["parts.g.where=domain = 'geometry'", "parts.g.share=0.75"]
    mixed(filled, *parts)
    algebra, geometry = report(filled, "mid")["parts"]
    assert geometry["delivered"] == geometry["available"]
    assert geometry["requested"] == pytest.approx(3 * algebra["requested"], abs=2)
    assert 0 < algebra["delivered"] <= algebra["requested"] < algebra["available"]
    with pytest.raises(UserError, match=r"part 'g' has .* of the .* on_shortfall=rescale"):
        mixed(filled, *parts, "tokens=100000")
    assert mixed(filled, *parts, "tokens=100000", "on_shortfall=rescale")[1]
    assert report(filled, "mid")["parts"] == [algebra, geometry]


def test_a_part_repeats_its_rows_no_more_often_than_it_may(filled: Store) -> None:
    parts = ["parts.a.where=domain = 'algebra'", "parts.a.share=0.2", "parts.g.share=0.8"]
    mixed(filled, *parts, "parts.g.repeats=2")
    sql = "select part, max(n) from (select part, count(*) as n from mixture_rows group by part,"
    assert rows(filled, f"{sql} rollout_id) group by 1 order by 1") == [("a", 1), ("g", 2)]
    assert rows(filled, "select count(*) = count(distinct position) from mixture_rows") == [(True,)]
    report(filled, "mid")


def test_balanced_cells_give_as_many_tokens_as_the_others_while_they_last(filled: Store) -> None:
    mixed(filled, "balance=domain", "tokens=1500", "tokenizer=cot-4k")
    sql = """
        select p.domain, sum(r.tokens) from mixture_rows r join problems p using (problem_id)
        group by 1 order by 1
    """
    (_, algebra), (_, geometry) = rows(filled, sql)
    largest = rows(filled, "select max(tokens) from mixture_rows")[0][0]
    assert abs(algebra - geometry) <= largest
    assert 1500 - largest < algebra + geometry <= 1500
    report(filled, "mid")


def test_pairs_are_right_and_wrong_of_one_problem_alike_in_length(filled: Store) -> None:
    mixed(filled, "mixture=dpo", "per_problem=1", "benchmarks=")
    found = rows(
        filled,
        "select r.rollout_id, r.rejected_id, c.outcome, w.outcome, c.problem_id = w.problem_id "
        "from mixture_rows r join corpus c on c.rollout_id = r.rollout_id "
        "join corpus w on w.rollout_id = r.rejected_id",
    )
    assert len(found) == 4
    for chosen, rejected, right, wrong, same in found:
        assert (right, wrong, same) == ("correct", "incorrect", True)
        assert (chosen[-2:], rejected[-2:]) == ("-1", "-2")  # the nearest in length
    noted = report(filled, "dpo")
    assert abs(noted["pairs"]["gap_after"]) < abs(noted["pairs"]["gap_before"])
    assert noted["dropped"]["no opposite"] == 8
    texts = rows(filled, "select completion like '%{4}', rejected like '%{5}' from mixture_rows")
    assert set(texts) == {(True, True)}


def test_pairs_that_hardly_differ_are_counted(store: Store) -> None:
    lines = "\n".join(f"line {i}" for i in range(20))
    fill(
        store,
        rollout("q", 0, f"{lines}\n\\boxed{{4}}"),
        rollout("q", 1, f"{lines}\n\\boxed{{5}}"),
        rollout("r", 0, f"One way\n{lines}\nend\n\\boxed{{4}}"),
        rollout("r", 1, f"{lines}\nWrong\n\\boxed{{6}}"),
        rollout("s", 0, "Quite\nanother\nway\n\\boxed{4}"),
        rollout("s", 1, "Not\nat\nall\n\\boxed{6}"),
    )
    steps(store, "verify")
    mixed(store, "mixture=dpo")
    noted = report(store, "dpo")["pairs"]
    assert (noted["same_but_last_line"], noted["near_identical"]) == (1, 1)


def test_prompts_are_problems_that_their_policy_solves_at_times(filled: Store) -> None:
    mixed(filled, "mixture=rl", "where=pass_rate > 0 and pass_rate < 1")
    found = rows(filled, "select distinct answer, rollout_id, completion from mixture_rows")
    assert found == [("4", None, None)]
    assert report(filled, "rl")["dropped"] == {"where": 2}
    assert rows(filled, "select count(*) from mixture_rows") == [(4,)]
    with pytest.raises(RecipeError, match="unknown policy 'r1'; known: m, t"):
        mixed(filled, "mixture=rl", "policy=r1")


def test_a_problem_of_another_mixture_can_be_kept_out(filled: Store) -> None:
    mixed(filled, "mixture=sft", "per_template=null", "where=domain = 'geometry'")
    mixed(filled, "exclude=sft@1")
    assert report(filled, "mid")["dropped"] == {"where": 8, "exclude": 8}
    for key in ("exclude", "parent"):
        with pytest.raises(RecipeError, match="unknown mixture 'sft@9'"):
            mixed(filled, f"{key}=sft@9")


def test_a_snapshot_can_be_pinned_and_new_data_do_not_change_what_it_gives(filled: Store) -> None:
    mixed(filled)
    (snapshot,) = rows(filled, "select snapshot_id from mixtures")[0]
    fill(filled, rollout("later", 0, "\\boxed{4}"))
    steps(filled, "verify", "tag")
    mixed(filled)
    assert mixed(filled, f"snapshot={snapshot}") == ("mid@1", False)
    assert rows(filled, "select rows from mixtures order by version") == [(16,), (17,)]
    with pytest.raises(RecipeError, match="unknown snapshot 'x'"):
        mixed(filled, "snapshot=x")


def test_diff_and_why_tell_what_two_mixtures_hold(filled: Store) -> None:
    mixed(filled)
    mixed(filled, "where=domain = 'geometry'")
    at = f"store={filled.root}"
    told = run_factory("diff", "a=mid@1", "b=mid@2", at).stdout
    assert "8 examples in both, 8 in mid@1 only, 0 in mid@2 only" in told
    algebra = next(line.split() for line in told.splitlines() if line.strip().startswith("algebra"))
    assert (algebra[1], algebra[3]) == ("8", "0")
    taken = "select rollout_id, problem_id from mixture_rows where version = 2 and position = 0"
    rollout_id, asked = rows(filled, taken)[0]
    told = run_factory("why", "mid@2:0", at).stdout
    assert f"rollout_id={rollout_id}" in told
    assert "name=mid, version=1, position=" in told
    wrong = rows(filled, "select rollout_id from corpus where outcome = 'incorrect' limit 1")[0][0]
    assert "name=mid, version=1, rule=where" in run_factory("why", wrong, at).stdout
    assert "rollouts dropped" not in run_factory("why", asked, at).stdout
    said = run_factory("diff", "a=mid@1", at)
    assert (said.returncode, "give a=NAME@VERSION b=NAME@VERSION" in said.stderr) == (2, True)


def test_versions_that_are_asked_for_must_have_judged(filled: Store) -> None:
    with pytest.raises(UserError, match=r"versions.maths='0', but the rows are of version"):
        mixed(filled, "versions.maths=0")


def test_rows_are_not_frozen_before_they_are_checked_against_a_declared_set(store: Store) -> None:
    fill(store, rollout("q1", 0, "\\boxed{4}"), q2="test")
    steps(store, "verify")
    mixed(store)
    assert rows(store, "select benchmark, statement from benchmark_items") == [("heldout", "q2")]
    with pytest.raises(UserError, match="benchmark 'math500' is not in the store"):
        mixed(store, "mixture=phi4mini-mid")


@pytest.mark.parametrize("name", sorted(p.stem for p in (HOME / "mixtures").glob("*.yaml")))
def test_every_ready_spec_is_whole(name: str) -> None:
    assert spec.resolve([f"mixture={name}"]).mixture == name


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["parts.a.share=0.5", "parts.b.share=0.4"], "the shares sum to 0.9; they must sum to 1"),
        (["parts.a.share=0.5", "parts.b.where=true"], "give every part a share, or none"),
        (["balance=domain"], "needs a budget: give tokens="),
        (["balance=colour", "tokens=9"], "balance.0='colour' does not fit"),
        (["length_ratio=2"], "length_ratio is of pairs: stage dpo"),
        (["policy=r1"], "only stage rl goes by the pass rates of one policy"),
        (["tokens=0"], "tokens='0' does not fit"),
        (["parts.a.shape=1"], "unknown key 'parts.a.shape'"),
        (["on_shortfall=ignore"], "on_shortfall='ignore' does not fit"),
    ],
)
def test_a_spec_that_does_not_fit_is_one_line(words: list[str], says: str) -> None:
    with pytest.raises(RecipeError) as error:
        spec.resolve(words)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("copy (select 1) to '/tmp/x'", "syntax error"),
        ("outcom = 'correct'", 'Candidate bindings: "outcome"'),
        ("read_text('/etc/passwd') is not null", "read_text"),
        (
            "true) union all (select rollout_id, 1, 2 from rollouts where (true)",
            "must be a condition",
        ),
    ],
)
def test_sql_that_is_more_than_a_condition_is_refused(filled: Store, where: str, says: str) -> None:
    with pytest.raises(QueryError) as error:
        mixed(filled, f"where={where}")
    assert says in str(error.value)
    assert rows(filled, "select count(*) from mixtures") == [(0,)]
