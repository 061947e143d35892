"""The words after a command: which are keys of the command itself, and which of its recipe."""

from factory.errors import RecipeError, unknown


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


def flag(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise RecipeError(f"{name}={value!r} does not fit; allowed: true, false")
    return value == "true"


def step_words(words: list[str]) -> tuple[list[str], str, bool]:
    rest, values = take(words, store="data", show="false")
    return rest, values["store"], flag("show", values["show"])
