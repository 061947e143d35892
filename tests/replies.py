"""The replies of the fault-injecting server: shapes of a message, and what is wrong with a body."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

THOUGHT = "two and two"
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"content": "So it is \\boxed{4}."},
    "reasoning": {"content": "\\boxed{4}", "reasoning": THOUGHT},
    "reasoning_content": {"content": "\\boxed{4}", "reasoning_content": THOUGHT},
    "reasoning_details": {
        "content": "\\boxed{4}",
        "reasoning_details": [
            {"type": "reasoning.text", "text": "two and", "index": 0},
            {"type": "reasoning.encrypted", "data": "c2VjcmV0", "index": 1},
            {"type": "reasoning.summary", "summary": "two", "index": 2},
        ],
    },
    "both": {"content": "\\boxed{4}", "reasoning": THOUGHT, "reasoning_content": THOUGHT},
    "twice": {"content": f"<think>{THOUGHT}</think>\\boxed{{4}}", "reasoning_content": THOUGHT},
    "think": {"content": f"<think>{THOUGHT}</think>\\boxed{{4}}"},
    "think-prefilled": {"content": f"{THOUGHT}</think>\n\n\\boxed{{4}}"},
    "think-cut": {"content": "<think>two and"},
    "think-only": {"content": f"<think>{THOUGHT}</think>"},
    "reasoning-only": {"content": None, "reasoning": THOUGHT},
    "parts": {"content": [{"type": "text", "text": "So it is "}, {"type": "text", "text": "4."}]},
    "parts-thinking": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]},
            {"type": "text", "text": "\\boxed{4}"},
        ]
    },
    "refusal": {"content": None, "refusal": "I cannot help with that."},
    "filtered": {"content": "So it"},
    "empty": {"content": ""},
    "null": {"content": None},
    "surrogate": {"content": "\\boxed{4} \ud800"},
    "nul": {"content": "\\boxed{4} \x00"},
}
FINISHES = {"think-cut": "length", "filtered": "content_filter"}
ASKED: set[str] = set()  # of those who were told nothing the first time
PIECES = 4  # into which a streamed text is cut


class Words:
    """What a model's name asks for."""

    def __init__(self, model: str) -> None:
        pairs = [word.partition("=") for word in model.split(",")]
        self.model = model
        self.values = {name: value for name, _, value in pairs}
        self.shape = next((name for name in self.values if name in SHAPES), "plain")
        statuses = (name.partition("-") for name in self.values if name[:3].isdigit())
        self.status, _, self.often = next(statuses, ("", "", ""))

    def __contains__(self, word: str) -> bool:
        return word in self.values

    def number(self, word: str) -> float:
        """The value of a word; zero where it is not said."""
        return float(self.values.get(word) or 0)


words = lru_cache(1024)(Words)


@lru_cache(4096)
def written(said: Words, cut: bool, stream: bool) -> list[bytes]:
    """The bytes of a reply, in the pieces they may be sent in."""
    if "no-json" in said:
        return [b"data: <html>\n\n" if stream else b"<html>", b"oops</html>"]
    if "deep" in said:
        return [b"data: " if stream else b"", b"[" * 100_000, b"\n\n"]
    message = dict(SHAPES[said.shape])
    if "size" in said:
        message["content"] += "x" * int(said.number("size") - len(message["content"]))
    finish = "length" if cut else FINISHES.get(said.shape, "stop")
    if stream:
        return [f"data: {event}\n\n".encode() for event in events(said, message, finish)]
    whole = json.dumps(body_of(said, [{"index": 0, "finish_reason": finish, "message": message}]))
    return [whole[i : i + len(whole) // PIECES + 1].encode() for i in cuts(whole)]


def judged(said: Words, asked: str) -> dict[str, Any]:
    """A judge's reply: whether the JSON texts after "Answer A:" and "B:", or "Text", are alike."""
    first, second = (
        "".join(filter(str.isalnum, json.loads(line.partition(": ")[2])))
        for line in asked.splitlines()
        if line.startswith(("Answer A: ", "Answer B: ", "Text A: ", "Text B: "))
    )
    same = first < second if said.values["judge"] == "first" else first == second
    words = f"A says {first}, B says {second}."
    if said.values["judge"] != "silent":
        words += f"\n\n**Verdict: {'SAME' if same else 'DIFFERENT'}**"
    message = {"role": "assistant", "content": words}
    return body_of(said, [{"index": 0, "finish_reason": "stop", "message": message}])


def graded(said: Words, asked: str) -> dict[str, Any]:
    """A grader's reply: the level and domain after `grade=`; `late`: only when asked again."""
    level, _, domain = said.values["grade"].partition("/")
    words = f"Fractions.\n\n**Level: {level}**\n**Domain: {domain}**"
    if "late" in said and asked not in ASKED:
        ASKED.add(asked)
        words = "Level: hard to say"
    message = {"role": "assistant", "content": words}
    return body_of(said, [{"index": 0, "finish_reason": "stop", "message": message}])


def cuts(text: str) -> range:
    """Where each of PIECES pieces begins."""
    return range(0, len(text), len(text) // PIECES + 1)


def body_of(said: Words, choices: list[Any]) -> dict[str, Any]:
    """A body around its choices, with what is odd about it."""
    usage: Any = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
    if "odd-usage" in said:
        usage = {"prompt_tokens": "10", "completion_tokens": 20.0, "total_tokens": [None]}
    if "huge-usage" in said:
        usage = {"prompt_tokens": 10**25, "completion_tokens": 10**25}
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "another-model" if "alias" in said else said.model,
        "system_fingerprint": "fp",
        "choices": [] if "no-choices" in said else choices,
        "usage": None if "no-usage" in said else usage,
    }
    error = {"error": {"message": "engine died", "code": 503}} if "error" in said else {}
    return {**body, **error}


def events(said: Words, message: dict[str, Any], finish: str) -> Iterator[str]:
    """A reply as stream events: its fields in pieces, its end, its usage."""
    bare = {**body_of(said, []), "usage": None, "object": "chat.completion.chunk"}
    whole = bare.pop("error", None)
    for delta in ({"role": "assistant", "content": ""}, *deltas(message)):
        choices = [] if "no-choices" in said else [{"index": 0, "delta": delta}]
        yield json.dumps({**bare, "choices": choices})
    if whole:
        yield json.dumps({"error": whole})
    ending = [{"index": 0, "delta": {}, "finish_reason": finish}]
    if not {"no-finish", "no-choices"} & said.values.keys():
        yield json.dumps({**bare, "choices": ending})
    yield json.dumps(body_of(said, []))
    if "no-done" not in said:
        yield "[DONE]"


def deltas(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The pieces of each field; thinking first."""
    for name in sorted(message, key=lambda name: name in ("content", "refusal")):
        value = message[name]
        for start in cuts(value) if isinstance(value, str) else ():
            yield {name: value[start : start + len(value) // PIECES + 1]}
        for part in value if isinstance(value, list) else ():
            yield {name: [part]}
