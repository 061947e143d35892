"""`just bench train`: the trainers as `just train` makes them beside TRL's own, in one run.

    just bench train [steps=12] [repeats=3] [format=markdown]

On the mixtures of a bare `just generate`, from one checkpoint of the recipe smoke: tokens a CPU
second of each stage with all that we add (reading the mixture, our encoding, preflight, lines)
against TRL's trainer on the same rows as text, and against a bare loop over the same batches. The
least of `repeats` runs counts, taken in turn. Then what packing keeps and fills, the largest
difference between log-probabilities of stage rl and those worked out by hand at the temperature of
each step, the rollouts of both sides it kept, and whether a stage that is killed and given again
ends as the straight one.
"""

import json
import os
import tempfile
from pathlib import Path

from tests.bench import _rig as rig

STAGES = ("mid", "sft", "dpo", "rl")
SIDES = {
    stage: ("ours", "trl", "bare") if stage in ("mid", "sft") else ("ours", "trl")
    for stage in STAGES
}
LEAN = {"OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": "1000000000",
        "MALLOC_TRIM_THRESHOLD_": "1000000000"}  # fmt: skip


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(words, steps="12", repeats="3", format="table")
    os.environ |= LEAN
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store, log = Path(folder) / "store", Path(folder) / "step.log"
        start = _prepared(store, log)
        rows = [_row(stage, store, start, log, given) for stage in STAGES]
        head = ("stage", "ours, tokens/CPU-s", "TRL", "ours / TRL", "bare loop", "ours / bare")
        rig.show("Training", head, rows, given["format"] == "markdown")
        words = ["tests.bench._train_checks", str(store), str(start)]
        checks = json.loads(_said([*rig.python(words[0]), *words[1:]], log))
    rig.show("Checks", ("what", "found", "wanted"), checks, given["format"] == "markdown")
    return 0


def _prepared(store: Path, log: Path) -> Path:
    """A store with a mixture of every stage, and a checkpoint to start from."""
    rig.say("a bare `just generate`, its mixtures, stage mid of recipe smoke")
    rig.measured(rig.factory("generate", f"store={store}"), log)
    for stage in STAGES:
        rig.measured(rig.factory("mix", f"mixture={stage}", f"store={store}"), log)
    trained = [*rig.python("training"), "stage=mid", "recipe=smoke", f"store={store}"]
    return Path(rig.measured(trained, log).output.split()[-1])


def _row(stage: str, store: Path, start: Path, log: Path, given: dict[str, str]) -> list[str]:
    best: dict[str, float] = {}
    for _ in range(int(given["repeats"])):
        for side in SIDES[stage]:
            rig.say(f"{stage}: {side}")
            words = (side, stage, store, start, given["steps"])
            told = json.loads(_said([*rig.python("tests.bench._train_side"), *words], log))
            speed = told["tokens"] / (told["prepare_s"] + told["train_s"])
            best[side] = max(speed, best.get(side, 0))
    bare = best.get("bare")
    return [
        stage,
        f"{best['ours']:,.0f}",
        f"{best['trl']:,.0f}",
        f"{best['ours'] / best['trl']:.3f}",
        f"{bare:,.0f}" if bare else "",
        f"{best['ours'] / bare:.2f}" if bare else "",
    ]


def _said(words: list[object], log: Path) -> str:
    return rig.measured(words, log).output.splitlines()[-1]
