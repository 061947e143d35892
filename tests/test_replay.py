"""Recorded rollouts as a teacher."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, run_factory
from faults import get, running
from rows import problems, run

from factory import catalog
from factory.store import Store


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 rollouts of two models, as `just sql` writes them."""
    folder = tmp_path_factory.mktemp("recording")
    store = made(folder / "s", 50)
    with running() as server:
        for model, words in (("reasoning", ["n=4"]), ("plain", ["n=2"])):
            teacher = ["teacher=local", f"teacher.base_url={server}/v1", f"teacher.model={model}"]
            run_factory("generate", *teacher, f"store={store}", "steps=sample", *words)
        assert get(server, "count")["total"] == 300
    path = folder / "recorded.parquet"
    command = [sys.executable, "-m", "factory", "sql", "from rollouts", "format=parquet"]
    with path.open("wb") as out:
        subprocess.run([*command, f"store={store}"], cwd=ROOT, stdout=out, check=True)
    return path


def made(path: Path, count: int) -> Path:
    asked = problems(*(f"What is {i} + 2?" for i in range(count)))
    Store(path, create=True).commit(run(), {"problems": asked})
    return path


def replay(store: Path, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    teacher = ["teacher=replay", f"teacher.path={path}", f"store={store}", "steps=sample"]
    return run_factory("generate", *teacher, *words)


def test_the_same_messages_get_the_replies_they_got_before(recording: Path, tmp_path: Path) -> None:
    store = made(tmp_path / "s", 50)
    done = replay(store, recording, "teacher.model=reasoning", "n=4")
    assert done.returncode == 0, done.stderr
    told = "select messages, trace, solution, finish_reason, completion_tokens, served_model"
    with catalog.connect(Store(store)) as con:
        new = con.sql(f"{told} from rollouts order by all").fetchall()
        same = f"{told} from '{recording}' where model = 'reasoning' order by all"
        assert new == con.sql(same).fetchall()
    assert len(new) == 200


def test_what_was_never_recorded_is_a_failure(recording: Path, tmp_path: Path) -> None:
    store = made(tmp_path / "s", 51)
    done = replay(store, recording, "teacher.model=plain", "n=3")
    assert done.returncode == 0, done.stderr
    with catalog.connect(Store(store)) as con:
        found = con.sql("select kind, permanent, count(*) from failures group by all").fetchall()
    assert found == [("not_recorded", True, 50 + 3)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["teacher.model=palin"], "unknown recorded model 'palin'; did you mean 'plain'?"),
        ([], "'teacher.model' is missing"),
        (["teacher.model=plain", "teacher.path="], "'teacher.path' is missing"),
        (["teacher.model=plain", "teacher.path=/nowhere"], "no file '/nowhere'"),
        (["teacher.model=plain", f"teacher.path={__file__}"], "is no recording"),
    ],
)
def test_a_recording_that_is_none_is_one_line(
    recording: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    store = made(tmp_path / "s", 1)
    path = [] if any("path" in word for word in words) else [f"teacher.path={recording}"]
    done = run_factory("generate", "teacher=replay", f"store={store}", *path, *words)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "change",
    [
        "null as solution",
        "1 as solution",
        "encode(solution) as solution",
        "null as model",
        "['a'] as finish_reason",
        "null as messages",
    ],
)
def test_an_odd_recording_is_a_failure_or_one_line(
    recording: Path, tmp_path: Path, change: str
) -> None:
    odd = tmp_path / "odd.parquet"
    duckdb.sql(f"copy (select * replace ({change}) from '{recording}') to '{odd}'")
    store = made(tmp_path / "s", 2)
    done = replay(store, odd, "teacher.model=plain", "n=1")
    assert "Traceback" not in done.stderr
    with catalog.connect(Store(store)) as con:
        ends = "(select count(*) from rollouts) + (select count(*) from failures)"
        assert con.sql(f"select {ends}").fetchall() == [(0 if done.returncode == 2 else 2,)]


def test_a_recording_of_several_policies_must_be_narrowed(recording: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.parquet"
    duckdb.sql(f"copy (select * replace ('plain' as model) from '{recording}') to '{mixed}'")
    done = replay(made(tmp_path / "s", 2), mixed, "teacher.model=plain", "n=1")
    assert done.returncode == 2
    assert "holds 2 policies of 'plain'" in done.stderr
