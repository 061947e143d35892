"""SQL: the public views, what a user may do with them, and the catalog file for other tools."""

import json
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, run_factory
from rows import problems, run, sources

from factory import catalog
from factory.errors import QueryError
from factory.identity import problem_id
from factory.store import Store
from schemas.arrow import from_rows, schema
from schemas.rows import TABLES

VIEWS = [*TABLES, "runs", "shards", "corpus", "groups", "difficulty"]
VIEWS += ["evaluation_groups", "scores"]


def ask(store: Path, sql: str, *words: str) -> subprocess.CompletedProcess[str]:
    return run_factory("sql", sql, f"store={store}", *words)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_on_an_empty_and_on_a_full_store(
    store: Store, demo: Path, view: str
) -> None:
    for path in (store.root, demo):
        with catalog.locked(Store(path)) as con:
            catalog.fetch(con, f"select * from {view} limit 3")


def test_an_empty_and_a_full_table_have_the_same_columns(store: Store, demo: Path) -> None:
    with catalog.locked(store) as empty, catalog.locked(Store(demo)) as full:
        for view in VIEWS:
            sql = f"select column_name, column_type from (describe {view})"
            assert catalog.fetch(empty, sql) == catalog.fetch(full, sql), view


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("create table x (a int)", "this is CREATE"),
        ("insert into problems values (1)", "this is INSERT"),
        ("copy problems to 'out.csv'", "this is COPY"),
        ("attach 'x.db'", "this is ATTACH"),
        ("select 1; drop view problems", "this is SELECT, DROP"),
        ("set threads = 1", "this is SET"),
        ("install httpfs", "this is LOAD"),
        ("pragma database_list", "this is PRAGMA"),
        ("explain analyze copy (select 1) to 'out.csv'", "this is EXPLAIN"),
        ("select * from con", "does not exist"),
        ("export database 'x'", "this is EXPORT"),
        ("", "this is nothing"),
        ("select * from read_text('/etc/passwd')", "Cannot access file"),
        ("select * from read_csv('/etc/passwd')", "Cannot access file"),
        ("select * from glob('/etc/*')", "Cannot access file"),
        ("select * from '/etc/passwd.csv'", "Cannot access file"),
        ("select nme from runs", "not found"),
        ("selec 1", "syntax error"),
        ("select * from problms", 'Did you mean "problems"'),
        ("select error('boom')", "boom"),
        ("select '\udcff'", "surrogates not allowed"),
    ],
)
def test_sql_that_is_wrong_or_not_read_only_is_one_line(demo: Path, sql: str, says: str) -> None:
    before = sorted(path.name for path in demo.rglob("*"))
    with catalog.locked(Store(demo)) as con, pytest.raises(QueryError) as raised:
        catalog.fetch(con, sql)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
    assert sorted(path.name for path in demo.rglob("*")) == before


def test_the_first_argument_of_sql_is_sql_even_with_an_equals_sign(demo: Path) -> None:
    done = ask(demo, "select count(*) as n from problems where 1=1", "format=csv")
    assert done.stdout == "n\n96\n"


def test_every_format_holds_the_same_rows(demo: Path, tmp_path: Path) -> None:
    sql = "select problem_id, answer from problems order by 1 limit 3"
    rows = json.loads(ask(demo, sql, "format=json").stdout)
    lines = ask(demo, sql, "format=csv").stdout.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [row["problem_id"] for row in rows]
    assert rows[0]["problem_id"] in ask(demo, sql).stdout
    target = tmp_path / "rows.parquet"
    with target.open("wb") as file:
        words = ["sql", sql, f"store={demo}", "format=parquet"]
        subprocess.run([sys.executable, "-m", "factory", *words], cwd=ROOT, stdout=file, check=True)
    with duckdb.connect() as con:
        found = con.execute(f"select problem_id, answer from '{target}'").fetchall()
    assert found == [(row["problem_id"], row["answer"]) for row in rows]


