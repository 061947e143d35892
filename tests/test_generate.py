"""The main job: what is bought, what is not bought again, and what the summary says."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory
from faults import get
from rows import problems, run, sources

from factory import catalog
from factory.identity import problem_id
from factory.reasoning import join, split
from factory.store import Store


def rows(store: Path, sql: str) -> list[Any]:
    with catalog.connect(Store(store)) as con:
        return con.sql(sql).fetchall()


def tree(store: Path) -> dict[str, bytes]:
    kept = ("log", "shards", "snapshots")
    return {str(p): p.read_bytes() for k in kept for p in sorted((store / k).rglob("*.*"))}


def test_a_bare_generate_runs_the_whole_line_and_sums_it_up(demo: Path) -> None:
    figures = rows(demo, "select count(*), count(outcome), count(tokens), min(domain) from corpus")
    assert figures[0][:3] == (768, 768, 768)
    share = rows(demo, "select pass_rate(outcome) from corpus")[0][0]
    assert 0.5 < share < 0.95
    bands = {row[0] for row in rows(demo, "select distinct difficulty from corpus")}
    assert {"trivial", "medium", "hard"} <= bands
    assert rows(demo, "select count(*) from corpus where repetition > 0.5")[0][0] > 0
    assert rows(demo, "select count(*) from corpus where finish_reason = 'length'")[0][0] > 0
    wrong = rows(demo, "select count(*) from corpus where outcome = 'incorrect'")[0][0]
    assert wrong > 50


def test_running_it_again_buys_and_writes_nothing(demo: Path) -> None:
    before = tree(demo)
    done = run_factory("generate", f"store={demo}")
    assert done.returncode == 0
    assert "0 bought in this run" in done.stdout
    assert tree(demo) == before


def test_the_summary_shows_every_figure_and_the_next_commands(demo: Path) -> None:
    told = run_factory("generate", f"store={demo}").stdout
    for word in ("problems", "rollouts", "correct", "duplicates", "tokens", "shards", "time"):
        assert word in told
    for word in ("difficulty", "trivial", "domain", "algebra", "just mix", "just sql"):
        assert word in told


def test_the_same_seed_in_a_new_store_gives_the_same_ids_and_texts(
    demo: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    assert run_factory("generate", f"store={other}", "steps=sample").returncode == 0
    sql = "select rollout_id, trace, solution from rollouts order by 1"
    assert rows(other, sql) == rows(demo, sql)


def test_another_seed_makes_other_problems(tmp_path: Path, demo: Path) -> None:
    other = tmp_path / "other"
    done = run_factory("generate", f"store={other}", "seed=5", "n=1", "steps=sample")
    assert done.returncode == 0
    sql = "select problem_id from problems"
    assert len(set(rows(other, sql)) & set(rows(demo, sql))) < 30


def test_steps_sample_only_buys(tmp_path: Path) -> None:
    store = tmp_path / "s"
    run_factory("generate", f"store={store}", "steps=sample", "n=1", "limit=3")
    assert rows(store, "select count(*), count(outcome), count(tokens) from corpus") == [(3, 0, 0)]


def test_at_temperature_zero_the_solver_makes_no_mistake(tmp_path: Path) -> None:
    store = tmp_path / "s"
    words = ("sampling.temperature=0", "n=1", "steps=sample,verify")
    run_factory("generate", f"store={store}", *words)
    assert rows(store, "select pass_rate(outcome), count(*) from corpus") == [(1.0, 96)]


def test_where_and_limit_narrow_the_problems(tmp_path: Path, demo: Path) -> None:
    store = tmp_path / "s"
    done = run_factory(
        "generate", f"store={store}", "where=domain = 'algebra'", "limit=5", "n=2", "steps=sample"
    )
    assert done.returncode == 0, done.stderr
    assert rows(store, "select count(*), count(distinct problem_id) from rollouts") == [(10, 5)]
    assert rows(store, "select distinct domain from corpus") == [("algebra",)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["n=0"], "n='0' does not fit: should be a number from 1 on, or adaptive"),
        (["n=abc"], "n='abc' does not fit"),
        (
            ["teacher=r2"],
            "unknown teacher 'r2'; did you mean 'r1'? known: local, openai, qwq, r1, r1-vllm,",
        ),
        (["sampling.temprature=1"], "did you mean 'sampling.temperature'?"),
        (["tempreture=1"], "unknown key 'tempreture'; did you mean 'sampling.temperature'?"),
        (["steps=sampel"], "steps.0='sampel' does not fit"),
        (["where=nope = 1"], 'Referenced column "nope" not found'),
        (["where=error('boo')"], "error: Invalid Input Error: boo"),
        (["where=cast(statement as int) = 1"], "Could not convert string"),
        (
            ["max_tokens=99999999999999999999"],
            "sampling.max_tokens='99999999999999999999' does not fit",
        ),
        (["seed=99999999999999999999"], "sampling.seed='99999999999999999999' does not fit"),
        (["where=1=1); drop view problems; --"], "error:"),
        (["n"], "'n' is not an override; write key=value"),
        (["n=1", "n=2"], "'n' is given twice: '1' and '2'"),
        (["show=yes"], "show='yes' does not fit; allowed: true, false"),
        (["teacher=r1"], "set the environment variable DEEPSEEK_API_KEY"),
        (["teacher=local"], "'teacher.model' is missing; give teacher.model=VALUE"),
        (["teacher=local", "teacher.model=x"], "give teacher.base_url=URL"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_2(
    tmp_path: Path, words: list[str], says: str
) -> None:
    done = run_factory("generate", f"store={tmp_path / 's'}", *words, env={"DEEPSEEK_API_KEY": ""})
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert says in last
    assert "Traceback" not in done.stderr


def test_an_unknown_command_names_the_nearest() -> None:
    done = run_factory("generat")
    assert done.returncode == 2
    assert "unknown command 'generat'; did you mean 'generate'?" in done.stderr


def test_show_prints_the_recipe_without_secrets_and_stops(tmp_path: Path) -> None:
    store = tmp_path / "s"
    done = run_factory(
        "generate",
        "teacher.base_url=http://me:hunter2@localhost:1/v1?key=hunter2",
        "teacher=r1",
        f"store={store}",
        "show=true",
        env={"DEEPSEEK_API_KEY": "hunter2"},
    )
    assert done.returncode == 0
    assert "base_url: http://localhost:1/v1" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    assert not store.exists()


def test_a_changed_address_drops_the_providers_key() -> None:
    done = run_factory("generate", "teacher=r1", "teacher.base_url=http://x", "show=true")
    assert "api_key_env: null" in done.stdout


def test_adaptive_rollouts_go_where_the_pass_rate_is_uncertain(tmp_path: Path) -> None:
    store = tmp_path / "s"
    done = run_factory("generate", f"store={store}", "n=adaptive", "limit=40")
    assert done.returncode == 0, done.stderr
    counted = """
        select count(*) as n, pass_rate(outcome) as p from corpus group by problem_id
    """
    found = rows(store, f"select n, p from ({counted})")
    assert {n for n, _ in found} <= {4, 8, 16, 32}
    easy = [n for n, p in found if p == 1]
    open_ones = [n for n, p in found if 0.2 < p < 0.8]
    assert max(easy) <= 8 < min(open_ones)
    assert "problems settled" in done.stdout
    before = tree(store)
    again = run_factory("generate", f"store={store}", "n=adaptive", "limit=40")
    assert again.returncode == 0
    assert tree(store) == before


def test_rounds_of_adaptive_share_one_budget(tmp_path: Path) -> None:
    store = tmp_path / "s"
    words = ("n=adaptive", "limit=20", "max_requests=90", "steps=sample")
    done = run_factory("generate", f"store={store}", *words)
    assert done.returncode == 0, done.stderr
    assert rows(store, "select count(*) from rollouts") == [(90,)]


def test_a_budget_stops_the_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "s"
    done = run_factory("generate", f"store={store}", "n=2", "max_requests=50", "steps=sample")
    assert done.returncode == 0
    assert "142 requests are left" in done.stdout
    assert rows(store, "select count(*) from rollouts") == [(50,)]
    run_factory("generate", f"store={store}", "n=2", "steps=sample")
    assert rows(store, "select count(*), count(distinct rollout_id) from rollouts") == [(192, 192)]


def test_money_without_a_price_is_an_error_and_with_one_stops_the_run(
    tmp_path: Path, server: str
) -> None:
    refused = ask_local(tmp_path / "s", server, "plain", "max_cost=1")
    assert refused.returncode == 2
    assert "max_cost=1.0 needs a price" in refused.stderr
    price = ("teacher.price.prompt=1000", "teacher.price.completion=1000")  # 0.03 a rollout
    words = ("n=20", "max_cost=0.1", "concurrency=1", *price)
    done = ask_local(tmp_path / "s", server, "plain", *words)
    assert "16 requests are left" in done.stdout
    assert rows(tmp_path / "s", "select round(sum(cost_usd), 6) from rollouts") == [(0.12,)]
    spent = rows(tmp_path / "s", "select round(cost_usd, 6) from runs where kind = 'generate'")
    assert spent == [(0.12,)]


def test_a_plan_asks_a_pilot_and_nothing_else(tmp_path: Path) -> None:
    store = tmp_path / "s"
    done = run_factory("generate", f"store={store}", "plan=true")
    assert done.returncode == 0, done.stderr
    assert "764" in done.stdout
    sql = "select count(*), count(distinct problem_id) from rollouts"
    assert rows(store, sql) == [(4, 4)]


def test_check_and_preview_show_a_teacher_and_store_nothing(tmp_path: Path) -> None:
    checked = run_factory("check")
    assert checked.returncode == 0
    for word in ("embedded-solver", "reasoning", "finish", "latency"):
        assert word in checked.stdout
    shown = run_factory("preview", "limit=2", f"store={tmp_path / 's'}")
    assert shown.stdout.count("Please reason step by step") == 2
    assert not (tmp_path / "s").exists()


def test_a_teacher_that_hides_its_reasoning_stops_the_run(tmp_path: Path, server: str) -> None:
    words = ("n=30", "concurrency=1", "teacher.reasons=true")
    done = ask_local(tmp_path / "s", server, "plain", *words)
    assert done.returncode == 2
    assert "declared to reason" in done.stderr
    assert rows(tmp_path / "s", "select count(*) from rollouts") == [(8,)]


def test_truncated_rollouts_are_asked_again_only_when_told_to(tmp_path: Path) -> None:
    store = tmp_path / "s"
    words = ("generate", f"store={store}", "n=2", "steps=sample")
    run_factory(*words, "max_tokens=60")
    cut = rows(store, "select count(*) from rollouts where finish_reason = 'length'")[0][0]
    assert 0 < cut < 192
    assert "0 bought in this run" in run_factory(*words, "max_tokens=60").stdout
    run_factory(*words, "max_tokens=2048", "retry_truncated=true")
    assert rows(store, "select count(*) from rollouts") == [(192 + cut,)]


def test_a_limit_by_its_newer_name_is_raised_by_the_same_word(tmp_path: Path, server: str) -> None:
    address, model = f"teacher.base_url={server}/v1", "teacher.model=think-cut,openai"
    words = ("generate", "teacher=openai", address, model, f"store={tmp_path}/s", "problems=2")
    for more in (("max_tokens=100",), ("max_tokens=200", "retry_truncated=true")):
        done = run_factory(*words, "n=1", "steps=sample", *more)
        assert done.returncode == 0, done.stderr
    sent = [r["body"] for r in get(server, "requests") if "openai" in r["body"]["model"]]
    assert [body["max_completion_tokens"] for body in sent] == [100, 100, 200, 200]
    assert not any("max_tokens" in body for body in sent)


def test_a_where_that_fits_no_problem_says_so(demo: Path) -> None:
    done = run_factory("generate", f"store={demo}", "where=domain = 'topology'")
    assert done.returncode == 2
    assert "no problem fits where=\"domain = 'topology'\"" in done.stderr


def test_statements_the_solver_cannot_read_are_failures_once_and_for_all(tmp_path: Path) -> None:
    store = Store(tmp_path / "s", create=True)
    odd = ["Prove that 2 = 2.", "证明 √2 是无理数", "e\u0301" * 9, "x" * 10_000_000, "a\x00b"]
    store.commit(run(), {"problems": problems(*odd)})
    done = run_factory("generate", f"store={store.root}", "n=2")
    assert done.returncode == 1, done.stderr  # not one reply
    assert "10 requests failed" in done.stdout
    found = rows(store.root, "select kind, permanent, count(*) from failures group by all")
    assert found == [("unsupported", True, 10)]
    again = run_factory("generate", f"store={store.root}", "n=2")
    assert again.returncode == 0
    assert rows(store.root, "select count(*) from failures") == [(10,)]


def ask_local(
    store: Path, server: str, model: str, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    made = Store(store, create=True)
    if not made.snapshot().of("problems"):
        rows = sources(("0", "What is 2 + 2?", "4", "train"))
        made.commit(run(), {"problems": problems("What is 2 + 2?"), "problem_sources": rows})
    return run_factory(
        "generate",
        "teacher=local",
        f"teacher.base_url={server}/v1",
        f"teacher.model={model}",
        f"store={store}",
        "steps=sample,verify",
        *(() if any(word.startswith("n=") for word in words) else ("n=2",)),
        *words,
        env=env,
    )


@pytest.mark.parametrize(
    ("model", "trace", "outcome"),
    [
        ("plain", None, "correct"),
        ("reasoning", "two and two", "correct"),
        ("reasoning_content", "two and two", "correct"),
        ("think", "two and two", "correct"),
        ("think-prefilled", "two and two", "correct"),
        ("think-cut", "two and", "truncated"),
        ("empty", None, "no_answer"),
        ("429-first,retry-after=0.1", None, "correct"),
        ("surrogate", None, "correct"),
    ],
)
def test_every_shape_of_reply_is_kept_whole(
    tmp_path: Path, server: str, model: str, trace: str | None, outcome: str
) -> None:
    done = ask_local(tmp_path / "s", server, model)
    assert done.returncode == 0, done.stderr
    found = rows(
        tmp_path / "s",
        "select c.trace, outcome, served_model, fingerprint, prompt_tokens, r.completion_tokens"
        " from corpus c join rollouts r using (rollout_id)",
    )
    assert found == [(trace, outcome, model, "fp", 10, 20)] * 2


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("model", ["no-json", "no-choices", "400"])
def test_a_reply_that_is_none_is_a_recorded_failure(
    tmp_path: Path, server: str, model: str
) -> None:
    done = ask_local(tmp_path / "s", server, model)
    assert done.returncode == 1, done.stderr  # not one reply
    kind = "status_400" if model == "400" else "bad_reply"
    assert rows(tmp_path / "s", "select distinct kind from failures") == [(kind,)]


@pytest.mark.parametrize("code", ["401", "404"])
def test_a_wrong_key_or_model_stops_with_the_servers_words(
    tmp_path: Path, server: str, code: str
) -> None:
    done = ask_local(tmp_path / "s", server, code, "concurrency=1")
    assert done.returncode == 2
    assert f"no such thing: {code}" in done.stderr.splitlines()[-1]
    assert rows(tmp_path / "s", "select count(*), bool_or(permanent) from failures") == [(1, False)]


def test_what_a_wrong_key_stopped_is_bought_once_the_key_is_right(
    tmp_path: Path, server: str
) -> None:
    ask_local(tmp_path / "s", server, "401")
    status = run_factory("status", f"store={tmp_path / 's'}").stdout
    assert "sample   2" in status


def test_n_samples_of_one_seed_are_asked_with_n_seeds(tmp_path: Path, server: str) -> None:
    ask_local(tmp_path / "s", server, "seeded", "seed=40", "sampling.temperature=0.9")
    bodies = [r["body"] for r in get(server, "requests") if r["body"]["model"] == "seeded"]
    assert sorted(body["seed"] for body in bodies) == [40, 41]
    assert {body["temperature"] for body in bodies} == {0.9}
    assert bodies[0]["messages"][0]["content"].startswith("What is 2 + 2?\n\nPlease reason")


def test_a_server_that_is_not_there_is_a_failure_to_ask_again(tmp_path: Path) -> None:
    done = ask_local(tmp_path / "s", "http://127.0.0.1:9", "plain", "limit=1")
    assert done.returncode == 1
    found = rows(tmp_path / "s", "select kind, permanent from failures")
    assert found == [("connection", False)] * 2


def test_a_problem_is_the_same_after_nfc_and_whitespace_and_not_after_case() -> None:
    assert problem_id("caf\u00e9  is\n x") == problem_id("cafe\u0301 is x ")
    assert problem_id("Is x") != problem_id("is x")
    assert problem_id("x²") != problem_id("x2")


@pytest.mark.parametrize(
    ("text", "reasoning", "trace", "solution"),
    [
        ("a", "t", "t", "a"),
        ("<think>t</think>a", None, "t", "a"),
        ("t</think>a", None, "t", "a"),
        ("<think>t", None, "t", ""),
        ("<think>t</think>", None, "t", ""),
        ("a", None, None, "a"),
        ("<think>a</think>b</think>c", None, "a</think>b", "c"),
        ("say <think> aloud", None, None, "say <think> aloud"),
        ("", None, None, ""),
    ],
)
def test_thinking_is_read_in_every_shape(
    text: str, reasoning: str | None, trace: str | None, solution: str
) -> None:
    assert split(text, reasoning) == (trace, solution)


def test_joined_text_splits_into_the_same_parts() -> None:
    for trace, solution in (("t", "s"), (None, "s"), ("t", "")):
        assert split(join(trace, solution), None) == (trace, solution)
