"""Real gold answers and real rollouts: every gold accepts itself, and agreement with the labels.

The counts are exact: the verifier is deterministic. A disagreement is listed with its reason; the
labels are not gospel.
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from factory.verifiers import Claim, Verdict
from factory.verifiers.maths import verify_many
from factory.verifiers.maths.canonical import form_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def read(name: str) -> list[dict]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"real data ../shared/data/{name} is not here")
    text = path.read_text(encoding="utf-8")
    return (
        [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
    )


def disagreements(
    rows: list[tuple[Claim, bool]],
) -> Iterator[tuple[str | None, str | None, str]]:
    verdicts = verify_many([claim for claim, _ in rows])
    for (claim, label), verdict in zip(rows, verdicts, strict=True):
        if (verdict.outcome == "correct") != label:
            yield claim.answer, verdict.extracted, verdict.outcome


def golds(name: str) -> list[str]:
    answers = [row.get("answer", row.get("expected_answer")) for row in read(name)]
    return [str(answer) for answer in answers if answer not in (None, "")]


def judged(completions: list[str], answers: list[str]) -> list[Verdict]:
    return list(verify_many([Claim(*pair) for pair in zip(completions, answers, strict=True)]))


@pytest.mark.parametrize(
    "name",
    ["math500_test.json", "rllm_math_train.json", "aime24_nemo.jsonl", "aime25_nemo.jsonl"],
)
@pytest.mark.parametrize("form", ["so \\boxed{%s}.", "It follows.\nAnswer: %s"])
def test_every_real_gold_accepts_itself(name: str, form: str):
    answers = golds(name)
    verdicts = judged([form % answer for answer in answers], answers)
    assert [v for v in verdicts if v.outcome != "correct"] == []


def test_real_golds_do_not_accept_their_neighbours():
    """Shifted by one, the golds are wrong answers, save for neighbours that are in fact equal."""
    answers = golds("math500_test.json")
    others = [*answers[1:], answers[0]]
    verdicts = judged([f"\\boxed{{{other}}}" for other in others], answers)
    accepted = [
        (gold, verdict.extracted)
        for gold, verdict in zip(answers, verdicts, strict=True)
        if verdict.outcome == "correct" and verdict.extracted != gold
    ]
    assert accepted == [("5", "x=5")]
    assert Counter(v.outcome for v in verdicts)["timeout"] == 0


def test_gsm8k_labels_agree_on_all_rollouts():
    rows = []
    for row in read("gsm8k_example_model_solutions.jsonl"):
        answer = row.pop("ground_truth").rpartition("\nA: ")[2]
        rollouts = [value for value in row.values() if isinstance(value, dict)]
        rows += [(Claim(r["solution"], answer), r["is_correct"]) for r in rollouts]
    assert len(rows) == 5276
    assert list(disagreements(rows)) == []


def test_qwen_labels_agree_but_for_two_golds_their_grader_misreads():
    rows = [
        (Claim(completion, row["gt"]), label)
        for row in read("qwen25_math_cot_100x8.jsonl")
        for completion, label in zip(row["code"], row["score"], strict=True)
    ]
    assert len(rows) == 800
    assert list(disagreements(rows)) == [
        # their own normalisation ate the m of the gold's "p.m." as a unit
        *[("4:30p..", "4:30 \\text{ p.m.}", "correct")] * 8,
        ("10{,}000", "10000", "correct"),  # digit grouping that their grader does not read
    ]


def test_nemo_labels_differ_only_where_their_extraction_failed():
    names = [f"nemo_skills_output_rs{seed}.jsonl" for seed in range(3)]
    rows = [
        (Claim(row["generation"], row["expected_answer"], row["problem"]), row["symbolic_correct"])
        for name in names
        for row in read(name)
    ]
    assert len(rows) == 150
    assert list(disagreements(rows)) == [
        ("1320", "1320 km", "correct"),  # a unit that the question named
        ("81", "81", "correct"),  # \boxed{(x+y)^2=81} where (x+y)^2 was asked for
        ("958", "958", "correct"),  # they do not read \fbox
        ("1", "1", "correct"),  # a later, empty \boxed{} hid the answer from them
        ("5", "5", "correct"),  # the same
    ]


def test_no_two_real_golds_that_look_alike_are_accepted_for_one_another():
    """3,077 golds that are more than a number, against others of the same pattern of digits."""
    answers = sorted({*golds("math500_test.json"), *golds("rllm_math_train.json")})
    answers = [text for text in answers if not re.fullmatch(r"-?[\d.,]+", text)]
    alike: dict[str, list[str]] = defaultdict(list)
    for text in answers:
        alike[re.sub(r"\d+", "0", form_of(text).text)].append(text)
    rng = random.Random(0)
    pairs = [
        (gold, given)
        for group in alike.values()
        for gold in group
        for given in rng.sample(group, min(12, len(group)))
        if form_of(gold) != form_of(given)
    ]
    verdicts = judged([rf"\boxed{{{given}}}" for _, given in pairs], [gold for gold, _ in pairs])
    accepted = {
        (gold, given)
        for (gold, given), verdict in zip(pairs, verdicts, strict=True)
        if verdict.outcome == "correct" and form_of(gold).text != form_of(given).text
    }
    assert len(pairs) > 10_000
    assert accepted == set()
