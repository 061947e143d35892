"""Inequalities, polynomials, calculus, matrices, chances, counting and bases: known values."""

import random
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest
import sympy
from sympy.parsing.sympy_parser import (
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

from factory.world import recognise
from factory.world.families import load
from factory.world.hand import Doubt, Hand
from factory.world.matrices import read_matrix
from factory.world.phrasing import Params, parse, render
from factory.world.polynomials import antiderived, at, derived, divided, read_poly, spell, times
from factory.world.setter import phrasings_for
from factory.world.working import choose, value_at

X = sympy.Symbol("x")

KNOWN = {
    "Find the determinant of the matrix [[1, 2], [3, 4]].": "-2",
    "Find the determinant of the matrix [[2, 0, 1], [1, 3, 2], [1, 1, 4]].": "18",
    "What is the rank of the matrix [[1, 2, 3, 4], [2, 4, 6, 8], [0, 1, 0, 1], [1, 3, 3, 5]]?": "2",
    "Invert [[1, 2], [3, 4]] and give the entry in row 2, column 1.": r"\frac{3}{2}",
    "Let A = [[1, 2], [3, 4]] and B = [[5, 6], [7, 8]]. Find the trace of AB.": "69",
    "Let A = [[1, 2], [3, 4]] and B = [[5, 6], [7, 8]]. What is the entry of AB in row 1 and"
    " column 2?": "22",
    "Expand (x + 2)(x - 3).": "x^2 - x - 6",
    "Find the remainder when x^3 - 2x + 5 is divided by x - 2.": "9",
    "Let r, s and t be the roots of x^3 - 6x^2 + 11x - 6. Compute r^3 + s^3 + t^3.": "36",
    "Find the derivative of f(x) = x^3 - 2x + 5.": "3x^2 - 2",
    "Let g(x) = (x^2 + 1)^3. Find g'(1).": "24",
    "Let f(x) = (x^2 + 1)/(x + 1). Find f'(1).": r"\frac{1}{2}",
    "Compute the integral of x^2 from x = 0 to x = 3.": "9",
    "Find the area enclosed by the curves y = x^2 and y = 2x.": r"\frac{4}{3}",
    "Find the area enclosed by the curves y = x^3 and y = x.": r"\frac{1}{2}",
    "If F'(x) = 2x and F(1) = 5, what is F(3)?": "13",
    "For which x is -2x + 1 < 7? Write the condition on x, such as x < 2.": "x > -3",
    "Solve x^2 - 5x + 6 ≥ 0. Write the solution set in interval notation.":
    r"(-\infty, 2] \cup [3, \infty)",
    "How many integers x satisfy x^2 - 10 < 0?": "7",
    "How many integers x satisfy x^2 ≤ 9?": "7",
    "How many integers x satisfy x^2 < 9?": "5",
    "An urn contains 3 white and 2 black balls. 2 balls are drawn without replacement. What is the"
    " probability that at least one is white?": r"\frac{9}{10}",
    "1% of a town have a flu. A test is positive for 90% of those who have it and for 9% of those"
    " who do not. Someone tests positive. How likely is it that this person has the flu?":
    r"\frac{10}{109}",
    "Two fair dice are rolled, one with 6 sides and one with 6, numbered from 1. What is the"
    " probability that the sum is 7?": r"\frac{1}{6}",
    "Ada may invite 3 of 6 friends. How many guest lists are there?": "20",
    "In how many ways can Ben share 10 equal coins among 3 children if each child gets at least"
    " 1?": "36",
    "How many integers from 1 to 100 are divisible by at least one of 2, 3 and 5?": "74",
    "Convert the decimal number 255 to base 16.": "FF_{16}",
    "Convert FF from base 16 to base 2.": "11111111_{2}",
    "In base 5, what is the product of 34 and 12? Answer in the same base.": "1013_{5}",
}  # fmt: skip


@cache
def drawn(name: str, difficulty: int, count: int = 25) -> list[tuple[Params, str, str]]:
    """Parameters, statement and answer."""
    family, made = load()[name], []
    for seed in range(count):
        rng = random.Random(f"{name}/{difficulty}/{seed}")
        params = family.draw(rng, difficulty)
        statement = render(rng.choice(phrasings_for(family, params)), params)
        made.append((params, statement, family.answer(params)))
    return made


@pytest.mark.parametrize("statement", KNOWN)
def test_known_values_come_out_whichever_way_the_hand_goes(statement: str) -> None:
    known = recognise(statement)
    assert known is not None
    name, params = known
    assert load()[name].answer(params) == KNOWN[statement]
    assert load()[name].check(params, KNOWN[statement])
    for seed in range(12):
        hand = Hand(random.Random(seed), slip_rate=0)
        assert load()[name].solve(params, hand) == KNOWN[statement], hand.lines


@pytest.mark.parametrize("difficulty", range(1, 6))
def test_polynomials_and_calculus_agree_with_sympy(difficulty: int) -> None:
    for params, _, answer in drawn("derivative", difficulty):
        f = sym(params["p"]) ** int(params.get("n", 1))
        f *= sym(params.get("q", 1)) ** int(params.get("m", 1))
        slope = sympy.diff(f / sym(params.get("below", 1)), X)
        if "x" in params:
            assert slope.subs(X, int(params["x"])) == sympy.Rational(_plain(answer))
        else:
            assert sympy.expand(slope - sym(answer)) == 0
    for params, _, answer in drawn("integral", difficulty):
        if "q" in params:
            gap = sym(params["p"]) - sym(params["q"])
            roots = sorted(sympy.roots(gap, X))
            found = sum(abs(sympy.integrate(gap, (X, *pair))) for pair in pairwise(roots))
        else:
            limits = (X, params["a"], params["b"])
            found = sympy.integrate(sym(params["p"]), limits) + int(params.get("start", 0))
        assert found == sympy.Rational(_plain(answer))


def sym(text: object) -> sympy.Expr:
    rules = (*standard_transformations, implicit_multiplication)
    return parse_expr(str(text).replace("^", "**"), transformations=rules)


def _plain(answer: str) -> str:
    return answer.replace(r"\frac{", "").replace("}{", "/").replace("}", "")


@pytest.mark.parametrize("difficulty", range(1, 6))
def test_matrices_agree_with_sympy(difficulty: int) -> None:
    for params, _, answer in drawn("matrix", difficulty):
        if "det" in params:
            found = sympy.Matrix(read_matrix(params["det"])).det()
        elif "rank" in params:
            found = sympy.Matrix(read_matrix(params["rank"])).rank()
        else:
            whole = (
                sympy.Matrix(read_matrix(params["inverse"])).inv()
                if "inverse" in params
                else sympy.Matrix(read_matrix(params["a"])) * sympy.Matrix(read_matrix(params["b"]))
            )
            found = (
                whole[int(params["i"]) - 1, int(params["j"]) - 1]
                if "i" in params
                else whole.trace()
            )
        assert found == sympy.Rational(_plain(answer)), params


def test_polynomials_are_read_as_they_are_spelled() -> None:
    for text in ("3x^2 - x + 4", "-x", "0", "7", "x^9 - 1"):
        poly = read_poly(text)
        assert poly is not None and spell(poly) == text
    for text in ("", "3y", "x^", "x^10", "2x^2+1", "x + -1", "1.5x"):
        assert read_poly(text) is None
    assert spell((0, Fraction(-1, 2), Fraction(3, 2))) == "(3/2)x^2 - (1/2)x"


def test_polynomial_arithmetic_is_consistent() -> None:
    rng = random.Random(0)
    for _ in range(100):
        p, q = ((*(rng.randint(-9, 9) for _ in range(k)), 1) for k in (4, 2))
        quotient, rest = divided(times(p, q), q)
        assert quotient == p and rest == ()
        assert derived(antiderived(p)) == p
        assert at(times(p, q), 3) == at(p, 3) * at(q, 3)


def test_worked_values_are_exact_with_a_steady_hand() -> None:
    for seed in range(30):
        hand = Hand(random.Random(seed), slip_rate=0)
        assert value_at(hand, (4, -3, 2), -5, "it") == 69
        assert value_at(hand, (), 3, "it") == 0
        assert choose(hand, 9, 4) == 126 and choose(hand, 3, 5) == 0 and choose(hand, 6, 6) == 1
        with pytest.raises(Doubt):
            choose(hand, 999999, 400000)


def test_a_matrix_reads_back_in_both_spellings() -> None:
    for phrasing in ("{m:matrix}", "{m:pmatrix}"):
        for matrix in ("[[1, -2], [0, 4]]", "[[1, 2, 3], [4, 5, 6], [7, 8, 9]]"):
            assert parse(phrasing, render(phrasing, {"m": matrix})) == {"m": matrix}
    assert parse("{m:matrix}", "[[1, 2], [3, 4]") is None
