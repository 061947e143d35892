"""What is said of mixtures: what one took and dropped, and what tells two of them apart."""

import json
from importlib.util import find_spec
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from factory import catalog
from factory.mixing import frozen, pairs
from factory.store import Store
from factory.summary import where

DIMENSIONS = ("part", "difficulty", "level", "domain", "teacher")
# Of a row of rl, which has no rollout, the problem says what it is.
ROWS = """
    create temp table rows_of as
    select r.name || '@' || r.version as mixture, r.problem_id, r.rollout_id, r.rejected_id,
        r.part, r.tokens, c.difficulty, c.teacher,
        coalesce(c.level, p.level) as level, coalesce(c.domain, p.domain) as domain
    from mixture_rows r left join problems p using (problem_id)
    left join corpus c using (rollout_id)
    where r.name || '@' || r.version in ($a, $b)
"""
BY = """
    select '{what}', coalesce({what}, 'none'),
        count(*) filter (mixture = $a), coalesce(sum(tokens) filter (mixture = $a), 0)::bigint,
        count(*) filter (mixture = $b), coalesce(sum(tokens) filter (mixture = $b), 0)::bigint
    from rows_of group by 2 order by 5 desc, 2
"""
SHARED = """
    with each as (
        select distinct mixture, problem_id, rollout_id, rejected_id from rows_of),
    found as (
        select count(*) filter (mixture = $a) as a, count(*) filter (mixture = $b) as b
        from each group by problem_id, rollout_id, rejected_id)
    select count(*) filter (a > 0 and b > 0), count(*) filter (b = 0), count(*) filter (a = 0)
    from found
"""


def of_mixture(store: Store, mixture: dict[str, Any], new: bool) -> None:
    """A frozen mixture, or the one that already holds these rows."""
    name = frozen.label(mixture)
    words = "frozen" if new else "already holds exactly these rows; nothing written"
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{name}[/bold] {words}")
    console.print(f"  id        {mixture['mixture_id']}")
    console.print(f"  examples  {mixture['rows']:,}")
    console.print(f"  tokens    {mixture['tokens']:,} by {escape(mixture['tokenizer'])}")
    console.print(f"  snapshot  {mixture['snapshot_id']}")
    report = json.loads(mixture["report"] or "{}")
    for table in (_parts(report), _dropped(report)):
        if table.row_count:
            console.print(table)
    if found := report.get("pairs"):
        console.print(f"\n[bold]pairs[/bold]  {pairs.told(found)}")
    at = where(store)
    console.print("\n[bold]next[/bold]")
    if find_spec(f"training.{mixture['stage']}"):
        console.print(f"  just train stage={mixture['stage']} mixture={name}{at}")
    console.print(f"  just why {name}:0{at}\n  just diff a={name} b=NAME@VERSION{at}")


def _parts(report: dict[str, Any]) -> Table:
    table = _table("part", "asked for", "tokens", "examples")
    for part in report.get("parts", []):
        asked = "all" if part["requested"] is None else f"{part['requested']:,}"
        figures = (f"{part[name]:,}" for name in ("delivered", "rows"))
        table.add_row(f"  {escape(part['part'])}", asked, *figures)
    return table


def _dropped(report: dict[str, Any]) -> Table:
    table = _table("dropped", f"of {report.get('input', 0):,}")
    for rule, count in sorted(report.get("dropped", {}).items(), key=lambda each: -each[1]):
        table.add_row(f"  {rule}", f"{count:,}")
    return table


def _table(name: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(f"\n{name}")
    for column in columns:
        table.add_column(f"\n{column}", justify="right")
    return table


def diff(store: Store, a: str, b: str) -> None:
    """Print what two mixtures hold, by part, difficulty, level, domain and teacher."""
    console = Console(highlight=False, soft_wrap=True)
    with catalog.connect(store) as con:
        frozen.known(con, (a, b))
        names = {"a": a, "b": b}
        con.execute(ROWS, names)
        both, left, right = con.sql(SHARED, params=names).fetchall()[0]
        for what in DIMENSIONS:
            rows = con.sql(BY.format(what=what), params=names).fetchall()
            console.print(_compared(what, rows, a, b))
    console.print(f"\n{both:,} examples in both, {left:,} in {a} only, {right:,} in {b} only")


def _compared(what: str, rows: list[Any], a: str, b: str) -> Table:
    table = _table(what, a, f"{a} tokens", b, f"{b} tokens", "share of tokens")
    totals = [sum(row[place] for row in rows) or 1 for place in (3, 5)]
    for _, name, rows_a, tokens_a, rows_b, tokens_b in rows:
        shares = f"{tokens_a / totals[0]:.1%} -> {tokens_b / totals[1]:.1%}"
        figures = (f"{n:,}" for n in (rows_a, tokens_a, rows_b, tokens_b))
        table.add_row(f"  {escape(name)}", *figures, shares)
    return table