def test_a_reader_who_has_seen_enough_is_no_error(demo: Path) -> None:
    command = f"{sys.executable} -m factory sql 'from corpus' format=csv store={demo} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], cwd=ROOT, capture_output=True
    )
    assert (done.returncode, done.stderr) == (141, b"")
    assert done.stdout.count(b"\n") == 1


def test_a_wrong_format_or_key_is_named(demo: Path) -> None:
    assert (
        "unknown format 'jsn'; did you mean 'json'?" in ask(demo, "select 1", "format=jsn").stderr
    )
    assert "unknown key 'fromat'" in ask(demo, "select 1", "fromat=csv").stderr


def test_nothing_beside_the_shards_can_be_read_wherever_it_lies(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a\n1\n")
    for path in (tmp_path / "mine.csv", demo / "store.json", demo / "log" / "000000000001.json"):
        done = ask(demo, f"select * from read_text('{path}')")
        assert done.returncode == 2
        assert "Cannot access file" in done.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_every_kind_of_column_has_a_place_in_every_format(demo: Path, form: str) -> None:
    sql = (
        "select wilson(1, 2) as w, [1, 2] as l, interval 1 day as i, sum(tokens) as s,"
        " max(created_at) as t, 1.5::decimal(4, 2) as d, null as n from corpus"
    )
    done = ask(demo, sql, f"format={form}")
    assert done.returncode == 0, done.stderr
    if form == "json":
        row = json.loads(done.stdout)[0]
        assert isinstance(row["s"], int)
        assert row["l"] == [1, 2]


def test_a_shard_changed_behind_our_back_is_one_line_that_names_it(
    demo: Path, tmp_path: Path
) -> None:
    store = tmp_path / "s"
    shutil.copytree(demo, store)
    shard = next((store / "shards" / "rollouts").glob("*.parquet"))
    content = bytearray(shard.read_bytes())
    content[4 : len(content) // 2] = bytes(len(content) // 2 - 4)
    shard.write_bytes(content)
    done = run_factory("verify", f"store={store}")
    asked = ask(store, "select count(distinct rollout_id) from rollouts")
    for end in (done, asked):
        assert "Traceback" not in end.stderr
    assert asked.returncode == 2


def test_a_verdict_counts_again_when_its_answer_returns(store: Store) -> None:
    def verdict(answer: str, outcome: str, run_id: str) -> dict[str, object]:
        named = {"verifier": "maths", "version": "1", "policy": "default", "tier": "string"}
        told = {"ms": 0.0, "reason": "", "rollout_id": "r", "run_id": run_id}
        return {**named, **told, "answer": answer, "outcome": outcome}

    rollout = {
        **dict.fromkeys(("policy_id", "teacher", "model", "backend", "solution"), "x"),
        "rollout_id": "r",
        "problem_id": problem_id("q"),
        "sample_index": 0,
        "run_id": "00000000-test",
        "created_at": datetime(2026, 1, 1),
    }
    verdicts = [verdict("4", "correct", "00000001"), verdict("5", "incorrect", "00000002")]
    store.commit(
        run(),
        {
            "problems": problems("q"),
            "problem_sources": sources(("0", "q", "4", "train")),
            "rollouts": from_rows("rollouts", [rollout]),
            "verdicts": from_rows("verdicts", verdicts),
        },
    )
    with catalog.connect(store) as con:
        assert con.sql("select answer, outcome from corpus").fetchall() == [("4", "correct")]


def test_a_strangers_tag_of_a_known_name_adds_no_row_to_the_corpus(
    demo: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path / "s", create=True)
    shutil.copytree(demo, store.root, dirs_exist_ok=True)
    with catalog.connect(store) as con:
        one = con.sql("select rollout_id, problem_id, policy_id from rollouts limit 1").fetchall()
        rollout, problem, policy = one[0]
    tag = {"tagger": "mine", "version": "1", "value": 9.0, "run_id": "99999999-x"}
    rows = [
        {**tag, "subject": "problem", "subject_id": problem, "scope": policy, "name": "pass_rate"},
        {**tag, "subject": "rollout", "subject_id": rollout, "scope": "", "name": "repetition"},
        {**tag, "subject": "rollout", "subject_id": rollout, "scope": "x", "name": "tokens"},
    ]
    store.commit(run(), {"tags": from_rows("tags", rows)})
    with catalog.connect(store) as con:
        sql = "select count(*), max(repetition), max(pass_rate), min(tokens) > 9 from corpus"
        count, repeated, rate, longer = con.sql(sql).fetchall()[0]
    assert (count, longer) == (768, True)
    assert repeated <= 1
    assert rate <= 1


def test_the_catalog_file_gives_other_tools_the_same_views(demo: Path) -> None:
    with duckdb.connect(demo / "catalog.duckdb", read_only=True) as con:
        assert con.sql("select count(*) from corpus").fetchall() == [(768,)]
        assert con.sql("select pass_rate(outcome) > 0.5 from corpus").fetchall() == [(True,)]


def test_an_open_shell_blocks_no_writer_and_a_writer_no_shell(tmp_path: Path) -> None:
    store = Store(tmp_path / "s", create=True)
    store.commit(run(), {"problems": problems("a")})
    catalog.publish(store)
    with duckdb.connect(store.root / "catalog.duckdb") as shell:
        store.commit(run(), {"problems": problems("b")})
        catalog.publish(store)
        assert shell.sql("select count(*) from problems").fetchall() == [(1,)]
    with duckdb.connect(store.root / "catalog.duckdb") as shell:
        assert shell.sql("select count(*) from problems").fetchall() == [(2,)]


def test_where_sources_disagree_the_choice_is_stable_and_the_conflict_is_seen(store: Store) -> None:
    rows = sources(("2", "q", "7", "train"), ("1", "q", "8", "train"), ("0", "q", None, None))
    store.commit(run(), {"problems": problems("q"), "problem_sources": rows})
    with catalog.connect(store) as con:
        found = con.sql("select answer, answers, sources, split from problems").fetchall()
    assert found == [("8", 2, 3, "train")]


def test_a_problem_that_any_source_calls_test_is_test(store: Store) -> None:
    rows = sources(("0", "q", "7", "train"), ("1", "q", "7", "test"), ("2", "q", "7", None))
    store.commit(run(), {"problems": problems("q"), "problem_sources": rows})
    with catalog.connect(store) as con:
        assert con.sql("select split from problems").fetchall() == [("test",)]


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 8, 0.0, 0.3244), (4, 8, 0.2152, 0.7848), (8, 8, 0.6756, 1.0), (605, 768, 0.7575, 0.8151)],
)
def test_wilson_agrees_with_the_published_formula(
    store: Store, k: int, n: int, low: float, high: float
) -> None:
    with catalog.connect(store) as con:
        interval = con.sql(f"select wilson({k}, {n})").fetchall()[0][0]
    assert interval["low"] == pytest.approx(low, abs=2e-4)
    assert interval["high"] == pytest.approx(high, abs=2e-4)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("-3", "integer"),
        ("2,500.5", "decimal"),
        (r"\frac{3}{4}", "fraction"),
        ("3/4", "fraction"),
        (r"10\%", "percent"),
        ("(C)", "choice"),
        ("(1, 2]", "tuple_or_interval"),
        (r"\text{Evelyn}", "text"),
        ("x = 3", "equation"),
        ("2x^2+1", "expression"),
    ],
)
def test_answers_are_told_apart_by_type(store: Store, answer: str, kind: str) -> None:
    with catalog.connect(store) as con:
        found = con.sql("select answer_type($a)", params={"a": answer})
        assert found.fetchall() == [(kind,)]


