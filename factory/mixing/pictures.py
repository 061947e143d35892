"""The pictures of a data card: what a mixture holds beside what it was chosen from.

Each is drawn of the tables `told` and `candidates` that `facts.gather` made. They need matplotlib
(extra `card`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from factory.mixing.facts import BANDS

THERE, TAKEN, OTHER, INK = "#c9ced6", "#2f6db5", "#c8553d", "#333333"
MOST = 14  # bars of a panel
MOST_BINS = 30

SHARES = """
    with a as (select coalesce({column}, 'not stated') as name, count(*) as n
            from candidates group by 1),
        b as (select coalesce({column}, 'not stated') as name, count(*) as n
            from told group by 1)
    select name, coalesce(100 * a.n / sum(a.n) over (), 0),
        coalesce(100 * b.n / sum(b.n) over (), 0)
    from a full join b using (name) order by 3, 2, 1
"""
# Counts of `BINS` bins of one width on a logarithmic scale, and the median.
LENGTHS = """
    with each as (select side, coalesce(difficulty, 'not measured') as band, {tokens} as n
            from told where {tokens} > 0),
    ends as (select min(n) as low, max(n) + 1 as high, count(*) as rows from each),
    bins as (select *, least({most}, greatest(8, ceil(1.2 * sqrt(rows))))::int as bins from ends)
    select side, band, median(n), low, high, bins,
        histogram(floor(bins * ln(n / low) / ln(high / low))::int)
    from each cross join bins group by all
"""
# Problems by eighths of the pass rate.
RATES = """
    select coalesce(teacher, 'unknown') as teacher, round(8 * pass_rate)::int as eighths,
        count(distinct problem_id)
    from {table} where pass_rate is not null group by all
"""


def draw(con: Any, stage: str, folder: Path) -> dict[str, str]:
    """Write the pictures into a folder; file -> what it shows. Raises ImportError, OSError."""
    import matplotlib as mpl

    style: dict[Any, Any] = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    style |= {"text.color": INK, "axes.labelcolor": INK, "axes.titlesize": 9}
    style |= {"xtick.color": INK, "ytick.color": INK, "axes.edgecolor": INK}
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    with mpl.rc_context(style):
        for name, (picture, words) in PICTURES.items():
            if figure := picture(con, stage):
                figure.savefig(folder / name, dpi=110, metadata={"Software": None})
                made[name] = words
    return made


def _figure(columns: int, height: float, rows: int = 1, **more: Any) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **more)


def _bars(axes: Any, rows: list[Any], title: str, unit: str) -> None:
    """A pair of bars a name, the largest share of the mixture on top."""
    shown = rows[-MOST:]
    places = range(len(shown))
    for shift, index, colour, name in ((-0.2, 1, THERE, "candidates"), (0.2, 2, TAKEN, "mixture")):
        shares = [row[index] for row in shown]
        axes.barh([p + shift for p in places], shares, 0.38, color=colour, label=name)
    axes.set_yticks(places, [row[0].replace("_", " ")[:28] for row in shown])
    axes.tick_params(axis="y", length=0)
    left_out = f" ({len(rows) - MOST} smaller ones left out)" if len(rows) > MOST else ""
    axes.set_title(title + left_out, loc="left")
    axes.set_xlabel(f"share of {unit}, %")


def _difficulty(con: Any, stage: str) -> Any:
    unit = "problems" if stage == "rl" else "rollouts"
    bands = {r[0]: r for r in con.sql(SHARES.format(column="difficulty")).fetchall()}
    names = [name for name in reversed((*BANDS, "not stated")) if name in bands]
    measured = [("not measured" if n == "not stated" else n, *bands[n][1:]) for n in names]
    levels = con.sql(SHARES.format(column="level")).fetchall()
    most = min(max(len(measured), len(levels)), MOST)
    figure, (panels,) = _figure(2, 1.2 + 0.32 * most)
    _bars(panels[0], measured, "Difficulty: the teacher's pass rate in words", unit)
    _bars(panels[1], levels, "Level, as the sources state it", unit)
    return _keyed(figure, panels[0])


def _domains(con: Any, stage: str) -> Any:
    rows = con.sql(SHARES.format(column="domain")).fetchall()
    figure, ((axes,),) = _figure(1, 1.2 + 0.3 * min(len(rows), MOST))
    _bars(axes, rows, "Field of mathematics", "problems" if stage == "rl" else "rollouts")
    return _keyed(figure, axes)


def _keyed(figure: Any, axes: Any) -> Any:
    """The key to the colours, above the panels."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=2, frameon=False)
    return figure


