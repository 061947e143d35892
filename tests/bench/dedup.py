"""`just bench dedup`: our near-duplicates beside those of other tools, in one run.

    speed      signatures of 128 permutations, boilerplate taken off, one process a tool: problems
               and rollouts; then clusters of real problems from the command's start to its end,
               `just dedup` over a fresh store. Every second text stands in boilerplate, which we
               know and which peers take off with a regular expression, counted in their time.
               Reading files, imports and compiling (done by a warm-up) are not counted in
               signatures, whose seconds are of CPU, of which each takes one. Slow peers sign
               every so manieth text (the column says how many).
    mutations  real problems and seeded mutants of them, all in one corpus, so that chains count:
               the share of rewritten problems in the cluster of their original, and of other
               problems made from it that are there as well.
    detail     the kinds of mutation we are worst at.
    natural    real problems: of what a tool takes out of clusters, how much has an answer that
               nobody else in its cluster has. `other texts`: those equal but for spaces count once.
    hand       pairs of a person's making, each decided alone.
    memory     seconds and memory of `just dedup` by the number of rollouts.

`x` is against rensa. Memory of clusters is that of all processes at once.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from factory.errors import RecipeError, unknown
from tests.bench import _dedup_scores as scores
from tests.bench import _dedup_sets as sets
from tests.bench import _rig as rig
from tests.bench._dedup_growth import growth
from tests.bench._dedup_hand import hand
from tests.bench._dedup_tools import Clustered, Tools, peers

TARGETS = ("target", "wanted", "measured", "")
FASTER = {"problem": 3.0, "rollout": 4.0}  # times rensa
STRICT = ("number", "operator", "variable", "sign")
MERGED, FOUND, PARAPHRASED, AIM, ALONE = 0.1, 97.0, 72.0, 85.0, 5.0  # percent
SHOWN = 3  # examples
WORST = 15  # kinds


@dataclass
class Bench:
    """What all parts share."""

    given: dict[str, str]
    tools: Tools
    texts: list[sets.Row] = field(default_factory=list)
    ours: Clustered | None = None  # of the mutated corpus

    @property
    def markdown(self) -> bool:
        """Whether tables are for a page."""
        return self.given["format"] == "markdown"

    def show(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table."""
        rig.show(title, head, rows, self.markdown)

    def rows(self) -> list[sets.Row]:
        """The mutated corpus."""
        if not self.texts:
            self.texts = sets.mutated(int(self.given["problems"]))
        return self.texts

    def mutated(self, tool: str) -> Clustered:
        """Its clusters, ours made once."""
        texts = [row.text for row in self.rows()]
        if tool != "ours":
            return self.tools.cluster(tool, texts)
        self.ours = self.ours or self.tools.cluster(tool, texts)
        return self.ours


def speed(bench: Bench) -> None:
    """Signatures of problems and of rollouts, then clusters of problems."""
    given = bench.given
    problems = [p.text for p in sets.problems(int(given["natural"])) if p.first]
    rollouts = sets.repeated(sets.solutions(), int(float(given["mb"]) * 1e6))
    told = [
        _signed(bench, "problem", sets.wrapped(problems, int(given["rows"]))),
        _signed(bench, "rollout", rollouts),
    ]
    _clustered(bench, sets.wrapped(problems))
    bench.show("Against the targets", TARGETS, [row for row in told if row])


def _signed(bench: Bench, subject: str, texts: list[str]) -> list[str]:
    """The table of one subject; the row of its target."""
    runs = defaultdict(list)
    for turn in range(int(bench.given["rounds"])):
        rig.say(f"signatures of {subject}s, round {turn + 1}")
        for tool in bench.tools.names:
            runs[tool].append(bench.tools.sign(tool, subject, texts))
    rates = {
        tool: [(r.docs if subject == "problem" else r.bytes / 1e6) / r.cpu_s for r in found]
        for tool, found in runs.items()
    }
    best = median(rates["rensa"]) if "rensa" in rates else 0.0
    rows = []
    for tool, found in runs.items():
        rate, spread = median(rates[tool]), (max(rates[tool]) - min(rates[tool])) / 2
        size = f"{found[0].docs:,}", f"{found[0].bytes / 1e6:.1f}"
        digits = 0 if subject == "problem" else 1
        speeds = f"{rate:,.{digits}f} ± {spread:,.{digits}f}", _times(rate, best)
        rows.append([tool, *size, *speeds, f"{max(r.peak for r in found) / 1e6:,.0f} MB"])
    unit = "docs/s" if subject == "problem" else "MB/s"
    bench.show(f"Signatures of {subject}s", ("tool", "texts", "MB", unit, "x", "peak"), rows)
    if not best:
        return []
    what = f"signatures of {subject}s, {unit}, times rensa"
    return _target(what, FASTER[subject], median(rates["ours"]) / best, at_least=True)


