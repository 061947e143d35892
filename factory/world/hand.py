"""The hand that computes and writes: exact when steady, wrong the way people are wrong when not.

A family asks the hand for every computation and carries on with what comes back, so a slip spreads
through the rest of the text as it would on paper. The chance of a slip is `slip_rate`, times more
the larger the computation and the longer the page: long work on large numbers fails more often. At
`slip_rate` 0 every value is exact. How much it checks is the rollout's own: a careless hand writes
a short page, a careful one looks at many values another way and repairs what it finds wrong. Some
slips are noticed at once, some only when the result does not fit: then `Doubt` is raised and the
solver starts over on the same page. A slip that was repaired is named `noticed ...`.
"""

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from factory.world import checks, slips
from factory.world.notation import Number, operand, plain, tidy

CARE = (0.0, 0.0, 0.08, 0.2, 0.5)  # share of values looked at again: one of these a rollout
RESULTS = 2  # times as often results are checked as values are
NOTICED = 0.2  # of slips are corrected on the spot
QUICK = 0.2  # of checks look at the last digit only
FRESH = 12  # lines until a slip is four times as likely; it grows with the square
LARGEST_POWER = 80  # bits; nobody writes out more by hand


class Doubt(Exception):
    """The work contradicts itself: a division by zero, a root of a negative, a failed check."""


