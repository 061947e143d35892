"""What a trainer says while it works: plain lines of our own, the same in a terminal and a pipe."""

import math
from pathlib import Path
from time import monotonic
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from factory.errors import UserError
from factory.files import sync_path
from training.lineage import WHOLE
from training.ranks import first, say

ALSO = {"rewards/verified/mean": "reward", "rewards/accuracies": "accuracy", "temperature": "T"}


class Diverged(UserError):
    """The loss or the gradient is no number any more: an earlier point would end there again."""


class Lines(TrainerCallback):
    """A line per log with loss and speed; a mark in every point to resume from that is whole.

    Raises Diverged where the loss or the gradient is not finite.
    """

    def __init__(self) -> None:
        self.began = monotonic()
        self.tokens = 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """Start the clock."""
        self.began, self.tokens = monotonic(), int(state.num_input_tokens_seen)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """Log the last step, whatever the interval; no point is needed there, and gone on from it
        transformers would take a step more.
        """
        if state.global_step == state.max_steps:
            control.should_log, control.should_save = True, False

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """Mark the point as whole when every process has written its part."""
        if torch.distributed.is_initialized():
            torch.distributed.barrier()
        if first():
            point = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            for path in point.rglob("*"):
                sync_path(path)
            (point / WHOLE).touch()
            sync_path(point)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """One line per loss."""
        logs: dict[str, Any] = rest["logs"]
        if "loss" not in logs:
            return
        # A gradient that is no number spoils the weights after the loss of its step was told.
        for name, key in (("loss", "loss"), ("gradient's norm", "grad_norm")):
            if not math.isfinite(logs.get(key, 0.0)):
                raise Diverged(
                    f"the {name} is {logs[key]} at step {state.global_step}; "
                    f"lower learning_rate={args.learning_rate:g} or clip={args.max_grad_norm:g}"
                )
        more = [
            f"{name} {logs[key]:.3f}" for key, name in ALSO.items() if logs.get(key) is not None
        ]
        speed = (state.num_input_tokens_seen - self.tokens) / (monotonic() - self.began)
        lines = [f"loss {logs['loss']:.4f}", *more, f"lr {logs['learning_rate']:.2e}"]
        steps = f"{state.global_step:>5} of {state.max_steps:,}"
        say("step", "  ".join([steps, *lines, f"{speed:,.0f} tokens/s"]))
