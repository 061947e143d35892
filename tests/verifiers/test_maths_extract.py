r"""Where the answer of a completion is, and when there is none."""

import pytest

from factory.verifiers.maths import verify
from factory.verifiers.maths.extract import Found, extract


def parts(completion: str) -> tuple[str, ...]:
    return extract(completion).parts


@pytest.mark.parametrize(
    ("completion", "answer"),
    [
        (r"\boxed{1} is wrong. So \boxed{2}.", "2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{ \{1,2\} }", r"\{1,2\}"),
        (r"\fbox{7}", "7"),
        (r"\boxed{x = \boxed{5}}", "5"),
        (r"\boxed{unclosed and then \boxed{5}", "5"),
        (r"\boxed{5} Put the answer in \boxed{}.", "5"),
        ("reasoning\n#### 18", "18"),
        ("reasoning\nA: 18", "18"),
        ("**Answer:** 18", "18"),
        ("The answer is $\\frac{1}{2}$.", r"\frac{1}{2}"),
        ("The final answer is 3.5.", "3.5"),
        ("The answer is that she has 18 eggs left.", "18"),
        ("Answer: x^2 + 7x + 10", "x^2 + 7x + 10"),
        ("所以答案是：18。", "18"),
        ("Answer:\n18", "18"),
        (r"<think>\boxed{3}</think>It is \boxed{4}", "4"),
    ],
)
def test_the_concluding_answer_is_found(completion: str, answer: str):
    assert parts(completion) == (answer,)


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "no idea",
        r"\boxed{}",
        r"\boxed{5",
        r"<think>\boxed{5}</think>",
        r"<think> it is \boxed{5}",
    ],
)
def test_without_a_concluding_answer_there_is_none(completion: str):
    assert extract(completion) == Found("none")
    assert extract(completion, "length") == Found("cut")
    assert verify(completion, "5").outcome == "no_answer"
    assert verify(completion, "5", finish_reason="length").outcome == "truncated"


def test_a_marked_answer_cut_in_the_middle_is_truncated():
    assert verify("The answer is 1", "1", finish_reason="length").outcome == "truncated"
    assert verify("The answer is 1\nbecause", "1", finish_reason="length").outcome == "correct"


def test_boxes_joined_by_or_contradict_each_other():
    assert verify(r"\boxed{3} or \boxed{4}", "3").outcome == "ambiguous"
    assert verify(r"\boxed{3}, \boxed{4}", "4").outcome == "ambiguous"


def test_boxes_joined_by_or_may_be_the_list_that_was_asked_for():
    assert verify(r"$x=\boxed{3}$ or $x=\boxed{4}$", "4, 3").outcome == "correct"


def test_joined_boxes_of_one_value_are_one_answer():
    assert verify(r"\boxed{0.5} or \(\boxed{\frac12}\)", r"\frac{1}{2}").outcome == "correct"
    assert verify(r"\boxed{0.5} or \(\boxed{\frac12}\)", r"\frac{1}{3}").outcome == "incorrect"


def test_another_box_in_an_earlier_sentence_contradicts_nothing():
    assert verify(r"So $a = \boxed{3}$, hence the answer is \boxed{9}", "9").outcome == "correct"


@pytest.mark.parametrize("answer", [None, "", " \n"])
def test_without_a_gold_answer_nothing_is_judged(answer: str | None):
    verdict = verify(r"\boxed{}", answer)
    assert (verdict.outcome, verdict.tier, verdict.extracted) == ("no_gold", "none", None)


@pytest.mark.parametrize("completion", ["", r"\boxed{}", r"\boxed{ }", "Answer:", "####", "A: "])
@pytest.mark.parametrize("answer", ["0", r"\emptyset", "...", "$$"])
def test_an_empty_answer_is_never_correct(completion: str, answer: str):
    assert verify(completion, answer).outcome == "no_answer"


def test_a_gold_solution_is_read_like_a_completion():
    assert verify("A: 9", "16 - 3 - 4 = <<16-3-4=9>>9\nA: 9").outcome == "correct"
    assert verify("A: 9", "so it is\n#### 9").outcome == "correct"
    assert verify("A: 9", r"which gives $\boxed{9}.$").outcome == "correct"
