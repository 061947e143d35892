"""The picture after `just decontaminate`: what overlaps with which set, and the items hit most."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from factory import benchmark, catalog, clean
from factory.benchmark import DecontaminateRecipe
from factory.catalog import quoted
from factory.likeness import OVERLAPS
from factory.recipe import Recipe
from factory.store import Run, Store

SHOWN = 3  # items of a set
WIDE = 90  # characters of an item
HITS = f"""
    select subject, kind, count(distinct subject_id) from contaminations
    where benchmark = $name and version = '{OVERLAPS}' and kind <> 'different'
    group by all order by kind, subject
"""
MOST = f"""
    select i.item_id, i.statement, count(*) filter (c.subject = 'problem') as problems,
        count(*) filter (c.subject = 'rollout') as rollouts,
        min_by(c.subject_id, c.subject || c.subject_id) as one
    from contaminations c join benchmark_items i using (benchmark, digest, item_id)
    where benchmark = $name and version = '{OVERLAPS}' and kind in ('copy', 'near')
    group by all order by problems + rollouts desc, i.item_id limit {SHOWN}
"""
SIZES = """
    select (select count(*) from benchmark_items where benchmark = $name),
        (select coalesce(sum(c.rows), 0)::bigint from checks c join shards s on s.sha256 = c.shard
         semi join benchmark_items i using (benchmark, digest)
         where c.benchmark = $name and c.version = {version})
"""


def names(store: Store, recipe: Recipe) -> list[str]:
    """The sets of a recipe: those it names, else all that the store holds."""
    assert isinstance(recipe, DecontaminateRecipe)
    with catalog.connect(store) as con:
        return recipe.names() or list(benchmark.held(con))


def show(store: Store, sets: Sequence[str], runs: Sequence[Run]) -> None:
    """Print it."""
    console = Console(highlight=False, soft_wrap=True)
    with catalog.connect(store) as con:
        for name in sets:
            _benchmark(console, con, name)
        left = clean.unchecked(con, sets)
    checked = sum(run.counts.get("texts checked", 0) for run in runs)
    seconds = sum(run.seconds for run in runs)
    console.print(f"{checked:,} texts checked in this run, {seconds:.1f} s")
    for run in runs:
        for words, count in run.counts.items():
            if "suspects" in words or "without a statement" in words:
                console.print(f"{count:,} {escape(words)}")
        if run.cost_usd:
            console.print(f"${run.cost_usd:,.4f}")
    if left:
        console.print(f"[yellow]{len(left):,} shards are not checked yet[/yellow]; run it again")


def _benchmark(console: Console, con: Any, name: str) -> None:
    sizes = con.sql(SIZES.format(version=quoted(OVERLAPS)), params={"name": name}).fetchall()[0]
    console.print(f"[bold]{escape(name)}[/bold]  {sizes[0]:,} items, {sizes[1]:,} texts checked")
    hits = con.sql(HITS, params={"name": name}).fetchall()
    for subject, kind, count in hits:
        console.print(f"  {count:>9,}  {subject}s  {kind}")
    if not hits:
        console.print("  nothing overlaps")
    for item_id, statement, problems, rollouts, one in con.sql(
        MOST, params={"name": name}
    ).fetchall():
        line = " ".join(statement.split())
        line = line if len(line) <= WIDE else line[: WIDE - 1] + "…"
        console.print(f"  [dim]{escape(item_id)}[/dim]  {escape(line)}")
        console.print(f"    {problems:,} problems, {rollouts:,} rollouts; `just why {one}`")
