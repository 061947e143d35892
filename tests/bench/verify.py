"""Our verifier beside its peers, in one run: `python -m tests.bench.verify [rounds] [seed]`.

Rows: real rollouts with their source's labels, and the metamorphic set with labels by construction.
A false reject is anything but `correct` on an equal answer. CPU seconds include worker processes,
which are warm before the clock starts, as are the peers' parsers.
"""

import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from factory.verifiers import Claim
from factory.verifiers.maths import verify
from factory.verifiers.maths.workers import shared
from tests.bench.graders import GRADERS, Grader
from tests.bench.metamorphic import hacks, pairs

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
GSM8K_ROWS = 1000  # of 5,276: the peers need a second for a hundred
Row = tuple[Claim, bool]
HEAD = f"{'':20}{'rows':>6}{'acc %':>8}{'FA':>5}{'FR':>5}{'rows/CPU-s':>12}{'x':>7}{'p99 ms':>9}{'worst':>8}"


@dataclass(frozen=True, slots=True)
class Score:
    right: int
    false_accepts: int
    false_rejects: int
    cpu_s: float
    ms: Sequence[float]  # sorted

    def line(self, name: str, slowest: float) -> str:
        rows = len(self.ms)
        p99 = self.ms[int(0.99 * (rows - 1))]
        return (
            f"{name:20}{rows:6}{100 * self.right / rows:8.2f}{self.false_accepts:5}"
            f"{self.false_rejects:5}{rows / self.cpu_s:12.0f}{slowest / self.cpu_s:7.1f}"
            f"{p99:9.1f}{self.ms[-1]:8.0f}"
        )


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
    claim = Claim("\\boxed{\\int x dx}", "\\int y dy")
    for grader in GRADERS.values():
        grader(claim)
    verify(claim.completion, claim.answer)


def main(rounds: int = 3, seed: int = 0) -> None:
    warm()
    sets = real_rows()
    rewrites = [*pairs(seed, rounds), *hacks()]
    sets["metamorphic"] = [(Claim(p.completion, p.gold, p.question), p.same) for p in rewrites]
    for name, rows in sets.items():
        print(f"\n{name}\n{HEAD}")
        scores = {label: score(grader, rows) for label, grader in GRADERS.items()}
        for label, result in scores.items():
            print(result.line(label, scores["math-verify"].cpu_s))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nx: against math-verify. Peak memory {own:.0f} MB here, sympy of the peers included")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
