"""What a killed run leaves: recovered whole, set aside where unreadable, never in the way."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from factory import catalog, journal, sealing
from factory.journal import Journal
from factory.progress import Progress
from factory.store import Run, Store

RUN = Run("00000000-dead", "generate", {}, "2026-01-01T00:00:00+00:00")


def rollout(index: int, **more: Any) -> dict[str, Any]:
    return {
        "rollout_id": f"r{index}",
        "problem_id": "p",
        "policy_id": "policy",
        "teacher": "t",
        "model": "m",
        "backend": "openai",
        "sample_index": index,
        "cost_usd": 0.25,
        "run_id": RUN.run_id,
        "created_at": "2026-01-01T00:01:00",
        "solution": "s",
        **more,
    }


def left_behind(store: Store, *rows: dict[str, Any], tail: bytes = b"") -> Path:
    """A journal as a killed run leaves it."""
    made = Journal(store.root, 1, asdict(RUN))
    for row in rows:
        made.write("rollouts", row)
    made.close()
    with made.path.open("ab") as file:
        file.write(tail)
    return made.path


def recovered(store: Store) -> list[str]:
    sealing.recover(store, RUN, Progress())
    with catalog.connect(store) as con:
        return [r[0] for r in con.sql("select rollout_id from rollouts order by 1").fetchall()]


def rejects(store: Store) -> list[dict[str, Any]]:
    path = store.root / "rejects" / f"{RUN.run_id}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_what_was_paid_for_is_recovered_with_its_cost_and_time(store: Store) -> None:
    path = left_behind(store, rollout(0), rollout(1))
    assert recovered(store) == ["r0", "r1"]
    assert not path.exists()
    with catalog.connect(store) as con:
        found = con.sql("select status, cost_usd, seconds, counts from runs").fetchall()[0]
    assert found[:3] == ("killed", 0.5, 60.0)
    assert json.loads(found[3]) == {"rollouts": 2, "failures": 0}


def test_a_torn_last_line_is_passed_over(store: Store) -> None:
    left_behind(store, rollout(0), tail=b'["rollouts", {"rollout_id": "torn"')
    assert recovered(store) == ["r0"]
    assert rejects(store) == []


def test_a_broken_line_in_the_middle_is_set_aside_and_the_rest_recovered(store: Store) -> None:
    more = json.dumps(["rollouts", rollout(1)]).encode()
    left_behind(store, rollout(0), tail=b"\x00\xff broken\n" + more + b"\n")
    assert recovered(store) == ["r0", "r1"]
    assert "broken" in rejects(store)[0]["raw"]


@pytest.mark.parametrize(
    "odd", [{"finish_reason": 7}, {"completion_tokens": -1}, {"solution": None}]
)
def test_a_row_that_fits_no_table_is_set_aside_and_wedges_nothing(
    store: Store, odd: dict[str, Any]
) -> None:
    left_behind(store, rollout(0), rollout(1, **odd))
    assert recovered(store) == ["r0"]
    assert rejects(store)[0]["raw"]["rollout_id"] == "r1"
    assert recovered(store) == ["r0"]


def test_sealing_twice_changes_nothing(store: Store) -> None:
    path = left_behind(store, rollout(0))
    content = path.read_bytes()
    recovered(store)
    path.write_bytes(content)
    assert recovered(store) == ["r0"]


def test_a_file_that_is_no_journal_is_left_alone(store: Store) -> None:
    (store.root / "journal").mkdir()
    foreign = store.root / "journal" / "mine.jsonl"
    foreign.write_text('{"my": "notes"}\n')
    assert recovered(store) == []
    assert foreign.read_text() == '{"my": "notes"}\n'


def test_closing_twice_is_fine_and_rows_are_counted(store: Store) -> None:
    path = left_behind(store, rollout(0))
    assert journal.rows(path) == 1
    made = Journal(store.root, 2, asdict(RUN))
    made.close()
    made.close()
    assert journal.rows(made.path) == 0
