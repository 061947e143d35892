r"""A tree and a point -> a complex number of chosen precision, with caps in place of a kill.

Low-level mpmath (`libmp`): pure functions of their arguments, so threads share nothing. Magnitudes
are known before anything large is computed: a power, factorial or sum beyond the caps raises
`Unreadable`, and an even root or a logarithm of a negative number raises `Undefined` where the
caller compares real functions.
"""

from collections.abc import Mapping
from contextvars import ContextVar

from mpmath import libmp

from factory.verifiers.maths.numeric.complexes import (
    MAX_BITS,
    ONE,
    ROUND,
    ZERO,
    Complex,
    Undefined,
    Unreadable,
    finite,
    magnitude,
    rational,
    whole,
)
from factory.verifiers.maths.numeric.functions import OPERATORS
from factory.verifiers.maths.numeric.reader import Tree

EFFORT = 10_000  # operations at 160 bits, for all of one comparison: about 0.1 s
MAX_TERMS = 2000
_left: ContextVar[list[int]] = ContextVar("effort left")


def allot() -> None:
    """Begin a comparison: what its machines spend together is `EFFORT`."""
    _left.set([EFFORT])


class Machine:
    """One evaluation: precision in bits, the point, and the largest magnitude met."""

    def __init__(self, bits: int, point: Mapping[str, Complex], *, real: bool, tens: bool) -> None:
        self.bits = bits
        self.point = point
        self.real = real
        self.tens = tens  # whether a bare \log is to base ten
        self.left = _left.get(None) or [EFFORT]
        self.cost = int((bits / 160) ** 1.5)  # grows faster than the digits do
        self.peak = 1

    def value(self, tree: Tree) -> Complex:
        self.spend()
        kind = tree[0]
        if kind == "number":
            return self.seen(rational(tree[1], self.bits))
        if kind == "letter":
            return self.letter(tree[1])
        if kind in ("sum", "product"):
            return self.series(*tree)
        return self.seen(OPERATORS[kind](self, *[self.value(part) for part in tree[1:]]))

    def spend(self) -> None:
        self.left[0] -= self.cost
        if self.left[0] < 0:
            raise Unreadable

    def seen(self, value: Complex) -> Complex:
        size = magnitude(value)
        if size > MAX_BITS or not finite(value):
            raise Unreadable
        self.peak = max(self.peak, size)
        return value

    def letter(self, name: str) -> Complex:
        if name in self.point:
            return self.point[name]
        if name == "e":
            return libmp.mpf_e(self.bits), libmp.fzero
        if name == "i":
            return libmp.fzero, libmp.fone
        raise Unreadable

    def series(self, kind: str, letter: str, low: Tree, high: Tree, body: Tree) -> Complex:
        first, last = (self.integer(self.value(end)) for end in (low, high))
        if last - first > MAX_TERMS:
            raise Unreadable
        outer, total = self.point, ZERO if kind == "sum" else ONE
        join = libmp.mpc_add if kind == "sum" else libmp.mpc_mul
        for index in range(first, last + 1):
            self.point = {**outer, letter: (libmp.from_int(index), libmp.fzero)}
            total = self.seen(join(total, self.value(body), self.bits, ROUND))
        self.point = outer
        return total

    def integer(self, value: Complex) -> int:
        """A value that is a small whole number up to rounding."""
        if value[1] != libmp.fzero or magnitude(value) > 20:
            raise Unreadable
        near = whole(value[0])
        gap = libmp.mpf_sub(value[0], libmp.from_int(near))
        if gap[1] and gap[2] + gap[3] > -self.bits // 2:
            raise Undefined
        return near
