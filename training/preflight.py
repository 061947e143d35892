"""What must hold before the first step; each check that fails is one line that says what to do.

The mixture was proved when it was opened, what does not fit the window was counted when it was
encoded, and the chat template was tried when the chat was made.
"""

from typing import Any

from factory.errors import UserError
from training.chat import Chat
from training.examples import UNSEEN
from training.model import Student, stops
from training.recipe import StageRecipe

FEW = 8  # rows are looked at, from first to last


def check(stage: str, trainer: Any, student: Student, recipe: StageRecipe) -> list[str]:
    """What was found right, in a line each. Raises UserError."""
    chat = Chat(student.tokenizer)
    found = [_stop(chat, student)]
    if stage == "rl":
        found += _sampler(recipe)
    else:
        found += [_loss(stage, trainer, chat)]
    if stage == "dpo":
        found += [_reference(trainer)]
    return found


def _stop(chat: Chat, student: Student) -> str:
    stop, known = chat.ending[:1], stops(student)
    if not set(stop) & known:
        raise UserError(
            f"a reply ends with {chat.end!r}, token {stop}, at which the student does not stop; it "
            f"stops at {sorted(known)}: set eos_token_id in its generation_config.json"
        )
    return f"a reply ends with {chat.end!r}, token {stop[0]}, one that the student stops at"


def _loss(stage: str, trainer: Any, chat: Chat) -> str:
    """Where the loss lies in what the collator makes of a few rows."""
    count = len(trainer.train_dataset)
    # From the whole of it: packing puts pieces of the longest texts first.
    rows = [trainer.train_dataset[place] for place in range(0, count, 1 + count // FEW)]
    batch = trainer.data_collator(rows)
    ids = batch["input_ids"]
    seen = batch["completion_mask"].bool() if stage == "dpo" else batch["labels"] != UNSEEN
    ends = ids == chat.ending[0]
    if not (ends & seen).any():
        raise UserError(f"no end of a reply carries loss in {len(rows)} rows of the mixture")
    if stage != "mid" and seen[:, 0].any():
        raise UserError("the first token of a prompt carries loss")
    return f"{seen.sum():,} of {ids.numel():,} tokens carry loss, the end of a reply too"


def _reference(trainer: Any) -> str:
    """The reference is what the stage starts from, weight by weight."""
    ours = trainer.accelerator.unwrap_model(trainer.model).state_dict()
    theirs = trainer.accelerator.unwrap_model(trainer.ref_model).state_dict()
    for name, value in ours.items():
        if name not in theirs or not value.equal(theirs[name]):
            raise UserError(
                f"the reference differs from the start of the stage in {name!r}; both must be "
                f"{trainer.model.config.name_or_path}"
            )
    return f"the reference is {trainer.model.config.name_or_path}"


def _sampler(recipe: Any) -> list[str]:
    if recipe.vllm is None:
        return []
    from trl.import_utils import is_vllm_available

    if not is_vllm_available():
        raise UserError(
            f"vllm={recipe.vllm} needs a vLLM between 0.22 and 0.31, which TRL 1.16 works with; "
            "install one, or set vllm=null to sample with transformers"
        )
    return [f"rollouts are sampled by vLLM ({recipe.vllm})"]
