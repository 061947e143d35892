"""The line: which steps follow one another. Steps meet only in the store's tables.

`just generate` runs it whole; every step can run alone, and each computes what it owes.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from factory import adaptive, catalog, dedup, generate, ingest, tag, verify
from factory.benchmark import HELDOUT, DecontaminateRecipe, held
from factory.mixing.spec import MixRecipe
from factory.order import GenerateRecipe
from factory.progress import Progress
from factory.recipe import Recipe, of_step
from factory.store import Run, Store

MODELS: dict[str, type[Recipe]] = {
    "ingest": ingest.IngestRecipe,
    "verify": verify.VerifyRecipe,
    "dedup": dedup.DedupRecipe,
    "decontaminate": DecontaminateRecipe,
    "tag": tag.TagRecipe,
}


def step(name: str) -> Callable[[Store, Any, Progress], Run]:
    """A step by its name, loaded when it is taken: two of them bring a compiler."""
    return import_module(f"factory.{name}").run


def recipe_of(name: str, overrides: list[str]) -> Recipe:
    """The recipe of a step: its YAML file with the overrides on top."""
    return of_step(MODELS[name], name, overrides)


def run_step(store: Store, name: str, recipe: Recipe, progress: Progress) -> Run:
    """Run one step alone and refresh the catalog file."""
    record = step(name)(store, recipe, progress)
    catalog.publish(store)
    return record


def run(store: Store, recipe: GenerateRecipe, progress: Progress) -> list[Run]:
    """Problems if the store has none, then the recipe's steps in the order of the line."""

    def alone(name: str) -> Run:
        return step(name)(store, recipe_of(name, []), progress)

    runs = prepare(store, recipe, progress)
    if "sample" in recipe.steps and recipe.n == "adaptive":
        runs += adaptive.run(store, recipe, lambda: alone("verify"), progress)
    elif "sample" in recipe.steps:
        runs.append(generate.run(store, recipe, progress))
    runs += [alone(name) for name in ("verify", "dedup", "tag") if name in recipe.steps]
    catalog.publish(store)
    return runs


def prepare_mix(store: Store, recipe: MixRecipe, progress: Progress) -> MixRecipe:
    """What a mixture needs first: counted tokens, and its check against the store's test problems.

    A store without any has nothing to check: then the recipe comes back without that set.
    """
    step("tag")(store, recipe_of("tag", [f"tokenizer={recipe.tokenizer}"]), progress)
    if HELDOUT not in recipe.benchmarks:
        return recipe
    step("decontaminate")(store, recipe_of("decontaminate", [f"benchmark={HELDOUT}"]), progress)
    with catalog.connect(store) as con:
        if HELDOUT in held(con):
            return recipe
    others = [name for name in recipe.benchmarks if name != HELDOUT]
    return recipe.model_copy(update={"benchmarks": others})


def prepare(store: Store, recipe: GenerateRecipe, progress: Progress) -> list[Run]:
    """Make the embedded problems where the store has none."""
    if store.snapshot().of("problems"):
        return []
    made = ["source=embedded", f"count={recipe.problems}", f"seed={recipe.seed or 0}"]
    return [step("ingest")(store, recipe_of("ingest", made), progress)]
