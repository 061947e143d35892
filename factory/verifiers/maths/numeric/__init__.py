r"""The numeric tier: two canonical texts, evaluated by our own code at fixed random points.

Equal wherever both are real -> the same; clearly apart anywhere -> different; what cannot be read
or evaluated within the caps is left open. It runs in the caller's thread, so everything is capped:
tokens, depth, magnitudes, factorials, terms of a sum and steps. Nothing is executed and sympy is
not involved.
"""

from factory.verifiers.maths.numeric.complexes import Undefined, Unreadable
from factory.verifiers.maths.numeric.evaluate import allot
from factory.verifiers.maths.numeric.points import (
    alike,
    letters_of,
    points,
    proportional,
    real_at,
    solves,
    value_of,
)
from factory.verifiers.maths.numeric.reader import read

__all__ = [
    "Undefined",
    "Unreadable",
    "alike",
    "allot",
    "letters_of",
    "points",
    "proportional",
    "read",
    "real_at",
    "solves",
    "value_of",
]
