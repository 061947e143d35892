"""What each command does, from its words to its exit code; heavy imports wait for their command."""

import sys
from collections.abc import Callable

from factory.commands import keep, line, look, mixtures, scores
from factory.errors import unknown

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "generate": line.generate,
    "check": line.check,
    "preview": line.preview,
    "ingest": line.simple("ingest", create=True),
    "verify": line.simple("verify"),
    "dedup": line.dedup,
    "decontaminate": line.decontaminate,
    "tag": line.tag,
    "adjudicate": line.adjudicate,
    "judge": line.judge,
    "audit": line.audit,
    "eval": scores.evaluate,
    "compare": scores.compare,
    "mix": mixtures.mix,
    "diff": mixtures.diff,
    "sql": look.sql,
    "why": look.why,
    "similar": look.similar,
    "status": look.status,
    "doctor": look.doctor,
    "compact": keep.upkeep("compact"),
    "gc": keep.upkeep("gc"),
    "export": keep.upkeep("export"),
    "card": keep.upkeep("card"),
    "push": keep.upkeep("push"),
    "retract": keep.upkeep("retract"),
}


def run(command: str, words: list[str]) -> int:
    """Run a command. Raises UserError."""
    if command not in COMMANDS:
        raise unknown("command", command, COMMANDS)
    try:
        return COMMANDS[command](words)
    except _query_errors() as error:
        from factory import catalog

        if (found := catalog.unreadable(error)) is None:
            raise
        raise found from error


def _query_errors() -> tuple[type[Exception], ...]:
    """DuckDB's errors, where DuckDB was loaded at all."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb.Error,) if duckdb else ()
