"""Which items a text holds: how many of an item's runs stand near one another, and what differs.

One pass reads a text, looks its runs up in the `runs.Index` of all items and counts, for every
item, the distinct runs found. Of an item that has enough, the place is sought where most stand
within a window: a long trace has some of anything, somewhere.
"""

from typing import Any

import numpy as np
import pyarrow as pa

from factory.likeness import boilerplate, tables
from factory.likeness import tokens as tk
from factory.likeness.boilerplate import Phrases, stripped
from factory.likeness.kernel import njit, outer
from factory.likeness.read import read
from factory.likeness.runs import GONE, RUN, SALTS, Index, ended, slot_of
from factory.likeness.sketch import MASKED as HIDDEN
from factory.likeness.sketch import STEP, buffers, keyed
from factory.likeness.tables import Array, Tables
from factory.likeness.tokens import Page, U
from factory.likeness.windows import (
    BY,
    BY_RUNS,
    ITEM,
    MASKED,
    PLAIN,
    ROW,
    TOKENS,
    WIDTH,
    Room,
    weighed,
    window,
)  # fmt: skip

SHORT = 8  # tokens: an item of fewer is found whole or not at all
WHOLE = 6  # of fewer than these, only as the whole of a problem
FAR, LEAST = 3, 48  # a window is so many times the item's tokens, and never narrower
TEMPLATE = 8  # runs that an item needs for its template to say something
BLOOM = 4096
SPARE = 4096  # hits of one text beyond two an item


