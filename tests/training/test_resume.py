"""A training that is killed goes on from its newest point and ends as the straight one does."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from frozen import freeze, sums

import training
from factory import catalog
from factory.store import Store

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]
ROOT = Path(training.__file__).parent.parent
WORDS = {
    "mid": ["stage=mid", "max_steps=8", "batch=1", "log_every=1"],
    "again": ["stage=mid", "max_steps=3", "seed=1"],
    "rl": ["stage=rl", "max_steps=8", "log_every=1", "completion=24", "batch=8", "parent=mid"],
}


def started(store: Store, stage: str, *more: str) -> subprocess.Popen[str]:
    words = [*WORDS[stage], "recipe=smoke", f"store={store.root}", *more]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "training", *words],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> str:
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0, said
    return said


def killed_at(process: subprocess.Popen[str], step: int) -> None:
    """Kill it, unasked, when it has said that step."""
    assert process.stdout
    deadline = time.monotonic() + 300
    for line in process.stdout:
        if line.startswith(f"step {step:>11} of"):
            break
        assert time.monotonic() < deadline
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def lineage(store: Store, stage: str) -> dict[str, Any]:
    *_, newest = sorted((store.root / "checkpoints").glob(f"{stage}-*/lineage.json"))
    return json.loads(newest.read_text())


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    made = [Store(tmp_path_factory.mktemp(name) / "store", create=True) for name in ("a", "b")]
    for store in made:
        freeze(store, sums(60))
        freeze(store, sums(60), name="rl", stage="rl")
    return made[0], made[1]


@pytest.mark.parametrize("stage", ["mid", "rl"])
def test_a_killed_training_goes_on_and_ends_as_the_straight_one(
    stores: tuple[Store, Store], stage: str
) -> None:
    straight, broken = stores
    finished(started(straight, stage))
    killed_at(started(broken, stage, "save_every=2"), 5)
    assert not list((broken.root / "checkpoints").glob(f"{stage}-*")), "half of one is none"
    said = finished(started(broken, stage, "save_every=2"))
    assert "resume     from step 4" in said
    a, b = lineage(straight, stage), lineage(broken, stage)
    assert a["losses"] == b["losses"] and len(a["losses"]) == 8
    assert a["counts"] == b["counts"]
    assert list((broken.root / "checkpoints").glob(".*")) == []


def test_what_was_sampled_before_the_kill_is_what_the_straight_one_sampled(
    stores: tuple[Store, Store],
) -> None:
    sql = "select step, position, completion, outcome, kept, reward from completions order by all"
    rows = []
    for store in stores:
        with catalog.connect(store) as con:
            rows.append(catalog.fetch(con, sql))
    assert rows[0] == rows[1] and len(rows[0]) == 64


def test_rollouts_that_teach_twice_are_resumed_as_the_straight_one(
    stores: tuple[Store, Store],
) -> None:
    straight, broken = stores
    words = ["updates=2", "save_every=4"]
    finished(started(straight, "rl", *words))
    killed_at(started(broken, "rl", *words), 6)
    assert "resume     from step 4" in finished(started(broken, "rl", *words))
    a, b = lineage(straight, "rl"), lineage(broken, "rl")
    assert a["recipe"]["updates"] == 2
    assert a["losses"] == b["losses"] and len(a["losses"]) == 8
    assert a["counts"] == b["counts"]


def test_two_of_the_same_at_once_train_it_once(stores: tuple[Store, Store]) -> None:
    store, _ = stores
    both = [started(store, "again") for _ in range(2)]
    said = [finished(each) for each in both]
    assert sum("made before from the same; nothing to do" in each for each in said) == 1
    assert sum("waiting for it" in each for each in said) == 1