def test_only_the_newest_assignment_counts_and_a_null_takes_it_out(store: Store) -> None:
    def row(run_id: str, cluster: str | None) -> dict[str, object]:
        return {
            "subject": "problem",
            "subject_id": "p",
            "cluster_id": cluster,
            "representative_id": cluster,
            "kind": "exact",
            "score": 1.0,
            "reason": "",
            "version": "1",
            "run_id": run_id,
        }

    store.commit(run(), {"duplicates": from_rows("duplicates", [row("00000001-a", "old")])})
    store.commit(run(), {"duplicates": from_rows("duplicates", [row("00000002-a", "new")])})
    with catalog.connect(store) as con:
        assert con.sql("select cluster_id from duplicates").fetchall() == [("new",)]
    store.commit(run(), {"duplicates": from_rows("duplicates", [row("00000003-a", None)])})
    with catalog.connect(store) as con:
        assert con.sql("select * from duplicates").fetchall() == []


def test_every_column_has_a_description_that_reaches_the_parquet_file(demo: Path) -> None:
    import pyarrow.parquet as pq

    for table in TABLES:
        for field in schema(table):
            assert len(field.metadata[b"description"]) > 5, f"{table}.{field.name}"
    shard = next((demo / "shards" / "rollouts").glob("*.parquet"))
    assert pq.read_schema(shard).field("trace").metadata[b"description"].startswith(b"thinking")


