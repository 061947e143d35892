"""OpenThoughts3-1.2M: mathematics, code and science, sixteen traces of QwQ-32B a question.

open-thoughts/OpenThoughts3-1.2M, Apache-2.0. A row has difficulty, source, domain and conversations
[{from: human, value}, {from: gpt, value}], the reply with <think>; a question's traces are rows of
their own. There are no answers: the majority of a problem's rollouts can stand in. Many replies end
within their thought, cut off. Rows that are not mathematics are rejected.
"""

from typing import Any

from factory.sources import _chat
from factory.sources._fields import field
from factory.sources._hub import Published
from schemas.exchange import NotMaths, SourceRow

HUB = Published("openthoughts3", "open-thoughts/OpenThoughts3-1.2M")
LICENSE = "Apache-2.0"
MODEL = "qwq-32b"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A problem and one trace. Raises Unfit where it is not mathematics."""
    if (domain := field(raw, "domain")) != "math":
        raise NotMaths(f"not mathematics: domain is {domain}")
    asked, reply = _chat.exchange(raw)
    return SourceRow(
        statement=asked,
        split=HUB.split(recipe),
        origin=field(raw, "source"),
        rollouts=_chat.rollouts(reply, MODEL),
    )
