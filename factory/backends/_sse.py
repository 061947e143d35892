"""Server-sent chunks of a chat completion -> the body the same reply would be in one piece.

Lines are split and parsed by hand: the official package's stream costs many times the CPU.
"""

from itertools import chain
from typing import Any

from factory.backends._wire import failed, parse, text_of
from schemas.exchange import Refused

ONCE = ("model", "system_fingerprint", "usage")


class Stream:
    """Takes bytes as they come. `done`: nothing more is said; `ended`: the reply is whole."""

    def __init__(self) -> None:
        self.done = False
        self.finish: Any = None
        self._open: list[bytes] = []  # pieces of a line whose end has not come
        self._said: dict[str, Any] = {}
        self._pieces: dict[str, list[Any]] = {}

    @property
    def ended(self) -> bool:
        """Whether the model came to an end; usage may still follow."""
        return bool(self.finish)

    def feed(self, chunk: bytes) -> None:
        """Read what came. Raises Refused on an error in mid-stream."""
        head, *lines = chunk.split(b"\n")
        self._open.append(head)
        for line in lines:
            self._line(b"".join(self._open))
            self._open = [line]

    def body(self) -> dict[str, Any]:
        """The whole reply. Raises Refused where the stream broke off."""
        if not self.ended:
            self._line(b"".join(self._open))
        if not self.ended:
            raise Refused("bad_reply", "the stream ended without a finish_reason")
        message = {name: _joined(pieces) for name, pieces in self._pieces.items()}
        return {**self._said, "choices": [{"message": message, "finish_reason": self.finish}]}

    def _line(self, line: bytes) -> None:
        if self.done or not line.startswith(b"data:"):  # comments keep the connection alive
            return
        event = line[5:].strip()
        if event == b"[DONE]":
            self.done = True
        elif event:
            self._take(parse(event))

    def _take(self, event: Any) -> None:
        if not isinstance(event, dict):
            raise Refused("bad_reply", f"no JSON object in the stream: {event}")
        if event.get("error"):
            raise failed(event["error"])
        for name in ONCE:
            if event.get(name):
                self._said[name] = event[name]
        choices = event.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._choose(choices[0])

    def _choose(self, choice: dict[str, Any]) -> None:
        self.finish = choice.get("finish_reason") or self.finish
        delta = choice.get("delta")
        for name, piece in delta.items() if isinstance(delta, dict) else ():
            if piece and isinstance(piece, str | list):
                self._pieces.setdefault(name, []).append(piece)


def _joined(pieces: list[Any]) -> Any:
    """Text in one piece; a list of parts in which each part's fragments are one again."""
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces)
    fragments: dict[tuple[str, str], list[str]] = {}
    for part in chain.from_iterable([p] if isinstance(p, str) else p for p in pieces):
        named = part if isinstance(part, dict) else {}
        key = str(named.get("type", "text")), str(named.get("index"))
        fragments.setdefault(key, []).append(text_of(part))
    return [{"type": kind, "text": "".join(texts)} for (kind, _), texts in fragments.items()]
