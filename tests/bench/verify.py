"""`just bench verify`: our verifier beside its peers, in one run.

Rows: real rollouts with their source's labels, and the metamorphic set, equivalent and different
rewrites of answers of every type with labels by construction. A false reject is anything but
`correct` on an equal answer. CPU seconds include worker processes, which are warm before the clock
starts, as are the peers' parsers. `x` is against math-verify. `parts=kinds` tells our figures on
the metamorphic set by type of answer, and shows what it gets wrong; `hand` has pairs written by
hand, `deadline` hostile text.
"""

import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from factory.errors import unknown
from factory.verifiers import Claim
from factory.verifiers.maths import verify, verify_many
from factory.verifiers.maths.workers import shared
from tests.bench import _rig as rig
from tests.bench._graders import GRADERS, Grader
from tests.bench.metamorphic import Pair, hacks, pairs
from tests.bench.metamorphic.hostile import LONG, NASTY

DATA = rig.ROOT.parent / "shared" / "data"
GSM8K_ROWS = 1000  # of 5,276: the peers need a second for a hundred
Row = tuple[Claim, bool]
MISTAKES = ("rows", "accuracy %", "false accepts", "false rejects")
HEAD = ("grader", *MISTAKES, "rows / CPU s", "x", "p99 ms", "worst ms")
SHOWN = 3  # mistakes of one type of answer
SPARE_S = 2.5  # until the next spare worker is warm


@dataclass(frozen=True, slots=True)
class Score:
    """What one grader made of one set."""

    right: int
    false_accepts: int
    false_rejects: int
    cpu_s: float
    ms: Sequence[float]  # sorted

    def cells(self, name: str, slowest: float) -> list[str]:
        """A row of the table."""
        rows = len(self.ms)
        p99 = self.ms[int(0.99 * (rows - 1))]
        return [
            name,
            f"{rows:,}",
            f"{100 * self.right / rows:.2f}",
            f"{self.false_accepts:,}",
            f"{self.false_rejects:,}",
            f"{rows / self.cpu_s:,.0f}",
            f"{slowest / self.cpu_s:.1f}",
            f"{p99:.1f}",
            f"{self.ms[-1]:,.0f}",
        ]


def score(grader: Grader, rows: Sequence[Row]) -> Score:
    spent: list[float] = []
    counts = {(same, said): 0 for same in (True, False) for said in (True, False)}
    started = cpu_seconds()
    for claim, same in rows:
        begun = time.perf_counter()
        counts[same, bool(grader(claim))] += 1
        spent.append((time.perf_counter() - begun) * 1000)
    cpu = max(cpu_seconds() - started, 1e-3)
    right = counts[True, True] + counts[False, False]
    return Score(right, counts[False, True], counts[True, False], cpu, sorted(spent))


def cpu_seconds() -> float:
    """CPU time of this process and its workers, the dead ones too."""
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = 0.0
    for worker in list(shared()._idle):
        fields = Path(f"/proc/{worker._process.pid}/stat").read_text().rpartition(")")[2].split()
        alive += (int(fields[11]) + int(fields[12])) / 100
    return time.process_time() + dead.ru_utime + dead.ru_stime + alive


def real_rows() -> dict[str, list[Row]]:
    """The real rollouts that are here; none where ../shared/data is absent."""
    found: dict[str, list[Row]] = {}
    if not DATA.exists():
        return found
    gsm8k = [
        (Claim(value["solution"], row["ground_truth"].rpartition("\nA: ")[2]), value["is_correct"])
        for row in _lines("gsm8k_example_model_solutions.jsonl")
        for value in row.values()
        if isinstance(value, dict)
    ]
    found["gsm8k"] = gsm8k[:GSM8K_ROWS]
    found["qwen 100x8"] = [
        (Claim(completion, row["gt"]), label)
        for row in _lines("qwen25_math_cot_100x8.jsonl")
        for completion, label in zip(row["code"], row["score"], strict=True)
    ]
    found["nemo 50x3"] = [
        (Claim(row["generation"], row["expected_answer"], row["problem"]), row["symbolic_correct"])
        for seed in range(3)
        for row in _lines(f"nemo_skills_output_rs{seed}.jsonl")
    ]
    return found


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def warm() -> None:
    """Start the workers and the peers' parsers."""
    claim = Claim("\\boxed{\\int x dx}", "\\int y dy")
    for grader in GRADERS.values():
        grader(claim)
    verify(claim.completion, claim.answer)


