"""What a trainer says while it works: plain lines of our own, the same in a terminal and a pipe."""

import math
from time import monotonic
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from factory.errors import UserError


class Lines(TrainerCallback):
    """A line per log with loss and speed. Raises UserError where the loss is not finite."""

    def __init__(self) -> None:
        self.began = monotonic()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """Start the clock."""
        self.began = monotonic()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """Log the last step, whatever the interval."""
        if state.global_step == state.max_steps:
            control.should_log = True

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: Any
    ) -> None:
        """One line per loss."""
        logs: dict[str, Any] = rest["logs"]
        if "loss" not in logs or not state.is_world_process_zero:
            return
        if not math.isfinite(logs["loss"]):
            raise UserError(
                f"the loss is {logs['loss']} at step {state.global_step}; "
                f"lower learning_rate={args.learning_rate:g} or clip={args.max_grad_norm:g}"
            )
        speed = state.num_input_tokens_seen / (monotonic() - self.began)
        print(
            f"step {state.global_step:>5} of {state.max_steps:,}  loss {logs['loss']:.3f}  "
            f"lr {logs['learning_rate']:.2e}  {speed:,.0f} tokens/s",
            flush=True,
        )
