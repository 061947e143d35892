"""A teacher that grades, over a real server: whom it is asked about, how often, what is kept."""

from collections.abc import Iterator
from typing import Any

import faults
import pytest
from conftest import run_factory
from rows import problems, run, sources

from factory import catalog
from factory.store import Store
from schemas.arrow import from_rows


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with faults.running() as address:
        yield address


@pytest.fixture
def asked(store: Store, server: str) -> Store:
    """p has level and domain of a source, q a level, r nothing; the server has seen nothing."""
    stated = sources(*((name, name, "4", "train") for name in "pqr")).to_pylist()
    stated[0] |= {"level": "middle", "domain": "logic"}
    stated[1] |= {"level": "math-3"}
    rows = {"problems": problems(*"pqr"), "problem_sources": from_rows("problem_sources", stated)}
    store.commit(run(), rows)
    faults.forget(server)
    return store


def grade(store: Store, server: str, model: str, *words: str) -> Any:
    where = [f"teacher.base_url={server}/v1", f"teacher.model={model}", f"store={store.root}"]
    return run_factory("tag", "teacher=local", *where, *words)


def graded(store: Store) -> list[Any]:
    sql = "select level, level_source, domain, domain_source from difficulty join raw.problems "
    with catalog.connect(store) as con:
        return con.sql(f"{sql} using (problem_id) order by statement").fetchall()


SOURCES = [("middle", "source:s", "logic", "source:s"), ("math-3", "source:s", None, None)]


def test_a_teacher_grades_what_no_source_does_and_never_overrules_one(
    asked: Store, server: str
) -> None:
    done = grade(asked, server, "grade=College/number_theory")
    assert (done.returncode, "2  problems graded" in done.stdout) == (0, True), done.stderr
    assert faults.get(server, "count")["total"] == 2
    rubric = ("number_theory", "rubric:local")
    assert graded(asked) == [
        SOURCES[0],
        ("math-3", "source:s", *rubric),
        ("college", "rubric:local", *rubric),
    ]
    assert "nothing owed" in grade(asked, server, "grade=College/number_theory").stdout
    done = grade(asked, server, "grade=graduate/other", "limit=1")  # another model: asked anew
    assert "1  problems graded" in done.stdout


def test_a_reply_that_cannot_be_read_is_asked_for_once_more(asked: Store, server: str) -> None:
    assert grade(asked, server, "grade=college/logic,late").returncode == 0
    assert faults.get(server, "count")["total"] == 4
    assert graded(asked)[2] == ("college", "rubric:local", "logic", "rubric:local")


def test_a_level_nobody_knows_is_unreadable_and_owed_again(asked: Store, server: str) -> None:
    price = ["teacher.price.prompt=1", "teacher.price.completion=1", "max_cost=0.00005"]
    done = grade(asked, server, "grade=easy/logic", "concurrency=1", *price)
    assert done.returncode == 1
    assert "2  problems left" in done.stdout
    assert faults.get(server, "count")["total"] == 2  # 30 tokens each; two pass the budget
    assert "2  problems unreadable" in grade(asked, server, "grade=easy/logic").stdout
    assert faults.get(server, "count")["total"] == 6
    assert graded(asked)[:2] == SOURCES
    assert "2  problems graded" in grade(asked, server, "grade=middle/logic").stdout


def test_a_teacher_that_cannot_grade_is_one_line(asked: Store, server: str) -> None:
    for words, says in (
        (["teacher=solver"], "cannot judge"),
        (["teacher=local", "tokenizer=cot-4k"], "unknown key 'tokenizer'"),
    ):
        done = run_factory("tag", f"store={asked.root}", *words)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert says in done.stderr
    done = grade(asked, server, "404")
    assert (done.returncode, "is there a model '404'" in done.stderr) == (2, True)