def peers(given: dict[str, str]) -> None:
    """Every grader on every set."""
    warm()
    sets = real_rows()
    rewrites = rewritten(given)
    sets["metamorphic"] = [(Claim(p.completion, p.gold, p.question), p.same) for p in rewrites]
    markdown = given["format"] == "markdown"
    for name, rows in sets.items():
        scores = {label: score(grader, rows) for label, grader in GRADERS.items()}
        slowest = scores["math-verify"].cpu_s
        rig.show(name, HEAD, [s.cells(label, slowest) for label, s in scores.items()], markdown)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worker = max(map(_peak, shared()._idle), default=0) / 1024
    print(f"peak memory: {own:.0f} MB here, sympy of the peers included; {worker:.0f} MB a worker")


def _peak(worker: object) -> int:
    lines = Path(f"/proc/{worker._process.pid}/status").read_text().splitlines()  # type: ignore
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def rewritten(given: dict[str, str]) -> list[Pair]:
    """The metamorphic set."""
    return [*pairs(int(given["seed"]), int(given["rounds"])), *hacks()]


def kinds(given: dict[str, str]) -> None:
    """Our accuracy by type of answer."""
    rows = rewritten(given)
    claims = [Claim(row.completion, row.gold, row.question) for row in rows]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for row, verdict in zip(rows, verify_many(claims), strict=True):
        good = verdict.outcome == "correct"
        fault = "" if good == row.same else "false accept" if good else "false reject"
        for kind in (row.kind, "all"):
            table[kind].update([fault or "right"])
        if fault and table[row.kind][fault] <= SHOWN:
            rig.say(
                f"{fault}: {row.gold!r} {row.completion!r}: {verdict.outcome}, {verdict.reason}"
            )
    cells = [
        [
            kind,
            f"{counts.total():,}",
            f"{100 * counts['right'] / counts.total():.2f}",
            f"{counts['false accept']}",
            f"{counts['false reject']}",
        ]
        for kind, counts in table.items()
    ]
    rig.show("By type of answer", ("type", *MISTAKES), cells, given["format"] == "markdown")


def hand(given: dict[str, str]) -> None:
    """Every grader on the pairs written by hand."""
    warm()
    pairs: dict[str, list[Row]] = defaultdict(list)
    for line in (rig.ROOT / "tests/verifiers/hand_pairs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        claim = Claim(rf"\boxed{{{row['given']}}}", row["gold"], row["question"])
        pairs[row["set"]].append((claim, row["same"]))
    for name, rows in pairs.items():
        scores = {label: score(grader, rows) for label, grader in GRADERS.items()}
        slowest = scores["math-verify"].cpu_s
        cells = [s.cells(label, slowest) for label, s in scores.items()]
        rig.show(f"hand {name}", HEAD, cells, given["format"] == "markdown")


def deadline(given: dict[str, str]) -> None:
    """How far hostile text takes us past a deadline of a second, with a warm worker."""
    warm()
    worst, timeouts, fooled = 0.0, 0, 0
    strings = [*NASTY.values(), *LONG.values()]
    for text in strings:
        for completion, answer in ((text, "5"), (rf"\boxed{{{text}}}", "5"), (r"\boxed{5}", text)):
            begun = time.perf_counter()
            verdict = verify(completion, answer, deadline_s=1.0)
            worst = max(worst, time.perf_counter() - begun)
            fooled += verdict.outcome == "correct"
            if verdict.outcome == "timeout":
                timeouts += 1
                time.sleep(SPARE_S)
    print(
        f"{3 * len(strings)} hostile rows, a deadline of 1 s: longest {worst:.3f} s, "
        f"{timeouts} timeouts, {fooled} accepted"
    )


PARTS = {"peers": peers, "kinds": kinds, "hand": hand, "deadline": deadline}


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(
        words, parts="peers,kinds,hand,deadline", rounds="3", seed="0", format="table"
    )
    for part in given["parts"].split(","):
        if part not in PARTS:
            raise unknown("part", part, PARTS)
        PARTS[part](given)
    return 0
