"""A mixture's examples as token ids, whole: what does not fit the window is left out, never cut."""

from typing import TYPE_CHECKING, Any

from factory.errors import UserError
from training.chat import Chat

if TYPE_CHECKING:
    from datasets import Dataset

Batch = dict[str, list[Any]]
UNSEEN = -100  # the label of a token that carries no loss


def texts(examples: "Dataset", chat: Chat, prompts_too: bool) -> "Dataset":
    """prompt, completion -> `input_ids` and `labels`: every token of the completion and of the end
    of the reply carries loss, those of the prompt where `prompts_too`.
    """

    def encode(batch: Batch) -> Batch:
        pairs = zip(
            chat.prompts(batch["prompt"]), chat.completions(batch["completion"]), strict=True
        )
        found: Batch = {"input_ids": [], "labels": []}
        for prompt, completion in pairs:
            found["input_ids"].append(prompt + completion)
            seen = prompt if prompts_too else [UNSEEN] * len(prompt)
            found["labels"].append(seen + completion)
        return found

    return examples.map(encode, batched=True, remove_columns=examples.column_names)


def pairs(examples: "Dataset", chat: Chat) -> "Dataset":
    """prompt, chosen, rejected -> `prompt_ids`, `chosen_ids`, `rejected_ids`."""

    def encode(batch: Batch) -> Batch:
        return {
            "prompt_ids": chat.prompts(batch["prompt"]),
            "chosen_ids": chat.completions(batch["chosen"]),
            "rejected_ids": chat.completions(batch["rejected"]),
        }

    return examples.map(encode, batched=True, remove_columns=examples.column_names)


def whole(
    dataset: "Dataset", lengths: list[int], window: int, too_long: float, completion: int = 0
) -> "Dataset":
    """The examples that fit the window beside a completion. Raises UserError where more than the
    share `too_long` of them do not, or none does.
    """
    kept = [place for place, length in enumerate(lengths) if length <= window - completion]
    out = len(lengths) - len(kept)
    if not kept or out > too_long * len(lengths):
        what, lower = ("prompts", ", lower completion") if completion else ("examples", "")
        raise UserError(
            f"{out:,} of {len(lengths):,} {what} are longer than window={window}"
            f"{f' - completion={completion}' if completion else ''} (the longest "
            f"has {max(lengths, default=0):,} tokens), too_long={too_long:g} allows "
            f"{int(too_long * len(lengths)):,}; raise window{lower}, or freeze a mixture of "
            "shorter ones"
        )
    return dataset if not out else dataset.select(kept)


def tokens(dataset: "Dataset", *columns: str) -> int:
    """How many there are in the columns together."""
    found = [dataset.data.column(name) for name in columns]
    return sum(len(chunk.flatten()) for column in found for chunk in column.chunks)
