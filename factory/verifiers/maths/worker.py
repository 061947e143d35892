"""The child process: [gold, given, seconds] a line in, one JSON object a line out, until stdin
closes.

Run as a script, so that it imports nothing of ours. Only here does foreign text reach sympy. The
parent kills this process at the deadline; should the parent be dead, an alarm left at its default
action does.
"""

import contextlib
import json
import logging
import os
import re
import resource
import signal
import sys
import warnings
from typing import IO, Any

MEMORY = 2 << 30
SPARE = 2  # seconds the alarm leaves the parent to be first
COMMAND = re.compile(r"\\(?:begin|end)\{[a-z]+\}|\\[a-zA-Z]+")
POINTS = ((3, 7), (-5, 11), (13, 17))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # antlr prints to stdout
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    judge("2", "3")  # warm up: the parsers are built at their first use
    _answer(replies, {"ready": True})
    for line in sys.stdin:
        gold, given, seconds = json.loads(line)
        signal.alarm(int(seconds) + SPARE)
        _answer(replies, _judged(gold, given))
        signal.alarm(0)


def _answer(replies: IO[str], message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def _judged(gold: str, given: str) -> dict[str, Any]:
    try:
        return judge(gold, given)
    except Exception as error:  # noqa: BLE001 - the plug-in boundary: sympy may raise anything
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def judge(gold: str, given: str) -> dict[str, Any]:
    """The relation of two canonical texts, and both values where they are real numbers."""
    from math_verify import verify

    one, other = _parsed(gold), _parsed(given)
    if one is None or other is None:
        return {"relation": "bad_gold" if one is None else "unclear"}
    equal = _numerically(one, other)
    if equal is None:
        equal = verify([one], [other], timeout_seconds=None)
    values = {"gold": _real(one), "given": _real(other)}
    return {"relation": "same" if equal else "different", **values}


def _parsed(text: str) -> Any:
    """The expression, or None where it cannot be read without losing something of it.

    math-verify reads the t of 4t as a unit, which are ours to remove, drops the prime of x', and
    makes every letter small, so that A+a would be 2a.
    """
    from latex2sympy2_extended.math_normalization import NormalizationConfig
    from math_verify import LatexExtractionConfig, parse

    plain = NormalizationConfig(basic_latex=True, malformed_operators=True, nits=True, boxed="none")
    config = LatexExtractionConfig(normalization_config=plain)
    found = parse(f"${text}$", [config], fallback_mode="no_fallback", parsing_timeout=0)
    if not found:
        return None
    letters = set(re.findall(r"[a-zA-Z']", COMMAND.sub("", text)))
    small = {letter.lower() for letter in letters}
    kept = small <= set(str(found[0]).lower()) and len(small) == len(letters)
    return found[0] if kept else None


def _numerically(gold: Any, given: Any) -> bool | None:
    """Equality of two expressions at rational points, or None where they cannot be evaluated.

    math-verify compares at fixed precision and calls 2^-99 and 2^-98 equal.
    """
    from sympy import Expr, Rational

    if not isinstance(gold, Expr) or not isinstance(given, Expr):
        return None
    symbols = sorted(gold.free_symbols | given.free_symbols, key=str)
    if len(symbols) > 8:
        return None
    seen: list[bool] = []
    for top, bottom in POINTS if symbols else POINTS[:1]:
        point = {s: Rational(top + 2 * i, bottom + i) for i, s in enumerate(symbols)}
        one, other = (_exactly(side).subs(point) for side in (gold, given))
        gap, scale = abs((one - other).evalf(20, maxn=400)), abs(one.evalf(20))
        if not (gap.is_finite and scale.is_finite):
            return None
        exact = (one - other).is_Rational
        seen.append(bool(gap == 0 if exact else gap <= scale * 1e-50 or gap < 1e-60))
    return all(seen)


def _exactly(side: Any) -> Any:
    from sympy import Float, Rational

    return side.xreplace({number: Rational(str(number)) for number in side.atoms(Float)}).doit()


def _real(side: Any) -> str | None:
    from sympy import Expr

    if not isinstance(side, Expr) or side.free_symbols:
        return None
    value = _exactly(side).evalf(40)
    return str(value) if value.is_Float or value.is_Integer or value.is_Rational else None


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main()
