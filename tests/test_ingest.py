"""Sources: what becomes a problem, what is rejected and kept, and what a second time changes."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run_factory

from factory import catalog
from factory.ingest import sources
from factory.store import Store


def rows(store: Path, sql: str) -> list[Any]:
    with catalog.connect(Store(store)) as con:
        return con.sql(sql).fetchall()


def jsonl(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n")
    return path


def ingest(store: Path, *words: object) -> Any:
    return run_factory("ingest", f"store={store}", *words)


def ingest_jsonl(store: Path, path: Path, *words: object) -> Any:
    return ingest(store, "source=jsonl", f"path={path}", "question=q", *words)


def rejects(store: Path) -> list[dict[str, Any]]:
    files = sorted((store / "rejects").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_problem_may_have_no_answer(home: Path, tmp_path: Path) -> None:
    done = ingest_jsonl(home, jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}))
    assert done.returncode == 0, done.stderr
    assert rows(home, "select statement, answer, source from problems") == [("2+2?", None, "my")]


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
def test_every_format_gives_the_same_problems(home: Path, tmp_path: Path, form: str) -> None:
    table = [{"q": "2+2?", "a": "4", "key": "x"}, {"q": "3, or\n5?", "a": "3", "key": "y"}]
    path = tmp_path / f"rows.{form}"
    if form == "jsonl":
        jsonl(path, *table)
    elif form == "json":
        path.write_text(json.dumps(table))
    elif form == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["q", "a", "key"])
            writer.writeheader()
            writer.writerows(table)
    else:
        pq.write_table(pa.Table.from_pylist(table), path)
    done = ingest(home, f"source={form}", f"path={path}", "question=q", "answer=a", "id=key")
    assert done.returncode == 0, done.stderr
    found = rows(home, "select source_row, answer from problem_sources order by 1")
    assert found == [("x", "4"), ("y", "3")]


def test_a_folder_in_the_hubs_shape_is_read_through_datasets(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "owner-set"
    folder.mkdir()
    jsonl(folder / "train.jsonl", {"q": "2+2?", "a": 4})
    words = ("question=q", "answer=a", "split=train", "license=CC-BY-4.0")
    done = ingest(home, "source=hub", f"path={folder}", *words)
    assert done.returncode == 0, done.stderr
    found = rows(home, "select statement, answer, split, license from problems")
    assert found == [("2+2?", "4", "train", "CC-BY-4.0")]


def test_a_hub_id_without_its_extra_or_network_is_one_line(home: Path) -> None:
    done = run_factory(
        "ingest",
        f"store={home}",
        "source=hub",
        "path=openai/gsm8k",
        "split=train",
        "question=q",
        env={"HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 2
    assert "datasets" in done.stderr or "hub openai/gsm8k" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr


def test_ingesting_again_writes_nothing_and_new_rows_are_added(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path)
    log = sorted((home / "log").iterdir())
    again = ingest_jsonl(home, path)
    assert "nothing owed; nothing written" in again.stdout
    assert sorted((home / "log").iterdir()) == log
    ingest_jsonl(home, jsonl(path, {"q": "2+2?"}, {"q": "3+3?"}, {"q": "4+4?"}))
    assert rows(home, "select count(*) from problems") == [(3,)]


def test_two_rows_that_are_one_problem_both_stay_and_the_conflict_is_seen(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2 +  2?", "a": "4"}, {"q": "2 + 2?", "a": "5"})
    ingest_jsonl(home, path, "answer=a")
    assert rows(home, "select answer, answers, sources from problems") == [("4", 2, 2)]
    assert rows(home, "select answer from problem_sources order by source_row") == [("4",), ("5",)]


def test_rows_that_do_not_fit_are_counted_by_reason_and_kept(home: Path, tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "my.jsonl",
        {"q": "fine", "a": "1"},
        "{broken",
        "[1, 2]",
        {"a": "no question"},
        {"q": 7, "a": "1"},
        {"q": "  \n", "a": "1"},
        {"q": "list answer", "a": [1]},
        '{"q": "lone \\ud800", "a": "1"}',
        {"q": "also fine", "a": None},
    )
    done = ingest_jsonl(home, path, "answer=a")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select count(*) from problems") == [(2,)]
    kept = rejects(home)
    assert [row["row"] for row in kept] == [1, 2, 3, 4, 5, 6, 7]
    reasons = [row["reason"] for row in kept]
    assert reasons[2:] == [
        "no field 'q'",
        "statement is not text but int",
        "empty statement",
        "a is neither text nor number but list",
        "statement has a lone surrogate, which no UTF-8 file can hold",
    ]
    assert kept[3]["raw"] == {"q": 7, "a": "1"}
    assert "1  rejected: empty statement" in done.stdout
    assert "rejects/" in done.stdout


def test_an_id_given_twice_keeps_the_first_and_rejects_the_second(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "a?", "id": "x"}, {"q": "b?", "id": "x"})
    done = ingest_jsonl(home, path, "id=id")
    assert "rejected: row id given twice" in done.stdout
    assert rows(home, "select statement from problems") == [("a?",)]
    assert rejects(home)[0]["raw"] == {"q": "b?", "id": "x"}


def test_an_id_that_now_holds_other_content_is_rejected_never_overwritten(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "my.jsonl"
    ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "1"}), "answer=a")
    done = ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "2"}), "answer=a")
    assert "rejected: row id already holds other content" in done.stdout
    assert rows(home, "select answer from problem_sources") == [("1",)]


@pytest.mark.parametrize(
    "statement",
    [
        "x\x00y",
        "e\u0301 = é",
        "证明 √2 🙂",
        "\u202eright to left",
        "x" * 10_000_000,
        "$\\frac{1}{2}$",
    ],
    ids=["nul", "nfd", "cjk", "bidi", "10MB", "latex"],
)
def test_text_of_every_kind_comes_back_as_it_went_in(
    home: Path, tmp_path: Path, statement: str
) -> None:
    done = ingest_jsonl(home, jsonl(tmp_path / "my.jsonl", {"q": statement, "a": "1"}), "answer=a")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select statement from problems") == [(statement,)]
    for step in ("dedup", "tag", "verify"):
        assert run_factory(step, f"store={home}").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["source=jsnl"], "unknown source 'jsnl'; did you mean 'jsonl'?"),
        (["source=jsonl"], "needs path=FILE"),
        (["source=jsonl", "path=/nope.jsonl", "question=q"], "no such file"),
        (["source=jsonl", "path={path}"], "needs question=FIELD; a row has: q, a"),
        (["source=jsonl", "path={path}", "question=qq"], "unknown field 'qq'; did you mean 'q'?"),
        (["source=jsonl", "path={path}", "qestion=q"], "did you mean 'question'?"),
        (["source=parquet", "path={path}", "question=q"], "is not a Parquet file"),
        (["source=json", "path={path}", "question=q"], "must hold a JSON array"),
        (["source=gsm8k", "path={path}"], "give split=train or split=test"),
        (["source=math", "path={path}"], "needs split=train or split=test"),
        (["source=jsonl", "path={path}", "question=q", "split=dev"], "split='dev' does not fit"),
        (["source=jsonl", "path={empty}", "question=q"], "has no rows"),
        (["source=hub", "path=x/y"], "needs path=OWNER/NAME and split=NAME"),
        ([], "'source' is missing; give source=VALUE"),
    ],
)
def test_a_users_mistake_is_one_line(
    home: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?", "a": "4"})
    (tmp_path / "empty.jsonl").touch()
    given = [w.format(path=path, empty=tmp_path / "empty.jsonl") for w in words]
    done = ingest(home, *given)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_every_source_has_a_docstring_and_its_two_functions() -> None:
    from importlib import import_module

    for name in sources():
        source = import_module(f"factory.sources.{name}")
        assert source.__doc__, name
        assert callable(source.read), name
        assert callable(source.parse), name


def test_gsm8k_as_published(home: Path, shared: Path) -> None:
    done = ingest(home, "source=gsm8k", f"path={shared / 'gsm8k_train.jsonl'}")
    assert done.returncode == 0, done.stderr
    figures = rows(home, "select count(*), count(answer), min(split), max(level) from problems")
    assert figures == [(7473, 7473, "train", "elementary")]
    assert rows(home, "select count(*) from problems where answer_type <> 'integer'") == [(0,)]


def test_math_as_published(home: Path, shared: Path) -> None:
    path = shared / "math500_test.json"
    assert ingest(home, "source=math", f"path={path}", "split=test").returncode == 0
    figures = rows(home, "select count(*), count(answer), count(domain) from problem_sources")
    assert figures == [(500, 500, 500)]
    assert rows(home, "select distinct split from problems") == [("test",)]


def test_openais_gsm8k_solutions_agree_with_their_labels(home: Path, shared: Path) -> None:
    path = shared / "gsm8k_example_model_solutions.jsonl"
    assert ingest(home, "source=openai_gsm8k", f"path={path}").returncode == 0
    assert run_factory("verify", f"store={home}").returncode == 0
    agree = "select count(*), count(*) filter ((outcome = 'correct') = source_label) from corpus"
    assert rows(home, agree) == [(5276, 5276)]
    by_model = "select model, round(pass_rate(outcome), 3) from corpus group by 1 order by 1"
    assert rows(home, by_model) == [
        ("gpt3-175b_finetuning", 0.347),
        ("gpt3-175b_verification", 0.563),
        ("gpt3-6b_finetuning", 0.217),
        ("gpt3-6b_verification", 0.390),
    ]
    frozen = run_factory("mix", f"store={home}")
    assert frozen.returncode == 2
    assert "no rollout of a training problem fits" in frozen.stderr


def test_qwens_hundred_problems_by_eight_rollouts(home: Path, shared: Path) -> None:
    path = shared / "qwen25_math_cot_100x8.jsonl"
    assert ingest(home, "source=qwen25_math", f"path={path}").returncode == 0
    assert run_factory("verify", f"store={home}").returncode == 0
    differ = "select answer, extracted from corpus where (outcome = 'correct') <> source_label"
    assert rows(home, differ) == [("10{,}000", "10000")]  # their grader's slip
    rate = "select level, pass_rate(outcome) from corpus group by 1 order by 1"
    found = dict(rows(home, rate))
    assert sorted(found) == ["math-1", "math-2", "math-3", "math-4", "math-5"]
    assert min(found, key=lambda level: found[level]) == "math-5"
