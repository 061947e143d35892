"""The picture at the end of a run: what there is now, and what to type next."""

import shlex
from collections.abc import Sequence
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from factory import adaptive, catalog, owed
from factory.order import GenerateRecipe, policy
from factory.store import Run, Store

BAR = 24
BANDS = ("trivial", "easy", "medium", "hard", "unsolved")

FIGURES = """
    select count(distinct problem_id) as problems, count(*) as rollouts,
        count(*) filter (outcome = 'correct') as correct,
        count(*) filter (judged(outcome)) as judged,
        wilson(count(*) filter (outcome = 'correct'), count(*) filter (judged(outcome)))
            as interval,
        sum(tokens)::bigint as tokens, sum(cost_usd) as cost,
        count(*) - count(distinct rollout_cluster_id) as duplicates,
        count(distinct problem_id) - count(distinct cluster_id) as same_problems,
        count(*) filter (finish_reason = 'length') as cut,
        min(rollout_id) filter (outcome = 'incorrect') as wrong
    from asked
"""
DIFFICULTY = """
    select difficulty, count(distinct problem_id) from asked
    where difficulty is not null group by all
"""
DOMAINS = """
    select coalesce(domain, 'unknown'), count(distinct problem_id), pass_rate(outcome) from asked
    group by all order by 2 desc, 1
"""


FAILURES = """
    select kind, any_value(message), count(*) from failures where run_id = $run
    group by kind order by 3 desc limit 3
"""


def of_generate(store: Store, recipe: GenerateRecipe, runs: list[Run]) -> int:
    """Sum up what the recipe asks for and name the next commands; the exit code."""
    console = Console(highlight=False)
    with catalog.locked(store) as con:
        _select(con, recipe)
        figures = con.sql(FIGURES).to_arrow_table().to_pylist()[0]
        bands = dict(con.sql(DIFFICULTY).fetchall())
        domains = con.sql(DOMAINS).fetchall()
        failures = con.sql(FAILURES, params={"run": _run_id(runs)}).fetchall()
    console.print()
    console.rule(f"[bold]{_title(recipe)}[/bold]", align="left", style="dim")
    console.print(_figures(store, figures, runs))
    if bands:
        found = [(band, bands.get(band, 0), None) for band in BANDS]
        console.print(_histogram("difficulty", "problems", found))
        console.print(_histogram("domain", "problems", domains))
    if recipe.n == "adaptive":
        adaptive.report(store, recipe)
    if left := sum(run.counts.get("left", 0) for run in runs):
        console.print(f"[yellow]{left:,} requests are left[/yellow]  the budget stopped the run")
    for kind, message, count in failures:
        console.print(f"[red]{count:,} requests failed[/red]  {kind}: {escape(message)}")
    if figures["rollouts"]:
        _next(console, store, figures["wrong"], bool(figures["correct"]))
    return 1 if failures and not _bought(runs) else 0


def _select(con: duckdb.DuckDBPyConnection, recipe: GenerateRecipe) -> None:
    """The view `asked`: the rollouts in the store that the recipe asks for."""
    owed.select(con, recipe)
    last = recipe.adaptive.cap if recipe.n == "adaptive" else recipe.n
    con.execute(
        "create temp table mine as select rollout_id, problem_id from raw.rollouts "
        f"semi join selected using (problem_id) where policy_id = '{policy(recipe)}' "
        f"and sample_index < {last}"
    )
    # Of a million problems the view gathers the sources of those that were asked: 2.9 s and
    # 500 MB otherwise.
    con.execute("alter view raw.problem_sources rename to every_problem_source")
    con.execute(
        "create view raw.problem_sources as from raw.every_problem_source "
        "semi join mine using (problem_id)"
    )
    con.execute("create temp view asked as from corpus semi join mine using (rollout_id)")


def _title(recipe: GenerateRecipe) -> str:
    sampling = ", ".join(f"{name} {value}" for name, value in recipe.sampling.sent().items())
    told = ", ".join(word for word in (f"n {recipe.n}", sampling) if word)
    return escape(f"{recipe.teacher.name} ({recipe.teacher.model}), {told} ")


