"""`just bench generate`: our `generate` beside curator and datatrove, one server, one run.

All ask the same problems of the same server (`_server.py`: 50 ms, 2 KB) with every safety on, from
one process each. Ours is the command a user types over a store whose problems are ingested:
identity, fsynced journal, sealing into shards. curator caches every response, datatrove keeps its
request cache and checkpoints. Costs are those of the whole command, less those of the same command
for FEW requests, so that start-up counts for nobody and what a client does after the last reply
counts for all:

    req/s              (N - FEW) / (wall seconds of N - wall seconds of FEW)
    on the wire        N / seconds from the first to the last request's arrival at the server,
                       so without what a client does after the last one arrived
    CPU s per 1,000    (CPU seconds of N - those of FEW) / (N - FEW) * 1,000; user + system,
                       of the process and its children
    peak               resident memory of the whole command
    in flight          the most requests that waited at the server at once; far below the
                       concurrency asked for means that the client cannot keep it busy

Figures are medians over `runs`, the clients taking turns; ± is half the distance from the lowest
to the highest. Memory: max_requests=5000 over stores of 10 k and 1 M problems without rollouts.
Journal: the same command with a journal that does nothing (`_journal.py`), alternating with the
real one, and the CPU that writing and syncing take, counted inside a run.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from factory.errors import unknown
from tests.bench import _rig as rig

FEW = 20
PEERS = ("curator", "datatrove")
PARTS = ("clients", "memory", "journal")
COLUMNS = ("concurrency", "req/s", "on the wire", "CPU s per 1,000", "peak", "in flight")
HEAD = ("target", "wanted", "measured", "")
WANTED = {256: 3.0, 1000: 5.0}  # times the requests a second of the better peer
SPENT = 5_000  # requests bought where memory is measured
PYTHON = rig.ROOT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Point:
    """One client's run: requests, concurrency, its cost, the server's counters."""

    requests: int
    concurrency: int
    cost: rig.Cost
    wire_s: float
    in_flight: int


class Bench:
    """The server, the problems and one ingested store for all runs."""

    def __init__(self, server: str, home: Path, requests: int) -> None:
        self.server, self.home = server, home
        self.rows = rig.problems(home / "problems.jsonl", requests)
        self.store = self.ingested(requests)
        self.runs = 0

    def ingested(self, count: int) -> Path:
        """A store of so many problems and nothing else."""
        store, rows = self.home / f"store-{count}", self.home / f"problems-{count}.jsonl"
        fields = ("question=question", "answer=answer", "id=id")
        words = ("ingest", "source=jsonl", f"path={rig.problems(rows, count)}", *fields)
        log = self.home / "ingest.log"
        rig.measured([sys.executable, "-m", "factory", *words, f"store={store}"], log)
        return store

    def ours(
        self, requests: int, concurrency: int, *words: str, of: Path | None = None, by: str = ""
    ) -> Point:
        """`generate` over a fresh copy of a store; `by`: through `_journal.py`."""
        store = self._folder()
        shutil.copytree(of or self.store, store)
        driver = [rig.HERE / "_journal.py", by] if by else ["-m", "factory"]
        teacher = ("teacher=local", f"teacher.base_url={self.server}/v1", "teacher.model=bench")
        how = (f"concurrency={concurrency}", "n=1", "steps=sample", f"store={store}")
        words = words or (f"limit={requests}",)
        command = [sys.executable, *driver, "generate", *teacher, *how, *words]
        return self._point(command, requests, concurrency, store)

    def peer(self, name: str, requests: int, concurrency: int) -> Point:
        """A peer's driver over the same problems, in a fresh folder."""
        folder = self._folder()
        folder.mkdir()
        driver = rig.HERE / f"_{name}.py"
        command = [PYTHON, driver, f"{self.server}/v1", self.rows, requests, concurrency, folder]
        point = self._point(command, requests, concurrency, folder)
        if f"kept {requests}\n" not in point.cost.output:
            raise RuntimeError(f"{name} lost replies:\n{point.cost.output[-2000:]}")
        return point

    def _folder(self) -> Path:
        self.runs += 1
        return self.home / f"run-{self.runs}"

    def _point(self, command: list[object], requests: int, concurrency: int, made: Path) -> Point:
        rig.counted(self.server, "reset")
        cost = rig.measured(command, self.home / "run.log")
        counts = rig.counted(self.server)
        shutil.rmtree(made)
        if counts["total"] != requests:
            raise RuntimeError(f"{counts['total']} requests arrived, not {requests}: {command}")
        point = Point(requests, concurrency, cost, counts["seconds"], counts["in_flight_max"])
        rig.say(f"  {requests:,} at {concurrency}: {cost.wall_s:.1f} s, {cost.cpu_s:.1f} s of CPU")
        return point


