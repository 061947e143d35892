"""What is taken of the pool: each part its share of the budget, balanced over cells where asked.

Rows come in the order of their place. With `balance` a row's turn is the tokens that its cell has
given before it, so that every cell gives as many as the others, until it has no more.
"""

import math
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from factory.errors import UserError
from factory.mixing import pool
from factory.mixing.spec import MixRecipe

TAKEN = """
    create temp table taken as
    with copies as (
        select pool.* exclude (unread), w.wanted, copy,
            sum(tokens) over (partition by part, copy{cells} order by place) as turn
        from pool join wanted w using (part), unnest(range(w.repeats)) as _ (copy)
    )
    select * exclude (turn, wanted) from copies
    qualify sum(tokens) over (partition by part order by copy, {first}place) <= wanted
"""
GIVEN = "select part, sum(tokens)::bigint, count(*) from taken group by part"


@dataclass(slots=True)
class Delivered:
    """A part: the tokens there were, asked for and given; `requested` null: all there were."""

    part: str
    available: int
    requested: int | None
    delivered: int = 0
    rows: int = 0


def take(con: Any, recipe: MixRecipe) -> list[Delivered]:
    """Make `taken` of `pool`, whose other rows are dropped. Raises UserError on a shortfall."""
    there = dict(con.sql("select part, sum(tokens)::bigint from pool group by part").fetchall())
    wanted = _wanted(there, recipe)
    parts = recipe.all_parts()
    limits = {
        "part": list(parts),
        "repeats": [part.repeats if name in wanted else 1 for name, part in parts.items()],
        "wanted": [wanted.get(name, math.inf) for name in parts],
    }
    con.register("wanted", pa.table(limits))
    cells = "".join(f", coalesce({cell}, '')" for cell in recipe.balance)
    con.execute(TAKEN.format(cells=cells, first="turn, " if cells else ""))
    pool.drop(con, "budget", "subject_id not in (select subject_id from taken)")
    given = {part: numbers for part, *numbers in con.sql(GIVEN).fetchall()}
    return [
        Delivered(name, there.get(name, 0), wanted.get(name), *given.get(name, (0, 0)))
        for name in parts
    ]


def _wanted(there: dict[str, int], recipe: MixRecipe) -> dict[str, int]:
    """The tokens of every part that is held to a share. Raises UserError on a shortfall."""
    parts = recipe.all_parts()
    shares = {name: part.share for name, part in parts.items() if part.share}
    if recipe.tokens is None and len(shares) < 2:
        return {}
    most = {name: there.get(name, 0) * parts[name].repeats for name in shares}
    reach = min(most[name] / share for name, share in shares.items())
    total = recipe.tokens or reach
    if total > reach and recipe.on_shortfall == "error":
        short = min(shares, key=lambda name: most[name] / shares[name])
        raise UserError(
            f"part {short!r} has {most[short]:,} tokens of the {total * shares[short]:,.0f} that "
            f"tokens={total} asks of it; give tokens={reach:.0f}, or on_shortfall=rescale"
        )
    # A millionth of a token is what 0.1 + 0.2 may lack.
    return {name: int(min(total, reach) * share + 1e-6) for name, share in shares.items()}