def _run_id(runs: list[Run]) -> str:
    return next((run.run_id for run in runs if run.kind == "generate"), "")


def _bought(runs: list[Run]) -> int:
    return sum(run.counts.get("rollouts", 0) for run in runs if run.kind == "generate")


def _figures(store: Store, found: dict[str, Any], runs: list[Run]) -> Table:
    snapshot = store.snapshot()
    size = sum(shard.bytes for shard in snapshot.shards) / 1e6
    table = Table.grid(padding=(0, 2))
    table.add_row("problems", f"{found['problems']:,}", _and(found["same_problems"], "duplicates"))
    table.add_row("rollouts", f"{found['rollouts']:,}", f"{_bought(runs):,} bought in this run")
    if found["judged"]:
        low, high = found["interval"]["low"], found["interval"]["high"]
        share = f"{found['correct'] / found['judged']:.1%}"
        table.add_row(
            "correct",
            share,
            f"{found['correct']:,} of {found['judged']:,}; 95 % interval {low:.1%} to {high:.1%}",
        )
    table.add_row("duplicates", f"{found['duplicates']:,}", "rollouts that repeat another")
    if found["tokens"]:
        mean = found["tokens"] / found["rollouts"]
        table.add_row(
            "tokens",
            f"{found['tokens']:,}",
            f"{mean:,.0f} a rollout by cot-4k; {found['cut']:,} cut off",
        )
    if found["cost"]:
        table.add_row("cost", f"${found['cost']:,.4f}", "")
    table.add_row("shards", f"{len(snapshot.shards):,}", f"{size:,.1f} MB in {store.where}")
    table.add_row("time", f"{sum(run.seconds for run in runs):.1f} s", _times(runs))
    for row in (table.columns[1],):
        row.justify = "right"
    return table


def _and(count: int, what: str) -> str:
    return f"{count:,} {what}" if count else ""


def _times(runs: list[Run]) -> str:
    return ", ".join(f"{run.kind} {run.seconds:.1f}" for run in runs if run.seconds >= 0.05)


def _histogram(title: str, unit: str, found: Sequence[tuple[str, int, float | None]]) -> Table:
    most = max((count for _, count, _ in found), default=0) or 1
    table = Table.grid(padding=(0, 2))
    table.add_row(f"\n[bold]{title}[/bold]", f"\n[dim]{unit}[/dim]", "")
    for name, count, rate in found:
        bar = "█" * round(BAR * count / most)
        said = f"  [dim]{rate:.0%} correct[/dim]" if rate is not None else ""
        table.add_row(f"  {escape(name)}", f"{count:,}", f"[cyan]{bar}[/cyan]{said}")
    table.columns[1].justify = "right"
    return table


def _next(console: Console, store: Store, wrong: str | None, correct: bool) -> None:
    at = where(store)
    lines = ['just sql "select level, pass_rate(outcome) from corpus group by 1 order by 2 desc"']
    lines += [f"just why {wrong}  [dim]# a wrong rollout[/dim]"] if wrong else []
    lines += ["just mix mixture=mid"] if correct else []
    console.print("\n[bold]next[/bold]")
    for line in lines:
        command, hint, rest = line.partition("  [dim]")
        console.print(f"  {command}{at}{hint}{rest}", soft_wrap=True)


def where(store: Store) -> str:
    """What a command needs to find a store that is not ./data."""
    return "" if store.where == "data" else f" store={shlex.quote(store.where)}"


def of_step(run: Run, store: Store) -> None:
    """One step's counts."""
    console = Console(highlight=False, soft_wrap=True)
    if not run.counts:
        console.print(f"{run.kind}: nothing owed; nothing written")
        return
    console.print(f"[bold]{run.kind}[/bold] in {run.seconds:.1f} s (run {run.run_id})")
    for name, count in sorted(run.counts.items()):
        console.print(f"  {count:>9,}  {escape(name)}")
    if run.cost_usd:
        console.print(f"  ${run.cost_usd:,.4f}")
    if any(name.startswith("rejected") for name in run.counts):
        console.print(f"  rejected rows are kept in {store.root}/rejects/{run.run_id}.jsonl")
