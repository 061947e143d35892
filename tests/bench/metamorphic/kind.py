"""What the metamorphic set knows of one type of answer."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """`golds` are the spellings a reference answer has, where a rollout may use more."""

    name: str
    value: Callable[[random.Random], Any]
    spellings: Callable[[Any], Sequence[str]]
    others: Callable[[Any, random.Random], Sequence[Any]]
    golds: Callable[[Any], Sequence[str]] | None = None
    question: Callable[[Any], str] | None = None
    boxed: bool = False  # only inside a box: as bare text it is a sentence, or two answers
