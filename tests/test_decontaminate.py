"""Decontaminate: what is a copy, what is owed, and what a mixture that was checked leaves out."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import faults
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from rows import problems, rollout, run, sources

from factory import catalog, commands, contamination, order, owed, why
from factory.contamination import Piece
from factory.errors import UserError
from factory.identity import problem_id
from factory.store import Store
from schemas.arrow import from_rows

TRAIN = (
    r"Let $f(x) = \frac{3x + 7}{x - 2}$ for all real $x \neq 2$. Find the sum of all integers $n$ "
    r"with $10 \le n \le 45$ such that $f(n)$ is an integer."
)
FARM = (
    "A farmer has 240 chickens and sells a quarter of them at the market for $12 each. With the "
    "money he buys 15 bags of corn. How much does one bag of corn cost?"
)
SHORT = "What is $17 + 28$?"
MIDDLE = r"Compute $\sin 40^\circ \cos 20^\circ$."
ITEMS = [TRAIN, FARM, SHORT, MIDDLE]
FILLER = (
    "Okay, so I need to think about this carefully before I write anything down. Let me look at "
    "what is known, and then at what I am asked for. Maybe a picture helps, maybe it does not. "
)


def found(path: Path, texts: list[str], subject: str = "problem") -> list[dict[int, str]]:
    """For every text: the items it hits, and as what."""
    rows = [
        {"benchmark": "b", "digest": "d", "item_id": str(i), "statement": text}
        for i, text in enumerate(ITEMS)
    ]
    path = path / "items.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    table = pa.table({"subject_id": [str(i) for i in range(len(texts))], "text": texts})
    hits: list[dict[int, str]] = [{} for _ in texts]
    for row in contamination.searched(str(path), [Piece("s", subject, table)])[0].found:
        hits[int(row["subject_id"])][int(row["item_id"])] = row["kind"]
    return hits


def test_a_copy_is_found_in_any_spelling_and_inside_a_longer_problem(tmp_path: Path) -> None:
    spelled = TRAIN.replace(r"\frac", r"\dfrac").replace(r"\le ", "≤ ").replace("$", " $ ")
    plain = (
        "Let f(x) = (3x + 7)/(x - 2) for all real x ≠ 2. Find the sum of all integers n with "
        "10 ≤ n ≤ 45 such that f(n) is an integer."
    )
    wrapped = f"Solve the following problem step by step.\n\nProblem 7. {FARM}"
    longer = f"{FILLER * 3}{TRAIN} {FILLER}"
    hits = found(tmp_path, [TRAIN, spelled, wrapped, longer, plain, FARM.upper()])
    assert hits[:4] == [{0: "copy"}, {0: "copy"}, {1: "copy"}, {0: "copy"}]
    assert [list(hit) for hit in hits[4:]] == [[0], [1]]
    assert {kind for hit in hits[4:] for kind in hit.values()} <= {"copy", "near"}


def test_a_reworded_problem_is_near_one_with_other_numbers_a_number_variant(tmp_path: Path) -> None:
    reworded = FARM.replace("A farmer has", "A farmer owns").replace("he buys", "he purchases")
    variant = FARM.replace("240", "360").replace("15", "20").replace("12", "14")
    exchanged = FARM.replace("240", "#").replace("15", "240").replace("#", "15")
    hits = found(tmp_path, [reworded, variant, exchanged])
    assert hits == [{1: "near"}, {1: "number_variant"}, {1: "number_variant"}]


def test_other_problems_are_not_hit(tmp_path: Path) -> None:
    other = [
        "A farmer has 240 cows. How much milk do they give in 15 days at 12 litres a day each?",
        r"Let $f(x) = x^2 + 3x + 7$. Find the sum of all integers $n$ with $f(n) = 45$.",
        "What is the cost of 12 bags?",
        r"Compute $\sin 40^\circ$.",
        "",
        "2",
    ]
    kinds = {kind for hit in found(tmp_path, other) for kind in hit.values()}
    assert kinds <= {"suspect"}


def test_a_problem_of_which_the_words_ask_something_else_is_no_copy(tmp_path: Path) -> None:
    other = FARM.replace("How much does one bag of corn cost?", "How much less do 3 bags cost?")
    assert found(tmp_path, [other])[0].get(1) != "copy"


def test_a_short_item_is_found_whole_or_not_at_all(tmp_path: Path) -> None:
    texts = [
        SHORT,
        "what is 17+28",
        "What is $17 + 29$?",
        f"{FILLER} So what is 17 + 28? It is 45.",
    ]
    hits = found(tmp_path, texts)
    assert [hit.get(2) for hit in hits] == ["copy", "copy", None, None]
    within = [f"{FILLER} Compute sin 40° cos 20° first. {FILLER}", "Compute sin 40° and cos 20°."]
    assert [hit.get(3) for hit in found(tmp_path, within, "rollout")] == ["copy", None]


def test_a_trace_that_quotes_an_item_is_hit_and_one_that_has_bits_of_it_is_not(
    tmp_path: Path,
) -> None:
    quoted = FILLER * 20 + "\n> " + FARM.replace(". ", ".\n> ") + "\n" + FILLER * 20
    words = FARM.split()
    bits = " ".join(" ".join(words[i : i + 6]) + " " + FILLER * 8 for i in range(0, len(words), 3))
    variant = FILLER * 9 + FARM.replace("240", "360").replace("15", "20") + FILLER * 9
    hits = found(tmp_path, [quoted, bits, variant], "rollout")
    assert hits == [{1: "copy"}, {}, {1: "number_variant"}]


def test_the_span_is_the_overlapping_text(tmp_path: Path) -> None:
    text = FILLER * 30 + "ünïcödé — " + FARM + FILLER * 30
    found(tmp_path, [])
    table = pa.table({"subject_id": ["a"], "text": [text]})
    path = str(tmp_path / "items.parquet")
    row = contamination.searched(path, [Piece("s", "rollout", table)])[0].found[0]
    assert len(row["span"]) <= contamination.SPAN
    start = text.index(row["span"][:40])
    assert abs(start - text.index(FARM)) < 20


def test_a_million_characters_take_seconds_and_no_more(tmp_path: Path) -> None:
    found(tmp_path, [FARM])  # compiled
    texts = [
        TRAIN * 6_000,
        "1 + " * 250_000,
        "$" * 1_000_000,
        FILLER * 4_000 + FARM,
        "\\{" * 500_000,
    ]
    began = time.monotonic()
    hits = found(tmp_path, texts) + found(tmp_path, texts, "rollout")
    assert time.monotonic() - began < 20
    assert [hit.get(1) for hit in hits] == [None, None, None, "copy", None] * 2
    assert hits[0].get(0) == "copy"


# The step: stores, items, what is owed.


def items(path: Path, *statements: str, field: str = "problem") -> Path:
    """A file of items with ids a, b, ..."""
    rows = [{"id": chr(97 + i), field: text} for i, text in enumerate(statements)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def fill(store: Store, *statements: str, rollouts: tuple[dict[str, Any], ...] = ()) -> None:
    """One more shard of problems, and one of rollouts where there are any."""
    stated = [(text, text, "4", "train") for text in statements]
    tables = {"problems": problems(*statements), "problem_sources": sources(*stated)}
    if rollouts:
        tables["rollouts"] = from_rows("rollouts", list(rollouts))
    store.commit(run(), {name: table for name, table in tables.items() if table.num_rows})


def said(command: str, store: Store, *words: object) -> str:
    """What a command prints; its exit code must be 0. Raises UserError."""
    with redirect_stdout(StringIO()) as out:
        assert commands.run(command, [f"store={store.root}", *map(str, words)]) == 0
    return out.getvalue()


def decontaminate(store: Store, *words: object) -> str:
    return said("decontaminate", store, *words)


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


def left(store: Store) -> list[str]:
    told = said("status", store)
    return [line.split()[1] for line in told.splitlines() if line.startswith("decontaminate")]


HITS = "select subject_id, benchmark, item_id, kind from contaminations order by all"


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


# Mixtures and what else reads hits.


@pytest.fixture
def mixed(store: Store, tmp_path: Path) -> Store:
    """Rollouts of a copy, of its duplicate, of a number variant, of another; one that quotes."""
    same, variant = FARM + "\n", FARM.replace("240", "360").replace("15", "20")
    texts = (FARM, same, variant, "What is two and two?")
    solved = [rollout(text, 0, r"So \boxed{4}") for text in texts]
    solved.append(rollout("What is two and two?", 1, rf"As in: {FARM} \boxed{{4}}"))
    fill(store, *texts, rollouts=tuple(solved))
    said("verify", store)
    items(tmp_path / "mine.jsonl", FARM)
    return store


def mixture(store: Store, *words: str) -> list[str]:
    said("mix", store, *words)
    sql = "select rollout_id from mixture_rows where version = (select max(version) from mixtures)"
    return sorted(name for (name,) in rows(store, sql))


def test_a_mixture_is_not_frozen_before_all_is_checked(mixed: Store, tmp_path: Path) -> None:
    def refused() -> str:
        with pytest.raises(UserError) as error:
            said("mix", mixed, "benchmarks=mine")
        return str(error.value)

    says = "benchmark 'mine' is not in the store; run `just decontaminate benchmark=mine`"
    assert says in refused()
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    mixture(mixed, "benchmarks=mine")
    fill(mixed, "One more?")
    says = "1 problems and rollouts are not checked against benchmark 'mine'; run `just decontam"
    assert says in refused()
    decontaminate(mixed)
    items(tmp_path / "mine.jsonl", FARM, TRAIN)
    store = Store(mixed.root)
    mixture(store, "benchmarks=mine")
    decontaminate(mixed, *words)
    spec = json.loads(rows(mixed, "select spec from mixtures order by version")[0][0])
    assert spec["benchmarks"] == ["mine"]
    assert list(spec["digests"]) == ["mine"]


def test_a_mixture_leaves_out_what_was_hit_and_its_duplicates(mixed: Store, tmp_path: Path) -> None:
    words = (f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, "benchmark=mine", *words)
    other, variant = "What is two and two?-0", FARM.replace("240", "360").replace("15", "20") + "-0"
    everything = "where=true"
    assert len(mixture(mixed, everything)) == 5
    assert mixture(mixed, everything, "benchmarks=mine") == sorted([other, variant])
    dropped = mixture(mixed, everything, "benchmarks=mine", "number_variants=drop")
    assert dropped == [other]


def test_a_duplicate_of_a_copy_stays_out_though_it_was_not_hit_itself(
    mixed: Store, tmp_path: Path
) -> None:
    other = "What is two and two?"
    mates = {"subject": "problem", "cluster_id": "c", "kind": "near", "score": 0.9, "run_id": "0"}
    told = {"reason": "alike", "version": "2", "representative_id": problem_id(FARM)}
    both = [{**mates, **told, "subject_id": problem_id(text)} for text in (FARM, other)]
    mixed.commit(run(), {"duplicates": from_rows("duplicates", both)})
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    frozen = mixture(mixed, "where=true", "benchmarks=mine")
    assert [name for name in frozen if name.startswith(other)] == []


def test_a_wrong_policy_of_variants_is_one_line(mixed: Store) -> None:
    with pytest.raises(UserError, match="number_variants='maybe' does not fit: should be 'keep'"):
        said("mix", mixed, "number_variants=maybe")


def test_only_copies_keep_a_problem_from_being_asked(mixed: Store, tmp_path: Path) -> None:
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    asked = [text for _, text in owed.problems(mixed, order.resolve([]))]
    assert any("360 chickens" in text for text in asked)
    assert not any("240 chickens" in text for text in asked)


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


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with faults.running() as address:
        yield address


HALF = FILLER * 3 + (
    "A farmer has 240 chickens and sells a quarter of them to a neighbour for $12 a piece. All of "
    "that buys 15 bags of corn. What is the price of one bag?"
)


def test_a_teacher_decides_about_suspects_once(store: Store, server: str, tmp_path: Path) -> None:
    fill(store, HALF)
    file = items(tmp_path / "mine.jsonl", FARM)
    decontaminate(store, "benchmark=mine", f"path={file}", "question=problem")
    assert [kind for *_, kind in rows(store, HITS)] == ["suspect"]
    faults.forget(server)
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
