"""`just generate ... plan=true`: requests, tokens, money and time before any of them is bought.

Lengths come from the teacher's own rollouts in the store; where it has none, from a pilot of a few
of the rollouts that are owed anyway. Ranges are the mean plus and minus two standard errors.
"""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from factory import catalog, generate, owed
from factory.errors import UserError
from factory.order import GenerateRecipe
from factory.progress import Progress
from factory.store import Store

PILOT = 4

LENGTHS = """
    select count(*) as n, avg(prompt_tokens) as prompt, avg(completion_tokens) as completion,
        2 * coalesce(stddev_samp(completion_tokens), 0) / sqrt(count(*)) as spread,
        avg(latency_s) as latency,
        2 * coalesce(stddev_samp(latency_s), 0) / sqrt(count(*)) as latency_spread
    from rollouts where teacher = ? and model = ? and completion_tokens is not null
"""


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its low and high end."""

    low: float
    high: float

    def shown(self, unit: str = "", digits: int = 0) -> str:
        """`low to high unit`."""
        return f"{self.low:,.{digits}f} to {self.high:,.{digits}f}{unit}"


def show(store: Store, recipe: GenerateRecipe, progress: Progress) -> None:
    """Print the plan. Raises UserError where nothing can be measured."""
    console = Console(highlight=False)
    count = owed.count(store, recipe)
    if not count:
        console.print("nothing owed; the run would ask nothing")
        return
    lengths = _lengths(store, recipe)
    if not lengths["n"] and recipe.teacher.backend != "batch":  # it may take a day
        generate.run(store, recipe, progress, pilot=PILOT)
        lengths = _lengths(store, recipe)
        count = owed.count(store, recipe)
    if not lengths["n"]:
        raise UserError(
            f"no rollout of {recipe.teacher.name!r} says what it took in tokens: nothing to plan by"
        )
    console.print(_table(recipe, count, lengths))
    console.print("asked nothing else; the same command without plan=true buys it")


def _lengths(store: Store, recipe: GenerateRecipe) -> dict[str, Any]:
    with catalog.connect(store) as con:
        asked = [recipe.teacher.name, recipe.teacher.model]
        return con.sql(LENGTHS, params=asked).to_arrow_table().to_pylist()[0]


def _table(recipe: GenerateRecipe, requests: int, lengths: dict[str, Any]) -> Table:
    mean, spread = lengths["completion"], lengths["spread"]
    each = Range(max(0, mean - spread), mean + spread)
    tokens = Range(each.low * requests, each.high * requests)
    table = Table.grid(padding=(0, 2))
    table.add_row("requests", f"{requests:,}", f"to {recipe.teacher.name}")
    table.add_row("tokens", tokens.shown(), f"by {lengths['n']:,} rollouts of {each.shown()} each")
    table.add_row("cost", *_cost(recipe, requests, lengths["prompt"] or 0, each))
    table.add_row("time", *_time(recipe, requests, lengths))
    for column in table.columns[1:2]:
        column.justify = "right"
    return table


def _time(recipe: GenerateRecipe, requests: int, lengths: dict[str, Any]) -> tuple[str, str]:
    latency, slower = lengths["latency"], lengths["latency_spread"]
    if recipe.teacher.backend == "batch" or latency is None:
        return "unknown", "batches take up to a day"
    rounds = requests / min(recipe.concurrency, requests)
    time = Range(max(0, latency - slower) * rounds / 60, (latency + slower) * rounds / 60)
    return time.shown(" min", 1), f"at {recipe.concurrency} in flight"


def _cost(
    recipe: GenerateRecipe, requests: int, prompt: float, completion: Range
) -> tuple[str, str]:
    price = recipe.teacher.price
    if price is None:
        return "unknown", "the teacher has no price; give teacher.price.prompt= and .completion="
    ends = [
        requests * (prompt * price.prompt + tokens * price.completion) / 1e6
        for tokens in (completion.low, completion.high)
    ]
    words = f"${price.prompt} and ${price.completion} per million tokens in and out"
    return f"${ends[0]:,.2f} to ${ends[1]:,.2f}", words
