"""The part of a text that some of its tokens stand in: sought by reading less and less of it.

Tokens do not know where they come from, so a span is about right: punctuation and markup that stand
at its ends may be in it or not.
"""

import numpy as np

from factory.likeness import tables
from factory.likeness import tokens as tk
from factory.likeness.read import read
from factory.likeness.tables import Array
from factory.likeness.tokens import Page


def span(text: str, first: int, last: int, most: int) -> str:
    """Tokens `first` to before `last` of a text, cut to so many characters."""
    data = np.frombuffer(text.encode(), np.uint8)
    page = tk.page(len(data))
    with np.errstate(over="ignore"):
        start = _place(data, first, page)
        end = _place(data, last, page) if last > first else start
    found = data[start:end].tobytes().decode(errors="ignore").strip()
    return found if len(found) <= most else found[: most - 1] + "…"


def _place(data: Array, token: int, page: Page) -> int:
    """About the byte that a token begins at: the most that can be read without it."""
    low, high, below, above = 0, len(data), 0, read(data, 0, len(data), tables.load(), page)
    if above <= token:
        return high
    while high - low > 1:
        share = (token - below) / max(above - below, 1)
        place = low + max(1, int((high - low) * min(max(share, 0.1), 0.9)))
        count = read(data, 0, place, tables.load(), page)
        if count <= token:
            low, below = place, count
        else:
            high, above = place, count
    return low
