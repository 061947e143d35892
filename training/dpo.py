"""Stage dpo, Rollout DPO: a correct rollout is preferred to an incorrect one of the same problem.

    just train stage=dpo

The reference is the checkpoint the stage starts from, which TRL loads from its folder. The loss is
TRL's, by its name, with `nll_weight` times the loss on the chosen side beside it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from training import examples
from training.chat import Chat
from training.model import Student
from training.recipe import arguments
from training.sft import SftRecipe

if TYPE_CHECKING:
    from datasets import Dataset
    from trl.trainer.dpo_trainer import DPOTrainer

MIXTURES = ("dpo",)
BEFORE = "sft"


class DpoRecipe(SftRecipe):
    """What `training/recipes/dpo/*.yaml` may say."""

    beta: float = Field(gt=0, description="how much leaving the reference costs")
    loss: Literal["sigmoid", "sigmoid_norm", "ipo", "robust", "hinge", "apo_zero"] = Field(
        description="TRL's loss_type; sigmoid_norm divides by the completion's length"
    )
    nll_weight: float = Field(ge=0, description="of the loss on the chosen side, beside the other")


RECIPE = DpoRecipe


def trainer(
    rows: "Dataset", student: Student, recipe: DpoRecipe, folder: Path
) -> tuple["DPOTrainer", dict[str, int]]:
    """The trainer over whole pairs, and their tokens."""
    from trl.trainer.dpo_config import DPOConfig
    from trl.trainer.dpo_trainer import DPOTrainer

    found = examples.pairs(rows, Chat(student.tokenizer))
    columns = ("prompt_ids", "chosen_ids", "rejected_ids")
    lengths = [
        len(prompt) + max(len(chosen), len(rejected))
        for prompt, chosen, rejected in zip(*(found[name] for name in columns), strict=True)
    ]
    fitting = examples.whole(found, lengths, recipe.window, recipe.too_long)
    also = {"sft": recipe.nll_weight} if recipe.nll_weight else {}
    made = DPOTrainer(
        model=student.model,
        args=DPOConfig(
            **arguments(recipe, folder),
            max_length=recipe.window,
            beta=recipe.beta,
            loss_type=[recipe.loss, *also],
            loss_weights=[1.0, *also.values()],
        ),
        # TRL encodes prompt and completion together, which can move their border. It is shown one
        # pair, and given our tokens.
        train_dataset=rows.select([0]),
        processing_class=student.tokenizer,
    )
    made.train_dataset = fitting
    return made, {
        "tokens": examples.tokens(fitting, *columns),
        "left out": len(rows) - len(fitting),
    }
