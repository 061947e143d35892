"""Journals -> shards: in one commit each, whether by the run that wrote one or after it was killed.

Rows that do not fit are set aside with their reason; those the store has already are dropped, so
that sealing twice changes nothing.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa

from factory import catalog, journal
from factory.progress import Progress
from factory.store import Run, Store
from schemas.arrow import SchemaError, from_rows
from schemas.exchange import Request

BOUGHT = ("rollouts", "evaluation_rollouts", "failures")


def recover(store: Store, record: Run, progress: Progress) -> None:
    """Seal what killed runs left in their journals, under their own names."""
    for path in journal.left(store.root):
        found = list(journal.lines(path))
        rows = [line for line in found if isinstance(line, tuple)]
        dead = _dead(rows, record)
        if dead is None:
            progress.say(f"{path} is no journal of a run; left as it is")
            continue
        unread = [line.decode(errors="replace") for line in found if isinstance(line, bytes)]
        _set_aside(store, dead.run_id, [{"reason": "not readable", "raw": raw} for raw in unread])
        written = seal(store, dead, rows)
        progress.say(f"recovered {written:,} rollouts of a killed run from {path.name}")
        path.unlink()


def _dead(rows: list[journal.Line], record: Run) -> Run | None:
    """The killed run as its journal tells it: what it had before, and the rows after that."""
    header = next((row for table, row in rows if table == "run"), None)
    if header is None or header.keys() != asdict(record).keys():
        return None
    dead = Run(**{**header, "status": "killed", "counts": dict(header["counts"])})
    arrived = [row for table, row in rows if table in BOUGHT]
    for table in ("evaluation_rollouts" if dead.kind == "eval" else "rollouts", "failures"):
        count = sum(name == table for name, _ in rows)
        dead.counts[table] = dead.counts.get(table, 0) + count
    dead.cost_usd += sum(row.get("cost_usd") or 0.0 for row in arrived)
    if arrived:
        last = datetime.fromisoformat(arrived[-1]["created_at"])
        began = datetime.fromisoformat(dead.started).replace(tzinfo=None)
        dead.seconds = round((last - began).total_seconds(), 3)
    return dead


def unanswered(store: Store, requests: list[Request]) -> list[Request]:
    """Those of the requests whose rollout is not in the store."""
    ids = pa.table({"rollout_id": [request.rollout_id for request in requests]})
    with catalog.connect(store) as con:
        con.register("asked", ids)
        sql = "select rollout_id from asked semi join raw.rollouts using (rollout_id)"
        answered = {rollout_id for (rollout_id,) in con.sql(sql).fetchall()}
    return [request for request in requests if request.rollout_id not in answered]


def seal(store: Store, run: Run, rows: list[journal.Line]) -> int:
    """Commit journalled rows; those the store has already are dropped. Returns rollouts written."""
    tables = {}
    for table in BOUGHT:
        mine = [_dated(row) for name, row in rows if name == table]
        if mine:
            tables[table] = _fitting(store, run, table, mine)
    if not tables:
        return 0
    seen = store.snapshot()
    with catalog.connect(store, seen) as con:
        fresh = {table: catalog.unseen(con, table, rows) for table, rows in tables.items()}
    written = store.commit(run, fresh, seen)
    return written.get("rollouts", 0) + written.get("evaluation_rollouts", 0)


def _fitting(store: Store, run: Run, table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as a table; those that do not fit their schema are set aside, not lost."""
    try:
        return from_rows(table, rows)
    except SchemaError:
        good, bad = [], []
        for row in rows:
            try:
                from_rows(table, [row])
            except SchemaError as error:
                bad.append({"reason": str(error), "raw": row})
            else:
                good.append(row)
        _set_aside(store, run.run_id, bad)
        return from_rows(table, good)


def _set_aside(store: Store, run_id: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    path = store.root / "rejects" / f"{run_id}.jsonl"
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(row, default=str) + "\n" for row in rows)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "created_at": datetime.fromisoformat(row["created_at"])}
