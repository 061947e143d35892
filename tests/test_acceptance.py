"""What peers fail at, one test each, by the command a user types; README's table names them.

The teacher is a server process that counts every request it gets.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, run_factory
from faults import get
from rows import problems, run

from factory import catalog
from factory.store import Store


def made(path: Path, *numbers: int) -> Path:
    """A store that has a problem for each number."""
    asked = problems(*(f"What is {i} + 2?" for i in numbers))
    Store(path, create=True).commit(run(), {"problems": asked})
    return path


def words(store: Path, server: str, model: str, *more: str) -> list[str]:
    teacher = ["teacher=local", f"teacher.base_url={server}/v1", f"teacher.model={model}"]
    once = [] if any(word.startswith("n=") for word in more) else ["n=1"]
    return ["generate", *teacher, f"store={store}", "steps=sample", *once, *more]


def ask(
    store: Path, server: str, model: str, *more: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return run_factory(*words(store, server, model, *more), env=env)


def start(
    store: Path, server: str, model: str, *more: str, through: Sequence[str] = ()
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*through, sys.executable, "-m", "factory", *words(store, server, model, *more)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rows(store: Path, sql: str) -> list[Any]:
    with catalog.connect(Store(store)) as con:
        return con.sql(sql).fetchall()


def total(server: str) -> int:
    return get(server, "count")["total"]


def journalled(store: Path) -> int:
    return sum(path.stat().st_size for path in (store / "journal").glob("*.jsonl"))


COUNTS = "select count(*), count(distinct rollout_id), count(distinct policy_id) from rollouts"


def test_append(tmp_path: Path, server: str) -> None:
    """One problem more in a finished run of 1,000: exactly n requests."""
    store = made(tmp_path / "s", *range(1000))
    assert ask(store, server, "plain", "n=2").returncode == 0
    assert total(server) == 2000
    made(store, 1000)
    assert ask(store, server, "plain", "n=2").returncode == 0
    assert total(server) == 2002
    assert rows(store, COUNTS) == [(2002, 2002, 1)]


def test_reorder(tmp_path: Path, server: str) -> None:
    """The same problems in another order, in a file of another name: no request."""
    lines = [json.dumps({"q": f"What is {i} + 2?", "a": i + 2}) for i in range(50)]
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
        random.Random(1).shuffle(lines)
        path = f"path={tmp_path / name}.jsonl"
        run_factory("ingest", "source=jsonl", path, "question=q", "answer=a", f"store={tmp_path}/s")
        assert ask(tmp_path / "s", server, "plain").returncode == 0
        assert total(server) == 50


def test_changed_prompt(tmp_path: Path, server: str) -> None:
    """Another prompt, template or sampling: everything is asked anew, beside the old."""
    store = made(tmp_path / "s", *range(20))
    sql = "select rollout_id, messages, sampling, solution from rollouts order by 1"
    ask(store, server, "plain")
    before, policies = rows(store, sql), 1
    for change in (
        "teacher.prompt=system-boxed",
        "teacher.prefill=<think>\n",
        "sampling.temperature=0.9",
        "teacher.revision=2",
    ):
        assert ask(store, server, "plain", change).returncode == 0
        policies += 1
        assert total(server) == 20 * policies
        assert rows(store, COUNTS) == [(20 * policies, 20 * policies, policies)]
        assert set(before) < set(rows(store, sql))
    ask(store, server, "plain")
    assert total(server) == 20 * policies


def test_changed_teacher(tmp_path: Path, server: str) -> None:
    """Another model in the same store: its rollouts are its own."""
    store = made(tmp_path / "s", *range(20))
    ask(store, server, "plain")
    ask(store, server, "reasoning")
    found = rows(store, "select model, count(*), count(trace) from rollouts group by 1 order by 1")
    assert found == [("plain", 20, 0), ("reasoning", 20, 20)]


@pytest.mark.slow
def test_20_kills(tmp_path: Path, server: str) -> None:
    """`kill -9` at 20 random moments and torn tails: at most what was in flight is asked again."""
    store = made(tmp_path / "s", *range(1500))
    rng = random.Random(7)
    asked = ("delay=0.02", "concurrency=8")
    for _ in range(20):
        process = start(store, server, f"plain,{asked[0]}", asked[1])
        before = journalled(store)
        while journalled(store) == before:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.4))
        process.kill()
        process.communicate()
        for path in (store / "journal").glob("*.jsonl"):
            with path.open("ab") as torn:
                torn.write(b'["rollouts", {"rollout_id": "tor')
    done = ask(store, server, f"plain,{asked[0]}", asked[1])
    assert done.returncode == 0, done.stderr
    assert rows(store, COUNTS) == [(1500, 1500, 1)]
    assert 1500 <= total(server) <= 1500 + 20 * 8
    assert list((store / "journal").iterdir()) == []


def test_truncation(tmp_path: Path, server: str) -> None:
    """One answer in 20 is cut off: stored once, flagged, never asked again by itself."""
    store = made(tmp_path / "s", *range(100))
    for _ in range(2):
        assert ask(store, server, "plain,truncate=20").returncode == 0
        assert total(server) == 100
    cut = rows(store, "select count(*) from rollouts where finish_reason = 'length'")[0][0]
    assert 0 < cut < 20


def test_429(tmp_path: Path, server: str) -> None:
    """Every request is told 429 the first time: all are answered, none is lost."""
    store = made(tmp_path / "s", *range(100))
    done = ask(store, server, "plain,429-first,retry-after=0.1")
    assert done.returncode == 0, done.stderr
    assert total(server) == 200
    assert rows(store, COUNTS) == [(100, 100, 1)]
    assert rows(store, "select count(*) from failures") == [(0,)]


@pytest.mark.usefixtures("hasty")
def test_hang(tmp_path: Path, server: str) -> None:
    """A server that accepts and never answers: recorded failures, owed again, no silent hole."""
    store = made(tmp_path / "s", 1, 2)
    done = ask(store, server, "hang")
    assert done.returncode == 1, done.stderr
    found = rows(store, "select kind, permanent, count(*) from failures group by all")
    assert found == [("timeout", False, 2)]
    assert total(server) == 12
    status = run_factory("status", f"store={store}").stdout
    assert "sample   2" in status


def test_racing(tmp_path: Path, server: str) -> None:
    """Two runs at once on one store: the second waits, no request is bought twice."""
    store = made(tmp_path / "s", *range(150))
    pair = [start(store, server, "plain,delay=0.01") for _ in range(2)]
    said = [process.communicate(timeout=120) for process in pair]
    assert [process.returncode for process in pair] == [0, 0], said
    assert get(server, "count")["most_per_request"] == 1
    assert total(server) == 150


def test_disk_full(tmp_path: Path, server: str) -> None:
    """The disk takes no more: one line, exit 2; after it has room nothing was lost or twice."""
    store = made(tmp_path / "s", *range(200))
    command = " ".join(f"'{word}'" for word in words(store, server, "plain,size=2000"))
    limited = f"ulimit -f 100; exec '{sys.executable}' -m factory {command}"  # blocks of 1 KiB
    done = subprocess.run(
        ["bash", "-c", limited],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "cannot write" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    at_first = total(server)
    assert 0 < at_first < 200
    assert ask(store, server, "plain,size=2000").returncode == 0
    assert rows(store, COUNTS) == [(200, 200, 1)]
    assert total(server) <= 200 + 64  # what was in flight


@pytest.mark.parametrize(
    ("how", "through"),
    [
        (signal.SIGINT, []),
        (signal.SIGTERM, []),
        (signal.SIGTERM, ["sh", "-c", 'trap "" INT; exec "$0" "$@"']),  # as `&` in a script does
    ],
)
def test_ctrl_c(tmp_path: Path, server: str, how: int, through: list[str]) -> None:
    """Ctrl-C and SIGTERM: what arrived is in shards, within seconds."""
    store = made(tmp_path / "s", *range(2000))
    process = start(store, server, "plain,delay=0.05", "concurrency=16", through=through)
    while journalled(store) < 20_000:
        time.sleep(0.02)
    process.send_signal(how)
    told = time.monotonic()
    process.communicate(timeout=20)
    assert time.monotonic() - told < 10
    assert process.returncode == 130
    kept = rows(store, "select count(*) from rollouts")[0][0]
    assert total(server) - 16 <= kept < 2000
    assert rows(store, "select status from runs where kind = 'generate'") == [("interrupted",)]


def test_no_secret(tmp_path: Path, server: str) -> None:
    """The key is in the request's header, and in no file below the store, nor in what is said."""
    secret = "sk-very-secret"
    store = made(tmp_path / "s", *range(20))
    key = ("teacher.api_key_env=MY_KEY", "concurrency=3")
    told = [ask(store, server, m, *key, env={"MY_KEY": secret}) for m in ("plain", "401,echo")]
    sent = get(server, "requests")
    assert {r["headers"]["authorization"] for r in sent} == {f"Bearer {secret}"}
    assert [done.returncode for done in told] == [0, 2]
    assert not any(secret in done.stdout + done.stderr for done in told)
    for path in store.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("statement", "model", "kind"),
    [
        ("a\x00b", "plain", None),
        ("x" * 1_000_000, "plain", None),
        ("{statement} \\boxed{} %s", "plain", None),
        ("too long for the window", "400", "status_400"),
        ("no JSON", "no-json", "bad_reply"),
        ("no choices", "no-choices", "bad_reply"),
        ("cut mid-body", "cut", "bad_reply"),
    ],
)
def test_bad_input(
    tmp_path: Path, server: str, statement: str, model: str, kind: str | None
) -> None:
    """Odd prompts and odd replies: a rollout or a failure row, never a crash, never a hole."""
    store = tmp_path / "s"
    Store(store, create=True).commit(run(), {"problems": problems(statement)})
    done = ask(store, server, model)
    assert done.returncode == (1 if kind else 0), done.stderr
    found = rows(store, "select kind from failures union all select null from rollouts")
    assert found == [(kind,)]


def test_a_store_where_nothing_can_be_written_is_one_line(server: str) -> None:
    done = ask(Path("/proc/nowhere"), server, "plain")
    assert done.returncode == 2
    assert "cannot make a store in /proc/nowhere" in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_wait_and_no_order_follows_the_wall_clock() -> None:
    """Clocks jump: durations are measured by the monotonic one, runs are ordered by the log."""
    for path in (ROOT / "factory").rglob("*.py"):
        assert "time.time()" not in path.read_text(), path
