"""Stage mid: a mixture -> a student that has read all of it, by next-token loss on packed text.

    just train stage=mid

Every token of every example is trained on: prompt, completion, and the end of the reply after them,
which teaches the student to stop. Examples share slots of `window` tokens without seeing one
another; one longer than a slot is split, never cut off. The training itself is TRL's SFTTrainer.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field, model_validator

from training import examples
from training.chat import Chat
from training.model import Student, TinyPhi3
from training.ranks import say
from training.recipe import StageRecipe, arguments

if TYPE_CHECKING:
    from datasets import Dataset
    from trl.trainer.sft_trainer import SFTTrainer

MIXTURES = ("mid",)
BEFORE = None


class MidRecipe(StageRecipe):
    """What `training/recipes/mid/*.yaml` may say."""

    model: str | None = Field(default=None, description="folder or hub id to start from")
    shape: TinyPhi3 | None = Field(default=None, description="or random weights of this shape")

    @model_validator(mode="after")
    def _starts_from_one(self) -> "MidRecipe":
        if (self.model is None) == (self.shape is None):
            raise ValueError("give model=FOLDER_OR_HUB_ID or a shape, one of the two")
        if self.shape and self.window > self.shape.positions:
            raise ValueError(
                f"window={self.window} is longer than shape.positions={self.shape.positions}"
            )
        return self


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


def trainer(
    rows: "Dataset", student: Student, recipe: MidRecipe, folder: Path
) -> tuple["SFTTrainer", dict[str, int]]:
    """The trainer over packed slots of the rows, and what packing did to their tokens."""
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    texts = examples.texts(rows, Chat(student.tokenizer), prompts_too=True)
    made = SFTTrainer(
        model=student.model,
        args=SFTConfig(
            **arguments(recipe, folder),
            max_length=recipe.window,
            # A packed batch has position ids and no mask: sdpa and eager attention take the borders
            # of the texts from them, on a CPU too. They see a micro-batch as one row: its cost is
            # squared.
            packing=True,
            packing_strategy="bfd_split",
            completion_only_loss=False,
        ),
        train_dataset=texts,
        processing_class=student.tokenizer,
    )
    packing = packed(texts, made, recipe.window)
    say("packing", str(packing))
    return made, {"tokens": packing.given, "tokens kept": packing.kept, "slots": packing.slots}


def packed(texts: "Dataset", made: "SFTTrainer", window: int) -> Packing:
    """What the trainer's packing did to the texts."""
    slots: Any = made.train_dataset
    given, kept = (examples.tokens(each, "input_ids") for each in (texts, slots))
    return Packing(given, kept, len(slots), len(slots) * window)
