"""Reading a frozen mixture back: the right one, whole and unchanged, or one line."""

import pytest
from frozen import freeze, sums

from factory.errors import RecipeError, StoreError, UserError
from factory.store import Store
from training.mixture import open_mixture


def test_the_examples_come_back_in_training_order(store: Store) -> None:
    examples = sums(2500)
    identity = freeze(store, examples)
    mixture = open_mixture(store, None, ("mid",))
    assert (mixture.label, mixture.mixture_id) == ("mid@1", identity)
    columns = mixture.examples.to_pydict()
    assert list(columns) == ["prompt", "completion"]
    assert list(zip(columns["prompt"], columns["completion"], strict=True)) == examples


def test_a_name_alone_is_its_newest_version_and_no_name_the_newest_of_the_stage(
    store: Store,
) -> None:
    freeze(store, sums(3, seed=1), name="b")
    freeze(store, sums(3, seed=2), name="a", version=2)
    freeze(store, sums(3, seed=3), name="b", version=10)
    freeze(store, sums(3, seed=4), name="c", version=11, stage="sft")
    assert open_mixture(store, "b", ("mid",)).label == "b@10"
    assert open_mixture(store, "b@1", ("mid",)).label == "b@1"
    assert open_mixture(store, None, ("mid",)).label == "b@10"


def test_changed_content_is_refused(store: Store) -> None:
    identity = freeze(store, sums(5), name="true")
    freeze(store, sums(5, seed=1), name="changed", claimed="0" * 32)
    freeze(store, sums(5)[:4], name="cut", claimed=identity[::-1])
    for name in ("changed", "cut"):
        with pytest.raises(StoreError, match=f"mixture {name}@1 is not what was frozen: its [45]"):
            open_mixture(store, name, ("mid",))


def test_a_mixture_of_another_stage_is_refused(store: Store) -> None:
    freeze(store, sums(3), name="chat", stage="sft")
    with pytest.raises(
        UserError, match=r"'chat@1' is made for stage 'sft', not 'mid'.*'mid': none"
    ):
        open_mixture(store, "chat", ("mid",))
    with pytest.raises(StoreError, match="no mixture for stage 'mid'"):
        open_mixture(store, None, ("mid",))


def test_an_unknown_mixture_names_the_known_ones(store: Store) -> None:
    freeze(store, sums(3))
    for name in ("mdi", "mid@2", "mid@x", "mid@"):
        with pytest.raises(RecipeError, match=rf"unknown mixture '{name}'.*known: mid@1"):
            open_mixture(store, name, ("mid",))


def test_a_store_without_a_mixture_says_what_freezes_one(store: Store) -> None:
    with pytest.raises(StoreError, match=r"no mixture for stage 'mid' in .*just mix mixture=mid"):
        open_mixture(store, None, ("mid",))
    with pytest.raises(StoreError, match="no mixture for stage 'mid'"):
        open_mixture(store, "mid@1", ("mid",))
