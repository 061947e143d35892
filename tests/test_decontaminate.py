"""Decontaminate: taking sets in, what is owed, kills and races, and a teacher on suspects."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import faults
import pytest
from conftest import ROOT
from leaks import FARM, FILLER, HITS, TRAIN, decontaminate, fill, items, left, rows, said
from rows import rollout

from factory import why
from factory.errors import UserError
from factory.identity import problem_id
from factory.store import Store


def test_what_is_new_is_checked_and_nothing_twice(store: Store, tmp_path: Path) -> None:
    file = items(tmp_path / "mine.jsonl", TRAIN, FARM)
    fill(store, FARM, "Something else altogether?", rollouts=(rollout("r", 0, f"It says {TRAIN}"),))
    told = decontaminate(store, "benchmark=mine", f"path={file}", "question=problem", "id=id")
    assert "mine  2 items, 3 texts checked" in told
    hits = [(problem_id(FARM), "mine", "b", "copy"), ("r-0", "mine", "a", "copy")]
    assert rows(store, HITS) == sorted(hits)
    assert left(store) == ["0"]
    before = store.snapshot().seq
    assert "0 texts checked" in decontaminate(store)
    assert store.snapshot().seq == before
    fill(store, TRAIN)
    assert left(store) == ["1"]
    assert "1 texts checked in this run" in decontaminate(store)
    assert len(rows(store, HITS)) == 3
    assert rows(store, "select sum(rows)::int, sum(hits)::int from checks") == [(4, 3)]


def test_other_items_are_another_digest_and_check_all_anew(store: Store, tmp_path: Path) -> None:
    fill(store, FARM, TRAIN)
    for statements, hit in (((FARM,), FARM), ((TRAIN,), TRAIN), ((FARM,), FARM)):
        file = items(tmp_path / "mine.jsonl", *statements)
        told = decontaminate(store, "benchmark=mine", f"path={file}", "question=problem", "id=id")
        assert "1 items, 2 texts checked" in told
        assert rows(store, HITS) == [(problem_id(hit), "mine", "a", "copy")]
    assert rows(store, "select count(distinct digest), count(*) from raw.benchmark_items") == [
        (2, 3)
    ]


def test_two_sets_are_checked_in_one_reading(store: Store, tmp_path: Path) -> None:
    fill(store, FARM, TRAIN)
    for name, text in (("one", FARM), ("two", TRAIN)):
        file = items(tmp_path / f"{name}.jsonl", text)
        decontaminate(store, f"benchmark={name}", f"path={file}", "question=problem")
    fill(store, FARM + " Hello!", TRAIN + " Hello!")
    assert left(store) == ["2", "2"]
    assert "2 texts checked in this run" in decontaminate(store, "benchmark=one,two")
    assert [name for _, name, _, _ in rows(store, HITS)].count("two") == 2


def test_two_runs_at_once_find_everything_once(store: Store, tmp_path: Path) -> None:
    fill(store, FARM, rollouts=tuple(rollout("r", i, FARM) for i in range(5)))
    file = items(tmp_path / "mine.jsonl", FARM)
    words = ("benchmark=mine", f"path={file}", "question=problem", f"store={store.root}")
    command = [sys.executable, "-m", "factory", "decontaminate", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) for _ in "12"]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert rows(store, "select count(*) from raw.contaminations") == [(6,)]
    assert rows(store, "select count(*) from raw.benchmark_items") == [(1,)]


DIES = """
import os, signal, sys
from factory import decontaminate
from factory.__main__ import main
from factory.store import Store
decontaminate.COMMIT_S, decontaminate.UNIT_BYTES = 0.0, 1
commit = Store.commit
def dies(self, run, tables=None, *more):
    done = commit(self, run, tables, *more)
    if tables and "checks" in tables:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
