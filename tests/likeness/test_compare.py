"""Which pairs of texts are one problem; on pairs that people wrote, and on bucket rules."""

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from factory.likeness import compare, facts, neighbours
from factory.likeness.typos import slip

HAND = Path(__file__).parent / "hand_pairs.jsonl"

SAME = [
    ("Tom has 3 apples and buys 4 more. How many apples does he have?",
     "Tom owned three apples; then he purchased four more. How many apples does Tom have now?"),
    (r"Find the least positive integer $n$ such that $n^2 + 12n$ is divisible by $35$.",
     r"Determine the smallest positive integer $n$ for which $35$ divides $n^2+12n$."),
    ("A shop sells a 5-pound bag of sugar for $12 on Mondays. How much do 7 bags cost then?",
     "How much do 7 bags cost when a shop sells a 5-pound bag of sugar for $12 on Mondays?"),
    ("Janet eats a quarter of the 24 eggs. How many are left over?",
     "Janet eats 1/4 of the 24 eggs. How many are left over?"),
]  # fmt: skip

OTHER = [
    ("Tom has 3 apples and buys 4 more. How many?", "Tom has 4 apples and buys 3 more. How many?"),
    ("Compute $7^{12}$.", "Compute $7^{13}$."),
    ("What is the area of a square of side 12 and height 15?",
     "What is the perimeter of a square of side 12 and height 15?"),
    ("How many of the 35 boys out of 60 children like maths?",
     "How many of the 35 girls out of 60 children like maths?"),
    ("Find the number of integers below 100 that are even and divisible by 15.",
     "Find the number of integers below 100 that are not even and divisible by 15."),
    ("Ann has twice as many pens as Bob, who has 12 of the 36. How many has Ann?",
     "Bob has twice as many pens as Ann, who has 12 of the 36. How many has Ann?"),
    ("A train runs 120 km in 3 hours. Find its speed.",
     "A train runs 120 km in 3 days. Find its speed."),
    (r"Find $\frac{\sqrt{x}}{x-1}$ at $x=16$ to 25 digits.",
     r"Find $\sqrt{\frac{x}{x-1}}$ at $x=16$ to 25 digits."),
    ("Tom has thirty-one apples and gives 12 away. How many?",
     "Tom has thirty apples and gives 12 away. How many?"),
    ("A coat of $50 is marked down by 20%. What is its price?",
     "A coat of $50 is marked down by $20. What is its price?"),
    (r"In triangle $ABC$ with $AB=12$ find $\cos \angle AMB$.",
     r"In triangle $ABC$ with $AB=12$ find $\cos \angle ABM$."),
]  # fmt: skip


def judged(one: str, other: str) -> compare.Judgement:
    """The verdict, which does not depend on who comes first."""
    a, b = map(facts.facts, facts.readings([one, other]))
    assert compare.judge(a, b) == compare.judge(b, a)
    return compare.judge(a, b)


@pytest.mark.parametrize("pair", SAME, ids=lambda pair: pair[0][:30])
def test_a_reworded_problem_is_the_same(pair: tuple[str, str]) -> None:
    found = judged(*pair)
    assert found.same, found.reason


@pytest.mark.parametrize("pair", OTHER, ids=lambda pair: pair[0][:30])
def test_a_small_change_makes_another_problem(pair: tuple[str, str]) -> None:
    assert not judged(*pair).same


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("between", "bewteen"), ("exactly", "exctly"), ("remaining", "remaiining"),
     ("thirty", "thrity"), ("perimeter", "perimter"), ("grapes", "grpaes")],
)  # fmt: skip
def test_a_misspelt_word_makes_no_other_problem(right: str, wrong: str) -> None:
    text = "Of exactly thirty grapes between Ann and Bob how many are remaining at the perimeter?"
    assert judged(text, text.replace(right, wrong)).same
    assert judged(text.replace(right, wrong), text.replace("many", "mnay")).same