class Figures:
    """Several runs of one point, less the cost of FEW requests."""

    def __init__(self, points: list[Point], few: list[Point]) -> None:
        more = points[0].requests - FEW
        self.points = points
        wall, cpu = (median(cost(p) for p in few) for cost in (_wall, _cpu))
        self.rates = [more / (_wall(p) - wall) for p in points]
        self.rate = median(self.rates)
        self.wire = median(p.requests / p.wire_s for p in points)
        self.cpu = median((_cpu(p) - cpu) / more * 1000 for p in points)

    def cells(self) -> list[str]:
        """A row of the table."""
        some = self.points[0]
        peak = max(p.cost.peak for p in self.points)
        spread = (max(self.rates) - min(self.rates)) / 2
        figures = (f"{self.rate:,.0f} ± {spread:,.0f}", f"{self.wire:,.0f}", f"{self.cpu:.2f}")
        most = max(p.in_flight for p in self.points)
        return [f"{some.concurrency}", *figures, f"{peak / 1e6:,.0f} MB", f"{most}"]


def _wall(point: Point) -> float:
    return point.cost.wall_s


def _cpu(point: Point) -> float:
    return point.cost.cpu_s


def clients(bench: Bench, given: dict[str, str], markdown: bool) -> None:
    """Every client at every concurrency."""
    asks: dict[str, Callable[[int, int], Point]] = {"ours": bench.ours}
    for name in given["peers"].split(",") if given["peers"] != "none" else ():
        if name not in PEERS:
            raise unknown("peer", name, PEERS)
        asks[name] = lambda requests, most, name=name: bench.peer(name, requests, most)
    for ask in asks.values():
        ask(FEW, FEW)  # the first run compiles
    found = _interleaved(asks, given)
    rows = [
        [name, *figures.cells()] for name, points in found.items() for figures in points.values()
    ]
    rig.show("Clients", ("client", *COLUMNS), rows, markdown)
    if len(found) > 1:
        rig.show("Against the better of the peers", HEAD, _targets(found), markdown)


def _interleaved(
    asks: dict[str, Callable[[int, int], Point]], given: dict[str, str]
) -> dict[str, dict[int, Figures]]:
    """Each client's figures by concurrency; clients take turns, since machines have moods."""
    levels = [int(most) for most in given["concurrency"].split(",")]
    points: dict[tuple[str, int], list[Point]] = defaultdict(list)
    for turn in range(int(given["runs"])):
        rig.say(f"round {turn + 1} of {given['runs']}")
        for most in (0, *levels):
            for name, ask in asks.items():
                requests = int(given["requests" if name == "ours" else "peer_requests"])
                point = ask(requests, most) if most else ask(FEW, FEW)
                points[name, most].append(point)
    return {
        name: {most: Figures(points[name, most], points[name, 0]) for most in levels}
        for name in asks
    }


