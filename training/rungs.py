"""What a ladder came to: every rung and control with its interval, and what each step added.

Students of one seed, and questions, are alike; so the bootstrap draws seeds and questions, and a
difference is taken between students of one seed on one question (two-way; percentiles).
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

Found = dict[str, dict[str, float]]
"""Of one seed: rung -> question -> pass rate."""

RUNGS = ("base", "mid", "sft", "dpo", "rl")
CONTROLS = {"sft": ("more mid",), "dpo": ("rft",), "rl": ("plain rl", "plain rl, wide")}
"""Of a rung: what learns from as many tokens; last, for rl, from all that it sampled."""
DRAWS = 10_000


class Step(NamedTuple):
    """A mean or a difference, of all seeds and questions, with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:6.1%}  ({self.low:.1%} to {self.high:.1%})"


class Ladder:
    """The pass rates as arrays of seeds x questions, and the draws that all intervals share."""

    def __init__(self, found: list[Found]) -> None:
        shared = set.intersection(*(set(of) for seed in found for of in seed.values()))
        self.questions = sorted(shared)
        self.rates = {
            rung: np.array([[seed[rung][q] for q in self.questions] for seed in found])
            for rung in found[0]
        }
        rng = np.random.default_rng(0)
        seeds, questions = len(found), len(self.questions)
        self.seeds = rng.multinomial(seeds, [1 / seeds] * seeds, DRAWS) / seeds
        self.places = rng.multinomial(questions, [1 / questions] * questions, DRAWS) / questions

    def of(self, rung: str, less: str | None = None) -> Step:
        """The mean of a rung, or its difference to another."""
        rates = self.rates[rung] - (self.rates[less] if less else 0)
        drawn = np.einsum("ds,sq,dq->d", self.seeds, rates, self.places, optimize=True)
        low, high = np.percentile(drawn, [2.5, 97.5])
        return Step(float(rates.mean()), float(low), float(high))


def show(found: list[Found], target: Path) -> None:
    """Print the table, and write it as `target`.json and, with the extra `card`, `target`.png."""
    ladder = Ladder(found)
    seeds = len(found)
    table = Table(box=None, pad_edge=False, title_justify="left")
    for column in ("rung", "avg@k (95 %)", "over the one before", "over this control"):
        table.add_column(column)
    for before, rung in zip((None, *RUNGS), RUNGS, strict=False):
        table.add_row(rung, str(ladder.of(rung)), _signed(ladder, rung, before))
        for control in CONTROLS.get(rung, ()):
            over = _signed(ladder, rung, control)
            table.add_row(f"  {control}", str(ladder.of(control)), "", over)
    console = Console(width=max(120, Console().width))
    console.print(f"[bold]ladder[/bold]  {seeds} seeds, {len(ladder.questions)} questions")
    console.print(table)
    told = {
        rung: {**ladder.of(rung)._asdict(), "seeds": rates.mean(1).tolist()}
        for rung, rates in ladder.rates.items()
    }
    target.with_suffix(".json").write_text(json.dumps(told, indent=2))
    if drawn := _plot(ladder, target.with_suffix(".png")):
        console.print(f"picture in {drawn}")


def _signed(ladder: Ladder, rung: str, other: str | None) -> str:
    if other is None:
        return ""
    step = ladder.of(rung, other)
    return f"{100 * step.mean:+5.1f}  ({100 * step.low:+.1f} to {100 * step.high:+.1f})"


def _plot(ladder: Ladder, path: Path) -> Path | None:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for at, rung in enumerate(RUNGS):
        _point(axes, ladder, at, rung, "C0")
        for place, control in enumerate(CONTROLS.get(rung, ())):
            step = _point(axes, ladder, at + 0.2 * (place + 1), control, "C7")
            # The second is named above its point: beside one another the names would meet.
            y, side = (step.high + 0.01, "bottom") if place else (step.low - 0.01, "top")
            axes.text(
                at + 0.2 * (place + 1), y, control, color="C7", fontsize=7, ha="center", va=side
            )
    axes.plot(range(len(RUNGS)), [ladder.of(rung).mean for rung in RUNGS], color="C0", lw=1)
    axes.set_xticks(range(len(RUNGS)), RUNGS)
    axes.set_ylabel("pass rate on held-out questions")
    axes.set_ylim(bottom=0)
    axes.set_title("Each stage, and in grey its controls (dots: seeds); 95 %", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)
    return path


def _point(axes: Any, ladder: Ladder, place: float, rung: str, color: str) -> Step:
    step = ladder.of(rung)
    around = [[step.mean - step.low], [step.high - step.mean]]
    axes.errorbar([place], [step.mean], yerr=around, fmt="o", color=color, capsize=3)
    rates = ladder.rates[rung].mean(1)
    axes.plot([place + 0.06] * len(rates), rates, ".", color=color, alpha=0.4, ms=4)
    return step