@pytest.mark.parametrize(
    ("one", "other"),
    [("regular", "irregular"), ("males", "females"), ("equal", "unequal"), ("boys", "toys"),
     ("symmetric", "asymmetric"), ("grapes", "grapefruits")],
)  # fmt: skip
def test_two_words_are_no_slip_of_each_other(one: str, other: str) -> None:
    assert not slip(one, other)
    assert not slip(other, one)


@pytest.mark.parametrize(
    ("text", "word", "other"),
    [("Seven friends pick 12 apples each. How many apples is that?", "Seven", "Steven"),
     ("Tom buys eight bulbs for 5 dollars each. How much does he pay?", "eight", "light"),
     ("Tom has thirty marbles and gives 7 to Ann. How many are left?", "thirty", "thirsty"),
     ("A pond of 13 frogs has 4 that never jump. How many jump?", "never", "ever"),
     ("Tom has twenty-three apples and 5 pears. How many fruits?", "twenty-three", "thre"),
     ("Tom sells 5 of his 40 stamps. How many has he?", "sells", "smells")],
)  # fmt: skip
def test_a_word_that_decides_is_not_read_into_another(text: str, word: str, other: str) -> None:
    assert not judged(text, text.replace(word, other)).same


@pytest.mark.parametrize(
    ("one", "other"),
    [("How many positive integers less than 1000 divide 60?",
      "How many positive integers less than 1000 are divisible by 60?"),
     ("Find the least number of 2-inch tiles on 45 squares.",
      "Find the greatest number of 2-inch tiles on 45 squares.")],
)  # fmt: skip
def test_words_that_sound_alike_are_two(one: str, other: str) -> None:
    assert not judged(one, other).same


def test_many_numerals_are_compared_the_same_either_way() -> None:
    said = [f"{chr(97 + k % 26) * 3}{k} holds {100 + k} V." for k in range(60)]
    swapped = [*said[50:58], said[58].replace("158", "159"), said[59].replace("159", "158")]
    judged(" ".join(said), " ".join([*swapped, *said[:50]]))


def test_pairs_written_by_hand_keep_their_rates(shared: Path) -> None:
    """220 paraphrases and 220 near misses, written without a look at the rules."""
    sources = {
        "gsm8k_train.jsonl": [
            json.loads(line)["question"]
            for line in (shared / "gsm8k_train.jsonl").read_text().splitlines()
        ],
        "rllm_math_train.json": [
            row["problem"] for row in json.loads((shared / "rllm_math_train.json").read_text())
        ],
    }
    counts: Counter[tuple[bool, bool]] = Counter()
    for line in HAND.read_text().splitlines():
        pair = json.loads(line)
        found = judged(sources[pair["file"]][pair["row"]], pair["text"])
        counts[pair["same"], found.same] += 1
    assert counts[True, True] + counts[True, False] == 220
    assert counts[True, True] >= 109  # as many as are found now; heavily reworded ones are not
    assert counts[False, True] <= 15


def test_small_buckets_give_all_pairs_and_crowded_ones_a_few_for_each() -> None:
    keys = np.array([[5] * 40 + [6] * 500], np.uint64)
    fresh = np.ones(540, bool)
    found = {tuple(pair) for pair in neighbours.pairs(keys, 0, fresh).tolist()}
    assert set(itertools.combinations(range(40), 2)) <= found
    assert {(40, j) for j in range(41, 540)} <= found
    assert {(i, i + 1) for i in range(40, 539)} <= found
    assert len(found) < 780 + 6 * 500
    whole = neighbours.pairs(keys, 1, fresh)
    assert len(whole) == 780


def test_only_pairs_with_a_fresh_text_are_compared() -> None:
    keys = np.array([[1, 1, 1, 2, 2]], np.uint64)
    fresh = np.array([False, False, True, False, False])
    assert neighbours.pairs(keys, 0, fresh).tolist() == [[0, 2], [1, 2]]
    assert neighbours.pairs(keys[:, :0], 0, fresh[:0]).tolist() == []
