"""Characters: UTF-8 bytes spelled so that what looks alike reads alike; classes of bytes."""

import numpy as np

from factory.likeness.kernel import njit
from factory.likeness.tables import Array, Tables

LETTER, DIGIT, SPACE = 1, 2, 4
BLOCK = 32  # bytes


def _classes() -> Array:
    found = np.zeros(256, np.uint8)
    for byte in range(256):
        char = chr(byte)
        if byte >= 0x80 or (char.isascii() and char.isalpha()):
            found[byte] = LETTER
        elif char.isdigit():
            found[byte] = DIGIT
        elif char.isspace() or char == "~":
            found[byte] = SPACE
    return found


CLASS = _classes()
ESCAPES = np.frombuffer(b"abtnvf", np.uint8)  # of the control characters from 7 on


@njit
def lost_backslash(data: Array, at: int) -> bool:
    """Whether a control character was a backslash and the letter of a command."""
    byte, first, second = data[at], data[at + 1], data[at + 2]
    if byte == 12:
        return first == 114 and second == 97  # frac
    if byte == 9:  # times, text, theta, tan
        return (
            (first == 105 and second == 109)
            or (first == 101 and second == 120)
            or ((first == 104 and second == 101) or (first == 97 and second == 110))
        )
    return byte != 10 and CLASS[first] == LETTER


@njit
def plain(data: Array, at: int, out: Array, place: int) -> bool:
    """Copy a block; whether all of it stands for itself. A loop the compiler makes wide."""
    odd = np.uint8(0)
    source, target = np.uint64(at), np.uint64(place)
    for k in range(np.uint64(BLOCK)):
        byte = data[source + k]
        out[target + k] = byte
        odd |= np.uint8(byte >= 0x80) | np.uint8(byte == 38) | np.uint8((byte < 13) & (byte != 10))
    return odd == 0


@njit
def unfolded(data: Array, start: int, end: int, table: Tables, out: Array) -> int:
    """Write the text with every character spelled by bytes below 0x80 where one stands for it."""
    at, place, raised, odd = start, 0, 0, start  # odd: up to there blocks were tried
    while at < end:
        if odd <= at <= end - BLOCK:
            if plain(data, at, out, place):
                at, place, raised = at + BLOCK, place + BLOCK, 0
                continue
            odd = at + BLOCK
        byte = data[at]
        if (
            byte == 38
            and at + 4 < end
            and data[at + 1] == 35
            and data[at + 4] == 59
            and CLASS[data[at + 2]] == CLASS[data[at + 3]] == DIGIT
        ):  # &#39;
            byte = np.uint8(10 * (data[at + 2] & 15) + (data[at + 3] & 15))
            at += 4
        if 7 <= byte <= 12 and at + 3 < end and lost_backslash(data, at):
            out[place] = 92  # "\\frac" read as JSON
            byte = ESCAPES[byte - 7]
            place += 1
        if byte < 0x80:
            out[place] = byte
            place, at, raised = place + 1, at + 1, 0
            continue
        size = 2 if byte < 0xE0 else (3 if byte < 0xF0 else 4)
        point = np.int64(byte & (0x1F if size == 2 else (0x0F if size == 3 else 0x07)))
        for k in range(1, size):
            point = (point << 6) | np.int64(data[at + k] & 0x3F if at + k < end else 0)
        found = table.places[point] if point < len(table.places) else 0
        if found == 0:
            for k in range(min(size, end - at)):
                out[place + k] = data[at + k]
            place += min(size, end - at)
            raised = 0
        else:
            first, last = table.starts[found - 1], table.starts[found]
            mark = np.int64(table.blob[first]) if last > first else 0
            if raised == mark and (mark == 94 or mark == 95):
                first += 1  # x¹²: one exponent
            raised = mark
            for k in range(first, last):
                out[place] = table.blob[k]
                place += 1
        at += size
    for k in range(16):
        out[place + k] = 0
    return place
