"""What the recipes of all stages share, and how it is said to TRL."""

import math
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from factory.errors import UserError
from factory.recipe import Recipe
from training.ranks import world


class StageRecipe(Recipe):
    """What every file in `training/recipes/` says. Tokens are the student's own."""

    window: int = Field(gt=1, description="longest text in training, tokens")
    batch: int = Field(gt=0, description="texts (slots, pairs, rollouts) in one optimizer step")
    micro_batch: int = Field(gt=0, description="of them in one forward pass of one device")
    epochs: float = Field(gt=0)
    max_steps: int = Field(ge=0, description="stop the epochs after this many steps; 0: never")
    learning_rate: float = Field(gt=0)
    schedule: Literal["constant", "constant_with_warmup", "linear", "cosine"]
    warmup: float = Field(ge=0, lt=1, description="share of the steps")
    weight_decay: float = Field(ge=0)
    clip: float = Field(gt=0, description="largest norm of a gradient")
    attention: Literal["sdpa", "eager", "flash_attention_2"]
    activation_checkpointing: bool = Field(description="recompute instead of remember")
    threads: int = Field(gt=0, description="CPU threads of torch")
    log_every: int = Field(gt=0, description="steps between two lines of progress")
    save_every: int = Field(ge=0, description="steps between two points to resume from; 0: none")
    log_to: str = Field(description="none, tensorboard, trackio, wandb, ...")
    seed: int = Field(ge=0)

    def steps(self, texts: int) -> int:
        """Optimizer steps of one epoch."""
        return math.ceil(texts / self.batch)

    @field_validator("micro_batch")
    @classmethod
    def _divides_the_batch(cls, micro_batch: int, found: ValidationInfo) -> int:
        if (batch := found.data.get("batch", 0)) % micro_batch:
            raise ValueError(f"batch={batch} must be a multiple of it")
        return micro_batch


def arguments(recipe: StageRecipe, folder: Path) -> dict[str, Any]:
    """The arguments that TRL's trainers share. Raises UserError where devices do not fit, or what
    `log_to` names is not there.
    """
    import torch
    from transformers.integrations.integration_utils import get_available_reporting_integrations

    there = get_available_reporting_integrations()
    if recipe.log_to not in ("none", *there):
        raise UserError(
            f"log_to={recipe.log_to!r} is not known or not installed; here: "
            f"{', '.join(['none', *sorted(there)])} (`.venv/bin/pip install tensorboard`)"
        )

    cuda = torch.cuda.is_available()
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": recipe.micro_batch,
        "gradient_accumulation_steps": accumulation(recipe),
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": recipe.schedule,
        "warmup_steps": recipe.warmup,  # below 1, a share
        "weight_decay": recipe.weight_decay,
        "max_grad_norm": recipe.clip,
        "activation_checkpointing": recipe.activation_checkpointing,
        "bf16": cuda,
        "use_cpu": not cuda,
        "dataloader_pin_memory": cuda,
        "ddp_find_unused_parameters": False,
        "seed": recipe.seed,
        "logging_steps": recipe.log_every,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "include_num_input_tokens_seen": "all",
        "save_strategy": "steps" if recipe.save_every else "no",
        "save_steps": recipe.save_every or 500,
        "save_total_limit": 2,  # the one before is whole while the last is written
        "report_to": recipe.log_to,
        "log_level_replica": "error",
        "disable_tqdm": True,
    }


def accumulation(recipe: StageRecipe, processes: int | None = None) -> int:
    """Forward passes of one process, of `processes` or of those there are, in one optimizer step.

    Raises UserError where they do not share the batch evenly.
    """
    processes = processes or world()
    if not _shared(recipe, processes):
        group = f" and whole groups of group={size}" if (size := _group(recipe)) > 1 else ""
        most = most_processes(recipe, processes)
        raise UserError(
            f"batch={recipe.batch} cannot be shared by {processes} processes, of which each takes "
            f"whole passes of micro_batch={recipe.micro_batch}{group}; run on {most} (in `just "
            f"plan`: gpus={most}), or raise batch"
        )
    return recipe.batch // (recipe.micro_batch * processes)


def most_processes(recipe: StageRecipe, limit: int) -> int:
    """As many as can share the batch, up to `limit`: at least one."""
    return next(count for count in range(limit, 0, -1) if _shared(recipe, count))


def _shared(recipe: StageRecipe, processes: int) -> bool:
    rest = recipe.batch % (recipe.micro_batch * processes)
    # A group is judged where it was sampled, so that none may be cut in two.
    rollouts = recipe.batch * getattr(recipe, "updates", 1) // processes
    return not rest and not rollouts % _group(recipe)


def _group(recipe: StageRecipe) -> int:
    return getattr(recipe, "group", 1)
