"""`just judge`: verdicts without a store; and units on all cores, in order."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory

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
