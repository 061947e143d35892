"""Stage rft: rejection-sampling fine-tuning: the student's own verified rollouts, as in stage sft.

    just train stage=rft

A mixture made for dpo is taken too: its chosen side alone, which is the control of what the
rejected side teaches.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from training import sft
from training.model import Student
from training.ranks import say
from training.sft import SftRecipe

if TYPE_CHECKING:
    from datasets import Dataset
    from trl.trainer.sft_trainer import SFTTrainer

MIXTURES = ("rft", "dpo")
BEFORE = "sft"
RECIPE = SftRecipe


def trainer(
    rows: "Dataset", student: Student, recipe: SftRecipe, folder: Path
) -> tuple["SFTTrainer", dict[str, int]]:
    """The trainer of stage sft, over the correct side where the rows are pairs."""
    if "chosen" in rows.column_names:
        say("pairs", "their chosen side alone; `just mix mixture=rft` takes the student's rollouts")
        rows = rows.select_columns(["prompt", "chosen"]).rename_column("chosen", "completion")
    return sft.trainer(rows, student, recipe, folder)
