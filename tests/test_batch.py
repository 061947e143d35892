"""Batch files: submitted once, whatever is killed; every result and every hole is told."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, run_factory
from faults import get, running
from replies import SHAPES, Words, written
from rows import problems, run

from factory import catalog
from factory.backends import _wire, batch
from factory.store import Store
from factory.teacher import Teacher

TEACHER = Teacher(name="t", model="m", backend="batch", prompt="boxed", reasons=False)


COUNTS = "select (select count(*) from rollouts), (select count(*) from failures)"


def made(path: Path, count: int = 6) -> Store:
    store = Store(path, create=True)
    if not store.snapshot().of("problems"):
        store.commit(run(), {"problems": problems(*(f"What is {i} + 2?" for i in range(count)))})
    return store


def words(store: Path, server: str, model: str, *more: str) -> list[str]:
    found = ["generate", "teacher=local", "teacher.backend=batch", f"teacher.model={model}"]
    found += [] if any(word.startswith("n=") for word in more) else ["n=1"]
    address = [f"teacher.base_url={server}/v1"] if server else []
    return [*found, *address, f"store={store}", "steps=sample", *more]


def ask(store: Path, server: str, model: str, *more: str) -> subprocess.CompletedProcess[str]:
    made(store)
    return run_factory(*words(store, server, model, *more))


def kill_once_submitted(store: Path, command: list[str]) -> None:
    command = [sys.executable, "-m", "factory", *command]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as killed:
        while not any("batch-" in p.read_text() for p in (store / "batches").glob("*.json")):
            time.sleep(0.02)
        killed.send_signal(signal.SIGKILL)


def rows(store: Path, sql: str) -> list[Any]:
    with catalog.connect(Store(store)) as con:
        return con.sql(sql).fetchall()


def test_a_batch_is_submitted_taken_in_and_forgotten(tmp_path: Path, server: str) -> None:
    done = ask(tmp_path / "s", server, "reasoning,polls=2", "n=2")
    assert done.returncode == 0, done.stderr
    sql = "select count(*), count(distinct rollout_id), any_value(trace), any_value(backend)"
    found = rows(tmp_path / "s", f"{sql}, any_value(latency_s) from rollouts")
    assert found == [(12, 12, "two and two", "batch", None)]
    assert list((tmp_path / "s" / "batches").iterdir()) == []
    (sent,) = get(server, "submitted")
    assert sent["requests"] == 12
    again = ask(tmp_path / "s", server, "reasoning,polls=2", "n=2")
    assert "0 bought in this run" in again.stdout
    assert len(get(server, "submitted")) == 1


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_of_reply_means_the_same_in_a_batch_as_online(shape: str) -> None:
    body = json.loads(b"".join(written(Words(shape), cut=False, stream=False)))
    line = {"custom_id": "r.p.0", "response": {"status_code": 200, "body": body}, "error": None}
    told = batch.results(TEACHER, [json.dumps(line).encode()])
    assert list(told) == [("r", _wire.reply(body))]


def test_what_expired_is_a_failure_and_owed_again(tmp_path: Path, server: str) -> None:
    assert ask(tmp_path / "s", server, "plain,expire").returncode == 0
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(3,)]
    failed = rows(tmp_path / "s", "select distinct kind, permanent, message from failures")
    assert failed == [("batch_expired", False, "not done within 24 hours")]
    ask(tmp_path / "s", server, "plain,expire")
    assert [sent["requests"] for sent in get(server, "submitted")] == [6, 3]
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(5,)]


def test_a_request_without_a_line_is_a_failure(tmp_path: Path, server: str) -> None:
    ask(tmp_path / "s", server, "plain,missing")
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(5,)]
    assert rows(tmp_path / "s", "select kind from failures") == [("batch_completed",)]


def test_refused_requests_are_failures_and_never_stop_the_rest(tmp_path: Path, server: str) -> None:
    done = ask(tmp_path / "s", server, "404")
    assert done.returncode == 1, done.stderr
    failed = rows(tmp_path / "s", "select kind, count(*) from failures group by 1")
    assert failed == [("status_404", 6)]


def test_a_batch_the_provider_will_not_work_on_is_one_line_and_nothing_bought(
    tmp_path: Path, server: str
) -> None:
    done = ask(tmp_path / "s", server, "plain,invalid")
    assert done.returncode == 2
    assert "no room for so many tokens" in done.stderr.splitlines()[-1]
    assert rows(tmp_path / "s", "select count(*) from failures") == [(0,)]
    assert list((tmp_path / "s" / "batches").iterdir()) == []


def test_a_submission_that_was_never_confirmed_is_found_and_not_repeated(
    tmp_path: Path, server: str
) -> None:
    done = ask(tmp_path / "s", server, "plain,lost")
    assert done.returncode == 0, done.stderr
    assert len(get(server, "submitted")) == 1
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(6,)]


def test_while_it_is_not_sure_that_a_batch_arrived_its_file_stays(
    tmp_path: Path, server: str
) -> None:
    done = ask(tmp_path / "s", server, "plain,lost,unlisted")
    assert done.returncode == 2
    assert "it is not sure that" in done.stderr.splitlines()[-1]
    assert ask(tmp_path / "s", server, "plain,lost,unlisted").returncode == 0
    assert len(get(server, "submitted")) == 1
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(6,)]


@pytest.mark.parametrize("word", ["torn", "page", "vague"])
def test_results_that_broke_off_are_asked_for_again(tmp_path: Path, server: str, word: str) -> None:
    done = ask(tmp_path / "s", server, f"plain,{word}")
    assert done.returncode == 0, done.stderr
    assert len(get(server, "submitted")) == 1
    assert rows(tmp_path / "s", COUNTS) == [(6, 0)]


def test_another_model_stops_every_run_until_it_is_allowed(tmp_path: Path, server: str) -> None:
    for _ in range(2):
        done = ask(tmp_path / "s", server, "alias")
        assert done.returncode == 2
        assert "'another-model' answered" in done.stderr
    assert ask(tmp_path / "s", server, "alias", "any_model=true").returncode == 0
    assert len(get(server, "submitted")) == 1
    assert rows(tmp_path / "s", COUNTS) == [(6, 0)]


def test_a_count_beyond_all_numbers_is_no_count(tmp_path: Path, server: str) -> None:
    assert ask(tmp_path / "s", server, "huge-usage").returncode == 0
    assert rows(tmp_path / "s", "select distinct completion_tokens from rollouts") == [(None,)]


def test_no_secret_of_an_address_is_written(tmp_path: Path, server: str) -> None:
    address = server.replace("http://", "http://user:hunter2@")
    made(tmp_path / "s")
    command = words(tmp_path / "s", address, "plain,polls=1000")
    command = [f"{w}?key=hunter2" if w.startswith("teacher.base_url") else w for w in command]
    kill_once_submitted(tmp_path / "s", command)
    for path in (tmp_path / "s").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes(), path


def test_what_is_out_at_one_place_is_not_bought_at_another(tmp_path: Path, server: str) -> None:
    store = tmp_path / "s"
    made(store)
    kill_once_submitted(store, words(store, server, "plain,polls=3"))
    with running() as other:
        done = ask(store, other, "plain,polls=3")
        assert get(other, "submitted") == []
    assert done.returncode == 2
    assert f"6 requests to 'plain,polls=3' are out at {server}/v1" in done.stderr


def test_a_plan_never_waits_for_a_batch(tmp_path: Path, server: str) -> None:
    done = ask(tmp_path / "s", server, "plain", "plan=true")
    assert done.returncode == 2
    assert "nothing to plan by" in done.stderr
    ask(tmp_path / "s", server, "plain", "limit=2")
    done = ask(tmp_path / "s", server, "plain", "plan=true")
    assert "batches take up to a day" in done.stdout
    assert [sent["requests"] for sent in get(server, "submitted")] == [2]


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, faulty: str) -> Path:
    """A store whose run was killed while its batch was out; tests copy it."""
    store = tmp_path_factory.mktemp("waiting") / "s"
    made(store)
    kill_once_submitted(store, words(store, faulty, "plain,polls=3"))
    return store


@pytest.mark.parametrize("content", ["", "{}", "not", '{"teacher": 1}'])
def test_an_intent_that_cannot_be_read_is_one_line(
    tmp_path: Path, waiting: Path, server: str, content: str
) -> None:
    store = tmp_path / "s"
    shutil.copytree(waiting, store)
    (intent,) = (store / "batches").glob("*.json")
    intent.write_text(content)
    for done in (ask(store, server, "plain"), run_factory("status", f"store={store}")):
        assert done.returncode == 2
        assert f"{intent} cannot be read" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_killed_run_leaves_its_batch_to_the_next_and_it_is_submitted_once(
    tmp_path: Path, server: str, confirmed: bool
) -> None:
    store = tmp_path / "s"
    made(store)
    kill_once_submitted(store, words(store, server, "plain,polls=3"))
    (intent,) = (store / "batches").glob("*.json")
    known = json.loads(intent.read_text())
    assert known["batch_id"] == "batch-0"
    if not confirmed:
        intent.write_text(json.dumps({**known, "batch_id": None}))
    assert "6 requests of local" in run_factory("status", f"store={store}").stdout
    # another sampling: what was paid for is taken in all the same, under its own policy
    for _ in range(4):
        done = ask(store, server, "plain,polls=3", "sampling.temperature=0.9")
        assert done.returncode == 0, done.stderr
    assert list((store / "batches").iterdir()) == []
    assert [sent["requests"] for sent in get(server, "submitted")] == [6, 6]
    found = rows(store, "select count(*), count(distinct policy_id) from rollouts")
    assert found == [(12, 2)]


def test_results_that_are_in_shards_already_are_not_taken_in_or_counted_again(
    tmp_path: Path, server: str
) -> None:
    store = tmp_path / "s"
    made(store)
    kill_once_submitted(store, words(store, server, "plain,polls=3"))
    shutil.copytree(store / "batches", tmp_path / "kept")
    ask(store, server, "plain,polls=3")
    shutil.copytree(tmp_path / "kept", store / "batches", dirs_exist_ok=True)  # not forgotten
    counts = "select counts from runs where kind = 'generate'"
    before = rows(store, counts)
    done = ask(store, server, "plain,polls=3")
    assert done.returncode == 0, done.stderr
    assert rows(store, counts) == before
    assert list((store / "batches").iterdir()) == []
    assert len(get(server, "submitted")) == 1


def test_max_requests_stops_it(tmp_path: Path, server: str) -> None:
    done = ask(tmp_path / "s", server, "plain", "max_requests=2")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(2,)]


def test_max_cost_keeps_files_small(tmp_path: Path, server: str) -> None:
    price = ("teacher.price.prompt=0", "teacher.price.completion=50000")  # $1 a rollout
    done = ask(tmp_path / "s", server, "plain", *price, "max_cost=1.5", "concurrency=1")
    assert done.returncode == 0, done.stderr
    assert "4 requests are left" in done.stdout
    assert [sent["requests"] for sent in get(server, "submitted")] == [1, 1]


def test_without_a_provider_the_files_wait_for_vllm_run_batch(tmp_path: Path) -> None:
    store = tmp_path / "s"
    done = ask(store, "", "tiny")
    assert done.returncode == 2
    said = done.stderr.splitlines()[-1]
    (file,) = (store / "batches").glob("*.jsonl")
    results = file.with_suffix(".out.jsonl")
    assert f"run `vllm run-batch -i {file} -o {results} --model tiny`" in said
    assert ask(store, "", "tiny").returncode == 2  # still waiting, and not written again
    assert len(list((store / "batches").glob("*.jsonl"))) == 1
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    choice = {"message": {"content": "<think>t</think>4"}, "finish_reason": "stop"}
    body = {"model": "tiny", "choices": [choice]}
    good = [
        {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}}
        for line in lines[1:]
    ]
    words_of_vllm = {"error": {"message": "too long"}}
    bad = {"custom_id": lines[0]["custom_id"], "error": words_of_vllm}
    bad["response"] = {"status_code": 400, "body": None}
    text = "".join(f"{json.dumps(line)}\n" for line in [bad, *good])
    foreign = json.dumps({**good[0], "custom_id": "other.p.0"}) + "\n"
    for odd in (text[:-5], text.splitlines()[0] + "\n", foreign * 6):
        results.write_text(odd)
        torn = ask(store, "", "tiny")
        assert torn.returncode == 2
        assert file.exists() and results.read_text() == odd
    results.write_text(text)
    done = ask(store, "", "tiny")
    assert done.returncode == 0, done.stderr
    assert rows(store, "select count(*), any_value(trace) from rollouts") == [(5, "t")]
    assert rows(store, "select kind, permanent, message from failures") == [
        ("status_400", True, "too long")
    ]
    assert list((store / "batches").iterdir()) == []
