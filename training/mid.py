"""Stage mid: a mixture -> a student that has read all of it, by next-token loss on packed text.

    python -m training stage=mid recipe=smoke mixture=mid@1

Every token of every example is trained on: prompt, completion, and the end of text after them,
which teaches the student to stop. Examples share slots of `window` tokens without seeing one
another; one longer than a slot is split, never cut off. The training itself is TRL's SFTTrainer.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import Field, ValidationInfo, field_validator

from factory import engine
from factory.recipe import Recipe, shown
from factory.store import Run, Store
from training.lineage import checkpoint, library_versions
from training.mixture import Mixture, open_mixture
from training.model import TinyPhi3, build_model, load_tokenizer

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedTokenizerFast
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

STAGE = "mid"


class MidRecipe(Recipe):
    """What `training/recipes/mid/*.yaml` may say."""

    model: TinyPhi3
    window: int = Field(gt=1, description="tokens in one packed slot")
    batch: int = Field(gt=0, description="slots in one optimizer step")
    micro_batch: int = Field(gt=0, description="slots in one forward pass")
    epochs: float = Field(gt=0)
    max_steps: int = Field(ge=0, description="stop the epochs after this many steps; 0: never")
    learning_rate: float = Field(gt=0)
    schedule: Literal["constant_with_warmup", "linear", "cosine"]
    warmup: float = Field(ge=0, lt=1, description="share of the steps")
    weight_decay: float = Field(ge=0)
    clip: float = Field(gt=0, description="largest norm of a gradient")
    attention: Literal["sdpa", "eager"]
    activation_checkpointing: bool = Field(description="recompute instead of remember")
    threads: int = Field(gt=0, description="CPU threads of torch")
    log_every: int = Field(gt=0, description="steps between two lines of progress")
    seed: int = Field(ge=0)

    @field_validator("window")
    @classmethod
    def _is_seen_whole(cls, window: int, found: ValidationInfo) -> int:
        if (model := found.data.get("model")) and window > model.positions:
            raise ValueError(f"longer than model.positions={model.positions}")
        return window

    @field_validator("micro_batch")
    @classmethod
    def _divides_the_batch(cls, micro_batch: int, found: ValidationInfo) -> int:
        if (batch := found.data.get("batch", 0)) % micro_batch:
            raise ValueError(f"batch={batch} must be a multiple of it")
        return micro_batch


RECIPE = MidRecipe


class Packing(NamedTuple):
    """What became of the tokens: `given` before packing, `kept` in `slots` after it."""

    given: int
    kept: int
    slots: int
    capacity: int

    def __str__(self) -> str:
        return (
            f"{self.kept / self.given:.1%} of {self.given:,} tokens kept in {self.slots:,} slots, "
            f"{self.kept / self.capacity:.1%} of their space filled"
        )


def train(store: Store, mixture: str | None, recipe: MidRecipe, name: str) -> Path:
    """Train on a mixture of `store`; returns the checkpoint's folder. Raises UserError."""
    frozen = open_mixture(store, mixture, STAGE)
    _say("mixture", f"{frozen.label}, {frozen.examples.num_rows:,} examples, {frozen.mixture_id}")
    asked = {"stage": STAGE, "recipe": name, "mixture": frozen.label, **shown(recipe)}
    with (
        engine.run(store, kind="train", recipe=asked) as run,
        checkpoint(store.root, STAGE, run.run_id) as made,
    ):
        trainer, packing = build_trainer(frozen.dataset(), recipe, made.part)
        _record(run, frozen, trainer, packing)
        try:
            trainer.train()
        finally:
            run.counts |= _progress(trainer)
        losses = _losses(trainer)
        _say("loss", f"{losses[0][1]:.3f} at the first step, {losses[-1][1]:.3f} at the last")
        trainer.save_model(str(made.part))
        # A pickle of the trainer's arguments; what matters of them is in the recipe.
        (made.part / "training_args.bin").unlink()
        made.seal(_lineage(run, frozen, losses))
    _say("checkpoint", str(made.folder))
    return made.folder


