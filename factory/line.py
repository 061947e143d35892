"""The line: which steps follow one another. Steps meet only in the store's tables.

`just generate` runs it whole; every step can run alone, and each computes what it owes.
"""

from typing import Any

from factory import adaptive, catalog, dedup, generate, ingest, tag, verify
from factory.progress import Progress
from factory.recipe import HOME, Recipe, resolve
from factory.store import Run, Store

MODELS: dict[str, type[Recipe]] = {
    "ingest": ingest.IngestRecipe,
    "verify": verify.VerifyRecipe,
    "dedup": dedup.DedupRecipe,
    "tag": tag.TagRecipe,
}
STEPS: dict[str, Any] = {
    "ingest": ingest.run,
    "verify": verify.run,
    "dedup": dedup.run,
    "tag": tag.run,
}


def recipe_of(step: str, overrides: list[str]) -> Recipe:
    """The recipe of a step: its YAML file with the overrides on top."""
    return resolve(MODELS[step], HOME / "recipes" / f"{step}.yaml", overrides)


def run_step(store: Store, step: str, overrides: list[str], progress: Progress) -> Run:
    """Run one step alone and refresh the catalog file."""
    record = STEPS[step](store, recipe_of(step, overrides), progress)
    catalog.publish(store)
    return record


def run(store: Store, recipe: generate.GenerateRecipe, progress: Progress) -> list[Run]:
    """Problems if the store has none, then the recipe's steps in the order of the line."""
    runs = prepare(store, recipe, progress)
    if "sample" in recipe.steps and recipe.n == "adaptive":
        runs += adaptive.run(store, recipe, verify_recipe(), progress)
    elif "sample" in recipe.steps:
        runs.append(generate.run(store, recipe, progress))
    for step in ("verify", "dedup", "tag"):
        if step in recipe.steps:
            runs.append(STEPS[step](store, recipe_of(step, []), progress))
    catalog.publish(store)
    return runs


def verify_recipe() -> verify.VerifyRecipe:
    """The verify step's own recipe, for what alternates it with sampling."""
    return resolve(verify.VerifyRecipe, HOME / "recipes" / "verify.yaml", [])


def prepare(store: Store, recipe: generate.GenerateRecipe, progress: Progress) -> list[Run]:
    """Make the embedded problems where the store has none."""
    if store.snapshot().of("problems"):
        return []
    made = ["source=embedded", f"count={recipe.problems}", f"seed={recipe.seed or 0}"]
    asked = resolve(ingest.IngestRecipe, HOME / "recipes" / "ingest.yaml", made)
    return [ingest.run(store, asked, progress)]
