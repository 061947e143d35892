# pyright: reportMissingImports=false
# The extra `train` is not there where the other benchmarks are checked.
"""What `just bench train` checks on real trainers, as JSON rows: what, found, wanted.

python -m tests.bench._train_checks STORE START
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from factory.recipe import resolve
from factory.store import Store
from training import examples, mid, rl, stage
from training.chat import Chat
from training.mixture import open_mixture
from training.model import load

RECIPES = Path(stage.__file__).parent / "recipes"
STEPS = 8
KILLED = 5
STAGES = ("mid", "sft", "dpo", "rl")


def packing(store: Store, start: str, folder: Path) -> mid.Packing:
    """What packing does to the mixture of stage mid."""
    recipe = resolve(mid.MidRecipe, RECIPES / "mid" / "smoke.yaml", [])
    rows = open_mixture(store, None, mid.MIXTURES).dataset()
    student = load(start, "sdpa")
    made, counts = mid.trainer(rows, student, recipe, folder)
    texts = examples.texts(rows, Chat(student.tokenizer), prompts_too=True)
    found = mid.packed(texts, made, recipe.window)
    assert found.given == counts["tokens"]
    return found


def scoring(store: Store, start: str, folder: Path) -> float:
    """The largest |log-prob by the trainer - by hand at the step's temperature| over all steps."""
    words = ["completion=48", "batch=16", f"max_steps={STEPS}"]
    recipe = resolve(rl.RlRecipe, RECIPES / "rl" / "smoke.yaml", words)
    rows = open_mixture(store, None, rl.MIXTURES).dataset()
    made: Any = rl.trainer(rows, load(start, "sdpa"), recipe, folder)[0]
    made.model.train()
    made.state.max_steps, worst = STEPS, 0.0
    for step in range(STEPS):
        made.state.global_step, made._buffered_inputs = step, None
        batch = made._prepare_inputs([made.train_dataset[step]] * 16)
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        width = batch["completion_ids"].shape[1]
        heat = rl.Temperature(recipe).at(step, STEPS)
        scored = made._get_per_token_logps_and_entropies(made.model, ids, mask, width)[0]
        with torch.no_grad():
            out = made.model(input_ids=ids, attention_mask=mask).logits[:, -width - 1 : -1]
        by_hand = torch.log_softmax(out / heat, -1).gather(2, batch["completion_ids"][..., None])
        apart = (scored - by_hand[..., 0])[batch["completion_mask"].bool()].abs().max()
        worst = max(worst, float(apart))
    return worst


def kept() -> tuple[int, int]:
    """Correct and incorrect rollouts kept of 1,000 groups of 16 of every pass rate."""
    rng, sides = random.Random(0), [0, 0]
    for number in range(1_000):
        group: list[bool | None] = [rng.random() < number / 1_000 for _ in range(16)]
        for stays, correct in zip(rl.balanced(group, rng), group, strict=True):
            sides[not correct] += stays
    return sides[0], sides[1]


def resumed(name: str, root: str, start: str, folder: Path) -> tuple[int, int]:
    """Steps whose losses, killed after step 5 and given again, equal the straight run's; of all."""
    words = [sys.executable, "-u", "-m", "training", f"stage={name}", "recipe=smoke", "log_every=1"]
    words += [f"max_steps={STEPS}", "batch=8", "micro_batch=4", "epochs=99", "save_every=2"]
    words += [f"parent={start}"] if name != "mid" else []
    losses = []
    for side in ("straight", "killed"):
        store = shutil.copytree(root, folder / f"{name}-{side}")
        told = [*words, f"store={store}"]
        if side == "killed":
            _kill(told)
        said = subprocess.run(told, check=True, stdout=subprocess.PIPE, text=True).stdout
        assert ("resume     from step" in said) == (side == "killed"), said
        newest = max((store / "checkpoints").glob(f"{name}-*/lineage.json"), key=os.path.getmtime)
        losses.append(json.loads(newest.read_text())["losses"])
    straight, again = losses
    assert len(straight) == len(again) == STEPS, losses
    return sum(a == b for a, b in zip(straight, again, strict=True)), STEPS


def _kill(words: list[str]) -> None:
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith(f"step {KILLED:>11} of"):
                break
        process.kill()


def main(root: str, start: str) -> None:
    """Check, and say what was found."""
    stage.silence(1)
    with tempfile.TemporaryDirectory() as folder:
        same = [resumed(name, root, start, Path(folder)) for name in STAGES]
        slots = packing(Store(root), start, Path(folder))
        apart = scoring(Store(root), start, Path(folder))
    right, wrong = kept()
    rows = [
        ["tokens kept by packing", f"{slots.kept / slots.given:.2%}", "100 %"],
        ["space of the slots filled", f"{slots.kept / slots.capacity:.2%}", ">= 98 %"],
        [f"largest difference in log-probability, {STEPS} temperatures", f"{apart:.1e}", "<= 1e-5"],
        ["rollouts kept: correct, incorrect", f"{right:,}, {wrong:,}", "equal"],
        [
            f"losses to the last digit after kill -9 at step {KILLED}, {', '.join(STAGES)}",
            ", ".join(f"{equal} of {steps}" for equal, steps in same),
            "all",
        ],
    ]
    print("\n" + json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
