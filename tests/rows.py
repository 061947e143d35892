"""Small rows for tests that need a store with something in it."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from factory.identity import problem_id
from factory.store import Run
from schemas.arrow import from_rows


def run(run_id: str = "00000000-test", kind: str = "ingest") -> Run:
    """A run to commit under."""
    return Run(run_id, kind, {}, "2026-01-01T00:00:00+00:00", status="finished")


def problems(*statements: str, run_id: str = "00000000-test") -> pa.Table:
    """Problem rows."""
    return from_rows(
        "problems",
        [{"problem_id": problem_id(s), "statement": s, "run_id": run_id} for s in statements],
    )


def sources(*rows: tuple[Any, ...], source: str = "s") -> pa.Table:
    """problem_sources rows out of (source_row, statement, answer, split)."""
    return from_rows(
        "problem_sources",
        [
            {
                "source": source,
                "source_row": row,
                "problem_id": problem_id(statement),
                "answer": answer,
                "split": split,
                "run_id": "00000000-test",
            }
            for row, statement, answer, split in rows
        ],
    )


def rollout(statement: str, index: int, solution: str, **more: Any) -> dict[str, Any]:
    """One rollout row; its id is STATEMENT-INDEX."""
    return {
        "rollout_id": f"{statement}-{index}",
        "problem_id": problem_id(statement),
        "policy_id": "policy",
        "teacher": "t",
        "model": "m",
        "backend": "import",
        "sample_index": index,
        "finish_reason": "stop",
        "run_id": "00000000-test",
        "created_at": datetime(2026, 1, 1),
        "solution": solution,
        **more,
    }