def _room(index: Index, tokens: int) -> Room:
    sets = len(index.begins) - 1
    runs = int(np.diff(index.begins).max(initial=0)) + 1
    longest = int(np.diff(index.starts).max(initial=0)) + 1
    arrays = (
        *(np.empty(2 * tokens, kind) for kind in (np.int32, np.int32, np.uint8)),
        np.zeros(1, np.int64), np.empty(tokens, np.int32), np.empty(tokens, np.int32),
        np.zeros(runs, np.int32), np.zeros(longest, np.uint8),
        np.full(len(index.hashes), -1, np.int64), np.zeros(sets, np.int32),
        np.full(sets, -1, np.int64), np.empty(sets, np.int32),
        np.zeros(BLOOM // 64, np.uint64), np.zeros(5, np.uint64),
    )  # fmt: skip
    return Room._make(arrays)


def overlaps(texts: pa.Array | pa.ChunkedArray, index: Index, problems: bool) -> Array:
    """Hits in texts, int64 [n, WIDTH], by row. `problems`: find them by their keys too."""
    data, offsets = buffers(texts)
    page = tk.page(int(np.diff(offsets).max(initial=0)))
    room = _room(index, len(page.text))
    out = np.empty((5 * len(index.starts) + SPARE, WIDTH), np.int64)
    found, row = [], 0
    with np.errstate(over="ignore"):
        args = (tables.load(), boilerplate.load(), index, page, room, out)
        while row < len(offsets) - 1:
            row, count = search(data, offsets, row, problems, *args)
            found.append(out[:count].copy())
    return np.concatenate([np.zeros((0, WIDTH), np.int64), *found])


@outer
def search(
    data: Array, offsets: Array, row: int, problems: bool, table: Tables, phrases: Phrases,
    index: Index, page: Page, room: Room, out: Array,
) -> tuple[int, int]:  # fmt: skip
    """Texts from `row` on, until `out` has no room for another; the next row, and the hits."""
    n = 0
    while row < len(offsets) - 1 and n + 5 * len(index.starts) <= len(out):
        read(data, offsets[row], offsets[row + 1], table, page)
        for k in range(page.state[tk.COUNT]):
            page.place[k] = k  # the clause is of no use here; the token's number is
        stripped(page, phrases)
        sets = counted(page, index, room, row)
        for k in range(sets):
            which = room.touched[k]
            if enough(index, which, room.counts[which], problems):
                n = considered(page, index, room, row, which, problems, out, n)
        if problems:
            n = by_keys(page, index, room, row, out, n)
        row += 1
    return row, n


@njit
def counted(page: Page, index: Index, room: Room, row: int) -> int:
    """Look up every run; how many sets of items have any."""
    plain, masked, numeral, sets = U(0), U(0), -RUN, 0
    room.size[0] = 0
    for k in range(page.state[tk.COUNT]):
        text = hidden = page.text[k]
        if page.kind[k] & 63 == tk.NUMERAL:
            hidden, numeral = HIDDEN, k
        plain, masked = plain * STEP + text, masked * STEP + hidden
        if k >= RUN:
            old = page.text[k - RUN]
            plain -= old * GONE
            masked -= (HIDDEN if page.kind[k - RUN] & 63 == tk.NUMERAL else old) * GONE
        if k < RUN - 1:
            continue
        same = k - numeral >= RUN
        slot = slot_of(index, ended(plain))
        if slot >= 0:
            sets = noted(index, room, row, k, slot, PLAIN | MASKED if same else PLAIN, sets)
        slot = -1 if same else slot_of(index, ended(masked))
        if slot >= 0:
            sets = noted(index, room, row, k, slot, MASKED, sets)
    return sets


@njit
def noted(index: Index, room: Room, row: int, end: int, slot: int, form: int, sets: int) -> int:
    """Keep a run's place; count it, once a text, for every set that has it."""
    n = room.size[0]
    room.ends[n], room.slots[n], room.forms[n] = end, slot, form
    room.size[0] = n + 1
    if room.texts[slot] == row:
        return sets
    room.texts[slot] = row
    for k in range(index.first[slot], index.last[slot]):
        which = index.sets[k]
        if room.seen[which] != row:
            room.seen[which], room.counts[which] = row, 0
            room.touched[sets] = which
            sets += 1
        room.counts[which] += 1
    return sets


@njit
def enough(index: Index, which: int, count: int, problems: bool) -> bool:
    """Whether so many runs of a set are worth a closer look."""
    size = index.begins[which + 1] - index.begins[which]
    item = which >> 1
    tokens = index.starts[item + 1] - index.starts[item]
    if tokens < SHORT:
        return tokens >= WHOLE and which & 1 == 0 and count == size
    if which & 1:
        return size >= TEMPLATE and 5 * count >= 4 * size
    return (4 if problems else 2) * count >= size


@outer
def considered(
    page: Page, index: Index, room: Room, row: int, which: int, problems: bool, out: Array, n: int
) -> int:
    """Write the hit of a set that has enough runs near one another; the number of hits then."""
    item = which >> 1
    tokens = index.starts[item + 1] - index.starts[item]
    count, first, last = window(index, room, which, max(FAR * tokens, LEAST))
    if not enough(index, which, count, problems):
        return n
    if tokens < SHORT and last - first + RUN != tokens:
        return n
    hit = out[n]
    hit[ROW], hit[ITEM], hit[BY], hit[TOKENS] = row, item, BY_RUNS, page.state[tk.COUNT]
    weighed(page, index, room, item, first, last, hit)
    return n + 1


@outer
def by_keys(page: Page, index: Index, room: Room, row: int, out: Array, n: int) -> int:
    """Write items whose key the whole text has; the number of hits then.

    Equal mathematics says little where most words differ.
    """
    count = page.state[tk.COUNT]
    if count == 0:
        return n
    keys = room.keys
    keyed(page, keys)
    senses = bloomed(page, room)
    for which in range(3):
        code = keys[0 if which == 0 else which + 1]
        if which == 2 and code == U(0):
            continue
        code ^= SALTS[which]
        k = np.searchsorted(index.keys, code)
        while k < len(index.keys) and index.keys[k] == code:
            item = index.keyed[k]
            if index.which[k] == which and (which == 0 or alike(index, room, item, senses)):
                hit = out[n]
                hit[ROW], hit[ITEM], hit[BY], hit[TOKENS] = row, item, which + 1, count
                weighed(page, index, room, item, RUN - 1, count - 1, hit)
                n += 1
            k += 1
    return n


@njit
def bit_of(sense: Any) -> Any:
    """The bit of a sense in the bloom filter."""
    return (sense * STEP) >> U(52)


@njit
def bloomed(page: Page, room: Room) -> int:
    """The senses of a text as bits; how many there are."""
    room.bloom[:] = U(0)
    senses = 0
    for k in range(page.state[tk.COUNT]):
        if page.sense[k] != U(0):
            bit = bit_of(page.sense[k])
            was = room.bloom[bit >> U(6)]
            room.bloom[bit >> U(6)] = was | (U(1) << (bit & U(63)))
            senses += was != room.bloom[bit >> U(6)]
    return senses


@njit
def alike(index: Index, room: Room, item: int, senses: int) -> bool:
    """Whether a third of the senses of both are in both, but for chance."""
    both, first, last = 0, index.words[item], index.words[item + 1]
    for k in range(first, last):
        bit = bit_of(index.senses[k])
        both += np.int64((room.bloom[bit >> U(6)] >> (bit & U(63))) & U(1))
    return 3 * both >= senses + last - first - both
