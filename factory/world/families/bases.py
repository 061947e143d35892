"""Numbers in other bases: conversion to and from ten and between others, and arithmetic there."""

import random

from factory.world.hand import Hand
from factory.world.phrasing import Params
from factory.world.working import added

DOMAIN = "number_theory"
LEVELS = ("middle", "middle", "high_school", "high_school", "high_school")
PHRASINGS = (
    "Convert the base {b} number {n:digits} to base ten.",
    "What is {n:digits} in base {b}, written as an ordinary decimal number?",
    "A counter that works in base {b} shows {n:digits}. Which decimal number is that?",
    "Convert the decimal number {value} to base {b}.",
    "Write {value} (a decimal number) in base {b}.",
    "How is the decimal number {value} written by someone who counts in base {b}?",
    "Convert {n:digits} from base {b} to base {c}.",
    "The number {n:digits} is written in base {b}. Write it in base {c}.",
    "Which base {c} number equals {n:digits} in base {b}?",
    "Find the {op:sum|difference|product} of {x:digits} and {y:digits}, all in base {b}.",
    "In base {b}, what is the {op:sum|difference|product} of {x:digits} and {y:digits}? Answer in"
    " the same base.",
    "Both {x:digits} and {y:digits} are written in base {b}. Give their {op:sum|difference|product}"
    " in base {b} as well.",
)

