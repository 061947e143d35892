"""`just retract`: what was taken back leaves every view, and what it tied stays tied."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import run_factory
from rows import problems, rollout, run, sources

from factory import catalog, retract
from factory.errors import UserError
from factory.progress import Progress
from factory.store import Store
from schemas.arrow import from_rows


def taken(store: Store) -> dict[str, list[str]]:
    sql = {
        "problems": "select statement from problems order by 1",
        "rollouts": "select rollout_id from rollouts order by 1",
        "corpus": "select rollout_id from corpus order by 1",
    }
    with catalog.connect(store) as con:
        return {name: [row[0] for row in con.sql(text).fetchall()] for name, text in sql.items()}


def test_a_retraction_takes_what_only_its_source_states(store: Store) -> None:
    both = ("a", "b")
    rows = [rollout(name, 0, "1") for name in both]
    imported = rollout("b", 1, "1", source="theirs", source_row="1")
    store.commit(
        run(),
        {
            "problems": problems(*both),
            "problem_sources": sources(
                ("1", "a", "1", "train"), ("2", "b", "1", "train"), source="theirs"
            ),
            "rollouts": from_rows("rollouts", [*rows, imported]),
        },
    )
    store.commit(run(), {"problem_sources": sources(("7", "b", "1", "train"), source="ours")})
    assert len(taken(store)["corpus"]) == 3
    with catalog.connect(store) as con:
        sql = "select all_sources from corpus where list_contains(all_sources, 'theirs') order by 1"
        assert con.sql(sql).fetchall() == [(["ours", "theirs"],)] * 2 + [(["theirs"],)]
    words = ("retract", "source=theirs", "reason=asked by its authors", f"store={store.root}")
    planned = run_factory(*words, "plan=true")
    assert "1 problems and 2 rollouts would be taken back" in planned.stdout
    assert len(taken(store)["corpus"]) == 3
    done = run_factory(*words)
    assert done.returncode == 0, done.stderr
    assert taken(store) == {"problems": ["b"], "rollouts": ["b-0"], "corpus": ["b-0"]}
    assert "nothing owed" in run_factory(*words).stdout
    why = run_factory("why", "a-0", f"store={store.root}")
    assert "asked by its authors" in why.stdout


def test_of_a_row_the_newest_word_counts_on_it_or_on_its_source(store: Store) -> None:
    rows = sources(("1", "a", "1", "train"), ("2", "b", "1", "train"))
    first = {"source": "s", "source_row": "1", "reason": "x", "run_id": "00000000-test"}
    word = from_rows("retractions", [{**first, "created_at": datetime(2026, 1, 1)}])
    store.commit(run(), {"problems": problems("a", "b"), "problem_sources": rows})
    earlier = store.write(run(), "retractions", [word.drop_columns(["restored"])])
    assert store.swap(run(), [], [earlier])
    assert taken(store)["problems"] == ["b"]

    def say(row: str | None, undo: bool) -> list[str]:
        recipe = retract.RetractRecipe(source="s", row=row, reason="x", undo=undo, plan=False)
        retract.run(store, recipe, Progress())
        return taken(store)["problems"]

    assert say(None, undo=False) == []
    assert say("1", undo=True) == ["a"]
    assert say("2", undo=False) == ["a"]  # it was out already
    assert len(store.snapshot().of("retractions")) == 3
    assert say(None, undo=False) == []
    assert say(None, undo=True) == ["a", "b"]
    with pytest.raises(UserError, match="nothing of source 's' that fits is taken back"):
        say("1", undo=True)
    with catalog.connect(store) as con:
        assert con.sql("select distinct status from runs where kind = 'retract'").fetchall() == [
            ("finished",)
        ]


def test_rows_of_a_retracted_source_are_told_when_they_come(tmp_path: Path) -> None:
    root, file = tmp_path / "data", tmp_path / "my.jsonl"

    def ingest(*answers: str) -> str:
        rows = [{"q": f"{n}?", "a": answer} for n, answer in enumerate(answers)]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        words = ("source=jsonl", f"path={file}", "question=q", "answer=a", f"store={root}")
        done = run_factory("ingest", *words)
        assert done.returncode == 0, done.stderr
        return done.stderr

    assert "note" not in ingest("0", "1", "2")
    words = ("retract", "source=my", "reason=slips", f"store={root}")
    assert run_factory(*words).returncode == 0
    today = datetime.now(UTC).date()
    kept, changed = (line for line in ingest("0", "7", "2", "3").splitlines() if "note" in line)
    said = f"rows are of source 'my', retracted on {today}: slips"
    assert kept == f"note: 3 {said}; they stay out of every view"
    assert changed.startswith(f"note: 1 {said}; their ids keep what they first held, and name=NEW")
    assert taken(Store(root))["problems"] == []
    undone = run_factory(*words, "undo=true")
    assert "4  problems restored" in undone.stdout
    assert len(taken(Store(root))["problems"]) == 4


def test_a_retracted_test_problem_still_keeps_its_copies_out(tmp_path: Path) -> None:
    root = tmp_path / "data"
    assert run_factory("generate", f"store={root}", "n=2").returncode == 0
    frozen = run_factory("mix", "mixture=mid", f"store={root}")
    assert "mid@1 frozen" in frozen.stdout
    store = Store(root)
    with catalog.connect(store) as con:
        row, statement = con.sql(
            "select source_row, statement from problem_sources join problems using (problem_id)"
            " where problem_sources.split = 'train' and problem_id in"
            " (select problem_id from mixture_rows) limit 1"
        ).fetchall()[0]
    copy = tmp_path / "exam.jsonl"
    copy.write_text(json.dumps({"question": statement.upper(), "answer": "1"}) + "\n")
    words = ("source=jsonl", f"path={copy}", "question=question", "answer=answer", "split=test")
    assert run_factory("ingest", *words, f"store={root}").returncode == 0
    before = run_factory("mix", "mixture=mid", f"store={root}").stdout
    assert "mid@2 frozen" in before
    gone = run_factory("retract", "source=exam", "reason=takedown", f"store={root}")
    assert gone.returncode == 0, gone.stderr
    assert "mid@2 already holds" in run_factory("mix", "mixture=mid", f"store={root}").stdout
    part = run_factory(
        "retract", "source=embedded", f"row={row}", "reason=takedown", f"store={root}"
    )
    assert "mid@1 holds" in part.stdout
    assert "mid@2" not in part.stdout


def test_a_reworded_copy_of_a_retracted_test_problem_stays_out_after_dedup(tmp_path: Path) -> None:
    store = Store(tmp_path / "data", create=True)
    asked = "A farmer has 17 sheep and sells 9 of them. How many sheep are left?"
    copy = "A farmer has $17$ sheep, and sells 9 of them. How many sheep are left?"
    store.commit(
        run(),
        {
            "problems": problems(asked, copy),
            "problem_sources": sources(("1", copy, "8", "train"), source="ours"),
            "rollouts": from_rows("rollouts", [rollout(copy, 0, "So \\boxed{8}")]),
        },
    )
    exam = sources(("1", asked, "8", "test"), source="exam")
    store.commit(run(), {"problem_sources": exam})
    split = "select split from corpus"
    for words in (("dedup",), ("retract", "source=exam", "reason=takedown"), ("dedup",)):
        assert run_factory(*words, f"store={store.root}").returncode == 0
        with catalog.connect(store) as con:
            assert con.sql(split).fetchall() == [("test",)]
    mixed = run_factory("mix", "mixture=mid", f"store={store.root}")
    assert mixed.returncode == 2
    assert "no rollout of a training problem fits" in mixed.stderr


def test_votes_of_rollouts_that_were_taken_back_are_forgotten(tmp_path: Path) -> None:
    root = tmp_path / "data"
    asked = {"question": "How many sheep are left of 17 when 9 are sold?"}
    for name, given in (("bad", ["99"] * 6), ("good", ["8"] * 2)):
        traces = [f"It is \\boxed{{{answer}}}." for answer in given]
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({**asked, "traces": traces}) + "\n")
        words = ("source=jsonl", f"path={tmp_path / name}.jsonl", "question=question")
        words = (*words, "completion=traces", "model=m", f"store={root}")
        assert run_factory("ingest", *words).returncode == 0
    assert run_factory("verify", f"store={root}").returncode == 0

    def answer() -> object:
        with catalog.connect(Store(root)) as con:
            return con.sql("select answer, answer_source from problems").fetchall()

    assert answer() == [("99", "majority")]
    gone = run_factory("retract", "source=bad", "reason=x", f"store={root}")
    assert "`just verify` counts the votes on 1 problems anew" in gone.stdout
    assert answer() == [(None, None)]
    assert run_factory("verify", f"store={root}").returncode == 0
    assert answer() == [(None, None)]
    with catalog.connect(Store(root)) as con:
        assert con.sql("select extracted from verdicts group by 1").fetchall() == [("8",)]
