"""The embedded world's own problems: made here, exact, free of anyone else's rights.

Apache-2.0, as this project is. `count`, `seed` and `cells` come with the recipe; about one in ten
is held out as split `test`.
"""

from collections.abc import Iterator
from typing import Any

from factory import world
from schemas.exchange import SourceRow, Unfit

NAME = "embedded"
LICENSE = "Apache-2.0"


def read(recipe: Any) -> Iterator[tuple[int, Any]]:
    """`count` problems; one that fails its independent check is Unfit with the reason."""
    yield from enumerate(world.problems(recipe.count, recipe.seed or 0, recipe.cells))


def parse(raw: Any, recipe: Any) -> SourceRow:
    """A problem of a family. Raises Unfit for a dropped one."""
    if isinstance(raw, world.Dropped):
        raise Unfit(f"{raw.family}: {raw.reason}")
    return SourceRow(
        statement=raw.statement,
        answer=raw.answer,
        row=f"{recipe.seed or 0}-{raw.row}",
        split=raw.split,
        level=raw.level,
        domain=raw.domain,
    )
