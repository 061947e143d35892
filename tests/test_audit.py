"""`just audit`: what is drawn, and what labels say."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory


def drawn(demo: Path, out: Path, n: int) -> list[dict[str, Any]]:
    done = run_factory("audit", f"store={demo}", f"out={out}", f"n={n}")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_every_stratum_is_drawn_from_and_the_weights_stand_for_the_corpus(
    demo: Path, tmp_path: Path
) -> None:
    rows = drawn(demo, tmp_path / "a", 40)
    assert len(rows) == 40
    whole = drawn(demo, tmp_path / "b", 100_000)
    strata = Counter((r["tier"], r["outcome"], r["answer_type"]) for r in whole)
    found = Counter((r["tier"], r["outcome"], r["answer_type"]) for r in rows)
    assert found.keys() == strata.keys()
    assert sum(r["weight"] for r in rows) == pytest.approx(len(whole))
    assert {r["weight"] for r in whole} == {1.0}
    assert drawn(demo, tmp_path / "c", 40) == rows


def test_labels_come_back_as_rates_with_intervals(demo: Path, tmp_path: Path) -> None:
    rows = drawn(demo, tmp_path / "a", 50)
    right = [r for r in rows if r["outcome"] == "correct"]
    for row in rows:
        row["label"] = "same" if row["outcome"] == "correct" else "different"
    right[0]["label"] = "different"
    right[1]["label"] = None
    labels = tmp_path / "labels"
    labels.write_text("\n".join(map(json.dumps, rows)))
    done = run_factory("audit", f"store={demo}", f"labels={labels}")
    assert done.returncode == 0, done.stderr
    total = done.stdout.splitlines()[-1].split()
    assert total[:3] == ["all", str(len(right) - 1), "1"]
    assert "0 (0.00%)" in done.stdout


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "no label in"),
        ("oops", "is no file of `just audit`"),
        ('{"tier": "exact", "outcome": "correct", "weight": 1, "label": "yes"}', "label 'yes'"),
    ],
)
def test_labels_that_are_none_are_one_line(
    demo: Path, tmp_path: Path, line: str, says: str
) -> None:
    (tmp_path / "l").write_text(line)
    done = run_factory("audit", f"store={demo}", f"labels={tmp_path / 'l'}")
    assert done.returncode == 2
    assert says in done.stderr
    again = run_factory("audit", f"store={demo}", f"out={tmp_path / 'l'}")
    assert "give another out=FILE" in again.stderr


def test_a_file_comes_back_whatever_lines_its_texts_have(demo: Path, tmp_path: Path) -> None:
    rows = drawn(demo, tmp_path / "a", 5)
    for row in rows:
        row["label"], row["question"] = "same", "one\u2028two\x85three"
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "b").write_text(text, encoding="utf-8-sig")
    done = run_factory("audit", f"store={demo}", f"labels={tmp_path / 'b'}")
    assert done.returncode == 0, done.stderr


def test_a_judge_is_not_asked_where_the_file_cannot_be_written(demo: Path) -> None:
    words = ["judge=local", "teacher.base_url=http://127.0.0.1:9/v1", "teacher.model=m"]
    done = run_factory("audit", f"store={demo}", "out=/nowhere/x", "n=3", *words)
    assert (done.returncode, done.stderr) == (
        2,
        "error: cannot write /nowhere/x: No such file or directory\n",
    )
