"""`n=adaptive`: rollouts where they buy information, in rounds of sampling and verification.

Every problem gets `first` rollouts. Then, round by round, those whose pass rate is still uncertain
(a 95 % Wilson interval wider than `width`) or that nobody has solved get twice as many, up to
`cap`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from rich.console import Console

from factory import catalog, generate, owed
from factory.order import GenerateRecipe, policy
from factory.progress import Progress
from factory.store import Run, Store

Z = 1.959964

COUNTED = """
    select problem_id, count(*) filter (outcome = 'correct') as k, count(*) as n
    from corpus semi join selected using (problem_id)
    where policy_id = ? and judged(outcome) group by 1
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """k of n rollouts of one problem correct."""

    k: float  # a fraction where it is an expected value
    n: float

    @property
    def width(self) -> float:
        """Width of the 95 % Wilson interval (E. B. Wilson, JASA 22, 1927)."""
        spread = self.k * (self.n - self.k) / self.n + Z**2 / 4
        return 2 * Z * sqrt(spread) / (self.n + Z**2)


def run(
    store: Store, recipe: GenerateRecipe, judge: Callable[[], Run], progress: Progress
) -> list[Run]:
    """Sample and `judge` until no problem wants more. Raises UserError when stopped."""
    rules = recipe.adaptive
    runs: list[Run] = []
    wanted: dict[str, int] | None = None
    budget = generate.budget_of(recipe)
    while True:
        runs.append(generate.run(store, recipe, progress, of=wanted, budget=budget))
        runs.append(judge())
        tallies = tally(store, recipe)
        open_ones = {p for p, t in tallies.items() if wants_more(t, rules.width)}
        wanted = {p: min(2 * int(tallies[p].n), rules.cap) for p in open_ones}
        wanted = {p: more for p, more in wanted.items() if more > tallies[p].n}
        bought = runs[-2].counts.get("rollouts", 0)
        if not wanted or runs[-2].counts.get("left") or (len(runs) > 2 and not bought):
            return runs
        most = max(wanted.values())
        progress.say(f"{len(wanted):,} problems are still uncertain: up to {most} rollouts each")


def wants_more(found: Tally, width: float) -> bool:
    """Whether a problem is unsolved, or its pass rate uncertain."""
    return found.k == 0 or found.width > width


def tally(store: Store, recipe: GenerateRecipe) -> dict[str, Tally]:
    """What is known of the recipe's problems under its policy."""
    with catalog.locked(store) as con:
        owed.select(con, recipe)
        found = con.sql(COUNTED, params=[policy(recipe)]).fetchall()
    return {problem: Tally(k, n) for problem, k, n in found}


def report(store: Store, recipe: GenerateRecipe) -> None:
    """Print what the same number of rollouts would have told at a fixed n, as expected values."""
    found = list(tally(store, recipe).values())
    if not found:
        return
    spent = sum(t.n for t in found)
    n = spent / len(found)
    fixed = [Tally(t.k / t.n * n, n) for t in found]
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"[bold]adaptive[/bold]   {spent:,} rollouts, {n:.1f} a problem; "
        f"{_settled(found, recipe):,} of {len(found):,} problems settled, "
        f"{_settled(fixed, recipe):,} expected at a fixed n\n"
        f"           interval widths: {_widths(found)}; expected at a fixed n: {_widths(fixed)}"
    )


def _settled(tallies: list[Tally], recipe: GenerateRecipe) -> int:
    return sum(not wants_more(t, recipe.adaptive.width) for t in tallies)


def _widths(tallies: list[Tally]) -> str:
    widths = [t.width for t in tallies]
    return f"mean {sum(widths) / len(widths):.2f}, widest {max(widths):.2f}"
