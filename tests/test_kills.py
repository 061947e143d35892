"""Killed at points and at random, two at a time: nothing lost or twice, readers always work."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, run_factory
from killed import Points

from factory import catalog
from factory.store import Store

KILLED = Path(__file__).parent / "killed.py"
STEPS = "steps=sample,verify,dedup,tag"


def words(store: Path, limit: int) -> list[str]:
    return ["generate", f"store={store}", f"limit={limit}", "n=2", "concurrency=3", STEPS]


def start(store: Path, log: Path, kill_at: int, limit: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(KILLED), str(log), str(kill_at), *words(store, limit)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(store: Path, log: Path, limit: int) -> int:
    """Run to the end unharmed; the number of points passed."""
    with pytest.MonkeyPatch.context() as patch:
        points = Points(log, 0, patch.setattr)
        done = run_factory(*words(store, limit))
    assert done.returncode == 0, done.stderr
    return points.passed


def read(store: Path) -> tuple[int, int]:
    """What any reader sees: rollouts and distinct rollouts. Never an error."""
    with catalog.connect(Store(store)) as con:
        return con.sql("select count(*), count(distinct rollout_id) from rollouts").fetchall()[0]


def bought_twice(log: Path) -> list[str]:
    """Rollouts asked for again after they were acknowledged as kept."""
    kept: set[str] = set()
    again = []
    for line in log.read_text().splitlines():
        word, rollout = line.split()
        if word == "kept":
            kept.add(rollout)
        elif rollout in kept:
            again.append(rollout)
    return again


def sound(store: Path, log: Path, rollouts: int) -> None:
    """Every acknowledged row is there once, with one verdict and one tag of each name."""
    assert read(store) == (rollouts, rollouts)
    kept = {line.split()[1] for line in log.read_text().splitlines() if line.startswith("kept")}
    with catalog.connect(Store(store)) as con:
        there = {row[0] for row in con.sql("select rollout_id from rollouts").fetchall()}
        verdicts = con.sql("select count(*), count(distinct rollout_id) from verdicts").fetchall()
        tags = con.sql("select count(*) from tags where name = 'tokens'").fetchall()
        judged = con.sql("select count(*) from corpus where outcome is null").fetchall()
    assert kept <= there
    assert verdicts == [(rollouts, rollouts)]
    assert tags == [(rollouts,)]
    assert judged == [(0,)]
    assert bought_twice(log) == []
    assert list((store / "journal").iterdir()) == []


def test_killed_at_a_few_points_of_a_whole_run(tmp_path: Path) -> None:
    points = finish(tmp_path / "trial", tmp_path / "trial.log", 4)
    # Threads sync and seal as they come: not every run passes as many points.
    for kill_at in range(1, points * 9 // 10, max(1, points // 4)):
        store, log = tmp_path / str(kill_at), tmp_path / f"{kill_at}.log"
        process = start(store, log, kill_at, 4)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        finish(store, log, 4)
        sound(store, log, 8)


@pytest.mark.slow
def test_120_kills_of_two_racing_processes_lose_and_duplicate_nothing(tmp_path: Path) -> None:
    store, log = tmp_path / "store", tmp_path / "log"
    rng = random.Random(0)
    finish(store, log, 1)
    kills: Counter[str] = Counter()
    rounds = 0
    while sum(kills.values()) < 120:
        rounds += 1
        limit = 1 + rounds
        injected = start(store, log, rng.randint(1, 90), limit)
        at_random = start(store, log, 0, limit)
        time.sleep(rng.uniform(0.5, 3.0))
        at_random.kill()
        injected.communicate(timeout=120)
        at_random.communicate(timeout=120)
        kills["injected"] += injected.returncode == -signal.SIGKILL
        kills["random"] += at_random.returncode == -signal.SIGKILL
        rollouts, distinct = read(store)
        assert rollouts == distinct
    limit = min(1 + rounds, 96)
    finish(store, log, limit)
    sound(store, log, 2 * limit)
    print(f"{rounds} rounds, {dict(kills)} kills")
