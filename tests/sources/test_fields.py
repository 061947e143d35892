"""What the ready sources read in common: boxes, domains, options, and the split a path says."""

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from shapes import AQUA, ROWS, THOUGHTS_DEFAULT

from factory.errors import UserError
from factory.sources import (
    _chat,
    aqua_rat,
    gsm8k,
    math,
    numina_cot,
    omni_math,
    openr1_math,
    openthoughts,
)
from factory.sources._fields import area, boxed
from schemas.exchange import Unfit


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (r"\boxed{3} is wrong; hence \boxed {5}", "5"),
        (r"so $\boxed 7$.", "7"),
        (r"so \boxed 42.", "42"),
        (r"so \boxed \pi", r"\pi"),
        (r"\fbox{7}", "7"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{[0, \infty\}}", r"[0, \infty\}"),
        (r"\boxed{3}, no: \boxed{5", None),
        (r"\boxed{3}, no: \boxed \frac{1}{2}", None),
        (r"\boxed{3}, no: \boxed{}", None),
        ("no box", None),
    ],
)
def test_the_last_box_counts_or_none(solution: str, answer: str | None) -> None:
    assert boxed(solution) == answer


def test_a_domain_may_be_a_text() -> None:
    path = "Mathematics -> Number Theory -> Primes"
    for told in ([path], f"['{path}', 'Mathematics -> Algebra']", f'["{path}"]', path):
        assert area(told) == "number_theory"
    assert area("[]") is None


def test_two_options_of_one_letter_are_unfit() -> None:
    row = {**AQUA, "options": ["A)1", "B)2", "A)3"], "correct": "A"}
    with pytest.raises(Unfit, match="same letter"):
        aqua_rat.parse(row, None)


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("default/test/0000.parquet", "test"),
        ("partial-test/part/0000.parquet", "test"),
        ("test/train.jsonl", "train"),
        ("valid.parquet", "validation"),
        ("val.jsonl", "validation"),
        ("eval.jsonl", "test"),
        ("heldout.json", "test"),
        ("held_out.json", "test"),
        ("dev/0000.parquet", "validation"),
        ("/dev/shm/0000.parquet", "train"),
        ("mine.jsonl", "train"),
    ],
)
def test_a_files_split_is_its_names_or_its_folders(path: str, split: str) -> None:
    recipe = SimpleNamespace(path=path, config=None, part=None, split=None)
    assert numina_cot.HUB.split(recipe) == split


def test_a_file_whose_name_says_two_splits_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "train_and_test.jsonl"
    recipe = SimpleNamespace(path=str(path), config=None, part=None, split=None)
    with pytest.raises(UserError, match="cannot tell the split of"):
        numina_cot.read(recipe)
    recipe.split = "test"
    assert numina_cot.HUB.split(recipe) == "test"


@pytest.mark.parametrize(
    ("source", "asked", "says"),
    [
        (aqua_rat, {"split": "test", "config": "nope"}, "unknown config 'nope'; known: raw, tok"),
        (openr1_math, {"split": "test"}, "unknown split 'test'; .*known: train .open-r1/OpenR1"),
        (openr1_math, {"part": "held_out"}, "unknown split 'held_out'; known: train "),
        (omni_math, {"split": "train"}, "unknown split 'train'; known: test "),
        (gsm8k, {"split": "validation"}, "unknown split 'validation'; known: test, train"),
        (math, {"split": "validation"}, "unknown split 'validation'; known: test, train"),
        (math, {"split": "test", "config": "Algebra"}, "did you mean 'algebra'"),
    ],
)
def test_a_split_or_config_that_a_set_does_not_have_is_refused(
    tmp_path: Path, source: ModuleType, asked: dict[str, str], says: str
) -> None:
    recipe = SimpleNamespace(**{"path": None, "config": None, "part": None, "split": None, **asked})
    for path in (None, tmp_path):  # the hub, or a folder as it comes from there
        recipe.path = path and str(path)
        with pytest.raises(UserError, match=says):
            source.read(recipe)
    (tmp_path / "mine.jsonl").touch()
    recipe.path = str(tmp_path / "mine.jsonl")
    if "config" not in asked:
        assert list(source.read(recipe)) == []


def test_gsm8k_and_math_are_called_so_whatever_their_file_is() -> None:
    recipe = SimpleNamespace(path="test/0000.parquet", config=None, part=None, split=None)
    assert gsm8k.name(recipe) == "gsm8k_test"
    recipe.split = "train"
    assert math.name(recipe) == "math_train"


def test_a_row_of_openthoughts_other_config_says_which() -> None:
    for config, row in ((None, THOUGHTS_DEFAULT[0]), ("default", ROWS["openthoughts"][0])):
        recipe = SimpleNamespace(path="a.jsonl", config=config, part=None, split=None)
        with pytest.raises(Unfit, match=f"give config={'metadata' if config else 'default'}"):
            openthoughts.parse(row, recipe)


def test_a_reply_cut_off_while_thinking_is_a_rollout_of_no_text() -> None:
    cut = {"role": "assistant", "content": None, "reasoning_content": "Two"}
    asked = {"role": "user", "content": "2 + 2?"}
    _, reply = _chat.exchange({"messages": [asked, cut]})
    (rollout,) = _chat.rollouts(reply, "m")
    assert (rollout.text, rollout.reasoning, rollout.finish_reason) == ("", "Two", "length")
    for more in ({"reasoning_content": None}, {"tool_calls": [{}]}):
        with pytest.raises(Unfit, match="not text"):
            _chat.exchange({"messages": [asked, {**cut, **more}]})
