"""A store in a bucket: every step unchanged, writers that race, servers that refuse."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, run_factory
from rows import problems, run
from s3 import KEYS, careless, moto

from factory import catalog
from factory.errors import StoreError
from factory.files import Files
from factory.store import Store

URL = "s3://corpus/mine/first"

RACER = """
import sys
sys.path.insert(0, "tests")
from rows import problems, run
from factory.files import Files
from factory.store import Store
store, name = Store("s3://corpus/race"), sys.argv[1]
for number in range(12):
    mine = problems(f"both {number}", f"{name} {number}")
    store.commit(run(f"00000000-{name}"), {"problems": mine})
"""

INGESTER = """
import sys
from factory import ingest
from factory.__main__ import main
ingest.UNIT_ROWS = 10
sys.exit(main(["ingest", "store=s3://corpus/ingests", *sys.argv[1:]]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with moto(tmp_path_factory.mktemp("s3")) as env:
        yield env


@pytest.fixture
def here(server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The server's environment, in this process too."""
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    return server


def test_every_step_works_on_a_bucket_and_leaves_no_secret(
    server: dict[str, str], tmp_path: Path
) -> None:
    def told(*words: str) -> str:
        done = run_factory(*words, f"store={URL}", env=server, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert URL in told("generate", "n=1", "limit=20")
    assert told("generate", "n=1", "limit=20").count(" 0 bought in this run") == 1
    question = tmp_path / "leak.jsonl"
    statement = told("sql", "select statement from problems limit 1", "format=json").strip()
    question.write_text(statement.removeprefix("[").removesuffix("]") + "\n")
    told("decontaminate", "benchmark=mine", f"path={question}", "question=statement")
    assert "mid@1 frozen" in told("mix", "mixture=mid", "benchmarks=mine")
    assert "sound" in told("status")
    told("compact")
    told("gc", "older_than=0s")
    assert "sound" in told("doctor")
    assert told("sql", "select count(*) as n from rollouts", "format=csv") == "n\n20\n"
    told("export", f"out={tmp_path / 'out'}", "tables=rollouts")
    told("retract", "source=embedded", "reason=a test of ours")
    assert told("sql", "select count(*) as n from rollouts", "format=csv") == "n\n0\n"
    home = Path(server["XDG_STATE_HOME"])
    kept = [file for file in (home / "cot-factory").rglob("*") if file.is_file()]
    assert kept
    assert not [file for file in kept if b"AWS_" in file.read_bytes()]


def test_of_two_racing_writers_no_row_is_lost_and_none_is_there_twice(here: dict[str, str]) -> None:
    store = Store("s3://corpus/race", create=True)
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, name], cwd=ROOT, stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    for racer in racers:
        _, said = racer.communicate(timeout=120)
        assert racer.returncode == 0, said.decode()
    with catalog.connect(store) as con:
        sql = "select count(*), count(distinct problem_id) from raw.problems"
        assert con.sql(sql).fetchall() == [(36, 36)]
    assert store.snapshot().seq == 24
    assert store.snapshot().damage == ()


def ingests(server: dict[str, str], path: Path, *machines: str) -> None:
    """Machines, each with a disk of its own, that ingest one file at once, ten rows a unit."""
    words = ["source=jsonl", f"path={path}", "question=q", "completion=out", "model=m"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", INGESTER, *words],
            env={**os.environ, **server, "XDG_STATE_HOME": f"{server['XDG_STATE_HOME']}/{name}"},
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for name in machines
    ]
    for one in running:
        _, said = one.communicate(timeout=120)
        assert one.returncode == 0, said.decode()


def shard_requests(server: dict[str, str]) -> int:
    """What the server was asked about shards so far, lists aside."""
    return (Path(server["XDG_STATE_HOME"]) / "moto.log").read_text().count("/ingests/shards/")


def test_two_ingests_of_one_file_write_a_row_once_and_ask_no_more_than_they_write(
    server: dict[str, str], here: dict[str, str], tmp_path: Path
) -> None:
    def written(name: str, first: int) -> Path:
        rows = ({"q": f"{n} + 1?", "out": str(n + 1)} for n in range(first, first + 120))
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        return tmp_path / name

    ingests(server, written("both.jsonl", 0), "one", "two")
    store, sql = Store("s3://corpus/ingests"), "select count(*), count(distinct ({})) from raw.{}"
    keys = {"problems": "problem_id", "problem_sources": "source_row", "rollouts": "rollout_id"}
    with catalog.connect(store) as con:
        for table, key in keys.items():
            assert con.sql(sql.format(key, table)).fetchall() == [(120, 120)], table
    before, shards = shard_requests(server), len(store.snapshot().shards)
    ingests(server, written("one.jsonl", 60), "one")
    made = len(store.snapshot().shards) - shards
    with catalog.connect(store) as con:
        assert con.sql(sql.format("problem_id", "problems")).fetchall() == [(180, 180)]
    # To begin with a few reads of each shard that was there, then a put and a look at each new one.
    assert shard_requests(server) - before <= 5 * shards + 3 * made
    assert made == 30  # of 12 units; the first six bring no problem


def test_sql_of_a_user_reads_nothing_of_the_bucket_but_live_shards(here: dict[str, str]) -> None:
    store = Store("s3://corpus/locked", create=True)
    store.commit(run(), {"problems": problems("a")})
    store.files.put("shards/problems/foreign.parquet", b"PAR1 not ours PAR1")
    with catalog.locked(store) as con:
        assert catalog.fetch(con, "select statement from problems") == [("a",)]
        bar = "select current_setting('enable_progress_bar')"
        assert catalog.fetch(con, bar) == [(False,)]
        with pytest.raises(Exception, match="disabled by configuration"):
            catalog.fetch(
                con, f"from read_parquet('{store.files.url('shards/problems/foreign.parquet')}')"
            )


def test_a_put_whose_answer_was_lost_is_known_as_ours(here: dict[str, str]) -> None:
    store = Store("s3://corpus/lost", create=True)
    assert store.files.put_new("log/x", b"mine")
    assert store.files.put_new("log/x", b"mine")
    assert not store.files.put_new("log/x", b"another's")
    assert store.files.read("log/x") == b"mine"


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ("s3://nobody/x", "NoSuchBucket: The specified bucket does not exist; make the bucket"),
        ("s3://corpus/empty", "no store in s3://corpus/empty; `just generate` or `just ingest`"),
        ("s3:///x", "names no bucket; give s3://BUCKET/PREFIX"),
        ("s3:/corpus/x", "is no bucket's name; give s3://BUCKET/PREFIX"),
        ("s3://k:secret@corpus/x", "store= holds a key or password; give s3://BUCKET"),
        ("gs://corpus/x", "gs:// is not known; give a folder or s3://BUCKET"),
    ],
)
def test_a_bucket_that_is_not_there_is_one_line(
    server: dict[str, str], store: str, words: str
) -> None:
    for command in ("status", "sql"):
        asked = ["select 1"] if command == "sql" else []
        done = run_factory(command, *asked, f"store={store}", env=server)
        assert done.returncode == 2
        assert words in done.stderr
        assert "secret" not in done.stderr
        assert done.stderr.count("\n") == 1


def _xml(code: str, message: str) -> str:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "check AWS_SECRET_ACCESS_KEY"),
        (403, "AccessDenied", "check the rights of these credentials"),
        (403, "RequestTimeTooSkewed", "set this machine's clock"),
    ],
)
def test_what_a_server_refuses_is_one_line_that_says_what_to_do(
    tmp_path: Path, status: int, code: str, words: str
) -> None:
    with careless(("*", status, _xml(code, "said the server"))) as address:
        env = {**KEYS, "AWS_ENDPOINT_URL": address, "XDG_STATE_HOME": str(tmp_path)}
        done = run_factory("status", "store=s3://corpus/x", env=env)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_credentials_and_no_server_are_one_line(tmp_path: Path) -> None:
    env = {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "XDG_STATE_HOME": str(tmp_path)}
    done = run_factory("status", "store=s3://corpus/x", env=env)
    assert done.returncode == 2
    assert "is the server there? AWS_ENDPOINT_URL names it" in done.stderr
    assert done.stderr.count("\n") == 1
    env |= {"AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "nobody", "HOME": str(tmp_path)}
    done = run_factory("status", "store=s3://corpus/x", env=env)
    assert done.returncode == 2
    assert "no credentials in AWS_PROFILE or ~/.aws: The config profile (nobody)" in done.stderr
    assert done.stderr.count("\n") == 1


def test_keys_of_a_profile_are_taken(here: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    Store("s3://corpus/profiled", create=True)
    home = Path(here["XDG_STATE_HOME"])
    kept = home / "credentials"
    kept.write_text("[default]\naws_access_key_id = k\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(kept))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    store = Store("s3://corpus/profiled")
    store.commit(run(), {"problems": problems("a")})
    with catalog.connect(store) as con:
        assert con.sql("select statement from problems").fetchall() == [("a",)]


def refused_commit(monkeypatch: pytest.MonkeyPatch, home: Path, address: str) -> str:
    """What a commit to the server at `address` is told."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    with pytest.raises(StoreError) as told:
        Store("s3://corpus/x", create=True).commit(run(), {"problems": problems("a")})
    return str(told.value)


def test_a_server_that_knows_no_conditions_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with careless() as address:
        said = refused_commit(monkeypatch, tmp_path, address)
    assert "two writers would overwrite each other; use one that knows If-None-Match" in said


def test_a_server_that_rejects_conditions_says_why_it_will_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with careless(("PUT", 501, _xml("NotImplemented", "A header you provided"))) as address:
        said = refused_commit(monkeypatch, tmp_path, address)
    assert "cannot put a file only if it is absent, which keeps two writers apart" in said


def test_an_upload_cut_midway_is_one_line_and_nothing_is_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with careless(cut="shards/") as address:
        monkeypatch.setattr(Files, "keeps", lambda *_: True)  # this server knows no conditions
        said = refused_commit(monkeypatch, tmp_path, address)
        assert Store("s3://corpus/x").snapshot().seq == 0
    assert said.startswith("cannot write shards/problems/")
    assert "\n" not in said