def _clustered(bench: Bench, texts: list[str]) -> None:
    """The table of whole commands."""
    rows, seconds = [], {}
    for tool in ("ours, one core", *bench.tools.names):
        rig.say(f"clusters: {tool}")
        runs = [
            bench.tools.cluster(tool, texts, boilerplate=True)
            for _ in range(1 if tool in ("datatrove", "datasketch") else int(bench.given["rounds"]))
        ]
        seconds[tool] = median(run.seconds for run in runs)
        cpu, peak = median(run.cpu_s for run in runs), max(run.peak for run in runs)
        took = f"{seconds[tool]:.1f}", f"{cpu:.1f}", f"{len(texts) / seconds[tool]:,.0f}"
        copies = f"{len(texts) - len(set(runs[0].names)):,}"
        rows.append([tool, f"{len(texts):,}", *took, f"{peak / 1e6:,.0f} MB", copies])
    if theirs := seconds.get("rensa"):
        for row in rows:
            row.insert(5, _times(1 / seconds[row[0]], 1 / theirs))
    more = ["x"] if "rensa" in seconds else []
    head = ["tool", "texts", "seconds", "CPU s", "docs/s", *more, "peak", "copies"]
    bench.show("Clusters of real problems, the whole command", head, rows)


def _times(rate: float, theirs: float) -> str:
    return f"{rate / theirs:.2f}" if theirs else "-"


def mutations(bench: Bench) -> None:
    """Every tool on the mutated corpus."""
    rows, tools = bench.rows(), bench.tools.names
    runs = {}
    for tool in tools:
        rig.say(f"mutations: {tool}")
        runs[tool] = bench.mutated(tool)
    found = {t: scores.merged(rows, runs[t].names, lambda row: row.family) for t in tools}
    for same, title in ((True, "Found, %"), (False, "Merged, %")):
        cells = []
        for kind in [kind for kind in found["ours"] if kind[0] == same]:
            shares = [found[tool][kind] for tool in tools]
            digits = 1 if same else 2
            cells.append(
                [kind[1], f"{shares[0].of:,}", *(f"{s.percent:.{digits}f}" for s in shares)]
            )
        bench.show(title, ("family", "mutants", *tools), cells)
    took = [
        [tool, f"{len(rows):,}", f"{run.seconds:.1f}", f"{len(rows) / run.seconds:,.0f}"]
        for tool, run in runs.items()
    ]
    bench.show("Clusters of these", ("tool", "texts", "seconds", "docs/s"), took)
    bench.show("Against the targets", TARGETS, _mutation_targets(found["ours"]))


def _mutation_targets(found: scores.Merged) -> list[list[str]]:
    strict = [share for (same, kind), share in found.items() if not same and kind in STRICT]
    whole = scores.Share(sum(s.hits for s in strict), sum(s.of for s in strict))
    told = [_target(f"{', '.join(STRICT)}: merged, %", MERGED, whole.percent)]
    for (same, kind), share in found.items():
        if same:
            wanted = PARAPHRASED if kind == "paraphrase" else FOUND
            aim = f" (the aim is {AIM:.0f})" if kind == "paraphrase" else ""
            told.append(_target(f"{kind}: found, %{aim}", wanted, share.percent, at_least=True))
    return told


