"""The words after a command: which are keys of the command itself, and which of its recipe."""

from factory.errors import RecipeError, unknown
from factory.recipe import Recipe, as_yaml


def take(words: list[str], **defaults: str) -> tuple[list[str], dict[str, str]]:
    """Words without `store=`, `show=`, ... and the values of those."""
    values = dict(defaults)
    rest: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in defaults:
            values[name] = value
        else:
            rest.append(word)
    if not values["store"]:
        raise RecipeError("store= is empty; give store=PATH")
    return rest, values


def only(words: list[str], **defaults: str) -> dict[str, str]:
    """The values of a command that takes no other key."""
    rest, values = take(words, **defaults)
    if rest:
        raise unknown("key", rest[0].partition("=")[0], defaults)
    return values


def one(words: list[str], what: str, **defaults: str) -> tuple[str, dict[str, str]]:
    """The one free word, such as `just why`'s ID, and the values beside it, in any order."""
    free = [word for word in words if word.partition("=")[0] not in defaults]
    if not free or not free[0].strip():
        raise RecipeError(f"{what} as its first argument")
    return free[0], only([w for w in words if w not in free] + free[1:], **defaults)


def flag(name: str, value: str) -> bool:
    """The value of `name=true` or `name=false`."""
    if value not in ("true", "false"):
        raise RecipeError(f"{name}={value!r} does not fit; allowed: true, false")
    return value == "true"


def step_words(words: list[str]) -> tuple[list[str], str, bool]:
    """The words of a step's recipe, the store, and whether the recipe is only to be shown."""
    rest, values = take(words, store="data", show="false")
    return rest, values["store"], flag("show", values["show"])


def show_recipe(recipe: Recipe) -> int:
    """What `show=true` asks for; the exit code."""
    print(as_yaml(recipe), end="")
    return 0