DIGITS = "0123456789ABCDEF"
_BASES = (
    (2, 3, 4, 5),
    (2, 3, 5, 6, 7, 8),
    (2, 4, 8, 3, 9, 5, 16),
    (3, 5, 6, 7, 8, 12),
    (3, 4, 5, 6, 7, 8, 11),
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Into ten, out of ten, between two bases, sums and differences, products."""
    b = rng.choice(_BASES[difficulty - 1])
    value = rng.randint(*((9, 120), (60, 900), (80, 1200), (900, 9999), (60, 900))[difficulty - 1])
    if difficulty == 1:
        params: Params = {"n": _spell(value, b), "b": b}
    elif difficulty == 2:
        params = {"value": value, "b": b}
    elif difficulty == 3:
        c = rng.choice([base for base in _BASES[2] if base != b])
        params = {"n": _spell(value, b), "b": b, "c": c}
    else:
        other = rng.randint(value // 6 + 9, value - 1) if difficulty == 4 else rng.randint(12, 90)
        op = rng.choice(("sum", "difference")) if difficulty == 4 else "product"
        params = {"op": op, "x": _spell(value, b), "y": _spell(other, b), "b": b}
    # A number of letters only would be taken for a word, which plays no part in the split.
    worded = any(str(params.get(name, 0)).isalpha() for name in "nxy")
    return draw(rng, difficulty) if worded else params


def answer(params: Params) -> str:
    """Through Python's own integers."""
    if "op" in params:
        x, y, b = (*(int(str(params[name]), int(params["b"])) for name in "xy"), int(params["b"]))
        return _with_base(
            _spell({"sum": x + y, "difference": x - y, "product": x * y}[str(params["op"])], b), b
        )
    if "value" in params:
        return _with_base(_spell(int(params["value"]), int(params["b"])), int(params["b"]))
    value = int(str(params["n"]), int(params["b"]))
    c = int(params.get("c", 10))
    return _with_base(_spell(value, c), c) if c != 10 else str(value)


def check(params: Params, answer: str) -> bool:
    """The digits of everything weighed one by one; the answer must weigh what was asked for."""
    b = int(params["b"])
    shown, _, _ = answer.removesuffix("}").partition("_{")
    wanted = int(params.get("c", 10 if "n" in params else b))
    if not shown or set(shown) - set(DIGITS[:wanted]) or answer != _with_base(shown, wanted):
        return False
    if "op" in params:
        x, y = (_weight(str(params[name]), b) for name in "xy")
        value = {"sum": x + y, "difference": x - y, "product": x * y}[str(params["op"])]
    else:
        value = int(params["value"]) if "value" in params else _weight(str(params["n"]), b)
    return _weight(shown, wanted) == value


def solve(params: Params, hand: Hand) -> str:
    """By place values or from the left; by remainders or by powers; in columns or through ten."""
    bases = {int(params["b"]), int(params.get("c", 10))}
    digits = "".join(str(params.get(name, "")) for name in "nxy")
    if not all(2 <= base <= 16 for base in bases) or set(digits) - set(DIGITS[: int(params["b"])]):
        raise hand.doubt("These digits do not belong to that base.")
    b = int(params["b"])
    if "op" in params:
        return _arithmetic(hand, str(params["op"]), str(params["x"]), str(params["y"]), b)
    if "value" in params:
        return _with_base(_out_of_ten(hand, int(params["value"]), b), b)
    n, c = str(params["n"]), int(params.get("c", 10))
    size = next((k for k in (2, 3, 4) if b**k == c), 0)
    if size and hand.likes(0.6):
        return _with_base(_grouped(hand, n, b, c, size), c)
    value = _into_ten(hand, n, b)
    return _with_base(_out_of_ten(hand, value, c), c) if c != 10 else str(value)


def _into_ten(hand: Hand, n: str, b: int) -> int:
    if any(digit in n for digit in DIGITS[10:]):
        hand.say("The letters A, B, C, ... stand for the digits 10, 11, 12, ...")
    values = [DIGITS.index(digit) for digit in n]
    if hand.likes(0.4):
        hand.say(f"From the left: multiply by {b} and add the next digit.")
        total = values[0]
        for value in values[1:]:
            total = int(added(hand, (hand.multiply(total, b), value)))
    else:
        hand.say(f"The places of {n} are worth powers of {b}.", "I add up the place values.")
        if hand.errs("digits read from the wrong end"):
            values = values[::-1]
        parts, worth = [], 1
        for place, value in enumerate(reversed(values)):
            worth = int(hand.multiply(worth, b)) if place else 1
            parts.append(int(hand.multiply(value, worth)) if value else 0)
        hand.say(f"The places give {' + '.join(str(part) for part in parts[::-1])}.")
        total = int(added(hand, parts[::-1]))
    hand.state(f"So {n} in base {b} is {total}.", f"In base ten {n} is {total}.")
    return total


def _out_of_ten(hand: Hand, value: int, b: int) -> str:
    if value < b:
        return _spell(max(value, 0), b)
    found = _by_powers(hand, value, b) if hand.likes(0.35) else _by_remainders(hand, value, b)
    hand.state(f"In base {b} that is {found}.", f"So {value} is {found} in base {b}.")
    weight = _weight(found, b)
    hand.confirm(f"the digits of {found} weigh {weight} and should weigh {value}", weight == value)
    return found


def _by_remainders(hand: Hand, value: int, b: int) -> str:
    hand.say(
        f"I divide by {b} again and again and keep the remainders.", f"Divide by {b} over and over."
    )
    digits, rest = "", value
    while rest > 0:
        digit = hand.remainder(rest, b)
        rest = (rest - digit) // b
        hand.say(
            f"Write {DIGITS[digit]}; the quotient is {rest}.",
            f"Digit {DIGITS[digit]}, quotient {rest}.",
        )
        digits += DIGITS[digit]
    return digits if hand.errs("remainders not read backwards") else digits[::-1]


def _by_powers(hand: Hand, value: int, b: int) -> str:
    worth, digits, rest = 1, "", value
    while worth * b <= value:
        worth *= b
    hand.say(
        f"The largest power of {b} that fits is {worth}.", f"I start with {worth}, a power of {b}."
    )
    while worth:
        digit = min(rest // worth, b - 1)
        if digit:
            rest = int(hand.subtract(rest, hand.multiply(digit, worth)))
        hand.say(f"The digit for {worth} is {DIGITS[digit]}, and {rest} is left.")
        digits, rest, worth = digits + DIGITS[digit], max(rest, 0), worth // b
    return digits


def _grouped(hand: Hand, n: str, b: int, c: int, size: int) -> str:
    hand.say(f"{c} = {b}^{size}, so every {size} digits in base {b} make one in base {c}.")
    if hand.errs("groups taken from the left"):
        padded = n + "0" * (-len(n) % size)
    else:
        padded = "0" * (-len(n) % size) + n
    groups = [padded[at : at + size] for at in range(0, len(padded), size)]
    hand.state(f"The groups are {', '.join(groups)}.")
    found = ""
    for group in groups:
        found += DIGITS[_weight(group, b)]
        hand.say(f"{group} is {_weight(group, b)}, the digit {found[-1]}.")
    hand.state(f"Together: {found.lstrip('0') or '0'}.")
    return found.lstrip("0") or "0"


def _arithmetic(hand: Hand, op: str, x: str, y: str, b: int) -> str:
    if hand.likes(0.35) or (op == "difference" and _weight(x, b) < _weight(y, b)):
        hand.say("I go through base ten.", "In base ten I know the tables, so I convert.")
        left, right = _into_ten(hand, x, b), _into_ten(hand, y, b)
        step = {"sum": hand.add, "difference": hand.subtract, "product": hand.multiply}[op]
        value = int(step(left, right))
        if value < 0:
            raise hand.doubt("A negative result makes no sense to me here.")
        return _with_base(_out_of_ten(hand, value, b), b)
    hand.say(f"I stay in base {b} and work in columns from the right.")
    if op != "product":
        return _with_base(_columns(hand, x, y, b, op), b)
    total = ""
    for place, digit in enumerate(reversed(y)):
        row = _times_digit(hand, x, DIGITS.index(digit), b) + "0" * place
        hand.state(f"{x} times the digit {digit}, moved {place} places, is {row}.")
        total = _columns(hand, total, row, b, "sum") if total else row
    return _with_base(total.lstrip("0") or "0", b)


def _columns(hand: Hand, x: str, y: str, b: int, op: str) -> str:
    """x + y or x - y, written in base b."""
    digits, carry, sign = "", 0, 1 if op == "sum" else -1
    width = max(len(x), len(y))
    for a, c in list(zip(x.rjust(width, "0"), y.rjust(width, "0"), strict=True))[::-1]:
        column = int(added(hand, (DIGITS.index(a), sign * DIGITS.index(c), sign * carry)))
        wrong = not 0 <= column < b and hand.errs("carried at ten instead of the base", load=1)
        carry, digit = divmod(column, 10 if wrong else b)
        carry, digit = abs(carry), min(digit, b - 1)
        moved = f"{'carry' if sign > 0 else 'borrow'} {carry}" if carry else "no carry"
        hand.say(f"Write {DIGITS[digit]}, {moved}.")
        digits += DIGITS[digit]
    found = ((DIGITS[carry] if sign > 0 else "") + digits[::-1]).lstrip("0") or "0"
    hand.state(f"{x} {'+' if sign > 0 else '-'} {y} = {found} in base {b}.")
    return found


def _times_digit(hand: Hand, x: str, digit: int, b: int) -> str:
    digits, carry = "", 0
    for a in reversed(x) if digit else "":
        column = int(added(hand, (hand.multiply(DIGITS.index(a), digit), carry)))
        carry, written = divmod(max(column, 0), b)
        hand.say(
            f"Write {DIGITS[written]}, carry {carry}." if carry else f"Write {DIGITS[written]}."
        )
        digits += DIGITS[written]
        carry = 0 if carry and hand.errs("carry forgotten", load=1) else min(carry, b - 1)
    return (DIGITS[carry] + digits[::-1]).lstrip("0") or "0"


def _weight(n: str, b: int) -> int:
    value = 0
    for digit in n:
        value = value * b + DIGITS.index(digit)
    return value


def _spell(value: int, b: int) -> str:
    digits = DIGITS[value % b]
    while value := value // b:
        digits = DIGITS[value % b] + digits
    return digits


def _with_base(n: str, b: int) -> str:
    return f"{n}_{{{b}}}" if b != 10 else n