def build_trainer(
    examples: "Dataset", recipe: MidRecipe, folder: Path
) -> tuple["SFTTrainer", Packing]:
    """The trainer over packed slots of `examples`, and what packing did to their tokens."""
    _silence()
    import torch
    from transformers import PrinterCallback
    from trl.trainer.sft_trainer import SFTTrainer

    from training.progress import Lines

    torch.set_num_threads(recipe.threads)
    tokenizer = load_tokenizer(recipe.model)
    texts = tokenized(examples, tokenizer)
    trainer = SFTTrainer(
        model=build_model(recipe.model, tokenizer, recipe.seed, recipe.attention),
        args=_config(recipe, folder, cuda=torch.cuda.is_available()),
        train_dataset=texts,
        processing_class=tokenizer,
        callbacks=[Lines()],
    )
    trainer.remove_callback(PrinterCallback)  # it prints each log as a dict
    slots: Any = trainer.train_dataset
    if 0 < recipe.max_steps < recipe.epochs * math.ceil(len(slots) / recipe.batch):
        trainer.args.max_steps = recipe.max_steps
    packing = Packing(_tokens(texts), _tokens(slots), len(slots), len(slots) * recipe.window)
    return trainer, packing


def tokenized(examples: "Dataset", tokenizer: "PreTrainedTokenizerFast") -> "Dataset":
    """One text of token ids per example: prompt, completion, end of text; a label on each.

    Prompt and completion are encoded apart, as at inference, so no token crosses their border;
    a special token spelled out in the text stays text.
    """

    def encode(batch: dict[str, list[str]]) -> dict[str, list[list[int]]]:
        prompts, completions = (
            tokenizer(batch[column], add_special_tokens=False, split_special_tokens=True)
            for column in ("prompt", "completion")
        )
        pairs = zip(prompts["input_ids"], completions["input_ids"], strict=True)
        ids = [prompt + completion + [tokenizer.eos_token_id] for prompt, completion in pairs]
        return {"input_ids": ids, "labels": ids}

    return examples.map(encode, batched=True, remove_columns=["prompt", "completion"])


def _config(recipe: MidRecipe, folder: Path, cuda: bool) -> "SFTConfig":
    from trl.trainer.sft_config import SFTConfig

    return SFTConfig(
        output_dir=str(folder),
        max_length=recipe.window,
        # A packed batch has position ids and no mask: sdpa and eager attention take the borders of
        # the texts from them, on a CPU too. They see a micro-batch as one row: its cost is squared.
        packing=True,
        packing_strategy="bfd_split",
        completion_only_loss=False,
        per_device_train_batch_size=recipe.micro_batch,
        gradient_accumulation_steps=recipe.batch // recipe.micro_batch,
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.clip,
        activation_checkpointing=recipe.activation_checkpointing,
        bf16=cuda,
        dataloader_pin_memory=cuda,
        seed=recipe.seed,
        logging_steps=recipe.log_every,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        include_num_input_tokens_seen="all",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _tokens(texts: "Dataset") -> int:
    return sum(len(chunk.flatten()) for chunk in texts.data.column("input_ids").chunks)


def _losses(trainer: "SFTTrainer") -> list[tuple[int, float]]:
    """(step, mean loss since the line before) of every line of progress."""
    lines = trainer.state.log_history
    return [(int(line["step"]), line["loss"]) for line in lines if "loss" in line]


def _record(run: Run, frozen: Mixture, trainer: "SFTTrainer", packing: Packing) -> None:
    """Say what is about to be trained on what, and put it into the run."""
    model: Any = trainer.model
    _say("packing", str(packing))
    _say("model", f"{model.num_parameters():,} parameters, on {trainer.args.device}")
    run.versions |= library_versions()
    run.counts |= {
        "examples": frozen.examples.num_rows,
        "tokens": packing.given,
        "tokens kept": packing.kept,
        "slots": packing.slots,
        "parameters": model.num_parameters(),
    }


def _progress(trainer: "SFTTrainer") -> dict[str, int]:
    """How far it came, also where it was interrupted."""
    state = trainer.state
    return {"steps": state.global_step, "tokens seen": int(state.num_input_tokens_seen)}


def _lineage(run: Run, frozen: Mixture, losses: list[tuple[int, float]]) -> dict[str, Any]:
    """What `lineage.json` says."""
    identity = {"name": frozen.name, "version": frozen.version, "mixture_id": frozen.mixture_id}
    return {
        "stage": STAGE,
        "run_id": run.run_id,
        "started": run.started,
        "mixture": identity,
        "parent": None,
        "recipe": run.recipe,
        "seed": run.recipe["seed"],
        "versions": run.versions,
        "counts": run.counts,
        "losses": losses,
    }


def _silence() -> None:
    """No telemetry, no bars and no library chatter: the lines here are the log."""
    import datasets
    import transformers
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def _say(what: str, words: str) -> None:
    print(f"{what:<10} {words}", flush=True)