class Hand:
    """Writes one rollout. `lines` is the thinking, `statements` the part worth repeating."""

    def __init__(self, rng: random.Random, slip_rate: float) -> None:
        self.rng = rng
        self.slip_rate = slip_rate
        self.care = rng.choice(CARE)
        self.show: Callable[[Number], str] = plain
        self.lines: list[str] = []
        self.statements: list[str] = []
        self.slips: list[str] = []
        self._rested = 0  # lines that do not tire: those before a fresh start, and checks

    def say(self, *wordings: str) -> None:
        """Think aloud, in one of the wordings."""
        self.lines.append(self.rng.choice(wordings))

    def state(self, *wordings: str) -> None:
        """Think aloud a line that the solution repeats."""
        self.say(*wordings)
        self.statements.append(self.lines[-1])

    def likes(self, chance: float = 0.5) -> bool:
        """A free choice of style or path; never a mistake."""
        return self.rng.random() < chance

    def errs(self, mistake: str, load: float = 2.0) -> bool:
        """Whether the hand now follows a wrong rule; the family writes what comes of it."""
        slipping = self._slipping(load)
        if slipping:
            self.slips.append(mistake)
        return slipping

    def doubt(self, *wordings: str) -> Doubt:
        """Say what cannot be right; the caller raises what comes back."""
        self.say(*wordings)
        return Doubt(self.lines[-1])

    def confirm(self, finding: str, holds: bool) -> None:
        """A careful hand looks back. Raises Doubt when a check that is made fails."""
        if not self.likes(RESULTS * self.care):
            return
        if not holds:
            raise self.doubt(
                f"Let me check: {finding}. That does not agree, so something went wrong.",
                f"Wait, let me verify. {finding[0].upper()}{finding[1:]}. These do not match.",
            )
        self.say(
            f"Let me check: {finding}. Good.",
            f"To verify, {finding}. That works.",
            f"Wait, let me make sure: {finding}. Yes, it holds.",
        )

    def start_over(self) -> None:
        """Throw away what was worked out so far, and what was wrong with it."""
        self.say("Let me start over, more carefully.", "I will redo this from the beginning.")
        self.statements.clear()
        self.slips = [_noticed(slip) for slip in self.slips]
        self._rested = len(self.lines)

    def add(self, a: Number, b: Number) -> Number:
        """a + b."""
        if 0 in (a, b):
            return a + b
        load = self._digits(a) + self._digits(b) - 1
        return self._compute(a, "+", b, a + b, load, slips.in_sum)

    def subtract(self, a: Number, b: Number) -> Number:
        """a - b."""
        load = self._digits(a) + self._digits(b) - 1
        return self._compute(a, "-", b, a - b, load, slips.in_difference)

    def multiply(self, a: Number, b: Number) -> Number:
        """a * b, written place by place when it is long."""
        if 1 in (a, b):
            return a * b
        load = self._digits(a) * self._digits(b)
        return self._compute(a, "×", b, a * b, load, slips.in_product)

    def divide(self, a: Number, b: Number) -> Number:
        """a / b, exactly. Raises Doubt when b is 0."""
        if b == 0:
            raise self.doubt("That would mean dividing by 0, which cannot be right.")
        load = self._digits(a) * self._digits(b)
        return self._compute(a, "÷", b, Fraction(a) / b, load, slips.in_quotient)

    def power(self, base: int, exponent: int) -> int:
        """base ** exponent, one factor at a time. Raises Doubt when nobody would write that out."""
        if not 0 <= exponent * abs(base).bit_length() <= LARGEST_POWER:
            raise self.doubt(f"{base}^{exponent} is far too large to write out.")
        if self.errs("multiplied base and exponent", load=1):
            return base * exponent
        factors = exponent - self.errs("one factor too few", load=1)
        value: Number = 1
        for _ in range(factors):
            value = self.multiply(value, base)
        return int(value)

    def remainder(self, a: int, modulus: int) -> int:
        """a mod modulus, 0 <= result < modulus. Raises Doubt when modulus < 1."""
        if modulus < 1:
            raise self.doubt(f"A remainder modulo {modulus} makes no sense.")
        if 0 <= a < modulus:
            return a
        load = self._digits(a // modulus) * self._digits(modulus)
        return int(self._compute(a, "mod", modulus, a % modulus, load, slips.in_remainder))

    def _compute(
        self,
        a: Number,
        sign: str,
        b: Number,
        exact: Number,
        load: float,
        mistakes: Callable[..., slips.Slips],
    ) -> Number:
        right = tidy(exact)
        task = f"{self.show(a)} {sign} {operand(self.show(b))}"
        value = right
        if self._slipping(load):
            value = self._slip(task, right, mistakes(a, b))
        self._write(self._long(a, sign, b) or task, value)
        if load > 1 and self.likes(self.care) and not self._holds(a, sign, b, value):
            self.slips[-1] = _noticed(self.slips[-1])
            self.say(
                f"So I redo it: {task} = {self.show(right)}.",
                f"There was a slip. Again, slowly: {task} = {self.show(right)}.",
            )
            return right
        return value

    def _holds(self, a: Number, sign: str, b: Number, value: Number) -> bool:
        """Look at a value another way, and say what that shows."""
        quick = self.likes(QUICK)
        check = checks.last_digit(a, sign, b, value) if quick else checks.inverse(a, sign, b, value)
        if check is None:
            return True
        self._rested += 1
        task = f"{self.show(check.left)} {check.sign} {operand(self.show(check.right))}"
        found, wanted = self.show(check.found), self.show(check.wanted)
        finding = f"{task} ends in {wanted}, {value} in {found}" if quick else f"{task} = {found}"
        if check.found == check.wanted:
            self.say(
                f"Let me double-check: {finding}. Yes.",
                f"Check: {finding}. ✓",
                f"Another way to see it: {finding}, as it should be.",
            )
            return True
        finding += "" if quick else f", but should be {wanted}"
        self.say(
            f"Wait, {finding}. That is not right.",
            f"Let me double-check: {finding}. Something is off.",
        )
        return False

    def _digits(self, value: Number) -> int:
        """How many digits there are to work with; zeros at either end are free."""
        return max(1, sum(sign.isdigit() for sign in self.show(value).strip("-0.")))

    def _slipping(self, load: float) -> bool:
        """`load` is about the number of digit operations."""
        tired = (1 + (len(self.lines) - self._rested) / FRESH) ** 2
        return self.rng.random() < self.slip_rate * load**1.5 * tired

    def _slip(self, task: str, right: Number, mistakes: slips.Slips) -> Number:
        # A wrong 0 would only end in a division by zero a line later.
        wrong = [(name, tidy(value)) for name, value in mistakes.items() if value not in (0, right)]
        if not wrong:
            return right
        name, value = self.rng.choice(wrong)
        if not self.likes(NOTICED):
            self.slips.append(name)
            return value
        self.slips.append(_noticed(name))
        self.say(
            f"{task} = {self.show(value)}... wait, that is not right ({name}). Let me redo it.",
            f"I get {task} = {self.show(value)}. Hmm, no: {name}. Once more.",
        )
        return right

    def _long(self, a: Number, sign: str, b: Number) -> str:
        """The task in smaller pieces, where there are any and the hand cares to."""
        if isinstance(a, int) and isinstance(b, int) and self.likes(0.7):
            if sign == "mod":
                return f"{a} - {b} × {a // b}"
            if sign == "×":
                return _long_product(a, b)
        return ""

    def _write(self, task: str, value: Number) -> None:
        shown = self.show(value)
        self.say(
            f"{task} = {shown}.",
            f"{task} = {shown}.",
            f"We get {task} = {shown}.",
            f"Compute {task} = {shown}.",
            f"Now {task} = {shown}.",
        )


def _noticed(slip: str) -> str:
    return slip if slip.startswith("noticed ") else f"noticed {slip}"


def _long_product(a: int, b: int) -> str:
    """`47 × 36 = 47 × 30 + 47 × 6 = 1410 + 282`, or nothing when it does not split."""
    if min(a, b) < 2 or max(a, b) < 10:
        return ""
    many, split = (a, b) if b >= 10 else (b, a)
    parts = _places(split)
    if len(parts) < 2:
        return ""
    products = " + ".join(f"{many} × {part}" for part in parts)
    return f"{a} × {b} = {products} = " + " + ".join(str(many * part) for part in parts)


def _places(value: int) -> Sequence[int]:
    """347 -> 300, 40, 7."""
    digits = str(value)
    places = [int(digit) * 10 ** (len(digits) - at - 1) for at, digit in enumerate(digits)]
    return [place for place in places if place]
