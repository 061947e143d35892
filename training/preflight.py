"""What must hold before the first step; each check that fails is one line that says what to do.

The mixture was proved when it was opened, what does not fit the window was counted when it was
encoded, and the chat template was tried when the chat was made.
"""

import math
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from factory.errors import UserError
from training import cost
from training.chat import Chat
from training.examples import UNSEEN
from training.model import Student, stops
from training.ranks import neighbours, world
from training.recipe import StageRecipe

FEW = 8  # rows are looked at, from first to last


def before(student: Student, recipe: StageRecipe) -> None:
    """What must hold before the trainer is made. Raises UserError."""
    positions = getattr(student.model.config, "max_position_embeddings", None)
    if positions and recipe.window > positions:
        raise UserError(
            f"window={recipe.window} is more than the {positions:,} tokens that the student can "
            f"see; set window={positions} or less"
        )
    if served := getattr(recipe, "vllm", None):
        _vllm(served)


def check(stage: str, trainer: Any, student: Student, recipe: StageRecipe) -> list[str]:
    """What was found right, in a line each. Raises UserError."""
    chat = Chat(student.tokenizer)
    found = [_stop(chat, student)]
    if served := getattr(recipe, "vllm", None):
        found += [f"rollouts are sampled by vLLM ({served})"]
    if stage != "rl":
        found += [_loss(stage, trainer, chat)]
    if stage == "dpo":
        found += [_reference(trainer)]
    return [*found, _memory(stage, trainer, student, chat, recipe)]


def _memory(stage: str, trainer: Any, student: Student, chat: Chat, recipe: StageRecipe) -> str:
    """The estimate of `just plan`, of this student on this machine."""
    on, there = _machine(trainer, student)
    shape = cost.of_config(student.model.config.to_dict())
    needed = cost.memory(stage, shape, recipe, on, longest(stage, trainer, chat, recipe))
    words = f"some {cost.told(needed)} of memory"
    if sum(needed.values()) > there:
        raise UserError(
            f"a process needs {words}, and {there / 1e9:,.2f} GB are free for it; {cost.LOWER}"
        )
    return f"{words}; {there / 1e9:,.2f} GB are free"


def _machine(trainer: Any, student: Student) -> tuple[cost.Machine, float]:
    """What it runs on, and the bytes this process may have, with those of the weights it has."""
    import torch

    shards = world() if trainer.is_fsdp_enabled else 1
    if torch.cuda.is_available():
        free, whole = torch.cuda.mem_get_info()
        held = torch.cuda.memory_allocated()
        return cost.Machine(world(), shards, whole, 2), free + held
    copies = 1 if getattr(trainer, "ref_model", None) is None else 2
    held = 4.0 * copies * student.model.num_parameters()
    return cost.Machine(world(), shards, 0, 4), available() / neighbours() + held


def available() -> float:
    """Bytes of this machine's memory that can still be had; no bound where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return math.inf
    found = dict(line.split()[:2] for line in lines)
    return 1024.0 * int(found["MemAvailable:"])


def longest(stage: str, trainer: Any, chat: Chat, recipe: Any) -> int:
    """Tokens of the longest text in training, near enough; of packed slots the window."""
    rows = trainer.train_dataset
    if stage == "mid":
        return recipe.window
    if stage == "rl":
        ids = chat.tokenizer(max(rows["prompt"], key=len), add_special_tokens=False)["input_ids"]
        return min(recipe.window, len(ids) + recipe.completion)
    names = ["prompt_ids", "chosen_ids", "rejected_ids"] if stage == "dpo" else ["input_ids"]
    table = rows.data.table.select(names)
    with duckdb.connect() as con:
        con.register("texts", table)
        most = ", ".join(f"coalesce(max(len({name})), 0)" for name in names)
        first, *rest = con.sql(f"select {most} from texts").fetchall()[0]
    return min(recipe.window, first + max(rest, default=0))


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
        their = theirs.get(name)
        if hasattr(their, "full_tensor"):  # FSDP2 has split it already
            their = their.full_tensor().to(value.device)
        if their is None or not value.equal(their):
            raise UserError(
                f"the reference differs from the start of the stage in {name!r}; both must be "
                f"{trainer.model.config.name_or_path}"
            )
    return f"the reference is {trainer.model.config.name_or_path}"


def _vllm(served: str) -> None:
    try:
        there = version("vllm")
    except PackageNotFoundError:
        there = ""
    minor = there.split(".")[:2]
    if minor[:1] != ["0"] or not 22 <= int(minor[1]) <= 31:  # trl.import_utils only warns
        raise UserError(
            f"vllm={served} needs a vLLM from 0.22 to 0.31, which TRL 1.16 works with, and "
            f"{there or 'none'} is installed; set vllm=null to sample with transformers"
        )
