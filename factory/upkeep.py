"""What keeps a store well, and hands it out: compact, gc, export, card, push, retract."""

from collections.abc import Callable
from typing import Any

from factory import card, catalog, compact, export, gc, push, retract, summary
from factory.progress import Progress
from factory.recipe import Recipe
from factory.store import Run, Store

MODELS: dict[str, type[Recipe]] = {
    "compact": compact.CompactRecipe,
    "gc": gc.GcRecipe,
    "export": export.ExportRecipe,
    "card": card.CardRecipe,
    "push": push.PushRecipe,
    "retract": retract.RetractRecipe,
}
RUNS: dict[str, Callable[[Store, Any, Progress], Run | None]] = {
    "compact": compact.run,
    "gc": gc.run,
    "export": export.run,
    "card": card.run,
    "push": push.run,
    "retract": retract.run,
}


def run(store: Store, name: str, recipe: Any) -> None:
    """Do it and say what was done. Raises UserError."""
    if record := RUNS[name](store, recipe, Progress()):  # None: the store is as it was
        catalog.publish(store)
        summary.of_step(record, store)
