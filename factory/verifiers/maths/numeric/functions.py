"""What the operators and functions of a tree compute, each with its caps."""

from collections.abc import Callable
from math import factorial
from typing import Any, Protocol

from mpmath import libmp

from factory.verifiers.maths.numeric.complexes import (
    MAX_BITS,
    ONE,
    ROUND,
    ZERO,
    Complex,
    Undefined,
    Unreadable,
    magnitude,
    negative,
    whole,
)

MAX_FACTORIAL = 600


class Machine(Protocol):
    """What a function needs of the evaluation it is part of."""

    bits: int
    peak: int
    real: bool
    tens: bool

    def spend(self) -> None: ...

    def integer(self, value: Complex) -> int: ...


def _multiply(machine: Machine, one: Complex, other: Complex) -> Complex:
    product = libmp.mpc_mul(one, other, machine.bits, ROUND)
    if product != ZERO and magnitude(product) < -MAX_BITS < min(magnitude(one), magnitude(other)):
        raise Unreadable  # it would pass for zero
    return product


def _divide(machine: Machine, one: Complex, other: Complex) -> Complex:
    if magnitude(other) < machine.peak - machine.bits * 2 // 3:
        raise Undefined  # zero, or nothing but rounding
    return libmp.mpc_div(one, other, machine.bits, ROUND)


def _power(machine: Machine, base: Complex, exponent: Complex) -> Complex:
    if exponent[1] == libmp.fzero and (exponent[0][2] >= 0 or exponent == ZERO):
        return _whole_power(machine, base, exponent)
    if magnitude(base) < -machine.bits // 2:
        raise Undefined
    if negative(base):
        raise Undefined if machine.real else Unreadable
    grown = libmp.mpc_mul(_log(machine, base), exponent, machine.bits, ROUND)
    return _exp(machine, grown)


def _whole_power(machine: Machine, base: Complex, exponent: Complex) -> Complex:
    if magnitude(exponent) > 15:
        raise Unreadable
    n = whole(exponent[0])
    size = magnitude(base)
    if size < -machine.bits // 2:
        if n <= 0:
            raise Undefined
        return ZERO
    if abs(n) * max(abs(size), 1) > MAX_BITS:
        raise Unreadable
    return libmp.mpc_pow_int(base, n, machine.bits, ROUND)


def _root(machine: Machine, inside: Complex, index: Complex | None = None) -> Complex:
    n = machine.integer(index) if index else 2
    if not 2 <= n <= 1000:
        raise Unreadable
    if magnitude(inside) < machine.peak - machine.bits * 2 // 3:
        return ZERO
    if negative(inside):
        if n % 2:
            size = libmp.mpf_nthroot(libmp.mpf_neg(inside[0]), n, machine.bits, ROUND)
            return libmp.mpf_neg(size), libmp.fzero
        if machine.real:
            raise Undefined
        if n > 2:
            raise Unreadable
    if inside[1] == libmp.fzero and not inside[0][0]:
        return libmp.mpf_nthroot(inside[0], n, machine.bits, ROUND), libmp.fzero
    if n > 2:
        raise Unreadable
    return libmp.mpc_sqrt(inside, machine.bits, ROUND)


def _log(machine: Machine, inside: Complex) -> Complex:
    if magnitude(inside) < machine.peak - machine.bits * 2 // 3:
        raise Undefined
    if negative(inside) and machine.real:
        raise Undefined
    if inside[1] == libmp.fzero and not inside[0][0]:
        return libmp.mpf_log(inside[0], machine.bits, ROUND), libmp.fzero
    return libmp.mpc_log(inside, machine.bits, ROUND)


def _logarithm(machine: Machine, inside: Complex, base: Complex | None = None) -> Complex:
    if base is None and not machine.tens:
        return _log(machine, inside)
    bottom = _log(machine, base or (libmp.from_int(10), libmp.fzero))
    return _divide(machine, _log(machine, inside), bottom)


def _exp(machine: Machine, value: Complex) -> Complex:
    if magnitude(value) > 12:
        raise Unreadable
    return libmp.mpc_exp(value, machine.bits, ROUND)


def _called(function: Callable[..., Complex], limit: int) -> Callable[..., Complex]:
    def call(machine: Machine, value: Complex) -> Complex:
        if magnitude(value) > limit or magnitude((value[1], libmp.fzero)) > 10:
            raise Unreadable
        return function(value, machine.bits, ROUND)

    return call


def _inverse(name: str, function: Callable[..., Complex]) -> Callable[..., Complex]:
    def call(machine: Machine, value: Complex) -> Complex:
        if name != "arctan" and machine.real and libmp.mpf_gt(libmp.mpf_abs(value[0]), libmp.fone):
            raise Undefined
        if magnitude(value) > 200 or value[1] != libmp.fzero:
            raise Unreadable
        return function(value, machine.bits, ROUND)

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
    return libmp.from_int(factorial(n), machine.bits, ROUND), libmp.fzero


def _binomial(machine: Machine, top: Complex, bottom: Complex) -> Complex:
    k = machine.integer(bottom)
    if not 0 <= k <= MAX_FACTORIAL or magnitude(top) > 20:
        raise Unreadable if k > 0 else Undefined
    result = ONE
    for j in range(k):
        machine.spend()
        term = libmp.mpc_sub(top, (libmp.from_int(j), libmp.fzero), machine.bits, ROUND)
        scaled = libmp.mpc_mul(result, term, machine.bits, ROUND)
        result = libmp.mpc_div_mpf(scaled, libmp.from_int(j + 1), machine.bits, ROUND)
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
    turned = libmp.mpc_mul_mpf(value, libmp.mpf_pi(machine.bits), machine.bits, ROUND)
    return libmp.mpc_div_mpf(turned, libmp.from_int(180), machine.bits, ROUND)


_SIN, _COS = _called(libmp.mpc_sin, 100), _called(libmp.mpc_cos, 100)
OPERATORS: dict[str, Callable[..., Complex]] = {
    "+": lambda m, a, b: libmp.mpc_add(a, b, m.bits, ROUND),
    "-": lambda m, a, b: libmp.mpc_sub(a, b, m.bits, ROUND),
    "*": _multiply,
    "/": _divide,
    "^": _power,
    "negative": lambda m, a: libmp.mpc_neg(a),
    "pi": lambda m: (libmp.mpf_pi(m.bits), libmp.fzero),
    "degrees": _degrees,
    "root": _root,
    "abs": lambda m, a: (libmp.mpc_abs(a, m.bits, ROUND), libmp.fzero),
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
