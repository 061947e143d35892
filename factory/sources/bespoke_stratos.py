"""Bespoke-Stratos-17k: Sky-T1's questions (NuminaMath, APPS, TACO, STILL-2), traces of DeepSeek-R1.

bespokelabs/Bespoke-Stratos-17k, Apache-2.0. A row has system and conversations [{from, value}] in
Sky-T1's markers: <|begin_of_thought|> ... <|end_of_solution|>. There are no answers and no domains:
what asks for a boxed answer is mathematics, and the rest is rejected.
"""

from typing import Any

from factory.sources import _chat
from factory.sources._hub import Published
from schemas.exchange import SourceRow

HUB = Published("bespoke_stratos", "bespokelabs/Bespoke-Stratos-17k")
LICENSE = "Apache-2.0"
MODEL = "deepseek-r1"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A problem and its trace. Raises Unfit where it is not mathematics."""
    return _chat.stratos(raw, MODEL, HUB.split(recipe))
