"""The commands that keep a store."""

from collections.abc import Callable

from factory.recipe import of_step
from factory.store import Store
from factory.words import show_recipe, step_words


def upkeep(name: str) -> Callable[[list[str]], int]:
    """One of the commands of `factory.upkeep`."""

    def command(words: list[str]) -> int:
        from factory import upkeep

        rest, path, show = step_words(words)
        recipe = of_step(upkeep.COMMANDS[name][0], name, rest)
        if show:
            return show_recipe(recipe)
        upkeep.run(Store(path), name, recipe)
        return 0

    return command
