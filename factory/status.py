"""`just status`: what each step owes, what lies in journals, and whether the store is sound."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from factory import catalog, clean, dedup, journal, owed, tag, verify, vote
from factory.errors import QueryError, RecipeError
from factory.order import GenerateRecipe
from factory.recipe import validate
from factory.store import Snapshot, Store


def report(store: Store) -> int:
    """Print it; 1 when the store is damaged, else 0."""
    console = Console(highlight=False, soft_wrap=True)
    snapshot = store.snapshot()
    misfits = store.misfits(snapshot)
    damage = [words for _, words in snapshot.damage] + misfits
    _health(console, store, snapshot, damage)
    if not misfits:
        _owed(console, store)
    return 1 if damage else 0


def _health(console: Console, store: Store, snapshot: Snapshot, damage: list[str]) -> None:
    size = sum(shard.bytes for shard in snapshot.shards)
    console.print(
        f"[bold]store[/bold]     {store.where}: {len(snapshot.shards):,} shards, "
        f"{size / 1e6:,.1f} MB, {snapshot.seq:,} records"
    )
    waiting = [(path.name, journal.rows(path)) for path in journal.left(store.root)]
    for name, rows in waiting:
        console.print(
            f"[bold]journal[/bold]   {name}: {rows:,} rows; the next `just generate` seals them"
        )
    if not waiting:
        console.print("[bold]journal[/bold]   empty")
    if (store.root / "batches").is_dir():
        from factory import batchfile  # it loads the openai package

        for file in batchfile.outstanding(store.root):
            console.print(
                f"[bold]batch[/bold]     {file.intent.name}: {file.intent.count:,} requests of "
                f"{file.teacher.name}; its next `just generate` takes them in"
            )
    for words in damage:
        console.print(f"[red]damage[/red]    {words}")
    if not damage:
        console.print(
            "[bold]health[/bold]    sound by names and sizes; `just doctor` re-checks every hash"
        )


def _owed(console: Console, store: Store) -> None:
    table = Table("step", "owed", "of", box=None, header_style="bold", padding=(0, 3, 0, 0))
    with catalog.connect(store) as con:
        for words, owed in _sampled(store, con):
            table.add_row("sample", f"{owed:,}", words)
        table.add_row("verify", f"{verify.owed(con):,}", "rollouts")
        table.add_row("vote", f"{vote.owed(con):,}", "problems; `just verify` counts")
        table.add_row("dedup", f"{dedup.owed(con):,}", "texts")
        for words, owed in clean.owed(con):
            table.add_row("decontaminate", f"{owed:,}", words)
        for subject in ("problem", "rollout"):
            found = [each for each in tag.taggers() if subject == each.SUBJECT]
            untagged = max(tag.owed(con, tagger) for tagger in found)
            table.add_row("tag", f"{untagged:,}", f"{subject}s")
    console.print()
    console.print(table)


def _sampled(store: Store, con: Any) -> list[tuple[str, int]]:
    """What the newest recipe of each teacher still owes."""
    sql = "select recipe from runs where kind = 'generate' order by run_id desc"
    newest: dict[str, dict[str, Any]] = {}
    for (text,) in con.execute(sql).fetchall():
        recipe = json.loads(text)
        newest.setdefault(recipe["teacher"]["name"], recipe)
    return [_owes(store, recipe) for recipe in newest.values()]


def _owes(store: Store, recipe: dict[str, Any]) -> tuple[str, int]:
    name = f"requests to {recipe['teacher']['name']}, n={recipe['n']}"
    try:
        return name, owed.count(store, validate(GenerateRecipe, recipe))
    except (RecipeError, QueryError):
        return f"{name} (its recipe no longer fits)", 0
