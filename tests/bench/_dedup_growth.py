"""How `just dedup` grows with rollouts: synthetic stores, seconds, memory, a line through both.

A synthetic problem is a real one with its numerals moved and a page of its own; its rollouts are
the real ones of that problem, moved alike, so that eight texts share a problem and none are equal.
The second run adds one rollout a hundred, each to a problem that has some.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from factory.store import Run, Store
from schemas.arrow import schema
from tests.bench import _rig as rig
from tests.bench._dedup_sets import lines
from tests.bench._dedup_tools import PYTHON, Tools

EACH = 8  # rollouts a problem
UNIT = 20_000  # rollouts a commit
AHEAD = 10_000_000
NAMES = ("Ada", "Bo", "Cem", "Dora", "Eli", "Fay", "Gus", "Hana", "Ivo", "June", "Kai", "Lena")
WHOLE = re.compile(r"(?<![\d.])(\d{1,9})(?![\d.])")
BARS = "▁▂▃▄▅▆▇█"
FIXED = {
    "policy_id": "policy",
    "teacher": "t",
    "model": "m",
    "backend": "import",
    "finish_reason": "stop",
    "created_at": datetime(2026, 1, 1),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One store: both runs."""

    rollouts: int
    bytes: int
    first: rig.Cost
    second: rig.Cost


class Synthetic:
    """Problems and rollouts by number, cut up once."""

    def __init__(self) -> None:
        rows = list(lines("qwen25_math_cot_100x8.jsonl"))
        self.questions = [WHOLE.split(row["question"]) for row in rows]
        self.samples = [[WHOLE.split(text) for text in row["code"]] for row in rows]

    def moved(self, pieces: Sequence[str], by: int) -> str:
        """A text whose numerals above 3 are larger."""
        numerals = (n if int(n) < 4 else str(int(n) + by) for n in pieces[1::2])
        return "".join(p for pair in zip(pieces[::2], [*numerals, ""], strict=True) for p in pair)

    def problem(self, number: int) -> dict[str, Any]:
        """One row of problems."""
        kind, by = number % len(self.questions), number // len(self.questions) + 1
        page = f"Page {number + 10} of {NAMES[number % len(NAMES)]}'s notebook: "
        text = page + self.moved(self.questions[kind], by)
        return {"problem_id": _id("p", number), "statement": text}

    def rollout(self, number: int, sample: int) -> dict[str, Any]:
        """One row of rollouts; sample EACH is sample 0 with other first words."""
        kind, by = number % len(self.samples), number // len(self.samples) + 1
        text = self.moved(self.samples[kind][sample % EACH], by)
        more = "" if sample < EACH else f"Let us help {NAMES[number % len(NAMES)]}. "
        ids = {"rollout_id": _id("r", number, sample), "problem_id": _id("p", number)}
        return {**ids, "sample_index": sample, "solution": more + text}


def _id(*parts: object) -> str:
    return md5(repr(parts).encode(), usedforsecurity=False).hexdigest()


def _commit(store: Store, table: str, rows: Iterable[dict[str, Any]]) -> int:
    """Rows straight into the store, as a run that came last; their bytes of text."""
    size, coming = 0, iter(rows)
    while unit := list(islice(coming, UNIT)):
        seen = store.snapshot()
        run = Run(f"{seen.seq:08d}-bench", "ingest", {}, "2026-01-01T00:00:00+00:00", "finished")
        columns = [_column(field, unit, run.run_id) for field in schema(table)]
        rows_of = pa.table(columns, names=schema(table).names)
        store.commit(run, {table: rows_of}, seen)
        size += sum(len(row.get("solution", "").encode()) for row in unit)
    return size


def _column(field: pa.Field, unit: list[dict[str, Any]], run_id: str) -> pa.Array:
    """Given values, one for all, or nulls."""
    if field.name in unit[0]:
        return pa.array([row[field.name] for row in unit], field.type)
    value = {**FIXED, "run_id": run_id}.get(field.name)
    return pa.array([value] * len(unit), field.type)


