"""Ingest: what becomes a problem, what a second time changes, what a user gets wrong."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run_factory
from ingests import ingest, ingest_jsonl, jsonl, refusal, rows


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
    words = (f"path={path}", "question=q", "answer=a", "id=key")
    done = ingest(home, f"source={form}", *words)
    assert done.returncode == 0, done.stderr
    found = rows(home, "select source_row, answer from problem_sources order by 1")
    assert found == [("x", "4"), ("y", "3")]
    if form == "parquet":  # by its ending, whatever was asked for
        assert "nothing owed; nothing written" in ingest(home, "source=jsonl", *words).stdout


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


def test_the_same_rows_as_a_source_of_their_own_make_the_problems_test(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path, "split=train")
    done = ingest_jsonl(home, path, "split=test", "name=my_test")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select distinct split, sources from problems") == [("test", 2)]


def test_a_file_that_cannot_be_read_is_one_line(home: Path) -> None:
    done = ingest_jsonl(home, Path("/proc/self/mem"))
    assert "cannot read /proc/self/mem: " in refusal(done)


def test_a_corrupt_page_is_one_line_and_the_rows_before_it_stay(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.parquet"
    table = pa.table({"q": [f"{n} + {n * n}?" for n in range(20_100)]})
    pq.write_table(table, path, row_group_size=20_000, write_page_checksum=True)
    pages = pq.ParquetFile(path).metadata.row_group(1).column(0)
    broken = bytearray(path.read_bytes())
    middle = (pages.dictionary_page_offset or 0) + pages.total_compressed_size // 2
    broken[middle] ^= 0xFF
    path.write_bytes(broken)
    done = ingest(home, "source=parquet", f"path={path}", "question=q")
    assert f"cannot read {path}: " in refusal(done)
    assert rows(home, "select count(*) from problems") == [(20_000,)]


def test_a_unit_is_one_record_for_all_its_tables(home: Path, shared: Path) -> None:
    path = shared / "qwen25_math_cot_100x8.jsonl"
    assert ingest(home, "source=qwen25_math", f"path={path}").returncode == 0
    records = [json.loads(file.read_text()) for file in sorted((home / "log").iterdir())]
    added = [sorted(shard["table"] for shard in record["add"]) for record in records]
    assert added == [["problem_sources", "problems", "rollouts"], []]


def test_text_of_every_kind_comes_back_as_it_went_in(home: Path, tmp_path: Path) -> None:
    statements = [
        "x\x00y",
        "e\u0301 = é",
        "证明 √2 🙂",
        "\u202eright to left",
        "x" * 10_000_000,
        "$\\frac{1}{2}$",
    ]
    path = jsonl(tmp_path / "my.jsonl", *({"q": s, "a": "1"} for s in statements))
    done = ingest_jsonl(home, path, "answer=a")
    assert done.returncode == 0, done.stderr
    sql = "select statement from problem_sources join raw.problems using (problem_id)"
    assert [s for (s,) in rows(home, f"{sql} order by source_row")] == statements
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
        (["source=jsonl", "path={path}", "question=q", "name=\udcff"], "is not UTF-8"),
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
