"""The hand, the notation and the phrasing: the parts every family stands on."""

import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from factory.world import slips
from factory.world.hand import CARE, RESULTS, Doubt, Hand
from factory.world.notation import money, plain, read, split_root, surd, tex
from factory.world.phrasing import Params, parse, render


def test_a_steady_hand_is_exact() -> None:
    hand = Hand(random.Random(0), slip_rate=0)
    for a in (-30, -1, 7, 48, Fraction(3, 4)):
        for b in (-11, 1, 9, Fraction(-5, 6)):
            assert hand.add(a, b) == a + b and hand.subtract(a, b) == a - b
            assert hand.multiply(a, b) == a * b and hand.divide(a, b) == Fraction(a) / b
    assert hand.power(-3, 5) == -243 and hand.remainder(-7, 5) == 3
    assert hand.slips == []


def test_a_shaky_hand_never_reports_a_slip_that_is_right() -> None:
    hand = Hand(random.Random(1), slip_rate=9)
    for a in range(2, 60):
        before = len(hand.slips)
        value = hand.multiply(a, 37)
        assert (value == a * 37) == hand.slips[before:][0].startswith("noticed")


def test_what_the_hand_writes_is_what_it_returns() -> None:
    hand = Hand(random.Random(2), slip_rate=0.02)
    for a in range(20, 400):
        value = hand.add(a, 85)
        assert any(f"{a} + 85 = {value}." in line for line in hand.lines[-2:])


def test_a_long_product_adds_up() -> None:
    hand = Hand(random.Random(0), slip_rate=0)
    while not any(" = 47 × 30 + 47 × 6 = 1410 + 282 = 1692." in line for line in hand.lines):
        assert hand.multiply(47, 36) == 1692
        assert len(hand.lines) < 50


@pytest.mark.parametrize(
    ("step", "a", "b"), [(Hand.divide, 3, 0), (Hand.power, 9, 99), (Hand.remainder, 3, 0)]
)
def test_the_impossible_raises_doubt_and_says_so(
    step: Callable[[Hand, int, int], object], a: int, b: int
) -> None:
    hand = Hand(random.Random(0), slip_rate=0)
    with pytest.raises(Doubt):
        step(hand, a, b)
    assert len(hand.lines) == 1


def test_a_check_that_fails_raises_doubt_and_one_that_holds_does_not() -> None:
    doubts = 0
    for seed in range(400):
        Hand(random.Random(seed), 0).confirm("2 + 2 is 4", holds=True)
        try:
            Hand(random.Random(seed), 0).confirm("2 + 2 is 5", holds=False)
        except Doubt:
            doubts += 1
    often = RESULTS * sum(CARE) / len(CARE)
    assert often * 400 * 0.7 < doubts < often * 400 * 1.3


def test_slips_are_the_mistakes_they_are_named_after() -> None:
    assert slips.in_sum(47, 85)["dropped carry"] == 122
    assert slips.in_sum(5, -3)["flipped sign"] == 8
    assert slips.in_difference(52, 17)["forgotten borrow"] == 45
    assert slips.in_product(-4, 6)["flipped sign"] == 24
    assert slips.in_product(12, 13)["swapped digits"] == 165
    assert slips.in_quotient(3, 4)["fraction upside down"] == Fraction(4, 3)
    assert slips.in_remainder(17, 5)["remainder taken from the next multiple"] == 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (tex(Fraction(-3, 4)), r"-\frac{3}{4}"),
        (tex(12), "12"),
        (plain(Fraction(-3, 4)), "-3/4"),
        (money(Fraction(85, 2)), "42.50"),
        (money(Fraction(1, 1000)), "0.001"),
        (money(Fraction(-1, 3)), "-1/3"),
        (money(-5), "-5"),
        (surd(Fraction(3, 2), Fraction(-1), 5), r"\frac{3-2\sqrt{5}}{2}"),
        (surd(Fraction(2), Fraction(1), 3), r"2+\sqrt{3}"),
        (surd(Fraction(0), Fraction(-1, 2), 7), r"-\frac{\sqrt{7}}{2}"),
        (surd(Fraction(1, 2), Fraction(3, 2), 1), "2"),
    ],
)
def test_a_value_is_written_in_one_way(text: str, wanted: str) -> None:
    assert text == wanted


def test_what_is_written_reads_back() -> None:
    import sympy

    assert read(r"-\frac{3}{4}") == sympy.Rational(-3, 4)
    assert read(r"\frac{3-2\sqrt{5}}{2}") == (3 - 2 * sympy.sqrt(5)) / 2
    assert read("42.50") == sympy.Rational(85, 2)
    assert read("3 - 4 × 5/2") == -7
    for text in (
        "os.getcwd()",
        "((",
        "9××9××9××9",
        "9(3)",
        r"\sqrt3",
        r"\sqrt{}",
        "1.2.3",
        "",
        "3 4",
    ):
        assert read(text) is None, text


def test_a_root_is_split_into_its_square_and_the_rest() -> None:
    for value in range(1, 3000):
        outside, inside = split_root(value)
        assert outside * outside * inside == value
        assert all(inside % (factor * factor) for factor in range(2, 55))


def test_signs_and_ones_are_spelled_as_people_do() -> None:
    phrasing = "{a:coef}x^2{b:term}x{c:signed} = {d}"
    spelled: dict[str, Params] = {
        "x^2 - x + 3 = 0": {"a": 1, "b": -1, "c": 3, "d": 0},
        "-x^2 + 12x - 3 = -7": {"a": -1, "b": 12, "c": -3, "d": -7},
    }
    for text, params in spelled.items():
        assert render(phrasing, params) == text
        assert parse(phrasing, text) == params


def test_a_name_used_twice_must_be_the_same_name() -> None:
    phrasing = "{who:word} pays. Does {who:word}?"
    assert parse(phrasing, "Mia pays. Does Mia?") == {"who": "Mia"}
    assert parse(phrasing, "Mia pays. Does Omar?") is None
