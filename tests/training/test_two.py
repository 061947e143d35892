"""Every stage by two processes on one machine, as torchrun starts them: gloo, on the CPU."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from frozen import freeze, sums

import training
from factory import catalog
from factory.errors import UserError
from factory.recipe import resolve
from factory.store import Store
from training.__main__ import recipe_file
from training.mid import MidRecipe
from training.recipe import accumulation
from training.rl import RlRecipe
from training.stage import Asked, train

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]

ROOT = Path(training.__file__).parent.parent
SHORT = {
    "mid": ["max_steps=2", "log_every=1"],
    "sft": ["max_steps=1"],
    "rft": ["max_steps=1"],
    "dpo": ["max_steps=1"],
    "rl": ["max_steps=1", "micro_batch=4", "batch=8", "completion=8"],
}
# One start for all stages: most of a stage this small is the time that torch takes to load.
EVERY = """
import sys, torch
from training.__main__ import main
for words in {words}:
    if code := main(words):
        sys.exit(code)
    torch.distributed.barrier()  # the first seals what the next stage starts from
"""
# When the second machine has no memory left, the first waits for it in its first step.
ONE_IS_WRONG = """
import os, sys
from training import preflight
from training.__main__ import main
if os.environ["RANK"] == "1":
    preflight.available = lambda: 0
sys.exit(main({words}))
"""


def together(script: Path, text: str) -> subprocess.CompletedProcess[str]:
    """The script, by two processes."""
    script.write_text(text)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return subprocess.run(
        [*torchrun, "--nproc-per-node", "2", str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )


def words(store: Store, stage: str) -> list[str]:
    return [f"stage={stage}", "recipe=smoke", f"store={store.root}", *SHORT[stage]]


def made(store: Store) -> dict[str, dict[str, Any]]:
    """The lineage of the checkpoint of every stage."""
    found = (store.root / "checkpoints").glob("[!.]*/lineage.json")
    return {each["stage"]: each for each in map(json.loads, (path.read_text() for path in found))}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    desk = tmp_path_factory.mktemp("two")
    store = Store(desk / "store", create=True)
    for stage in ("mid", "sft", "dpo", "rl"):
        freeze(store, sums(40), name=stage, stage=stage)
    asked = [words(store, stage) for stage in SHORT]
    done = together(desk / "every.py", EVERY.format(words=asked))
    assert done.returncode == 0, done.stderr
    return store, done.stdout


def test_every_stage_is_trained_recorded_and_told_of_once(trained: tuple[Store, str]) -> None:
    store, said = trained
    assert set(made(store)) == set(SHORT)
    assert all(lineage["processes"] == 2 for lineage in made(store).values())
    with catalog.connect(store) as con:
        sql = "select status, count(*) from runs where kind = 'train' group by 1"
        assert catalog.fetch(con, sql) == [("finished", 5)]
    for first in ("mixture", "model", "checkpoint"):
        assert sum(line.startswith(first) for line in said.splitlines()) == 5
    assert not list((store.root / "checkpoints").glob(".*"))


def test_two_of_the_same_by_two_processes_each_train_it_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", create=True)
    freeze(store, sums(40))
    texts = [EVERY.format(words=[words(store, "mid")])] * 2
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(together, (tmp_path / "a.py", tmp_path / "b.py"), texts))
    assert [each.returncode for each in done] == [0, 0], [each.stderr for each in done]
    assert sum("made before from the same; nothing to do" in each.stdout for each in done) == 1
    assert len(list((store.root / "checkpoints").iterdir())) == 1


def test_two_processes_learn_what_one_learns(trained: tuple[Store, str]) -> None:
    store, two = trained[0], made(trained[0])["mid"]["losses"]
    recipe = resolve(MidRecipe, recipe_file("mid", "smoke"), SHORT["mid"])
    folder = train(store, Asked("mid", "smoke", recipe))
    one = json.loads((folder / "lineage.json").read_text())["losses"]
    assert [step for step, _ in one] == [step for step, _ in two] == [1, 2]
    assert [loss for _, loss in two] == pytest.approx([loss for _, loss in one], abs=1e-3)


def test_the_rollouts_of_both_processes_are_kept_and_groups_are_whole(
    trained: tuple[Store, str],
) -> None:
    with catalog.connect(trained[0]) as con:
        seen = con.sql(
            """select "group", count(*), count(distinct statement), min(position)
            from raw.completions group by all order by 1"""
        ).fetchall()
    assert [(count, statements) for _, count, statements, _ in seen] == [(4, 1), (4, 1)]
    assert [at for *_, at in seen] == [0, 4]


def test_a_group_may_not_be_cut_in_two() -> None:
    recipe = resolve(RlRecipe, recipe_file("rl", "smoke"), ["batch=12", "micro_batch=6"])
    with pytest.raises(UserError, match=r"by 2 processes, .* groups of group=4; run on 1 "):
        accumulation(recipe, 2)


def test_the_mistake_of_one_process_ends_the_other(
    trained: tuple[Store, str], tmp_path: Path
) -> None:
    asked = [*words(trained[0], "mid"), "seed=7"]
    began = monotonic()
    done = together(tmp_path / "wrong.py", ONE_IS_WRONG.format(words=asked))
    assert done.returncode != 0 and monotonic() - began < 300
    assert "error: a process needs some" in done.stderr
    assert len(made(trained[0])) == 5


def test_what_does_not_fit_the_memory_is_refused_before_the_first_step(
    trained: tuple[Store, str],
) -> None:
    recipe = resolve(MidRecipe, recipe_file("mid", "smoke"), ["batch=100000", "micro_batch=100000"])
    with pytest.raises(UserError, match=r"a process needs some .* GB are free for it; lower micr"):
        train(trained[0], Asked("mid", "smoke", recipe))
