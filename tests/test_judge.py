"""`just judge`: verdicts without a store; and units on all cores, in order."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, run_factory

from factory import engine
from factory.verifiers import maths

GOOD = {"id": 7, "completion": "so \\boxed{1/2}", "answer": "0.5", "note": ["kept"]}


def judged(tmp_path: Path, *lines: str, **fields: str) -> list[dict[str, Any]]:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n")
    words = [f"{name}={value}" for name, value in fields.items()]
    done = run_factory("judge", f"path={source}", f"out={out}", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_every_row_is_written_with_its_verdict_in_its_order(tmp_path: Path) -> None:
    rows = [{**GOOD, "id": i, "answer": "0.5" if i % 3 else "2"} for i in range(2_500)]
    found = judged(tmp_path, *map(json.dumps, rows))
    assert [row["id"] for row in found] == list(range(2_500))
    assert [row["outcome"] for row in found[:3]] == ["incorrect", "correct", "correct"]
    first = found[1]
    assert first["note"] == ["kept"]
    assert (first["tier"], first["extracted"], first["version"]) == ("exact", "1/2", maths.VERSION)


def test_lines_that_are_no_rows_are_errors_with_their_reason(tmp_path: Path) -> None:
    odd = ["oops", "[1]", '{"answer": 3}', '{"completion": 4, "answer": 4}', json.dumps(GOOD)]
    found = judged(tmp_path, *odd)
    assert [row["outcome"] for row in found] == ["error"] * 4 + ["correct"]
    assert found[0]["line"] == "oops"


def test_fields_may_have_other_names_and_verdicts_of_before_are_replaced(tmp_path: Path) -> None:
    row = {"text": "\\boxed{3}", "gold": 3, "outcome": "incorrect", "reason": "old"}
    found = judged(tmp_path, json.dumps(row), completion="text", answer="gold")
    assert (found[0]["outcome"], found[0]["reason"]) == ("correct", "same canonical form")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["path=x"], "just judge needs path=IN.jsonl and out=OUT.jsonl"),
        (["path=/nowhere", "out=y"], "/nowhere: No such file"),
        (["path=x", "out=/"], "out=/ exists; give another"),
        (["paht=x"], "did you mean 'path'?"),
    ],
)
def test_a_users_mistake_is_one_line(tmp_path: Path, words: list[str], says: str) -> None:
    done = run_factory("judge", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_units_are_worked_on_by_all_cores_and_come_in_order() -> None:
    assert list(engine.spread(abs, range(0, -50, -1))) == list(range(50))
    assert list(engine.spread(abs, [-1])) == [1]


def test_a_unit_that_fails_says_so() -> None:
    units: list[Any] = [1, "x", 2]
    with pytest.raises(TypeError):
        list(engine.spread(abs, units))


def test_two_runs_to_one_file_are_one_whole_file_and_one_line(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text((json.dumps(GOOD) + "\n") * 5_000)
    words = [sys.executable, "-m", "factory", "judge", f"path={source}", f"out={out}"]
    runs = [subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [run.communicate(timeout=120)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2], told
    assert len(list(map(json.loads, out.read_text().splitlines()))) == 5_000
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "no row in"),
        (json.dumps({"completion": "x", "gold": "4"}), "answer=FIELD names another"),
    ],
)
def test_a_file_without_answers_is_one_line(tmp_path: Path, rows: str, says: str) -> None:
    (tmp_path / "in").write_text(rows)
    done = run_factory("judge", f"path={tmp_path / 'in'}", f"out={tmp_path / 'out'}")
    assert (done.returncode, done.stderr.strip().count("\n")) in ((2, 0), (2, 1)), done.stderr
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_liberties_are_written_as_the_store_has_them(tmp_path: Path) -> None:
    row = {**GOOD, "completion": "\\boxed{10 cm}", "answer": "10"}
    kept, strict = judged(tmp_path, json.dumps(row), json.dumps(GOOD)), tmp_path / "s"
    assert [each["flags"] for each in kept] == ["units", None]
    strict.mkdir()
    assert judged(strict, json.dumps(row), policy="strict")[0]["outcome"] == "ambiguous"