def detail(bench: Bench) -> None:
    """Our worst kinds of both sorts, with examples."""
    rows, names = bench.rows(), bench.mutated("ours").names
    found = scores.merged(rows, names, lambda row: row.kind)
    for same, title in ((True, "Found least, %"), (False, "Merged most, %")):
        kinds = [kind for kind in found if kind[0] == same]
        worst = sorted(kinds, key=lambda k: found[k].percent * (1 if same else -1))[:WORST]
        cells = [[k[1], f"{found[k].of:,}", f"{found[k].percent:.1f}"] for k in worst]
        bench.show(title, ("kind", "mutants", "%"), cells)
    wrong = [
        r for r, name in zip(rows, names, strict=True) if r.same != (name == names[r.original])
    ]
    shown: dict[str, int] = defaultdict(int)
    for row in (r for r in wrong if not r.same or r.family == "paraphrase"):
        shown[row.kind] += 1
        if shown[row.kind] <= SHOWN:
            verb = "not found" if row.same else "merged"
            rig.say(f"{verb}, {row.kind}:\n  {rows[row.original].text!r}\n  {row.text!r}")


def natural(bench: Bench) -> None:
    """Every tool on real problems, their answers the judge."""
    problems = sets.problems(int(bench.given["natural"]))
    cells, share = [], 0.0
    for tool in bench.tools.names:
        rig.say(f"natural: {tool}")
        names = bench.tools.cluster(tool, [problem.text for problem in problems]).names
        gone = scores.removed(problems, names)
        other = [(p, name) for p, name in zip(problems, names, strict=True) if p.first]
        reworded = scores.removed([p for p, _ in other], [name for _, name in other])
        counts = (gone.clusters, gone.largest, gone.count, len(gone.alone))
        more = f"{reworded.count:,}", f"{len(reworded.alone):,}", f"{reworded.percent:.1f}"
        cells.append([tool, *(f"{count:,}" for count in counts), f"{gone.percent:.1f}", *more])
        if tool == "ours":
            share = gone.percent
            _show_alone(problems, gone.alone)
    head = ("tool", "clusters", "largest", "out", "alone", "%", "other texts out", "alone", "%")
    bench.show(f"{len(problems):,} natural problems", head, cells)
    wanted = _target("taken out with an answer of their own, %", ALONE, share)
    bench.show("Against the target", TARGETS, [wanted])


def _show_alone(problems: list[sets.Problem], alone: list[tuple[int, int]]) -> None:
    for place, kept in alone[:SHOWN]:
        for what, problem in (("taken out", problems[place]), ("kept", problems[kept])):
            rig.say(f"{what}: {problem.text!r} -> {problem.answer!r}")


def memory(bench: Bench) -> None:
    """How `just dedup` grows."""
    given = bench.given
    sizes = [int(size) for size in given["size"].split(",")]
    growth(bench.tools, sizes, bench.markdown, given["plot"])


def _target(what: str, wanted: float, got: float, at_least: bool = False) -> list[str]:
    met = got >= wanted if at_least else got <= wanted
    sign = ">=" if at_least else "<="
    return [what, f"{sign} {wanted:g}", f"{got:.2f}", "met" if met else "MISSED"]


def by_hand(bench: Bench) -> None:
    """Our decision on pairs of a person's making."""
    hand(bench.markdown)


PARTS: dict[str, Callable[[Bench], None]] = {
    part.__name__: part for part in (speed, mutations, detail, natural, memory)
} | {"hand": by_hand}


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(
        words,
        parts="speed,mutations,natural,hand,memory",
        peers="rensa,datasketch-bulk,datasketch,text-dedup,datatrove",
        problems="300",  # originals of mutants
        natural="0",  # real problems, 0 for all
        rows="66000",
        mb="32",
        rounds="3",
        size="100000,200000,400000,800000",
        plot="none",
        format="table",
    )
    parts = given["parts"].split(",")
    if missing := [part for part in parts if part not in PARTS]:
        raise unknown("part", missing[0], PARTS)
    if given["format"] not in ("table", "markdown"):
        raise unknown("format", given["format"], ("table", "markdown"))
    if not sets.DATA.exists():
        raise RecipeError(f"the real problems are not in {sets.DATA}")
    needed = {"speed", "mutations", "natural"} & set(parts)
    names = peers(given["peers"]) if needed else []
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        bench = Bench(given, Tools(Path(home), names))
        for part in parts:
            PARTS[part](bench)
    return 0
