"""The commands on evaluations."""

from factory.errors import RecipeError
from factory.store import Store
from factory.words import only, show_recipe, step_words


def evaluate(words: list[str]) -> int:
    """Ask what is owed, judge it, and print the figures."""
    from factory import catalog, checkpoint, evaluate, scores
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = evaluate.resolve(checkpoint.named(rest, path))
    if show:
        return show_recipe(recipe)
    recipe.teacher.key()
    # An evaluation set that comes from a file or the hub needs no store; problems do.
    store = Store(path, create=recipe.benchmark is not None)
    evaluation_id, record = evaluate.run(store, recipe, Progress())
    catalog.publish(store)
    return scores.show(store, evaluation_id, record)


def compare(words: list[str]) -> int:
    """What tells two evaluations apart."""
    from factory import compare

    values = only(words, store="data", a="", b="", seed="0")
    if not (values["a"] and values["b"]):
        raise RecipeError(
            "two evaluations are needed: give a= and b=, each an id, a teacher or a checkpoint"
        )
    if not values["seed"].isdigit():
        raise RecipeError(f"seed={values['seed']!r} does not fit; give a number from 0 on")
    compare.show(Store(values["store"]), values["a"], values["b"], int(values["seed"]))
    return 0
