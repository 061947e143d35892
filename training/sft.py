"""Stage sft: short, chosen examples, each alone in its row, so that the student learns to stop.

    just train stage=sft

Only the completion and the end of the reply carry loss. An example is whole or left out. The
training itself is TRL's SFTTrainer.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from training import examples
from training.chat import Chat
from training.model import Student
from training.recipe import StageRecipe, arguments

if TYPE_CHECKING:
    from datasets import Dataset
    from trl.trainer.sft_trainer import SFTTrainer

MIXTURES = ("sft",)
BEFORE = "mid"


class SftRecipe(StageRecipe):
    """What `training/recipes/sft/*.yaml` may say."""

    too_long: float = Field(
        ge=0, lt=1, description="share of the examples that may be longer than the window, left out"
    )


RECIPE = SftRecipe


def trainer(
    rows: "Dataset", student: Student, recipe: SftRecipe, folder: Path
) -> tuple["SFTTrainer", dict[str, int]]:
    """The trainer over whole examples, and how many tokens of them carry loss."""
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    texts = examples.texts(rows, Chat(student.tokenizer), prompts_too=False)
    lengths = [len(ids) for ids in texts["input_ids"]]
    fitting = examples.whole(texts, lengths, recipe.window, recipe.too_long)
    args = SFTConfig(**arguments(recipe, folder), max_length=recipe.window, packing=False)
    made = SFTTrainer(
        model=student.model, args=args, train_dataset=fitting, processing_class=student.tokenizer
    )
    return made, {
        "tokens": examples.tokens(fitting, "input_ids"),
        "left out": len(texts) - len(fitting),
    }
