# pyright: reportMissingImports=false
# The extra `train` is not there where the other benchmarks are checked.
"""One side of `just bench train`, in a process of its own: tokens and CPU seconds, as JSON.

    python -m tests.bench._train_side SIDE STAGE STORE START STEPS

`ours` is the trainer of the stage with all that the frame adds to it; `trl` is the same trainer of
TRL used directly on the text of the same mixture; `bare` is a loop over the batches of `ours`.
"""

import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

# All of it before the clock starts, on every side alike.
import torch
from transformers import PrinterCallback
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from factory.recipe import resolve
from factory.store import Store
from training import preflight, stage
from training.mixture import open_mixture
from training.model import Student, load, stops
from training.progress import Lines
from training.recipe import arguments
from training.rl import Reward, Temperature

RECIPES = Path(stage.__file__).parent / "recipes"
MORE = {
    "sft": ["window=2048", "epochs=9"],
    "dpo": ["window=2048", "epochs=9"],
    "rl": ["completion=48", "batch=16", "temperature_end=1.0", "rebalance=false"],
}
SHORT = 1_200  # characters: of an example longer than the window TRL keeps a part and we none


def ours(name: str, rows: Any, student: Student, recipe: Any, folder: Path) -> Any:
    """The trainer as `just train` makes it."""
    made, _ = import_module(f"training.{name}").trainer(rows, student, recipe, folder)
    stage.stop_early(made, recipe)
    made.remove_callback(PrinterCallback)
    made.add_callback(Lines())
    preflight.check(name, made, student, recipe)
    return made


def trl(name: str, rows: Any, student: Student, recipe: Any, folder: Path) -> Any:
    """TRL's trainer on the mixture's text."""
    shared = arguments(recipe, folder) | {"max_steps": recipe.max_steps}
    fed: dict[str, Any] = {
        "model": student.model,
        "train_dataset": rows,
        "processing_class": student.tokenizer,
    }
    if name == "rl":
        reward = Reward(recipe, Temperature(recipe), stops(student), folder / "seen")
        rows = rows.rename_column("prompt", "statement").add_column("prompt", rows["prompt"])
        args = GRPOConfig(
            **shared,
            num_generations=recipe.group,
            max_completion_length=recipe.completion,
            top_k=0,
            loss_type=recipe.loss,
            epsilon=recipe.clip_low,
            epsilon_high=recipe.clip_high,
        )
        made: Any = GRPOTrainer(args=args, reward_funcs=reward, **fed | {"train_dataset": rows})
    elif name == "dpo":
        made = DPOTrainer(args=DPOConfig(**shared, max_length=recipe.window), **fed)
    else:
        packed = {"packing": True, "packing_strategy": "bfd_split", "completion_only_loss": False}
        more = packed if name == "mid" else {}
        made = SFTTrainer(args=SFTConfig(**shared, max_length=recipe.window, **more), **fed)
    made.remove_callback(PrinterCallback)
    return made


def bare(made: Any, steps: int) -> int:
    """Forward, backward and AdamW over the trainer's own batches; tokens."""
    optimizer = torch.optim.AdamW(made.model.parameters(), lr=1e-4)
    seen, passes = 0, made.args.gradient_accumulation_steps
    for at, batch in enumerate(made.get_train_dataloader()):
        seen += int(batch.get("attention_mask", torch.ones_like(batch["input_ids"])).sum())
        made.model(**batch, use_cache=False).loss.backward()
        if (at + 1) % passes == 0:
            torch.nn.utils.clip_grad_norm_(made.model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        if at + 1 == steps * passes:
            break
    return seen


def main(side: str, name: str, root: str, start: str, steps: str) -> None:
    """Train so many steps and say what it took."""
    stage.silence(1)
    words = [f"max_steps={steps}", "log_every=5", *MORE.get(name, [])]
    module = import_module(f"training.{name}")
    recipe: Any = resolve(module.RECIPE, RECIPES / name / "smoke.yaml", words)
    rows = open_mixture(Store(root), None, module.MIXTURES).dataset()
    if name in ("sft", "dpo"):
        texts = [each for each in ("completion", "chosen", "rejected") if each in rows.column_names]
        rows = rows.filter(lambda row: max(len(row[each]) for each in texts) <= SHORT)
    student = load(start, recipe.attention)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        made = (trl if side == "trl" else ours)(name, rows, student, recipe, Path(folder))
        ready = time.process_time()
        if side == "bare":
            seen = bare(made, int(steps))
        else:
            made.train()
            seen = int(made.state.num_input_tokens_seen)
        done = time.process_time()
    told = {"tokens": seen, "prepare_s": ready - began, "train_s": done - ready}
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
