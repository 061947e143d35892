"""`python -m training stage=mid recipe=tiny store=data mixture=mid@1 parent=NAME key=value ...`

One stage on one frozen mixture. A stage is a module here with a folder of recipes of its own name;
`training.stage` says what such a module has. Words left over are overrides of the recipe;
`show=true` prints it and stops. A user's mistake is one line on standard error and exit code 2.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from factory import catalog, shell
from factory.errors import MissingExtra, RecipeError, unknown
from factory.recipe import as_yaml, file_of, parse, resolve
from factory.store import Store
from training.ranks import first

RECIPES = Path(__file__).parent / "recipes"
NEEDED = ("torch", "transformers", "datasets", "trl")
DEFAULTS = {"recipe": "tiny", "store": "data", "mixture": "", "parent": "", "show": "false"}


def main(words: list[str]) -> int:
    """Run what the words ask for; returns the exit code."""
    return shell.run(lambda: _obey(words), "no checkpoint was made")


def _obey(words: list[str]) -> int:
    values = DEFAULTS | parse(words)
    stage = stage_named(values.pop("stage", ""))
    name, root, mixture, parent, show = (values.pop(key) for key in DEFAULTS)
    module = import_module(f"training.{stage}")
    overrides = [f"{key}={value}" for key, value in values.items()]
    recipe = resolve(module.RECIPE, recipe_file(stage, name), overrides)
    if _is_true("show", show):
        print(as_yaml(recipe), end="")
        return 0
    need(NEEDED)
    from training.stage import Asked, train

    store = Store(root)
    train(store, Asked(stage, name, recipe, mixture or None, parent or None))
    if first():
        catalog.publish(store)
    return 0


def stage_named(name: str) -> str:
    """The name, if it is a stage's. Raises RecipeError."""
    known = [folder.name for folder in RECIPES.iterdir() if folder.is_dir()]
    if not name:
        raise RecipeError(f"which stage? give stage=NAME; known: {', '.join(sorted(known))}")
    if name not in known:
        raise unknown("stage", name, known)
    return name


def recipe_file(stage: str, name: str) -> Path:
    """The file of a stage's recipe. Raises RecipeError."""
    return file_of(RECIPES / stage, f"recipe of stage {stage}", name)


def _is_true(key: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise RecipeError(f"{key}={value!r} does not fit; allowed: true, false")
    return value == "true"


def need(packages: tuple[str, ...]) -> None:
    """Raises MissingExtra where one is not installed."""
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtra(package, "train")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
