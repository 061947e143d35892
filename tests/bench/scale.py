"""`just bench scale`: the line over 10 k, 100 k and 1 M rollouts, each step by its command.

    just bench scale [sizes=10000,100000,1000000] [steps=verify,dedup,...] [chars=0] [home=FOLDER]
                     [plot=FILE.png]

The embedded world sets the problems and its solver writes EACH rollouts for each (`_scale_made.py`;
`chars=30000` for long traces); they are ingested from a Parquet file like anybody's. Every step is
a process of its own, so start-up counts:

    s, CPU s       of the whole command, with the processes it starts
    peak           the most memory that it and they held at once, shared pages once
    rollouts/s     rollouts of the store / s
    ^              the exponent e of CPU s ~ rollouts^e, or of the peak, from the smallest store to
                   the largest; `last`: from the last but one, where start-up counts less

`home` keeps what is made, so that it is made once; a store in it is made anew.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from factory.errors import unknown
from factory.store import Store
from tests.bench import _rig as rig
from tests.bench._scale_made import EACH

FIELDS = ("question=question", "answer=answer", "id=id", "completion=solutions", "trace=traces")
SQL = {  # README's first query, and what `just generate` says to type next
    "sql: by difficulty": "select difficulty, count(*) as rollouts, pass_rate(outcome) as correct "
    "from corpus group by 1 order by 3",
    "sql: by level": "select level, pass_rate(outcome) from corpus group by 1 order by 2 desc",
}
STEPS = {
    "verify": ("verify",),
    "dedup": ("dedup",),
    "tag": ("tag",),
    "status": ("status",),
    **{name: ("sql", query) for name, query in SQL.items()},
    "compact": ("compact",),
    **{f"{name} (compacted)": ("sql", query) for name, query in SQL.items()},
    "verify (nothing owed)": ("verify",),
    "dedup (nothing owed)": ("dedup",),
    "tag (nothing owed)": ("tag",),
}


@dataclass(frozen=True)
class Point:
    """One store: what each step took, and what the store holds after the last."""

    rollouts: int
    costs: dict[str, tuple[float, float, int]]
    """step -> s, CPU s, peak bytes."""
    tables: dict[str, tuple[int, int]]
    """table -> rows, bytes; compacted."""
    shards: dict[str, int]
    """step -> live shards after it."""


class Bench:
    """Made rollouts, and a store for every size."""

    def __init__(self, home: Path, chars: int, steps: Sequence[str]) -> None:
        self.home, self.chars, self.log = home, chars, home / "step.log"
        self.steps = {name: STEPS[name] for name in steps}

    def made(self, rollouts: int) -> Path:
        """The file of so many rollouts."""
        path = self.home / f"made-{rollouts}-{self.chars}.parquet"
        if not path.exists():
            words = [sys.executable, "-m", "tests.bench._scale_made", rollouts // EACH, self.chars]
            self._took("made", [*words, path])
        return path

    def point(self, rollouts: int) -> Point:
        """Every step over a fresh store."""
        rig.say(f"{rollouts:,} rollouts")
        source, store = self.made(rollouts), self.home / f"store-{rollouts}"
        shutil.rmtree(store, ignore_errors=True)
        ingest = ("ingest", "source=parquet", f"path={source}", *FIELDS, "model=solver", "name=x")
        costs, shards = dict[str, tuple[float, float, int]](), dict[str, int]()
        for name, words in {"ingest": ingest, **self.steps}.items():
            costs[name] = self._took(name, rig.factory(*words, f"store={store}"))
            shards[name] = len(Store(store).snapshot().shards)
        return Point(rollouts, costs, _tables(store), shards)

    def _took(self, name: str, words: Sequence[object]) -> tuple[float, float, int]:
        cost = rig.watched(words, self.log)
        rig.say(f"  {name}: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} CPU, {cost.peak / 1e6:,.0f} MB")
        return cost.wall_s, cost.cpu_s, cost.peak


def _tables(store: Path) -> dict[str, tuple[int, int]]:
    rows, size = Counter[str](), Counter[str]()
    for shard in Store(store).snapshot().shards:
        rows[shard.table] += shard.rows
        size[shard.table] += shard.bytes
    return {table: (rows[table], size[table]) for table in rows}


def _steps(points: Sequence[Point]) -> list[list[str]]:
    rows = []
    for name in points[0].costs:
        cells = [name]
        for point in points:
            wall_s, cpu_s, peak = point.costs[name]
            rate = point.rollouts / wall_s
            cells += [f"{wall_s:.1f}", f"{cpu_s:.1f}", f"{peak / 1e6:,.0f}", f"{rate:,.0f}"]
        rows.append([*cells, *_exponents(points, name)])
    return rows


def _exponents(points: Sequence[Point], name: str) -> list[str]:
    """Of CPU seconds and of the peak, from the smallest store and from the last but one."""
    if len(points) < 2:
        return []
    spans = [(points[0], points[-1]), (points[-2], points[-1])]
    return [f"{exponent(a, b, name, which):.2f}" for a, b in spans for which in (1, 2)]


def exponent(small: Point, large: Point, name: str, which: int) -> float:
    """e of cost ~ rollouts^e."""
    times = large.costs[name][which] / small.costs[name][which]
    return math.log(times) / math.log(large.rollouts / small.rollouts)


def _show(points: Sequence[Point], markdown: bool) -> None:
    head = ["step"]
    for point in points:
        size = f"{point.rollouts / 1000:g} k"
        head += [f"{size}: s", "CPU s", "MB", "rollouts/s"]
    head += ["CPU ^", "MB ^", "CPU ^ last", "MB ^ last"] if len(points) > 1 else []
    rig.show("Steps", head, _steps(points), markdown)
    largest = points[-1]
    total = sum(size for _, size in largest.tables.values())
    rows = [
        [table, f"{n:,}", f"{size / 1e6:,.1f}", f"{size / largest.rollouts:,.1f}"]
        for table, (n, size) in sorted(largest.tables.items(), key=lambda item: -item[1][1])
    ]
    rows.append(["all", "", f"{total / 1e6:,.1f}", f"{total / largest.rollouts:,.1f}"])
    title = f"The store of {largest.rollouts:,}"
    rig.show(title, ("table", "rows", "MB", "bytes a rollout"), rows, markdown)
    shards = [[name, *(f"{p.shards[name]:,}" for p in points)] for name in points[0].shards]
    rig.show("Shards after", ("step", *(f"{p.rollouts:,}" for p in points)), shards, markdown)


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(
        words,
        sizes="10000,100000,1000000",
        steps=",".join(STEPS),
        chars="0",
        home="none",
        plot="none",
        format="table",
    )
    if given["format"] not in ("table", "markdown"):
        raise unknown("format", given["format"], ("table", "markdown"))
    steps = given["steps"].split(",")
    if missing := [name for name in steps if name not in STEPS]:
        raise unknown("step", missing[0], STEPS)
    sizes = sorted(int(size) for size in given["sizes"].split(","))
    with tempfile.TemporaryDirectory(prefix="bench-") as fresh:
        home = Path(fresh if given["home"] == "none" else given["home"]).absolute()
        home.mkdir(parents=True, exist_ok=True)
        bench = Bench(home, int(given["chars"]), steps)
        if "dedup" in steps:
            bench.point(10 * EACH)  # the first run compiles
        points, kept = list[Point](), home / "points.json"
        for size in sizes:
            points.append(bench.point(size // EACH * EACH))
            kept.write_text(json.dumps([asdict(point) for point in points]))
        _show(points, given["format"] == "markdown")
        if given["plot"] != "none":
            _plot(kept, Path(given["plot"]).absolute())
    return 0


def _plot(points: Path, path: Path) -> None:
    if subprocess.run([sys.executable, rig.HERE / "_scale_plot.py", points, path]).returncode:
        rig.say(f"{path} was not drawn")
