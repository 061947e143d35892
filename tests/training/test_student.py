"""The loop closes: a checkpoint is a teacher, and its rollouts are rows like any other's."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, run_factory

from factory import catalog, checkpoint, order
from factory.errors import UserError
from factory.store import Store
from factory.teacher import connect
from schemas.exchange import Refused, Reply, Request

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]
SHORT = ("max_tokens=24", "concurrency=8")


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store whose problems a student of five steps was asked; the checkpoint's name."""
    store = tmp_path_factory.mktemp("loop") / "data"
    assert run_factory("generate", f"store={store}", "problems=12", "n=2").returncode == 0
    assert run_factory("mix", "mixture=mid", f"store={store}", cwd=store.parent).returncode == 0
    words = ["stage=mid", "recipe=smoke", "max_steps=5", f"store={store}"]
    train = [sys.executable, "-m", "training", *words]
    done = subprocess.run(train, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (folder,) = (store / "checkpoints").iterdir()
    done = run_factory(
        "generate", "teacher=student", "checkpoint=mid", "n=2", *SHORT, f"store={store}"
    )
    assert done.returncode == 0, done.stderr
    return store, folder.name


def test_a_checkpoint_has_rollouts_verdicts_and_pass_rates(loop: tuple[Path, str]) -> None:
    store, name = loop
    with catalog.connect(Store(store)) as con:
        told = catalog.fetch(
            con,
            "select count(*), count(outcome), count(pass_rate), max(completion_tokens), "
            "count(distinct policy_id) from corpus "
            f"where teacher = 'student' and model = '{name}'",
        )
        asked = catalog.fetch(
            con,
            "select messages, statement, revision from rollouts join problems "
            "using (problem_id) where teacher = 'student' limit 1",
        )
    rollouts = told[0][0]
    assert rollouts >= 20 and told == [(rollouts, rollouts, rollouts, 24, 1)]
    messages, statement, revision = asked[0]
    assert messages.count('"role"') == 1 and len(revision) == 16
    assert order.Asker(recipe(store)).messages == [{"role": "user", "content": "{statement}"}]
    assert statement


def test_asked_again_by_any_name_nothing_is_owed(loop: tuple[Path, str]) -> None:
    store, name = loop
    for word in (name, "mid", str(store / "checkpoints" / name)):
        done = run_factory("generate", f"checkpoint={word}", "n=2", *SHORT, f"store={store}")
        assert " 0 bought in this run" in " ".join(done.stdout.split()), done.stderr


def test_its_pass_rates_make_a_mixture_for_rl(loop: tuple[Path, str]) -> None:
    store, name = loop
    words = ["where=pass_rate = 0", f"policy={name}", "length_ratio=null", f"store={store}"]
    done = run_factory("mix", "mixture=rl", *words, cwd=store.parent)
    assert done.returncode == 0, done.stderr
    with catalog.connect(Store(store)) as con:
        ((rows,),) = catalog.fetch(con, "select count(*) from mixture_rows where name = 'rl'")
    assert rows >= 5


def test_it_is_evaluated_and_compared_with_its_teacher(loop: tuple[Path, str]) -> None:
    store, name = loop
    for who in ("checkpoint=mid", "teacher=solver"):
        words = ("eval", who, "problems=true", "samples=1", *SHORT[1:], f"store={store}")
        assert run_factory(*words, "max_tokens=40").returncode == 0
    done = run_factory("compare", "a=mid", "b=solver", f"store={store}")
    assert done.returncode == 0 and f"student ({name})" in done.stdout, done.stderr


def recipe(store: Path, *words: str) -> order.GenerateRecipe:
    return order.resolve(checkpoint.named(["checkpoint=mid", *SHORT, *words], str(store)))


def replies(store: Path, requests: list[Request], *words: str) -> list[Any]:
    """What the student replies to requests that come at once."""

    async def ask() -> list[Any]:
        backend = connect(recipe(store, *words).teacher)
        try:
            asked = (backend.sample(request) for request in requests)
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await backend.close()

    return asyncio.run(ask())


def requests(store: Path, count: int, *words: str) -> list[Request]:
    asker = order.Asker(recipe(store, *words))
    texts = [f"What is {n} + 1{' apple' * n}?" for n in range(count)]
    return [r for n, text in enumerate(texts) for r in asker.requests(str(n), text, [0])]


def test_what_shares_a_round_changes_no_text(loop: tuple[Path, str]) -> None:
    store, _ = loop
    asked = requests(store, 8)
    together = replies(store, asked)
    assert [reply.text for reply in together] == [
        reply.text for reply in replies(store, asked[::-1], "teacher.engine.batch=3")[::-1]
    ]
    assert len({reply.text for reply in together}) == 8
    assert {reply.finish_reason for reply in together} <= {"stop", "length"}


def test_each_request_is_drawn_by_its_own_sampling(loop: tuple[Path, str]) -> None:
    store, _ = loop
    (one,) = requests(store, 1)
    how = [
        {"temperature": 0.0, "max_tokens": 12},
        {"temperature": 1.0, "top_k": 1, "max_tokens": 12},
        {"temperature": 2.0, "top_p": 1e-6, "max_tokens": 12},
        {"temperature": 2.0, "min_p": 1.0, "max_tokens": 12},
        {"temperature": 2.0, "max_tokens": 5},
    ]
    greedy, *told = replies(store, [replace(one, sampling=sampling) for sampling in how])
    assert [reply.text for reply in told[:3]] == [greedy.text] * 3
    assert (told[3].completion_tokens, told[3].finish_reason) == (5, "length")
    assert told[3].text != greedy.text


def test_a_prompt_that_does_not_fit_is_refused_for_good(loop: tuple[Path, str]) -> None:
    store, _ = loop
    short, long = requests(store, 2)
    long = replace(long, messages=[{"role": "user", "content": "one and " * 2048}])
    fits, refused = replies(store, [short, long])
    assert isinstance(fits, Reply)
    assert isinstance(refused, Refused) and refused.permanent and refused.kind == "prompt"


def test_a_folder_that_is_no_model_is_one_line(loop: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    teacher = recipe(loop[0]).teacher.model_copy(update={"path": str(tmp_path)})
    with pytest.raises(UserError, match="cannot load the model"):
        connect(teacher)
    for words, said in {
        ("teacher.engine.batch=0",): "teacher.engine.batch='0' does not fit",
        ("teacher.engine.bach=2",): "unknown engine option 'bach'; did you mean 'batch'?",
    }.items():
        with pytest.raises(UserError, match=said):
            connect(recipe(loop[0], *words).teacher)
