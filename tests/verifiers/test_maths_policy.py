"""The liberties a verdict rests on are named, and the strict policy takes none."""

import pytest

from factory.verifiers import Flag, maths

CAPITAL = "Which is the capital of France? (A) Rome (B) Paris (C) Bonn"


@pytest.mark.parametrize(
    ("flag", "gold", "given", "question"),
    [
        ("percent", "10", r"10\%", None),
        ("units", "10", r"10 \text{ cm}", None),
        ("units", r"90^\circ", r"\pi/2", None),
        ("rounding", r"\sqrt2", "1.41421356", None),
        ("rounding", "0.411", "37/90", None),
        ("name", "5", "x=5", None),
        ("name", "73", "m+n=73", "Find m+n."),
        ("base", "101_2", "101", None),
        ("order", "1,2", "2,1", None),
        ("brackets", "(1,2)", "1,2", None),
        ("brackets", r"\{1,2\}", "1,2", None),
        ("choice", "B", "Paris", CAPITAL),
        ("choice", "Paris", "(B)", CAPITAL),
        ("words", "Yes", "Yes, it does", None),
        ("time", "4:30 p.m.", "4:30", None),
        ("ratio", "3:4", "3/4", None),
    ],
)
def test_a_liberty_is_named_and_strict_does_not_take_it(
    flag: Flag, gold: str, given: str, question: str | None
) -> None:
    boxed = rf"\boxed{{{given}}}"
    verdict = maths.verify(boxed, gold, question=question)
    assert (verdict.outcome, verdict.flags) == ("correct", (flag,))
    strict = maths.verify(boxed, gold, question=question, policy=maths.STRICT)
    assert (strict.outcome, strict.flags) == ("ambiguous", (flag,))
    assert flag in strict.reason
    without = maths.Policy("mine", maths.DEFAULT.accepts - {flag})
    assert maths.verify(boxed, gold, question=question, policy=without).outcome == "ambiguous"
    [many] = maths.verify_many([maths.Claim(boxed, gold, question)], policy=maths.STRICT)
    assert many.outcome == "ambiguous"


@pytest.mark.parametrize(
    ("gold", "given"),
    [
        ("1/2", "0.5"),
        (r"\{1,2\}", r"\{2,1\}"),
        ("x=5", "x = 5"),
        ("B", "(B)"),
        ("4:30 p.m.", "16:30"),
        (r"\sqrt{8}", r"2\sqrt{2}"),
        ("(x+1)^2", "x^2+2x+1"),
        ("10 cm", r"10\,\text{cm}"),
    ],
)
def test_what_is_the_same_takes_no_liberty(gold: str, given: str) -> None:
    verdict = maths.verify(rf"\boxed{{{given}}}", gold, question=CAPITAL, policy=maths.STRICT)
    assert (verdict.outcome, verdict.flags) == ("correct", ())


def test_liberties_of_parts_add_up() -> None:
    verdict = maths.verify(r"\boxed{x=\sqrt{2}, 10 cm}", "10, 1.41421356")
    assert verdict.outcome == "correct"
    assert {"order", "rounding"} <= set(verdict.flags)


def test_answers_are_equivalent_only_if_either_accepts_the_other() -> None:
    assert maths.equivalent("1/2", "0.5")
    assert maths.equivalent("B", "Paris", question=CAPITAL)
    assert not maths.equivalent("0.411", "37/90")
    assert not maths.equivalent("5 cm", "5 m")


def test_without_a_gold_answer_the_answer_is_still_read() -> None:
    verdict = maths.verify(r"so \boxed{0.50}", None)
    assert (verdict.outcome, verdict.extracted, verdict.canonical) == ("no_gold", "0.50", "0.50")
    assert maths.verify("nothing", "").outcome == "no_gold"
