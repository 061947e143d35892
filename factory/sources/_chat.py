"""Conversations: `messages` [{role, content}] or `conversations` [{from, value}]."""

from typing import Any, NamedTuple

from factory.sources._fields import field
from schemas.exchange import NotMaths, SourceRollout, SourceRow, Unfit

ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "model": "assistant",
}
BOXED = "Return your final response within \\boxed{}."
BESIDE = ("reasoning_content", "reasoning", "thinking")


class Turn(NamedTuple):
    """One message; `reasoning` where the thinking stands beside the text."""

    role: str
    text: str
    reasoning: str | None


def exchange(raw: dict[str, Any]) -> tuple[str, Turn | None]:
    """The one question of a row and the one reply to it, if any. Raises Unfit.

    A system prompt belongs to how it was asked, not to the problem.
    """
    key = "conversations" if "conversations" in raw else "messages"
    turns = [turn for turn in map(_turn, field(raw, key)) if turn.role != "system"]
    roles = [turn.role for turn in turns]
    if roles == ["user"]:
        return turns[0].text, None
    if roles == ["user", "assistant"]:
        return turns[0].text, turns[1]
    raise Unfit(
        "several questions in one conversation"
        if roles.count("user") > 1
        else "a conversation that is not one question and one reply"
    )


def rollouts(reply: Turn | None, model: Any) -> tuple[SourceRollout, ...]:
    """The reply as a rollout, if there is one; with a thought and no text it was cut off."""
    if reply is None:
        return ()
    cut = "length" if reply.reasoning and not reply.text.strip() else None
    return (SourceRollout("assistant", 0, reply.text, model, None, reply.reasoning, cut),)


def stratos(raw: dict[str, Any], model: str, split: str | None) -> SourceRow:
    """A row of Bespoke-Stratos or its descendants. Raises Unfit where it is not mathematics.

    They put BOXED before mathematics and nothing else: in their conversations it is all that tells
    mathematics from code, science and puzzles, and it is no part of the problem.
    """
    asked, reply = exchange(raw)
    if not asked.startswith(BOXED):
        raise NotMaths("not mathematics: the prompt does not ask for a boxed answer")
    return SourceRow(
        statement=asked.removeprefix(BOXED), split=split, rollouts=rollouts(reply, model)
    )


def _turn(message: dict[str, Any]) -> Turn:
    told = message.get("role", message.get("from"))
    if told not in ROLES:
        raise Unfit(f"role {told!r} is none of {', '.join(ROLES)}")
    reasoning = next((message[k] for k in BESIDE if message.get(k)), None)
    content = message.get("content", message.get("value"))
    if content is None and reasoning and not message.get("tool_calls"):
        content = ""  # cut off while thinking
    return Turn(ROLES[told], _text(content), reasoning)


def _text(content: Any) -> str:
    """Content as one text; parts that are no text (images, ...) make the row unfit."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(part.get("type") == "text" for part in content):
        return "\n".join(part["text"] for part in content)
    raise Unfit("a message whose content is not text")
