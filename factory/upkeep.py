"""What keeps a store well: compact, gc, export, retract, and what each tells at the end."""

from typing import Any

from rich.console import Console

from factory import catalog, compact, export, gc, retract, summary
from factory.progress import Progress
from factory.recipe import Recipe
from factory.store import Store

MODELS: dict[str, type[Recipe]] = {
    "compact": compact.CompactRecipe,
    "gc": gc.GcRecipe,
    "export": export.ExportRecipe,
    "retract": retract.RetractRecipe,
}
RUNS: dict[str, Any] = {"compact": compact.run, "gc": gc.run, "retract": retract.run}


def run(store: Store, name: str, recipe: Any) -> None:
    """Do it and say what was done. Raises UserError."""
    if name == "export":
        counts = export.run(store, recipe, Progress())
        console = Console(highlight=False, soft_wrap=True)
        for table, rows in counts.items():
            console.print(f"  {rows:>11,}  {table}")
        console.print(f"in {recipe.out}")
        return
    record = RUNS[name](store, recipe, Progress())
    catalog.publish(store)
    if not (name == "gc" and recipe.plan):
        summary.of_step(record, store)
    if name == "retract":
        retract.affected(store)
