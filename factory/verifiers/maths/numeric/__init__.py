r"""The numeric tier: two canonical texts, evaluated by our own code at fixed random points.

Equal wherever both are real -> the same; clearly apart anywhere -> different; what cannot be read
or evaluated within the caps is left open. It runs in the caller's thread, so everything is capped:
tokens, depth, magnitudes, factorials, terms of a sum and steps. Nothing is executed and sympy is
not involved.
"""

from factory.verifiers.maths.numeric.complexes import Unreadable
from factory.verifiers.maths.numeric.evaluate import allot
from factory.verifiers.maths.numeric.points import alike, proportional, solves, value_of
from factory.verifiers.maths.numeric.reader import read

__all__ = ["Unreadable", "alike", "allot", "proportional", "read", "solves", "value_of"]
