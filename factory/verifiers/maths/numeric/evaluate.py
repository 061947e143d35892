r"""A tree and a point -> a complex number of chosen precision, with caps in place of a kill.

Low-level mpmath (`libmp`): pure functions of their arguments, so threads share nothing. Magnitudes
are known before anything large is computed: a power, factorial or sum beyond the caps raises
`Unreadable`, and an even root or a logarithm of a negative number raises `Undefined` where the
caller compares real functions.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from fractions import Fraction
from math import factorial
from typing import Any

from mpmath import libmp

from factory.verifiers.maths.numeric.reader import Tree, Unreadable

MAX_BITS = 6000  # of a value's magnitude
MAX_FACTORIAL = 600
EFFORT = 10_000  # operations at 160 bits, for all of one comparison: about 0.1 s
MAX_TERMS = 2000
Complex = tuple[Any, Any]
_ROUND = "n"
ZERO: Complex = (libmp.fzero, libmp.fzero)
ONE: Complex = (libmp.fone, libmp.fzero)


_left: ContextVar[list[int]] = ContextVar("effort left")


def allot() -> None:
    """Begin a comparison: what its machines spend together is `EFFORT`."""
    _left.set([EFFORT])


class Undefined(Unreadable):
    """Not a real number at this point."""


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
        return self.seen(_OPERATORS[kind](self, *[self.value(part) for part in tree[1:]]))

    def spend(self) -> None:
        self.left[0] -= self.cost
        if self.left[0] < 0:
            raise Unreadable

    def seen(self, value: Complex) -> Complex:
        size = magnitude(value)
        if size > MAX_BITS or not _finite(value):
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
            total = self.seen(join(total, self.value(body), self.bits, _ROUND))
        self.point = outer
        return total

    def integer(self, value: Complex) -> int:
        """A value that is a small whole number up to rounding."""
        if value[1] != libmp.fzero or magnitude(value) > 20:
            raise Unreadable
        near = libmp.to_int(value[0], "n")
        gap = libmp.mpf_sub(value[0], libmp.from_int(near))
        if gap[1] and gap[2] + gap[3] > -self.bits // 2:
            raise Undefined
        return near


def rational(value: Fraction, bits: int) -> Complex:
    return libmp.from_rational(value.numerator, value.denominator, bits, _ROUND), libmp.fzero


def magnitude(value: Complex) -> int:
    """The exponent of two of the larger part; hugely negative for zero."""
    return max(part[2] + part[3] if part[1] else -(10**9) for part in value)


def _finite(value: Complex) -> bool:
    return all(part[1] or part == libmp.fzero for part in value)


def _negative(value: Complex) -> bool:
    return value[1] == libmp.fzero and bool(value[0][0])


def _multiply(machine: Machine, one: Complex, other: Complex) -> Complex:
    product = libmp.mpc_mul(one, other, machine.bits, _ROUND)
    if product != ZERO and magnitude(product) < -MAX_BITS < min(magnitude(one), magnitude(other)):
        raise Unreadable  # it would pass for zero
    return product


def _divide(machine: Machine, one: Complex, other: Complex) -> Complex:
    if magnitude(other) < machine.peak - machine.bits * 2 // 3:
        raise Undefined  # zero, or nothing but rounding
    return libmp.mpc_div(one, other, machine.bits, _ROUND)


def _power(machine: Machine, base: Complex, exponent: Complex) -> Complex:
    if exponent[1] == libmp.fzero and (exponent[0][2] >= 0 or exponent == ZERO):
        return _whole_power(machine, base, exponent)
    if magnitude(base) < -machine.bits // 2:
        raise Undefined
    if _negative(base):
        raise Undefined if machine.real else Unreadable
    grown = libmp.mpc_mul(_log(machine, base), exponent, machine.bits, _ROUND)
    return _exp(machine, grown)


def _whole_power(machine: Machine, base: Complex, exponent: Complex) -> Complex:
    if magnitude(exponent) > 15:
        raise Unreadable
    n = libmp.to_int(exponent[0])
    size = magnitude(base)
    if size < -machine.bits // 2:
        if n <= 0:
            raise Undefined
        return ZERO
    if abs(n) * max(abs(size), 1) > MAX_BITS:
        raise Unreadable
    return libmp.mpc_pow_int(base, n, machine.bits, _ROUND)


def _root(
    machine: Machine, inside: Complex, index: Complex = (libmp.from_int(2), libmp.fzero)
) -> Complex:
    n = machine.integer(index)
    if not 2 <= n <= 1000:
        raise Unreadable
    if magnitude(inside) < machine.peak - machine.bits * 2 // 3:
        return ZERO
    if _negative(inside):
        if n % 2:
            size = libmp.mpf_nthroot(libmp.mpf_neg(inside[0]), n, machine.bits, _ROUND)
            return libmp.mpf_neg(size), libmp.fzero
        if machine.real:
            raise Undefined
        if n > 2:
            raise Unreadable
    if inside[1] == libmp.fzero and not inside[0][0]:
        return libmp.mpf_nthroot(inside[0], n, machine.bits, _ROUND), libmp.fzero
    if n > 2:
        raise Unreadable
    return libmp.mpc_sqrt(inside, machine.bits, _ROUND)


def _log(machine: Machine, inside: Complex) -> Complex:
    if magnitude(inside) < machine.peak - machine.bits * 2 // 3:
        raise Undefined
    if _negative(inside) and machine.real:
        raise Undefined
    if inside[1] == libmp.fzero and not inside[0][0]:
        return libmp.mpf_log(inside[0], machine.bits, _ROUND), libmp.fzero
    return libmp.mpc_log(inside, machine.bits, _ROUND)


def _logarithm(machine: Machine, inside: Complex, base: Complex | None = None) -> Complex:
    if base is None and not machine.tens:
        return _log(machine, inside)
    bottom = _log(machine, base or (libmp.from_int(10), libmp.fzero))
    return _divide(machine, _log(machine, inside), bottom)


def _exp(machine: Machine, value: Complex) -> Complex:
    if magnitude(value) > 12:
        raise Unreadable
    return libmp.mpc_exp(value, machine.bits, _ROUND)


def _called(function: Callable[..., Complex], limit: int) -> Callable[..., Complex]:
    def call(machine: Machine, value: Complex) -> Complex:
        if magnitude(value) > limit or magnitude((value[1], libmp.fzero)) > 10:
            raise Unreadable
        return function(value, machine.bits, _ROUND)

    return call


def _inverse(name: str, function: Callable[..., Complex]) -> Callable[..., Complex]:
    def call(machine: Machine, value: Complex) -> Complex:
        if name != "arctan" and machine.real and libmp.mpf_gt(libmp.mpf_abs(value[0]), libmp.fone):
            raise Undefined
        if magnitude(value) > 200 or value[1] != libmp.fzero:
            raise Unreadable
        return function(value, machine.bits, _ROUND)

    return call


def _reciprocal(function: Callable[..., Complex]) -> Callable[..., Complex]:
    return lambda machine, value: _divide(machine, ONE, function(machine, value))


def _tangent(machine: Machine, value: Complex) -> Complex:
    return _divide(machine, _SIN(machine, value), _COS(machine, value))


def _cotangent(machine: Machine, value: Complex) -> Complex:
    return _divide(machine, _COS(machine, value), _SIN(machine, value))


def _cis(machine: Machine, value: Complex) -> Complex:
    return _COS(machine, value)[0], _SIN(machine, value)[0]


def _factorial(machine: Machine, value: Complex) -> Complex:
    n = machine.integer(value)
    if n < 0:
        raise Undefined
    if n > MAX_FACTORIAL:
        raise Unreadable
    return libmp.from_int(factorial(n), machine.bits, _ROUND), libmp.fzero


def _binomial(machine: Machine, top: Complex, bottom: Complex) -> Complex:
    k = machine.integer(bottom)
    if not 0 <= k <= MAX_FACTORIAL or magnitude(top) > 20:
        raise Unreadable if k > 0 else Undefined
    result = ONE
    for j in range(k):
        machine.spend()
        term = libmp.mpc_sub(top, (libmp.from_int(j), libmp.fzero), machine.bits, _ROUND)
        scaled = libmp.mpc_mul(result, term, machine.bits, _ROUND)
        result = libmp.mpc_div_mpf(scaled, libmp.from_int(j + 1), machine.bits, _ROUND)
    return result


def _step(function: Callable[..., Any]) -> Callable[..., Complex]:
    def call(machine: Machine, value: Complex) -> Complex:
        if value[1] != libmp.fzero or magnitude(value) > machine.bits // 2:
            raise Unreadable
        near = libmp.from_int(libmp.to_int(value[0], "n"))
        gap = libmp.mpf_sub(value[0], near)
        if gap[1] and gap[2] + gap[3] < -machine.bits // 3:
            return near, libmp.fzero  # 2.999...9 is a rounded 3
        return function(value[0]), libmp.fzero

    return call


def _degrees(machine: Machine, value: Complex) -> Complex:
    turned = libmp.mpc_mul_mpf(value, libmp.mpf_pi(machine.bits), machine.bits, _ROUND)
    return libmp.mpc_div_mpf(turned, libmp.from_int(180), machine.bits, _ROUND)


_SIN, _COS = _called(libmp.mpc_sin, 100), _called(libmp.mpc_cos, 100)
_OPERATORS: dict[str, Callable[..., Complex]] = {
    "+": lambda m, a, b: libmp.mpc_add(a, b, m.bits, _ROUND),
    "-": lambda m, a, b: libmp.mpc_sub(a, b, m.bits, _ROUND),
    "*": _multiply,
    "/": _divide,
    "^": _power,
    "negative": lambda m, a: libmp.mpc_neg(a),
    "pi": lambda m: (libmp.mpf_pi(m.bits), libmp.fzero),
    "degrees": _degrees,
    "root": _root,
    "abs": lambda m, a: (libmp.mpc_abs(a, m.bits, _ROUND), libmp.fzero),
    "floor": _step(libmp.mpf_floor),
    "ceil": _step(libmp.mpf_ceil),
    "factorial": _factorial,
    "binomial": _binomial,
    "ln": _log,
    "log": _logarithm,
    "lg": lambda m, a: _logarithm(m, a, (libmp.from_int(10), libmp.fzero)),
    "exp": _exp,
    "cis": _cis,
    "sin": _SIN,
    "cos": _COS,
    "tan": _tangent,
    "cot": _cotangent,
    "sec": _reciprocal(_COS),
    "csc": _reciprocal(_SIN),
    "arcsin": _inverse("arcsin", libmp.mpc_asin),
    "arccos": _inverse("arccos", libmp.mpc_acos),
    "arctan": _inverse("arctan", libmp.mpc_atan),
    "sinh": _called(libmp.mpc_sinh, 10),
    "cosh": _called(libmp.mpc_cosh, 10),
    "tanh": _called(libmp.mpc_tanh, 10),
}
# mpmath remembers constants at the highest precision asked for, in two writes that threads could
# tear apart; asked for once, here, beyond any precision of ours, they are only read from then on
for _constant in (libmp.mpf_pi, libmp.mpf_e, libmp.mpf_ln2, libmp.mpf_ln10):
    _constant(4 * MAX_BITS)
