"""The commands on mixtures."""

import sys

from factory.errors import RecipeError
from factory.store import Store
from factory.words import only, show_recipe, step_words


def mix(words: list[str]) -> int:
    """What a mixture needs first, then its freezing."""
    from factory import card, catalog, line, mix
    from factory.mixing import report, spec
    from factory.progress import Progress

    rest, path, show = step_words(words)
    recipe = spec.resolve(rest)
    if show:
        return show_recipe(recipe)
    store = Store(path)
    _note_owed(store)
    recipe = line.prepare_mix(store, recipe, Progress())
    mixture, new = mix.run(store, recipe, Progress())
    catalog.publish(store)
    report.of_mixture(store, mixture, new)
    if new:
        card.when_frozen(store, mixture)
    return 0


def _note_owed(store: Store) -> None:
    """A line where copies may enter a mixture because nobody has looked for them."""
    from factory import catalog, dedup

    with catalog.connect(store) as con:
        if texts := dedup.owed(con):
            words = f"{texts:,} texts are not compared yet; `just dedup` first keeps copies out"
            print(f"note: {words}", file=sys.stderr)


def diff(words: list[str]) -> int:
    """What tells two mixtures apart."""
    from factory.mixing import report

    values = only(words, store="data", a="", b="")
    if not (values["a"] and values["b"]):
        raise RecipeError("two mixtures are needed: give a=NAME@VERSION b=NAME@VERSION")
    report.diff(Store(values["store"]), values["a"], values["b"])
    return 0