def _lengths(con: Any, stage: str) -> Any:
    """A panel for each difficulty, on one logarithmic scale; a line at the median."""
    column = "row_tokens" if stage == "rl" else "tokens"
    rows = con.sql(LENGTHS.format(tokens=column, most=MOST_BINS)).fetchall()
    if not rows:
        return None
    bands = [b for b in (*BANDS, "not measured") if any(row[1] == b for row in rows)]
    figure, panels = _figure(1, 1.1 + 1.0 * len(bands), len(bands), sharex=True)
    for (axes,), band in zip(panels, bands, strict=True):
        for row in sorted(row for row in rows if row[1] == band):
            _outline(axes, row, stage == "dpo")
        axes.set_title(band, loc="left")
        axes.legend(frameon=False, loc="upper right")
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=3)
    _tokens(panels[-1][0], rows[0][3], rows[0][4])
    panels[-1][0].set_xlabel(f"tokens of a {'question' if stage == 'rl' else 'rollout'}")
    figure.supylabel("problems" if stage == "rl" else "rollouts", fontsize=9)
    return figure


def _outline(axes: Any, row: Any, pairs: bool) -> None:
    """One histogram of LENGTHS: of pairs the chosen filled, the rejected a line above it."""
    side, _, median, low, high, bins, counts = row
    edges = [low * (high / low) ** (k / bins) for k in range(bins + 1)]
    heights = [counts.get(k, 0) for k in range(bins)]
    line = side == "rejected"
    colour = OTHER if line else TAKEN
    axes.stairs(heights, edges, fill=not line, color=colour, alpha=1 if line or not pairs else 0.4)
    label = f"{side}, median {median:,.0f}" if pairs else f"median {median:,.0f}"
    axes.axvline(median, color=colour if pairs else INK, lw=1, ls=":", label=label)


def _tokens(axes: Any, low: int, high: int) -> None:
    """A logarithmic scale in plain numbers."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axes.set_xscale("log")
    axes.set_xticks(
        [t for k in range(7) for t in (10**k, 2 * 10**k, 5 * 10**k) if low <= t <= high]
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _rates(con: Any, stage: str) -> Any:
    """A panel for each teacher: problems by the share of its rollouts that are right."""
    there, taken = (
        con.sql(RATES.format(table=table)).fetchall() for table in ("candidates", "told")
    )
    teachers = sorted({r[0] for r in taken}, key=lambda t: -sum(r[2] for r in taken if r[0] == t))
    if not teachers:
        return None
    shown = teachers[:4]
    figure, (panels,) = _figure(len(shown), 2.6, sharey=True)
    for axes, teacher in zip(panels, shown, strict=True):
        for rows, colour, name in ((there, THERE, "candidates"), (taken, TAKEN, "mixture")):
            bars = {eighths / 8: count for of, eighths, count in rows if of == teacher}
            axes.bar(list(bars), list(bars.values()), 0.11, color=colour, label=name)
        axes.set_title(teacher[:28], loc="left")
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_xlim(-0.1, 1.1)
        axes.set_xlabel("pass rate")
    panels[0].set_ylabel("problems")
    return _keyed(figure, panels[0])


Picture = Callable[[Any, str], Any]
PICTURES: dict[str, tuple[Picture, str]] = {
    "difficulty.png": (_difficulty, "Difficulty and level, of the candidates and of the mixture"),
    "domains.png": (_domains, "Fields of mathematics, of the candidates and of the mixture"),
    "lengths.png": (_lengths, "Lengths in tokens by difficulty, on a logarithmic scale"),
    "pass_rates.png": (_rates, "Problems by the pass rate of their teacher"),
}
