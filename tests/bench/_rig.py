"""What benchmarks share: processes whose cost is measured, the server, problems, options, a table.

The benchmark's own process stays small: Linux counts the memory of the process that starts another
into that one's peak.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from factory.errors import RecipeError, unknown

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
QUIET = {  # telemetry, model hubs and cost tables of peers stay at home; no display to draw
    "TELEMETRY_ENABLED": "false",
    "CURATOR_VIEWER": "false",
    "CURATOR_DISABLE_RICH_DISPLAY": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYTHONPATH": str(ROOT),
}
SAMPLE_S = 0.1
STATEMENT = (
    "A mill grinds {} sacks of flour a day for {} days and sells a third of them. "
    "How many sacks are left in the store at the end?"
)


@dataclass(frozen=True)
class Cost:
    """What one process and those it waited for took: seconds, CPU seconds, peak bytes."""

    wall_s: float
    cpu_s: float
    peak: int
    output: str


def measured(words: Sequence[object], log: Path) -> Cost:
    """Run a program to its end. Raises RuntimeError, with its last words, where it fails."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with log.open("w+") as out:
        began = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in words],
            cwd=log.parent,
            env=environment | QUIET,
            stdout=out,
            stderr=out,
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall_s = time.monotonic() - began
    output = log.read_text(errors="replace")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"{words[0]} {words[1]} ended with {process.returncode}:\n{output[-2000:]}"
        )
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, output)


def watched(words: Sequence[object], log: Path) -> Cost:
    """Run a program to its end. The peak is of all its processes at once, shared pages once."""
    peak, began = 0, time.monotonic()
    with log.open("w+") as out:
        environment = os.environ | QUIET
        command = [str(word) for word in words]
        with subprocess.Popen(
            command, cwd=log.parent, env=environment, stdout=out, stderr=out
        ) as p:
            while os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                looked = time.monotonic()
                peak = max(peak, sum(map(_held, _tree(p.pid))))
                # A look at gigabytes holds them up: it is not to take a tenth of the time.
                time.sleep(max(SAMPLE_S, 9 * (time.monotonic() - looked)))
            wall_s = time.monotonic() - began
            _, status, used = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
    output = log.read_text(errors="replace")
    if p.returncode:
        raise RuntimeError(f"{command} ended with {p.returncode}:\n{output[-2000:]}")
    return Cost(wall_s, used.ru_utime + used.ru_stime, peak, output)


def _tree(pid: int) -> list[int]:
    """A process and all it started."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _held(pid: int) -> int:
    """Bytes of memory of a process, what it shares by its share."""
    with suppress(OSError, StopIteration):
        report = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in report if line.startswith("Pss:")) * 1024
    return 0


def factory(*words: object) -> list[object]:
    """A command of ours."""
    return [sys.executable, "-m", "factory", *words]


def python(module: str) -> list[object]:
    """A module of the benchmarks."""
    return [sys.executable, "-m", module]


@contextmanager
def served() -> Iterator[str]:
    """The address of a benchmark's server, without `/v1`."""
    words = [sys.executable, str(HERE / "_server.py")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def counted(server: str, what: str = "count") -> dict[str, Any]:
    """GET /count or /reset."""
    with urllib.request.urlopen(f"{server}/{what}") as reply:
        return json.load(reply)


def problems(path: Path, count: int) -> Path:
    """A file of so many distinct problems."""
    with path.open("w") as file:
        for i in range(count):
            row = {"id": str(i), "question": STATEMENT.format(i, i % 97 + 3), "answer": str(i)}
            file.write(json.dumps(row) + "\n")
    return path


def options(words: list[str], **defaults: str) -> dict[str, str]:
    """`key=value` words over their defaults. Raises RecipeError."""
    values = dict(defaults)
    for word in words:
        name, equals, value = word.partition("=")
        if name not in defaults:
            raise unknown("key", name, defaults)
        if not equals or not value:
            raise RecipeError(f"{name}= is empty; give {name}=VALUE")
        values[name] = value
    return values


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], markdown: bool) -> None:
    """One table on standard output; the first column is words, the others figures."""
    if markdown:
        rule = ["---", *("---:" for _ in head[1:])]
        lines = [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]
        print(f"### {title}\n", *lines, "", sep="\n")
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for i, name in enumerate(head):
        table.add_column(name, justify="right" if i else "left")
    for cells in rows:
        table.add_row(*cells)
    Console(highlight=False, width=None if sys.stdout.isatty() else 140).print(table, "")


def say(words: str) -> None:
    """One line of progress to standard error."""
    print(words, file=sys.stderr, flush=True)