def measured(tools: Tools, texts: Synthetic, size: int) -> Point:
    """Both runs over one store."""
    path = tools.home / f"grown-{size}"
    store, problems = Store(path, create=True), size // EACH
    _commit(store, "problems", map(texts.problem, range(problems)))
    every = (texts.rollout(n, sample) for n in range(problems) for sample in range(EACH))
    text = _commit(store, "rollouts", every)
    command, log = rig.factory("dedup", f"store={path}"), tools.home / "dedup.log"
    first = rig.watched(command, log)
    _commit(store, "rollouts", _later(texts, problems, size // 100))
    second = rig.watched(command, log)
    shutil.rmtree(path)
    rig.say(f"  {size:,} rollouts: {first.wall_s:.1f} s, then {second.wall_s:.1f} s")
    return Point(problems * EACH, text, first, second)


def _later(texts: Synthetic, problems: int, count: int) -> Iterator[dict[str, Any]]:
    step = max(problems // count, 1)
    return (texts.rollout(number, EACH) for number in islice(range(0, problems, step), count))


def growth(tools: Tools, sizes: Sequence[int], markdown: bool, plot: str) -> None:
    """Tables of what was measured and what a line through it says of more."""
    texts = Synthetic()
    measured(tools, texts, 100 * EACH)  # the first run compiles
    points = [measured(tools, texts, size) for size in sizes]
    rows = [
        [
            f"{p.rollouts:,}",
            f"{p.bytes / 1e6:,.0f}",
            *(f"{run.wall_s:.1f}" for run in (p.first, p.second)),
            *(f"{run.cpu_s:.1f}" for run in (p.first, p.second)),
            *(f"{run.peak / 1e6:,.0f} MB" for run in (p.first, p.second)),
        ]
        for p in points
    ]
    figures = ("s", "s, +1 %", "CPU s", "CPU s, +1 %", "peak", "peak, +1 %")
    head = ("rollouts", "MB", *figures)
    rig.show("Growth of `just dedup`", head, rows, markdown)
    if len(points) > 1:
        _line(points, markdown)
    if plot != "none":
        _plot(points, Path(plot).absolute())


def _line(points: Sequence[Point], markdown: bool) -> None:
    """A least-squares line through each figure."""
    at = [p.rollouts / 1e6 for p in points]
    series = {
        "CPU s": [p.first.cpu_s for p in points],
        "CPU s, +1 %": [p.second.cpu_s for p in points],
        "peak, MB": [p.first.peak / 1e6 for p in points],
        "peak, MB, +1 %": [p.second.peak / 1e6 for p in points],
    }
    rows = []
    for name, values in series.items():
        slope, start = np.polyfit(at, values, 1)
        off = max(abs(start + slope * x - y) for x, y in zip(at, values, strict=True))
        bars = "".join(BARS[round(7 * value / max(values))] for value in values)
        ahead = start + slope * AHEAD / 1e6
        rows.append([name, bars, f"{start:,.1f}", f"{slope:,.1f}", f"{off:,.1f}", f"{ahead:,.0f}"])
    head = ("figure", "grows", "at none", "a million more", "off by at most")
    beyond = f"EXTRAPOLATED to {AHEAD / 1e6:g} M"
    rig.show("A straight line through these", (*head, beyond), rows, markdown)


def _plot(points: Sequence[Point], path: Path) -> None:
    """A picture of both, by the peers' environment, where it has matplotlib."""
    data = [
        [p.rollouts, p.first.cpu_s, p.second.cpu_s, p.first.peak / 1e6, p.second.peak / 1e6]
        for p in points
    ]
    words = [PYTHON, rig.HERE / "_dedup_plot.py", json.dumps(data), path]
    if not PYTHON.exists() or subprocess.run(words).returncode:
        rig.say(f"{path} was not drawn")
