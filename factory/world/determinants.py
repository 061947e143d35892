"""Determinants worked out by hand: by expansion, by the rule of Sarrus, by elimination."""

from factory.world.hand import Hand
from factory.world.matrices import Matrix, spell, spell_row
from factory.world.notation import Number, operand, plain
from factory.world.working import added


def worked_determinant(hand: Hand, m: Matrix) -> Number:
    """Two by two at once; larger by the first row, the first column or elimination."""
    if len(m) == 2:
        return _two_by_two(hand, m)
    if len(m) == 3 and hand.likes(0.3):
        return _sarrus(hand, m)
    if hand.likes(0.3) or (len(m) > 3 and m[0].count(0) < 2):
        return _by_elimination(hand, m)
    if len(m) > 3 or hand.likes():
        hand.say("I expand along the first row.", "Expansion along the first row.")
    else:
        hand.say("I expand down the first column: turning the matrix over changes nothing.")
        m = [list(column) for column in zip(*m, strict=True)]
        hand.say(f"So I work with {spell(m)}.")
    signs = (
        [1] * len(m)
        if hand.errs("cofactor signs forgotten")
        else [(-1) ** k for k in range(len(m))]
    )
    parts: list[Number] = []
    for k, entry in enumerate(m[0]):
        if entry == 0:
            hand.say("The next entry is 0 and adds nothing.")
            continue
        minor = [row[:k] + row[k + 1 :] for row in m[1:]]
        parts.append(signs[k] * hand.multiply(entry, worked_determinant(hand, minor)))
    hand.say(f"With signs the parts are {', '.join(map(plain, parts))}.")
    value = added(hand, parts)
    hand.state(f"So the determinant is {plain(value)}.")
    return value


def _two_by_two(hand: Hand, m: Matrix) -> Number:
    [[a, b], [c, d]] = m
    left, right = hand.multiply(a, d), hand.multiply(b, c)
    plus = hand.errs("products added in a two by two determinant")
    value = hand.add(left, right) if plus else hand.subtract(left, right)
    hand.state(f"The determinant of {spell(m)} is {plain(value)}.")
    return value


def _sarrus(hand: Hand, m: Matrix) -> Number:
    hand.say("By the rule of Sarrus: three products down, three products up.")
    down = [_triple(hand, [m[k][(k + j) % 3] for k in range(3)]) for j in range(3)]
    up = [_triple(hand, [m[k][(j - k) % 3] for k in range(3)]) for j in range(3)]
    first, second = added(hand, down), added(hand, up)
    hand.state(f"Down: {plain(first)}. Up: {plain(second)}.")
    if hand.errs("products added in the rule of Sarrus"):
        return hand.add(first, second)
    return hand.subtract(first, second)


def _triple(hand: Hand, entries: list[Number]) -> Number:
    if 0 in entries:
        return 0
    return hand.multiply(hand.multiply(entries[0], entries[1]), entries[2])


def _by_elimination(hand: Hand, m: Matrix) -> Number:
    sign, diagonal = 1, list[Number]()
    hand.say("I bring it to triangular form; that leaves the determinant as it is.")
    while m:
        swap = next((k for k, row in enumerate(m) if row[0] != 0), None)
        if swap is None:
            hand.state("A column has run out of pivots, so the determinant is 0.")
            return 0
        if swap:
            hand.say(f"Swap rows 1 and {swap + 1} of {spell(m)}.")
            m[0], m[swap] = m[swap], m[0]
            sign = sign if hand.errs("sign of a row swap forgotten") else -sign
        diagonal.append(m[0][0])
        m = cleared(hand, m)
    hand.state(f"The pivots are {', '.join(map(plain, diagonal))}.")
    value: Number = sign
    for pivot in diagonal:
        value = hand.multiply(value, pivot)
    return value


def cleared(hand: Hand, m: Matrix) -> Matrix:
    """What is left under the first row once its first entry has cleared the column."""
    first, *rest = m
    left: Matrix = []
    for row in rest:
        if row[0] == 0:
            left.append(row[1:])
            continue
        factor = hand.divide(row[0], first[0]) if first[0] != 1 else row[0]
        hand.say(
            f"From [{spell_row(row)}] take {operand(plain(factor))} times [{spell_row(first)}]."
        )
        pairs = zip(row[1:], first[1:], strict=True)
        left.append([hand.subtract(x, hand.multiply(factor, y)) if y else x for x, y in pairs])
    if left and left[0]:
        hand.state(f"That leaves {spell(left)}.", f"Below the pivot stays {spell(left)}.")
    return left
