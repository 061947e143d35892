"""Ingesting as a user does, by the words of the command line, and what is then in the store."""

import json
from pathlib import Path
from typing import Any

from conftest import run_factory

from factory import catalog
from factory.store import Store


def ingest(store: Path, *words: object) -> Any:
    """`just ingest` into a store."""
    return run_factory("ingest", f"store={store}", *words)


def ingest_jsonl(store: Path, path: Path, *words: object) -> Any:
    """Of a JSONL file whose field is q."""
    return ingest(store, "source=jsonl", f"path={path}", "question=q", *words)


def refusal(done: Any) -> str:
    """The one line of a command that a user can mend."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def rows(store: Path, sql: str, *given: Any) -> list[Any]:
    """What the store says."""
    with catalog.connect(Store(store)) as con:
        return con.execute(sql, given).fetchall()


def jsonl(path: Path, *lines: Any) -> Path:
    """A file of lines; what is not text as JSON."""
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n")
    return path


def rejects(store: Path) -> list[dict[str, Any]]:
    """Every row that was kept for not fitting."""
    files = sorted((store / "rejects").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def listing(store: Path) -> list[Path]:
    """Every record, shard and rejects file."""
    return sorted(p for d in ("log", "shards", "rejects") for p in (store / d).rglob("*"))