def test_sql_starts_at_the_cost_of_duckdb(demo: Path) -> None:
    heavy = {"torch", "transformers", "openai", "sympy", "polars", "datasets", "math_verify"}
    code = (
        "import sys; from factory.__main__ import main; "
        f"main(['sql', 'select 1', 'store={demo}']); print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


def test_why_tells_what_is_known_of_a_rollout_and_names_an_unknown_id(demo: Path) -> None:
    sql = "select rollout_id from corpus where outcome = 'correct' limit 1"
    rollout = json.loads(ask(demo, sql, "format=json").stdout)[0]["rollout_id"]
    told = run_factory("why", rollout, f"store={demo}").stdout
    for word in ("outcome=correct", "teacher=solver", "name=tokens", "statement", "kind=generate"):
        assert word in told
    unknown = run_factory("why", "a=b", f"store={demo}")
    assert unknown.returncode == 2
    assert "no problem, rollout, run or row of a mixture has the id 'a=b'" in unknown.stderr


def test_readers_work_while_a_writer_commits(tmp_path: Path) -> None:
    store = tmp_path / "s"
    Store(store, create=True)
    words = [sys.executable, "-m", "factory", "generate", f"store={store}", "n=4"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as p:
        counts = []
        while p.poll() is None:
            with catalog.locked(Store(store)) as con:
                counts.append(catalog.fetch(con, "select count(*) from corpus")[0][0])
            time.sleep(0.05)
    assert p.returncode == 0
    assert counts == sorted(counts)
    assert set(counts) <= {0, 384}


def test_a_shard_without_a_later_column_is_read_with_nulls(store: Store) -> None:
    rows = from_rows(
        "verdicts",
        [
            {
                **dict.fromkeys(("verifier", "version", "policy", "tier", "reason"), "x"),
                "rollout_id": "r",
                "outcome": "correct",
                "ms": 1.0,
                "run_id": "00000000-test",
                "answer": answer,
                "flags": "order",
            }
            for answer in ("1", "2")
        ],
    )
    earlier = store.write(run(), "verdicts", [rows.slice(0, 1).drop_columns(["flags"])])
    assert store.swap(run(), [], [earlier])
    sql = "select answer, flags from verdicts order by answer"
    with catalog.locked(store) as con:
        assert catalog.fetch(con, sql) == [("1", None)]
    store.commit(run(), {"verdicts": rows.slice(1)})
    with catalog.locked(store) as con:
        assert catalog.fetch(con, sql) == [("1", None), ("2", "order")]
