"""What reads the hits on evaluation sets: mixtures and questions to teachers."""

import json
from pathlib import Path

import pytest
from leaks import FARM, TRAIN, decontaminate, fill, items, rows, said
from rows import rollout, run

from factory import order, owed
from factory.errors import UserError
from factory.identity import problem_id
from factory.store import Store
from schemas.arrow import from_rows


@pytest.fixture
def mixed(store: Store, tmp_path: Path) -> Store:
    """Rollouts of a copy, of its duplicate, of a number variant, of another; one that quotes."""
    same, variant = FARM + "\n", FARM.replace("240", "360").replace("15", "20")
    texts = (FARM, same, variant, "What is two and two?")
    solved = [rollout(text, 0, r"So \boxed{4}") for text in texts]
    solved.append(rollout("What is two and two?", 1, rf"As in: {FARM} \boxed{{4}}"))
    fill(store, *texts, rollouts=tuple(solved))
    said("verify", store)
    items(tmp_path / "mine.jsonl", FARM)
    return store


def mixture(store: Store, *words: str) -> list[str]:
    said("mix", store, *words)
    sql = "select rollout_id from mixture_rows where version = (select max(version) from mixtures)"
    return sorted(name for (name,) in rows(store, sql))


def test_a_mixture_is_not_frozen_before_all_is_checked(mixed: Store, tmp_path: Path) -> None:
    def refused() -> str:
        with pytest.raises(UserError) as error:
            said("mix", mixed, "benchmarks=mine")
        return str(error.value)

    says = "benchmark 'mine' is not in the store; run `just decontaminate benchmark=mine`"
    assert says in refused()
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    mixture(mixed, "benchmarks=mine")
    fill(mixed, "One more?")
    says = "1 problems and rollouts are not checked against benchmark 'mine'; run `just decontam"
    assert says in refused()
    decontaminate(mixed)
    items(tmp_path / "mine.jsonl", FARM, TRAIN)
    store = Store(mixed.root)
    mixture(store, "benchmarks=mine")
    decontaminate(mixed, *words)
    spec = json.loads(rows(mixed, "select spec from mixtures order by version")[0][0])
    assert spec["benchmarks"] == ["mine"]
    assert list(spec["digests"]) == ["mine"]


def test_a_mixture_leaves_out_what_was_hit_and_its_duplicates(mixed: Store, tmp_path: Path) -> None:
    words = (f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, "benchmark=mine", *words)
    other, variant = "What is two and two?-0", FARM.replace("240", "360").replace("15", "20") + "-0"
    everything = "where=true"
    assert len(mixture(mixed, everything)) == 5
    assert mixture(mixed, everything, "benchmarks=mine") == sorted([other, variant])
    dropped = mixture(mixed, everything, "benchmarks=mine", "number_variants=drop")
    assert dropped == [other]


def test_a_duplicate_of_a_copy_stays_out_though_it_was_not_hit_itself(
    mixed: Store, tmp_path: Path
) -> None:
    other = "What is two and two?"
    mates = {"subject": "problem", "cluster_id": "c", "kind": "near", "score": 0.9, "run_id": "0"}
    told = {"reason": "alike", "version": "2", "representative_id": problem_id(FARM)}
    both = [{**mates, **told, "subject_id": problem_id(text)} for text in (FARM, other)]
    mixed.commit(run(), {"duplicates": from_rows("duplicates", both)})
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    frozen = mixture(mixed, "where=true", "benchmarks=mine")
    assert [name for name in frozen if name.startswith(other)] == []


def test_a_wrong_policy_of_variants_is_one_line(mixed: Store) -> None:
    with pytest.raises(UserError, match="number_variants='maybe' does not fit: should be 'keep'"):
        said("mix", mixed, "number_variants=maybe")


def test_only_copies_keep_a_problem_from_being_asked(mixed: Store, tmp_path: Path) -> None:
    words = ("benchmark=mine", f"path={tmp_path / 'mine.jsonl'}", "question=problem")
    decontaminate(mixed, *words)
    asked = [text for _, text in owed.problems(mixed, order.resolve([]))]
    assert any("360 chickens" in text for text in asked)
    assert not any("240 chickens" in text for text in asked)
