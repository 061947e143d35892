"""What `just eval` prints: the figures of one evaluation, over all and by level and domain."""

import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from factory import catalog
from factory.store import Run, Store
from factory.summary import where

SCORES = """
    select * exclude (pass_at), map_entries(pass_at) as pass_at
    from scores where evaluation_id = $id
    order by array_position(['all', 'level', 'domain', 'difficulty'], facet), cell
"""
FAILED = """
    select kind, any_value(message), count(*) from failures where run_id = $run
    group by kind order by 3 desc limit 3
"""


def show(store: Store, evaluation_id: str, run: Run) -> int:
    """Print the figures; the exit code: 1 where not one question has a judged rollout."""
    console = Console(highlight=False)
    with catalog.connect(store) as con:
        (about,) = _rows(con, "select * from evaluations where evaluation_id = $id", evaluation_id)
        found = _rows(con, SCORES, evaluation_id)
        failed = con.sql(FAILED, params={"run": run.run_id}).fetchall()
    console.print()
    console.rule(f"[bold]{escape(_title(about))}[/bold]", align="left", style="dim")
    if found:
        console.print(_figures(about, found[0], run))
        if len(found) > 1:
            console.print(_cells(found[1:]))
    for kind, message, count in failed:
        console.print(f"[red]{count:,} requests failed[/red]  {kind}: {escape(message)}")
    missing = about["questions"] - (found[0]["problems"] if found else 0)
    if missing:
        console.print(f"[yellow]{missing:,} questions have no rollout[/yellow]  and do not count")
    if left := run.counts.get("left", 0):
        console.print(f"[yellow]{left:,} requests are left[/yellow]  the budget stopped the run")
    at = where(store)
    console.print(
        f"\n[bold]next[/bold]\n  just sql \"from scores where evaluation_id = '{evaluation_id}'\""
        f"{at}\n  just compare a={evaluation_id[:8]} b=EVAL{at}",
        soft_wrap=True,
    )
    return 0 if found else 1


def _rows(con: Any, sql: str, evaluation_id: str) -> list[dict[str, Any]]:
    return con.sql(sql, params={"id": evaluation_id}).to_arrow_table().to_pylist()


def _title(about: dict[str, Any]) -> str:
    sampling = ", ".join(f"{k} {v}" for k, v in json.loads(about["sampling"]).items())
    chosen = f" where {about['selection']}" if about["selection"] else ""
    return f"{about['teacher']} ({about['model']}) on {about['benchmark']}{chosen}, {sampling} "


def _figures(about: dict[str, Any], all_of_it: dict[str, Any], run: Run) -> Table:
    found, k = all_of_it, all_of_it["samples"]
    bought = run.counts.get("evaluation_rollouts", 0)
    table = Table.grid(padding=(0, 2))
    table.add_row("questions", f"{found['problems']:,}", f"of {about['questions']:,}")
    table.add_row("rollouts", f"{found['rollouts']:,}", f"{bought:,} bought in this run")
    words = f"95 % interval {found['low']:.1%} to {found['high']:.1%}"
    table.add_row(f"avg@{k}", f"{found['score']:.1%}", words)
    for entry in found["pass_at"][1:]:
        table.add_row(f"pass@{entry['key']}", f"{entry['value']:.1%}", "")
    if k > 1:
        table.add_row(f"maj@{k}", f"{found['majority']:.1%}", "")
    if found["truncation_rate"] is not None:
        table.add_row("cut off", f"{found['truncation_rate']:.1%}", "")
    if found["tokens_mean"] is not None:
        table.add_row("tokens", f"{found['tokens_mean']:,.0f}", "a rollout, by the teacher")
    if run.cost_usd:
        table.add_row("cost", f"${run.cost_usd:,.4f}", "of this run")
    table.add_row("time", f"{run.seconds:.1f} s", "")
    table.add_row("evaluation", about["evaluation_id"][:8], about["evaluation_id"])
    table.columns[1].justify = "right"
    return table


def _cells(found: list[dict[str, Any]]) -> Table:
    """A line for each level, domain and band of difficulty."""
    table = Table("", "questions", "avg@k", "95 %", "maj@k", "cut off", "tokens", box=None)
    facet = ""
    for row in found:
        if row["facet"] != facet:
            facet = row["facet"]
            table.add_row(f"\n[bold]{facet}[/bold]")
        cut, tokens = row["truncation_rate"], row["tokens_mean"]
        table.add_row(
            f"  {escape(row['cell'])}",
            f"{row['problems']:,}",
            f"{row['score']:.1%}",
            f"{row['low']:.0%} to {row['high']:.0%}",
            f"{row['majority']:.1%}",
            "" if cut is None else f"{cut:.1%}",
            "" if tokens is None else f"{tokens:,.0f}",
        )
    for column in table.columns[1:]:
        column.justify = "right"
    return table
