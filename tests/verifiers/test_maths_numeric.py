r"""The numeric tier: what it evaluates, where it declines, and that it is never slow."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from factory.verifiers.maths import numeric
from factory.verifiers.maths.canonical import form_of
from factory.verifiers.maths.compare import decide

LIMIT_S = 1.0  # some 0.2 s alone; the machine may be busy
HOSTILE = [
    "x" * 390, "1+" * 190 + "x", "C_" * 900, "-" * 300 + "x", "x!" + "!" * 300, "\\sin" * 300,
    "9^{9^{9^{9}}}", "(10^{9})!", "((9!)!)!", "\\binom{10^9}{5\\cdot 10^8}",
    "\\binom{600}{300}^{10}",
    "\\sum_{n=1}^{10^7} \\frac{1}{n^2}", "\\sum_{n=1}^{2000}\\sum_{k=1}^{2000} \\sin(nk)",
    "\\prod_{n=1}^{2000} n", "(" * 200 + "1" + ")" * 200, "\\sqrt{" * 200 + "x" + "}" * 200,
    "e^{e^{e^{e^{e}}}}", "\\sin(10^{100})", "\\tan(\\frac{\\pi}{2})", "\\frac{1}{\\sqrt{2}^2-2}",
    "\\exp(\\exp(9))", "2^{-5000}\\cdot 2^{-5000}", "\\sum_{k=1}^{2000} k^{500}", "\\binom{x}{600}",
    "\\cdot".join(["\\cosh x"] * 60), "1" * 1900, "0." + "1" * 1900, "|" * 100, "\\frac" * 90,
    "1\\pm" * 300,
    ",".join(f"\\sum_{{k=1}}^{{1999}}k^{{{n}}}" for n in range(400, 460)),
]  # fmt: skip
TOKENS = [
    *"129xynke+-/^_{}()[]|!,=<>&%$U:", "99", "1000000", "9^{9", "^9", "...", "\ud800", "\0", "∞",
    "√", "答",
    "\\pi", "\\cdot", "\\frac", "\\sqrt", "\\binom", "\\sum_{k=1}^{", "\\sin", "\\ln", "\\log",
    "\\exp", "\\circ",
    "\\pm", "\\le", "\\in", "\\cup", "\\infty", "\\{", "\\}", "\\text{", "\\lfloor",
    "\\begin{pmatrix}", "\\\\",
    "\\end{pmatrix}", "\\overline{", "\\mathbb{R}", "\\left", "\\right", "\\mid", "\\pmod",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("other", ["5", "x", "0", "{}+0", "{}+x-x"])
def test_a_hostile_expression_is_decided_or_declined_at_once(text: str, other: str):
    started = time.perf_counter()
    decide(form_of(text), form_of(other.format(text)))
    assert time.perf_counter() - started < LIMIT_S


def test_no_text_at_all_makes_it_raise_or_linger():
    rng = random.Random(5)
    for _ in range(1500):
        one, other = ("".join(rng.choices(TOKENS, k=rng.choice((3, 8, 20, 90)))) for _ in "ab")
        started = time.perf_counter()
        decide(form_of(one), form_of(other))
        assert time.perf_counter() - started < LIMIT_S, (one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2^{-999}", "2^{-998}", False),  # both vanish at 160 bits
        ("2^{100}-2", "2^{100}", False),
        ("\\sqrt2^2-2", "0", True),
        ("\\sqrt{xy}", "\\sqrt x\\sqrt y", True),  # where both are real
        ("\\sqrt{x^2}", "x", False),
        ("(-1)^n n", "n(-1)^n", True),  # only at whole numbers
        ("\\log x", "\\ln x", True),  # to either base
        ("\\log 100", "2", True),
        ("\\log 8", "3", False),
        ("\\log_2 3", "\\frac{\\log 3}{\\log 2}", True),  # whichever it is
        ("e^{i\\pi}", "-1", True),
        ("\\sqrt[3]{-8}", "-2", True),
        ("\\sum_{k=1}^{n} k", "\\frac{n(n+1)}{2}", True),
        ("|x-3||x+2|", "|x^2-x-6|", True),
        ("3\\frac12\\pi", "\\frac{7\\pi}{2}", True),
        ("\\sin^{-1}1", "\\frac{\\pi}{2}", True),
    ],
)
def test_values_decide_where_they_can(one: str, other: str, same: bool | None):
    assert numeric.alike(form_of(one).text, form_of(other).text) is same


@pytest.mark.parametrize("text", ["f(x+1)", "x'", "A+a", "2 3", "\\int x", "2^3^4", "a!!", "3!^"])
def test_what_is_not_surely_understood_is_not_evaluated(text: str):
    with pytest.raises(numeric.Unreadable):
        numeric.alike(text, "5")


def test_threads_evaluate_alike():
    pairs = [(f"\\sqrt{{{n * n * 3}}}", f"{n}\\sqrt3") for n in range(2, 200)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda pair: numeric.alike(*pair), pairs))
