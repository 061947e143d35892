"""`just bench mix`: mixtures and the catalog on a generated corpus, beside DuckDB and `datasets`.

    just bench mix [rollouts=200000] [chars=4000] [metadata=1000000] [runs=3] [home=FOLDER]

`rollouts` with text of `chars` characters for what moves text; `metadata` rollouts with hardly any
for what reads none. Every side is a process of its own on the same rows; the best of `runs`. What a
target compares is a ratio of two sides measured here, one after the other.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import _rig as rig

SHORT = 40  # characters of a trace in the corpus of metadata


def main(words: list[str]) -> int:
    """Run it and print the tables."""
    values = rig.options(
        words, rollouts="200000", chars="4000", metadata="1000000", runs="3", home="", form="text"
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(values["home"] or folder)
        home.mkdir(parents=True, exist_ok=True)
        bench = _Bench(home, int(values["runs"]))
        text = bench.made(int(values["rollouts"]), int(values["chars"]))
        bare = bench.made(int(values["metadata"]), SHORT)
        rows = bench.mixtures(text) + bench.catalog(text, bare)
    title = f"just bench mix, {values['rollouts']} rollouts of {values['chars']} characters"
    head = ("what", "ours", "beside", "ratio", "target")
    rig.show(title, head, rows, markdown=values["form"] == "markdown")
    return 0


class _Bench:
    """Stores in a folder, and the sides over them."""

    def __init__(self, home: Path, runs: int) -> None:
        self.home, self.runs = home, runs

    def made(self, rollouts: int, chars: int) -> Path:
        """A corpus; one that is there is used again."""
        path = self.home / f"corpus-{rollouts}-{chars}"
        if not path.exists():
            rig.say(f"making {rollouts:,} rollouts of {chars:,} characters")
            part = path.with_suffix(".part")
            words = [*rig.python("tests.bench._mix_made"), rollouts, chars, part]
            rig.measured(words, self.home / "log")
            part.rename(path)
        return path

    def best(self, side: str, store: Path, by: Callable[[rig.Cost], float]) -> rig.Cost:
        """The run of a side that `by` has least of."""
        found = []
        for _ in range(self.runs):
            with tempfile.TemporaryDirectory(dir=self.home) as folder:
                words = [*rig.python("tests.bench._mix_sides"), side, store, folder]
                found.append(rig.watched(words, self.home / "log"))
        cost = min(found, key=by)
        rig.say(f"  {side}: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} CPU, {cost.peak / 1e6:,.0f} MB")
        return cost

    def mixtures(self, store: Path) -> list[list[str]]:
        """Freezing and reading."""
        ours, copied, hub = (
            self.best(side, store, lambda cost: cost.wall_s)
            for side in ("freeze", "copy", "datasets")
        )
        read, mapped = (
            self.best(side, store, lambda c: -_told(c)[1]) for side in ("read", "mapped")
        )
        mb = [each.peak / 1e6 for each in (ours, hub)]
        rates = [_told(each)[1] for each in (read, mapped)]
        return [
            _row("freeze / unsorted copy, s", ours.wall_s, copied.wall_s, "<= 1.6"),
            _row("freeze / unsorted copy, CPU s", ours.cpu_s, copied.cpu_s, ""),
            _row("freeze / datasets, s", ours.wall_s, hub.wall_s, ""),
            _row("freeze / datasets, peak MB", mb[0], mb[1], "<= 0.6"),
            _row("read / memory map, rows/s", rates[0], rates[1], ">= 0.9"),
            _row("open and prove / open, s", _told(read)[0], _told(mapped)[0], ""),
        ]

    def catalog(self, text: Path, bare: Path) -> list[list[str]]:
        """What the catalog is asked for."""
        filtered, scanned = (
            _told(self.best(side, text, lambda c: _told(c)[0]))[0] for side in ("filter", "scan")
        )
        fresh, whole = (
            _told(self.best(side, bare, lambda c: _told(c)[0]))[0]
            for side in ("refresh", "rebuild")
        )
        summary = _told(self.best("summary", bare, lambda c: _told(c)[0]))[0]
        return [
            _row("filter over 5 columns / scan of the text, s", filtered, scanned, "<= 0.1"),
            _row("catalog file / a table of it, s", fresh, whole, "<= 0.05"),
            ["summary SQL, warm, s", f"{summary:.2f}", "", "", "< 1 at 10 M"],
        ]


def _told(cost: rig.Cost) -> list[float]:
    """The figures of the last line that a side printed."""
    return [float(word) for word in cost.output.strip().splitlines()[-1].split()]


def _row(what: str, ours: float, beside: float, target: str) -> list[str]:
    return [what, f"{ours:,.2f}", f"{beside:,.2f}", f"{ours / beside:.2f}", target]
