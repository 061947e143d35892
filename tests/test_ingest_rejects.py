"""Ingest: what is rejected, and kept with its reason; what a row's id stands for."""

import json
from pathlib import Path

import pytest
from ingests import ingest, ingest_jsonl, jsonl, listing, refusal, rejects, rows


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


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


def test_ingesting_a_file_with_rejects_again_writes_nothing(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, "{broken", {"q": 7})
    ingest_jsonl(home, path)
    before = listing(home)
    again = ingest_jsonl(home, path)
    assert "nothing owed; nothing written" in again.stdout
    assert listing(home) == before
    ingest_jsonl(home, jsonl(path, {"q": "2+2?"}, "{broken", {"q": 8}))
    assert [row["raw"] for row in rejects(home)] == ["{broken", {"q": 7}, "{broken", {"q": 8}]


def test_the_same_rejects_of_another_source_are_kept_on_their_own(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": 7})
    ingest_jsonl(home, path)
    ingest_jsonl(home, path, "name=other")
    assert [row["source"] for row in rejects(home)] == ["my", "other"]


def test_a_refused_file_given_again_is_refused_again_and_leaves_nothing(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "my.jsonl"
    ingest_jsonl(home, jsonl(path, {"q": "1?"}))
    first = refusal(ingest_jsonl(home, jsonl(path, {"q": "2?"})))
    before = listing(home)
    assert refusal(ingest_jsonl(home, path)) == first
    assert listing(home) == before


def test_a_line_that_cannot_be_read_is_kept_as_its_text(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.jsonl"
    long = b"[" + b"1," * 10_000 + b"1]"
    path.write_bytes(b'{"q": "fine"}\n{broken\r\n{"q": "\xff"}\n[1, 2]\n' + long + b"\n")
    done = ingest_jsonl(home, path)
    assert done.returncode == 0, done.stderr
    kept = rejects(home)
    assert [row["reason"].partition(":")[0] for row in kept] == [
        "not JSON",
        "not UTF-8",
        "not an object but list",
        "not an object but list",
    ]
    assert [row["raw"] for row in kept][:3] == ["{broken", '{"q": "\\xff"}', "[1, 2]"]
    assert kept[3]["raw"] == long.decode()[:10_000]


def test_csv_rows_of_another_length_are_kept_as_their_text(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes(b'q,a\nfine,1\nshort\n\n"two\nlines",2,\xff\nalso fine,4\n')
    done = ingest(home, "source=csv", f"path={path}", "question=q", "answer=a")
    assert done.returncode == 0, done.stderr
    assert [(row["row"], row["raw"]) for row in rejects(home)] == [
        (1, "short"),
        (2, '"two\nlines",2,\\xff'),
    ]
    assert rows(home, "select answer from problem_sources order by source_row") == [("1",), ("4",)]


def test_what_is_not_an_object_in_a_json_array_is_kept(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.json"
    path.write_text(json.dumps([{"q": "fine"}, ["a", 1], None]))
    assert ingest(home, "source=json", f"path={path}", "question=q").returncode == 0
    assert [row["raw"] for row in rejects(home)] == [["a", 1], None]


def test_an_id_that_no_file_can_hold_is_one_rejected_row(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "a?", "id": "x"}, '{"q": "b?", "id": "\\ud800"}')
    done = ingest_jsonl(home, path, "id=id")
    assert done.returncode == 0, done.stderr
    assert [row["reason"] for row in rejects(home)] == [
        "row id has a lone surrogate, which no UTF-8 file can hold"
    ]
    assert rows(home, "select source_row from problem_sources") == [("x",)]


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
    other = {"q": "b?", "a": "5"}
    ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "1"}, other), "answer=a")
    done = ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "2"}, other), "answer=a")
    assert done.returncode == 0, done.stderr
    assert "1  rejected: row id already holds other content: another answer" in done.stdout
    assert rows(home, "select answer from problem_sources order by source_row") == [("1",), ("5",)]


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        ([], ["split=test"], "another split"),
        (["license=MIT"], ["license=GPL-3.0"], "another license"),
        ([], ["license=MIT", "split=test"], "another split and another license"),
    ],
)
def test_another_split_or_licence_for_the_same_rows_is_refused_with_the_way_out(
    home: Path, tmp_path: Path, first: list[str], second: list[str], changes: str
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path, *first)
    before = rows(home, "select source_row, split, license from problem_sources order by 1")
    said = refusal(ingest_jsonl(home, path, *second))
    assert changes in said
    assert "2 of 2 rows" in said
    assert "name=NEW" in said
    assert rows(home, "select source_row, split, license from problem_sources order by 1") == before


def test_a_second_file_of_the_same_name_is_refused_and_its_rows_are_kept(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ingest_jsonl(home, jsonl(tmp_path / "a" / "train.jsonl", {"q": "1?"}, {"q": "2?"}))
    other = jsonl(tmp_path / "b" / "train.jsonl", {"q": "3?"}, {"q": "4?"}, {"q": "5?"})
    said = refusal(ingest_jsonl(home, other))
    assert "2 of 3 rows" in said
    assert "another problem" in said
    kept = rejects(home)
    assert [(row["source"], row["raw"]["q"]) for row in kept] == [("train", "3?"), ("train", "4?")]
    assert str(next((home / "rejects").iterdir())) in said
    assert ingest_jsonl(home, other, "name=other").returncode == 0
    assert rows(home, "select count(*) from problem_sources where source = 'other'") == [(3,)]


def test_a_row_that_breaks_its_source_is_rejected_and_the_others_stay(
    home: Path, tmp_path: Path
) -> None:
    fine = {"problem": "a?", "answer": "1", "type": "Algebra", "level": "Level 1"}
    path = jsonl(
        tmp_path / "math.jsonl",
        {**fine, "unique_id": 7},
        {**fine, "unique_id": "domain", "type": ["x"]},
        {"problem": "b?", "solution": 5},
        {**fine, "problem": "c?", "answer": 0},
        {**fine, "unique_id": [1]},
    )
    done = ingest(home, "source=math", f"path={path}", "split=train")
    assert done.returncode == 0, done.stderr
    found = rows(home, "select source_row, answer from problem_sources order by 1")
    assert found == [("3", "0"), ("7", "1")]
    reasons = [row["reason"] for row in rejects(home)]
    assert reasons[0] == "not a row of source=math: TypeError unhashable type"
    assert reasons[1].startswith("not a row of source=math: TypeError expected string")
    assert reasons[2] == "unique_id is neither text nor number but list"


def test_a_rollout_whose_label_or_text_is_of_another_kind_is_rejected(
    home: Path, tmp_path: Path, shared: Path
) -> None:
    lines = (shared / "gsm8k_example_model_solutions.jsonl").read_text().splitlines()[:3]
    good, label, text = map(json.loads, lines)
    label["6b_finetuning"]["is_correct"] = "yes"
    text["6b_finetuning"]["solution"] = None
    path = jsonl(tmp_path / "s.jsonl", good, label, text, {"question": "a?"})
    done = ingest(home, "source=openai_gsm8k", f"path={path}")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select count(*) from rollouts") == [(4,)]
    assert [row["reason"] for row in rejects(home)] == [
        "label is not true or false but str",
        "rollout is not text but NoneType",
        "not a row of source=openai_gsm8k: KeyError 'ground_truth'",
    ]
