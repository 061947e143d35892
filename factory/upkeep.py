"""What keeps a store well, and hands it out: compact, gc, export, card, push, retract."""

from collections.abc import Callable
from typing import Any

from factory import card, catalog, compact, export, gc, push, retract, summary
from factory.progress import Progress
from factory.recipe import Recipe
from factory.store import Run, Store

COMMANDS: dict[str, tuple[type[Recipe], Callable[[Store, Any, Progress], Run | None]]] = {
    "compact": (compact.CompactRecipe, compact.run),
    "gc": (gc.GcRecipe, gc.run),
    "export": (export.ExportRecipe, export.run),
    "card": (card.CardRecipe, card.run),
    "push": (push.PushRecipe, push.run),
    "retract": (retract.RetractRecipe, retract.run),
}


def run(store: Store, name: str, recipe: Any) -> None:
    """Do it and say what was done. Raises UserError."""
    if record := COMMANDS[name][1](store, recipe, Progress()):  # None: the store is as it was
        catalog.publish(store)
        summary.of_step(record, store)