def _targets(found: dict[str, dict[int, Figures]]) -> list[list[str]]:
    ours, peers = found["ours"], [points for name, points in found.items() if name != "ours"]
    rows = []
    for most in ours:
        whole = ours[most].rate / max(points[most].rate for points in peers)
        wire = ours[most].wire / max(points[most].wire for points in peers)
        for what, times in (("req/s", whole), ("req/s on the wire", wire)):
            words = f"{what} at {most}, times theirs"
            rows.append(_target(words, WANTED.get(most), times, at_least=True))
        share = ours[most].cpu / min(points[most].cpu for points in peers)
        wanted = 1 / 3 if most == 256 else None
        rows.append(_target(f"CPU a request at {most}, of theirs", wanted, share))
    return rows


def _target(what: str, wanted: float | None, got: float, at_least: bool = False) -> list[str]:
    if wanted is None:
        return [what, "-", f"{got:.2f}", ""]
    met = got >= wanted if at_least else got <= wanted
    sign = ">=" if at_least else "<="
    return [what, f"{sign} {wanted:.2f}", f"{got:.2f}", "met" if met else "MISSED"]


def memory(bench: Bench, given: dict[str, str], markdown: bool) -> None:
    """Peak memory by the number of problems that wait."""
    rig.say("memory")
    rows, peaks = [], []
    for queued in map(int, given["queued"].split(",")):
        store = bench.ingested(queued)
        spent = min(SPENT, queued)
        point = bench.ours(spent, 256, f"max_requests={spent}", of=store)
        peaks.append(point.cost.peak)
        begin_s = point.cost.wall_s - point.wire_s
        rows.append([f"{queued:,}", f"{point.cost.peak / 1e6:,.0f} MB", f"{begin_s:.1f} s"])
        shutil.rmtree(store)
    rig.show("Memory by queued requests", ("queued", "peak", "beside asking"), rows, markdown)
    times = _target("memory of the most queued, of the least", 1.5, peaks[-1] / peaks[0])
    rig.show("Against the target", HEAD, [times], markdown)


def journal(bench: Bench, given: dict[str, str], markdown: bool) -> None:
    """What the journal takes of the whole."""
    rig.say("journal")
    requests, most = int(given["requests"]), 256
    few, on, off, shares = [], [], [], []
    for _ in range(int(given["runs"])):
        few.append(bench.ours(FEW, most))
        on.append(bench.ours(requests, most))
        off.append(bench.ours(requests, most, by="off"))
        timed = bench.ours(requests, most, by="timed").cost
        shares.append(float(timed.output.rpartition("journal ")[2]) / timed.cpu_s)
    with_it, without = Figures(on, few), Figures(off, few)
    rows = [["written and synced", *with_it.cells()], ["off", *without.cells()]]
    rig.show("The journal's cost", ("journal", *COLUMNS), rows, markdown)
    slower, dearer = 1 - with_it.rate / without.rate, 1 - without.cpu / with_it.cpu
    targets = [
        _target("of the requests a second, %", 10, slower * 100),
        _target("of the CPU a request, on against off, %", 10, dearer * 100),
        _target("of the CPU, counted inside, %", 10, median(shares) * 100),
    ]
    rig.show("Against the target", HEAD, targets, markdown)


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(
        words,
        parts=",".join(PARTS),
        peers=",".join(PEERS),
        requests="12000",
        peer_requests="2000",
        concurrency="64,256,1000",
        runs="3",
        queued="10000,1000000",
        format="table",
    )
    if given["format"] not in ("table", "markdown"):
        raise unknown("format", given["format"], ("table", "markdown"))
    does = {"clients": clients, "memory": memory, "journal": journal}
    parts = given["parts"].split(",")
    if missing := [part for part in parts if part not in does]:
        raise unknown("part", missing[0], does)
    if given["peers"] != "none" and "clients" in parts:
        subprocess.run([rig.HERE / "build"], check=True)
    most = max(int(given["requests"]), int(given["peer_requests"]))
    with tempfile.TemporaryDirectory(prefix="bench-") as home, rig.served() as server:
        bench = Bench(server, Path(home), most)
        for part in parts:
            does[part](bench, given, given["format"] == "markdown")
    return 0