Store.commit = dies
main(sys.argv[1:])
"""


def test_a_run_that_is_killed_between_shards_goes_on_where_it_was(
    store: Store, tmp_path: Path
) -> None:
    for index in range(3):
        fill(store, f"{FARM} Case {index}.", f"Other {index}?")
    file = items(tmp_path / "mine.jsonl", FARM)
    words = ["benchmark=mine", f"path={file}", "question=problem", f"store={store.root}"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", DIES, "decontaminate", *words]
    killed = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert rows(store, "select count(*), sum(hits)::int from checks") == [(1, 1)]
    assert left(store) == ["4"]
    assert "4 texts checked in this run" in decontaminate(store)
    assert rows(store, "select count(*) from raw.contaminations") == [(3,)]


def test_hits_that_a_repair_took_out_are_found_again(store: Store, tmp_path: Path) -> None:
    fill(store, FARM)
    file = items(tmp_path / "mine.jsonl", FARM)
    decontaminate(store, "benchmark=mine", f"path={file}", "question=problem")
    (store.root / store.snapshot().of("contaminations")[0].path).unlink()
    said("doctor", store, "repair=true")
    assert rows(store, HITS) == []
    assert left(store) == ["1"]
    decontaminate(store)
    assert len(rows(store, HITS)) == 1
    assert left(store) == ["0"]


def test_the_items_of_a_ready_set_come_from_a_file_and_later_from_the_store(
    store: Store, shared: Path
) -> None:
    fill(store, FARM)
    told = decontaminate(store, "benchmark=math500", f"path={shared / 'math500_test.json'}")
    assert "math500  500 items, 1 texts checked" in told
    fill(store, TRAIN)
    assert "1 texts checked in this run" in decontaminate(store, "benchmark=math500")
    ids = rows(store, "select min(item_id) from benchmark_items")
    assert ids == [("test/algebra/1004.json",)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["benchmark=math50"], "unknown benchmark 'math50'; did you mean 'math500'?"),
        ([], "the store holds no benchmark; give benchmark=NAME; known: aime24"),
        (["benchmark=a b"], "benchmark='a b' is no name"),
        (["benchmark=x", "path=no.jsonl", "question=q"], "path=no.jsonl: no such file"),
        (["benchmark=x", "path={file}"], "benchmark 'x' is new: give question=FIELD"),
        (["benchmark=x", "path={file}", "question=q"], "unknown field 'q'; known: id, n, problem"),
        (["benchmark=x", "path={file}", "question=n"], "'n' is no text but int"),
        (["benchmark=x", "path={file}", "question=problem", "id=n"], "id '1' is given twice"),
        (["benchmark=x", "path={file}", "question=problem", "id=k"], "give id=FIELD (id= numbers"),
        (["benchmark=x,y", "path={file}"], "path= is of one benchmark; 2 are named"),
        (["path={file}"], "path= is of one benchmark; none is named"),
        (["benchmark=x", "path={empty}", "question=problem"], "benchmark 'x' has no items in"),
        (["benchmark=x", "path={blank}", "question=problem"], "benchmark 'x' has no items in"),
        (["benchmark=x", "path={broken}", "question=problem"], "benchmark 'x', row 0: not JSON"),
        (["benchmark=x", "path={odd}", "question=problem"], "unknown ending '.txt'"),
        (["benchmark=x", "quest=problem"], "unknown key 'quest'; did you mean 'question'?"),
    ],
)
def test_what_cannot_be_a_set_is_one_line(
    store: Store, tmp_path: Path, words: list[str], says: str
) -> None:
    content = {
        "file.jsonl": '{"id": "a", "n": 1, "problem": "x?"}\n{"id": "b", "n": 1, "problem": "y"}\n',
        "empty.jsonl": "",
        "blank.jsonl": '{"problem": "  "}\n{"problem": null}\n',
        "broken.jsonl": "{",
        "odd.txt": "x",
    }
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    places = {name.partition(".")[0]: tmp_path / name for name in content}
    given = [word.format(**places) for word in words]
    with pytest.raises(UserError) as error:
        decontaminate(store, *given)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert store.snapshot().seq == 0


def test_empty_statements_are_counted_and_left_out(store: Store, tmp_path: Path) -> None:
    file = items(tmp_path / "mine.jsonl", FARM, " ")
    told = decontaminate(store, "benchmark=mine", f"path={file}", "question=problem")
    assert "1 mine: items without a statement" in told
    assert rows(store, "select item_id from benchmark_items") == [("0",)]


def test_why_shows_the_item_that_was_hit(store: Store, tmp_path: Path) -> None:
    fill(store, f"Hello! {FARM}")
    file = items(tmp_path / "mine.jsonl", FARM)
    decontaminate(store, "benchmark=mine", f"path={file}", "question=problem")
    with redirect_stdout(StringIO()) as out:
        why.explain(store, problem_id(f"Hello! {FARM}"))
    told = out.getvalue().partition("contamination")[2]
    assert "benchmark=mine, item_id=0, kind=copy, score=1" in told
    assert told.count("240 chickens") == 2  # the span and the item


# A teacher on what the rule leaves open.


HALF = FILLER * 3 + (
    "A farmer has 240 chickens and sells a quarter of them to a neighbour for $12 a piece. All of "
    "that buys 15 bags of corn. What is the price of one bag?"
)


def test_a_teacher_decides_about_suspects_once(store: Store, server: str, tmp_path: Path) -> None:
    fill(store, HALF)
    file = items(tmp_path / "mine.jsonl", FARM)
    decontaminate(store, "benchmark=mine", f"path={file}", "question=problem")
    assert [kind for *_, kind in rows(store, HITS)] == ["suspect"]
    teacher = ("teacher=local", f"teacher.base_url={server}/v1")
    told = decontaminate(store, *teacher, "teacher.model=judge")
    assert "1 suspects different" in told
    bodies = [request["body"] for request in faults.get(server, "requests")]
    asked = Counter(body["messages"][-1]["content"] for body in bodies)
    assert len(asked) == 2
    assert all(json.dumps(HALF) in text and json.dumps(FARM) in text for text in asked)
    sql = "select kind, judge, reason from contaminations"
    assert rows(store, sql) == [
        ("different", "judge", "asked twice, sides swapped: different, different")
    ]
    decontaminate(store, *teacher, "teacher.model=judge")
    assert len(faults.get(server, "requests")) == 2


def test_a_suspect_that_a_teacher_calls_the_same_is_near(
    store: Store, server: str, tmp_path: Path
) -> None:
    item = (
        "Prove that the perpendicular bisectors of the sides of every triangle meet in a point, "
        "which is the centre of a circle through all of its corners."
    )
    split = item.replace("triangle", "tri angle").replace("circle", "cir cle")
    fill(store, split.replace("bisectors", "bisec tors"))
    file = items(tmp_path / "mine.jsonl", item)
    words = ("benchmark=mine", f"path={file}", "question=problem")
    teacher = ("teacher=local", f"teacher.base_url={server}/v1", "teacher.model=judge")
    told = decontaminate(store, *words, *teacher)
    assert "1 suspects same" in told
    assert "1  problems  near" in told
    assert rows(store, "select kind, judge from contaminations") == [("near", "judge")]
    assert rows(store, "select kind from raw.contaminations order by run_id") == [
        ("suspect",),
        ("near",),
    ]
