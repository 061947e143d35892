"""A teacher as judge, over a real server: what it is asked, how often, and what comes of it."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import faults
import pytest
from conftest import ROOT, run_factory
from rows import problems, rollout, run, sources

from factory import catalog
from factory.store import Store
from schemas.arrow import from_rows

# What the rules say of them against "Paul Smith": correct; correct; ambiguous; incorrect, twice.
BOXED = ["Paul Smith", "paul smith", "Paul Smith senior", "Jane", "Jane"]


@pytest.fixture
def judged(store: Store, server: str) -> Store:
    """Five rollouts of one problem, judged by the rules; the server has seen nothing."""
    given = [
        rollout("who", index, rf"SECRET \boxed{{\text{{{answer}}}}}")
        for index, answer in enumerate(BOXED)
    ]
    store.commit(
        run(),
        {
            "problems": problems("who"),
            "problem_sources": sources(("who", "who", "Paul Smith", "train")),
            "rollouts": from_rows("rollouts", given),
        },
    )
    assert run_factory("verify", f"store={store.root}").returncode == 0
    assert outcomes(store) == ["correct", "correct", "ambiguous", "incorrect", "incorrect"]
    faults.forget(server)
    return store


def outcomes(store: Store) -> list[str]:
    with catalog.connect(store) as con:
        sql = "select outcome from corpus order by sample_index"
        return [outcome for (outcome,) in con.sql(sql).fetchall()]


def adjudicate(store: Store, server: str, model: str, *words: str) -> Any:
    return run_factory(
        "adjudicate",
        "teacher=local",
        f"teacher.base_url={server}/v1",
        f"teacher.model={model}",
        f"store={store.root}",
        *words,
    )


def test_only_what_the_rules_leave_is_asked_about_each_pair_in_both_orders(
    judged: Store, server: str
) -> None:
    done = adjudicate(judged, server, "judge")
    assert done.returncode == 0, done.stderr
    bodies = [request["body"] for request in faults.get(server, "requests")]
    asked = [body["messages"][-1]["content"] for body in bodies]
    assert len(asked) == 4
    sides = [
        tuple(json.loads(side) for side in re.findall(r"^Answer [AB]: (.*)$", text, re.MULTILINE))
        for text in asked
    ]
    assert {frozenset(pair) for pair in sides} == {
        frozenset(("Paul Smith", r"\text{Paul Smith senior}")),
        frozenset(("Paul Smith", r"\text{Jane}")),
    }
    assert all(pair[::-1] in sides for pair in sides)
    assert not any("SECRET" in text for text in asked)
    assert outcomes(judged) == ["correct", "correct", "incorrect", "incorrect", "incorrect"]


def test_what_a_judge_says_of_one_order_only_stays_open(judged: Store, server: str) -> None:
    assert adjudicate(judged, server, "judge=first").returncode == 0
    assert outcomes(judged) == ["correct", "correct", *["ambiguous"] * 3]


def test_a_judge_that_says_nothing_decides_nothing(judged: Store, server: str) -> None:
    done = adjudicate(judged, server, "judge=silent")
    assert done.returncode == 1
    assert "2  pairs failed: no_verdict" in done.stdout
    assert outcomes(judged) == ["correct", "correct", "ambiguous", "incorrect", "incorrect"]


def test_another_model_than_the_one_asked_for_does_not_judge(judged: Store, server: str) -> None:
    done = adjudicate(judged, server, "judge,alias")
    assert done.returncode == 2
    assert "'another-model' answered" in done.stderr


def test_what_a_judge_said_of_another_answer_is_not_taken_for_this_one(
    judged: Store, server: str
) -> None:
    """A later verifier may read another answer out of the same rollout."""
    adjudicate(judged, server, "judge")
    with catalog.connect(judged) as con:
        rows = con.sql("from raw.verdicts where verifier = 'maths'").to_arrow_table().to_pylist()
    again = [row | {"version": "9", "run_id": "00000099-later"} for row in rows]
    for row in again:
        row |= {"extracted": "Joe", "canonical": "Joe", "outcome": "ambiguous"}
    judged.commit(run("00000099-later"), {"verdicts": from_rows("verdicts", again)})
    assert outcomes(judged) == ["ambiguous"] * 5


def test_a_pair_is_paid_for_once(judged: Store, server: str) -> None:
    adjudicate(judged, server, "judge")
    done = adjudicate(judged, server, "judge")
    assert "nothing owed" in done.stdout
    assert faults.get(server, "count")["total"] == 4
    more = [rollout("who", 9, r"\boxed{\text{Jane}}")]
    judged.commit(run("00000009-more"), {"rollouts": from_rows("rollouts", more)})
    assert run_factory("verify", f"store={judged.root}").returncode == 0
    adjudicate(judged, server, "judge")
    assert faults.get(server, "count")["total"] == 4
    assert outcomes(judged)[-1] == "incorrect"


@pytest.mark.usefixtures("hasty")
def test_a_pair_that_failed_is_owed_again(judged: Store, server: str) -> None:
    done = adjudicate(judged, server, "no-json")
    assert "2  pairs failed" in done.stdout
    assert outcomes(judged) == ["correct", "correct", "ambiguous", "incorrect", "incorrect"]
    adjudicate(judged, server, "judge", "limit=1")
    done = adjudicate(judged, server, "judge")
    assert "pairs left" not in done.stdout


AT = ["teacher.base_url=URL"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "give teacher=NAME"),
        (["teacher=solver"], "cannot judge"),
        (["teacher=local", *AT, "teacher.model=404"], "is there a model '404'"),
        (
            ["teacher=local", *AT, "teacher.model=m", "max_cost=1"],
            "needs a price",
        ),
        (["teacher=local", "limits=1"], "unknown key 'limits'"),
    ],
)
def test_a_judge_that_cannot_be_asked_is_one_line(
    judged: Store, server: str, words: list[str], says: str
) -> None:
    given = [word.replace("URL", f"{server}/v1") for word in words]
    done = run_factory("adjudicate", f"store={judged.root}", *given)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert says in done.stderr


def test_a_judge_labels_an_audit(judged: Store, server: str, tmp_path: Path) -> None:
    out = tmp_path / "audit.jsonl"
    words = [f"teacher.base_url={server}/v1", "teacher.model=judge", f"out={out}"]
    done = run_factory("audit", f"store={judged.root}", "judge=local", *words)
    assert done.returncode == 0, done.stderr
    labels = {
        row["extracted"]: row["label"] for row in map(json.loads, out.read_text().splitlines())
    }
    assert labels[r"\text{Paul Smith}"] == "different"  # the fake reads \text as letters
    assert labels[r"\text{Jane}"] == "different"
    done = run_factory("audit", f"store={judged.root}", f"labels={out}")
    assert done.returncode == 0, done.stderr


def test_what_was_told_before_a_kill_is_kept(judged: Store, server: str) -> None:
    more = [rollout("who", 10 + i, rf"\boxed{{\text{{Name{i} Smith}}}}") for i in range(12)]
    judged.commit(run("00000009-more"), {"rollouts": from_rows("rollouts", more)})
    assert run_factory("verify", f"store={judged.root}").returncode == 0
    words = ["adjudicate", "teacher=local", f"teacher.base_url={server}/v1", "concurrency=2"]
    words += ["teacher.model=judge,delay=0.5", f"store={judged.root}"]
    process = subprocess.Popen([sys.executable, "-m", "factory", *words], cwd=ROOT)
    # 8 pairs were told, 2 requests and half a second each: at most 4 in the last COMMIT_S.
    while faults.get(server, "count")["total"] < 18:
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    with catalog.connect(judged) as con:
        sql = "select count(*) from verdicts where verifier = 'judge'"
        assert con.sql(sql).fetchall()[0][0] >= 3
