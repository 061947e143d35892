"""Spellings of one mathematics have one canonical key; other mathematics has another."""

import numpy as np
import pyarrow as pa
import pytest

from factory.likeness import sketch

ALIKE = [
    (r"Find $\frac{1}{2}$.", r"Find \(\dfrac12\).", "Find 1/2", "find ½."),
    (r"$x^{2}+1$", "x² + 1", "x^2+1", r"$$x^2 + 1$$", r"\[x^{2}\,+\,1\]"),
    (r"$x^{10}$", "x¹⁰", "x^10"),
    (r"$\sqrt{2}$", r"$\sqrt2$", "√2"),
    (r"$a \times b$", r"$a\cdot b$", "$a × b$", "$a * b$"),
    (r"$a \leq b$", r"$a \le b$", "$a ≤ b$", "$a <= b$", "$a &le; b$", r"$a \leqslant b$"),
    (r"$60^\circ$ angle", r"$60^{\circ}$ angle", "60° angle"),
    ("It costs $1,000", r"It costs \$1{,}000", r"It costs $1\,000$", "It costs 1000"),
    ("0.5 litres", ".5 litres", "0.50 litres"),
    ("Let x = 5.00", "Let x = 5"),
    ("three apples and twenty-five pears", "3 apples and 25 pears"),
    ("twenty-one apples", "21 apples"),
    ("Tom’s car isn’t red", "Tom's car isn't red", "Tom&#39;s car isn&#39;t red"),
    ("caf\u00e9 menu", "cafe\u0301 menu"),
    ("triangle ABC", r"triangle $ABC$", r"\(\triangle ABC\)"),
    ("a **bold** word", "a bold word", "a bold\n\nword", "a\u00a0bold\u200b word"),
    (r"$\left( a + b \right) / c$", r"$\frac{a+b}{c}$", "(a+b)/c"),
    (r"$\\frac{a}{b}$", r"$\frac{a}{b}$", "$\frac{a}{b}$"),  # written twice, read as JSON
    ("１２ pens", "12 pens"),
    (r"$50\%$ of it", "50% of it", "50 percent of it"),
    ("Question: What is 2+2?", "What is 2+2?", "Problem 12. What is 2+2?", "12. What is 2+2?",
     "What is 2+2? Please reason step by step, and put your final answer within \\boxed{}.",
     "<|im_start|>user\nWhat is 2+2?<|im_end|>\n<|im_start|>assistant\n",
     "[INST] What is 2+2? [/INST]", "Solve the following math problem. What is 2+2?\n\nAnswer:"),
]  # fmt: skip

DIFFERENT = [
    ("x²", "x2"),
    ("$x^2$", "$x^3$"),
    ("$(a+b)c$", "$a+bc$"),
    (r"$\frac{a}{b+c}$", r"$\frac{a}{b}+c$"),
    ("$a < b$", r"$a \le b$"),
    ("$-3$", "$3$"),
    ("1.5 metres", "15 metres"),
    ("$1,000$", "$1,0$"),
    ("triangle ABC", "triangle ABD"),
    ("$x$ and $y$", "$x$ and $z$"),
    ("$X$ heads", "$x$ heads"),
    ("is even", "is not even"),
    (r"$\sin x$", r"$\cos x$"),
    (r"$\sqrt{2}x$", r"$2x$"),
    ("12 345", "12345"),
    ("12 points are placed on a circle", "15 points are placed on a circle"),
    ("How many lines are determined by 7 points?", "How many lines are determined by 9 points?"),
    ("Question: 8 + 7", "Question: 9 + 7"),
    ("(3) + 5 = ?", "(4) + 5 = ?"),
    ("Find B + 3A", "Find B + 3"),
    ("a 20% solution", "a 20%"),
    ("$f(x, -y)$", "$f(x-y)$"),
    ("$(1,234)$", "$(1234)$"),
    (r"$\{1,200,3\}$", r"$\{1200,3\}$"),
    (r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$", r"$\begin{pmatrix}1&2&3&4\end{pmatrix}$"),
    ("Compute 5! + 3", "Compute 5 + 3"),
    ("How many zeros does 100! end in?", "How many zeros does 100 end in?"),
    ("Find f'(2)", "Find f(2)"),
    ("$3st + 2t$", "$3 + 2t$"),
    ("a \u2260 5", "a = 5"),
    ("=\u0338 5", "= 5"),
    ("interval [-3]", "interval [3]"),
    ("$7--5$", "$7-5$"),
    ("5 @ 3", "5 3"),
    ("a<b>c", "a c"),
    ("twenty, three", "twenty-three"),
    ("thirty-one pens", "thirty pens"),
]


def keys(*texts: str) -> list[tuple[int, ...]]:
    """The canonical keys."""
    found = sketch.sketches(pa.array(texts), 1).keys[:, :2]
    return [tuple(row) for row in found.tolist()]


@pytest.mark.parametrize("texts", ALIKE, ids=lambda texts: texts[0][:30])
def test_spellings_of_one_text_have_one_key(texts: tuple[str, ...]) -> None:
    found = keys(*texts)
    other = [text for text, key in zip(texts, found, strict=True) if key != found[0]]
    assert not other


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: pair[0][:30])
def test_other_mathematics_has_another_key(pair: tuple[str, str]) -> None:
    one, other = keys(*pair)
    assert one != other


def test_the_maths_key_holds_numerals_signs_and_variables_in_any_order() -> None:
    texts = [
        "If $x + 2 = 5$, find $x$.",
        "Determine $x$ given that $x+2=5$.",
        "If $x + 3 = 5$, find $x$.",
        "If $x - 2 = 5$, find $x$.",
        "If $y + 2 = 5$, find $y$.",
    ]
    maths = sketch.sketches(pa.array(texts), 1).keys[:, 2].tolist()
    assert maths[0] == maths[1]
    assert len(set(maths)) == 4


def test_the_template_key_masks_numerals_and_nothing_else() -> None:
    texts = ["Compute $7^{12}$.", "Compute $35^{2}$.", "Compute $7 \\cdot 12$."]
    found = sketch.sketches(pa.array(texts), 1).keys[:, 4].tolist()
    assert found[0] == found[1] != found[2]


def test_an_article_is_no_variable_and_a_currency_no_mathematics() -> None:
    texts = ["A bag has $5 and a box has $10 in it.", "a bag has 5 and a box has 10 in it"]
    assert len(set(keys(*texts))) == 1
    assert len(set(keys("point A", "point B"))) == 2


def test_a_text_of_boilerplate_alone_keeps_it() -> None:
    assert len(set(keys("Question:", "Let's think step by step", ""))) == 3


def test_ten_megabytes_and_ill_formed_texts_are_read_in_bounded_time() -> None:
    texts = [
        "", "x", "7", "$" * 500_000, "{" * 500_000, "\\frac" * 100_000, "a" * 10_000_000,
        "1" * 1_000_000, "ab 12 $x^2$ " * 800_000, "漢字" * 300_000, "ﷺ" * 100_000,
        "\ud7ff\u0301" * 100_000, "&#39" * 100_000, "<|" * 100_000, "\\" * 300_000, "1," * 300_000,
    ]  # fmt: skip
    found = sketch.sketches(pa.array(texts), 1)
    assert len({tuple(row) for row in found.keys[:, :2].tolist()}) == len(texts)
    alone = [sketch.sketches(pa.array([text]), 1) for text in texts]
    assert np.array_equal(found.keys, np.concatenate([one.keys for one in alone]))
