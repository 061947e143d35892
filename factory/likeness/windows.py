"""Where in a text an item stands: the window with most of its runs, and what is there of it."""

from typing import Any, NamedTuple

import numpy as np

from factory.likeness import tokens as tk
from factory.likeness.kernel import njit
from factory.likeness.runs import RUN, Index
from factory.likeness.sketch import SMALL
from factory.likeness.tables import Array
from factory.likeness.tokens import Page

# Columns of a hit. Spans in tokens: of the outer runs found, and of all that the item would be.
ROW, ITEM, BY, RUNS, MASKS, FROM, TO, START, END, LOST, SMALL_LOST, CHANGED, TOKENS = range(13)
WIDTH = 13
LOOSE = 2  # tokens around the span in which a numeral is still taken for the item's
PLAIN, MASKED = 1, 2  # forms of a run: as it is, with numerals masked
BY_RUNS, BY_CANONICAL, BY_MATHS, BY_NUMERALS = range(4)  # values of BY


class Room(NamedTuple):
    """Scratch memory of one call."""

    ends: Array  # int32: tokens at which runs of the text that items have end, in order
    slots: Array  # int32: the slot of each
    forms: Array  # uint8: PLAIN, MASKED or both
    size: Array  # int64 [1]: how many
    where: Array  # int32: tokens where the runs of one set end
    found: Array  # int32: which runs
    tally: Array  # int32 by run of a set
    cover: Array  # uint8 by token of an item: 1 a masked run stands there, 2 a plain one
    texts: Array  # int64 by slot: the last text it was found in
    counts: Array  # int32 by set
    seen: Array  # int64 by set: the last text it was found in
    touched: Array  # int32: the sets found in this text
    bloom: Array  # uint64: senses of this text
    keys: Array  # uint64 [5]: of this text


@njit
def local_of(index: Index, slot: int, which: int) -> int:
    """Which run of a set a slot is, or -1."""
    if slot >= 0:
        for k in range(index.first[slot], index.last[slot]):
            if index.sets[k] == which:
                return index.locals[k]
    return -1


@njit
def window(index: Index, room: Room, which: int, width: int) -> tuple[int, int, int]:
    """Where most runs of a set stand within `width`: how many, and where the outer two end."""
    form = MASKED if which & 1 else PLAIN
    n = left = distinct = best = first = last = 0
    for j in range(room.size[0]):
        local = local_of(index, room.slots[j], which) if room.forms[j] & form else -1
        if local < 0:
            continue
        k = room.ends[j]
        room.where[n], room.found[n] = k, local
        n += 1
        room.tally[local] += 1
        distinct += room.tally[local] == 1
        while k - room.where[left] > width:
            room.tally[room.found[left]] -= 1
            distinct -= room.tally[room.found[left]] == 0
            left += 1
        if distinct > best:
            best, first, last = distinct, room.where[left], k
    for k in range(left, n):
        room.tally[room.found[k]] = 0
    return best, first, last


@njit
def weighed(
    page: Page, index: Index, room: Room, item: int, first: int, last: int, hit: Array
) -> None:
    """What of an item stands in a window: runs, masked runs, numerals; and the span."""
    start, end = index.starts[item], index.starts[item + 1]
    size = end - start
    room.cover[:size] = 0
    hit[RUNS], low, high = covered(index, room, 2 * item, first, last, 2)
    hit[MASKS], lower, higher = covered(index, room, 2 * item + 1, first, last, 1)
    if hit[MASKS]:
        low, high = min(low, lower), max(high, higher)
    before, after = first - RUN + 1 - low, last + 1 + size - high
    hit[START] = page.place[max(before, 0)]
    hit[END] = page.place[min(after, page.state[tk.COUNT]) - 1] + 1
    before, after = max(before - LOOSE, 0), min(after + LOOSE, page.state[tk.COUNT])
    hit[FROM] = page.place[max(first - RUN + 1, 0)]
    hit[TO] = page.place[last] + 1
    hit[LOST] = hit[SMALL_LOST] = hit[CHANGED] = 0
    for k in range(start, end):
        if index.kind[k] != tk.NUMERAL:
            continue
        hit[CHANGED] += room.cover[k - start] == 1
        if not numbered(page, index, start, k, before, after):
            hit[SMALL_LOST if index.text[k] in SMALL else LOST] += 1


@njit
def numbered(page: Page, index: Index, start: int, k: int, before: int, after: int) -> bool:
    """Whether a numeral stands in the span as often as in the item up to here."""
    wanted = 0
    for j in range(start, k + 1):
        wanted += index.text[j] == index.text[k]
    for j in range(before, after):
        if page.text[j] == index.text[k]:
            wanted -= 1
            if wanted == 0:
                return True
    return False


@njit
def covered(
    index: Index, room: Room, which: int, first: int, last: int, mark: int
) -> tuple[Any, Any, Any]:
    """The distinct runs of a set in a window, marked on the item: how many, from and to where."""
    form, begin, item = (MASKED if which & 1 else PLAIN), index.begins[which], which >> 1
    count, low, high = 0, index.starts[item + 1] - index.starts[item], 0
    for j in range(room.size[0]):
        here = first <= room.ends[j] <= last and room.forms[j] & form
        local = local_of(index, room.slots[j], which) if here else -1
        if local < 0:
            continue
        place = index.places[begin + local]
        low, high = min(low, place), max(high, place + RUN)
        count += room.tally[local] == 0
        room.tally[local] = 1
        for k in range(place, place + RUN):
            room.cover[k] |= np.uint8(mark)
    for local in range(index.begins[which + 1] - begin):
        room.tally[local] = 0
    return count, low, high
