"""compact, gc, export, retract: nothing lost, nothing twice, nothing removed that is read."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT, run_factory
from rows import problems, run

from factory import catalog, clean, compact, engine, gc, log
from factory.errors import StoreError
from factory.progress import Progress
from factory.store import Store
from schemas.arrow import from_rows

NAMES = [f"problem {number}" for number in range(12)]


def filled(store: Store) -> Store:
    """Twelve shards of one problem each."""
    for name in NAMES:
        store.commit(run(), {"problems": problems(name)})
    return store


def told(store: Store) -> list[str]:
    with catalog.connect(store) as con:
        return [row[0] for row in con.sql("select statement from problems order by 1").fetchall()]


def merge(store: Store, target_mb: int = 128) -> dict[str, int]:
    return compact.run(store, compact.CompactRecipe(target_mb=target_mb), Progress()).counts


def collect(store: Store, older_than: str = "0s") -> dict[str, int]:
    record = gc.run(store, gc.GcRecipe(older_than=older_than, plan=False), Progress())
    assert record
    return record.counts


def files(store: Store) -> set[str]:
    return set(store.files.sizes("shards/"))


def test_compaction_keeps_every_row_in_its_order_and_a_second_one_finds_nothing(
    store: Store,
) -> None:
    filled(store)
    before = store.snapshot()
    assert merge(store)["shards merged"] == len(NAMES)
    (shard,) = store.snapshot().of("problems")
    assert store.read(shard, ["statement"])["statement"].to_pylist() == NAMES
    assert merge(store) == {}
    with catalog.connect(store, before) as con:  # who read before still can
        assert con.sql("select count(*) from problems").fetchall() == [(len(NAMES),)]


def test_shards_are_grouped_to_the_target_and_large_ones_left_alone() -> None:
    shards = [
        log.Shard("problems", str(size), 1, size, "") for size in (40, 200, 50, 60, 10, 130, 20)
    ]
    found = [[s.bytes for s in group] for group in compact.groups(shards, 100)]
    assert found == [[40, 50, 60], [10, 20]]


def test_compaction_refuses_a_shard_that_changed(store: Store) -> None:
    filled(store)
    shard = Path(store.files.url(store.snapshot().shards[3].path))
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    with pytest.raises(StoreError, match="changed; `just doctor` checks, nothing was merged"):
        merge(store)
    assert len(store.snapshot().shards) == len(NAMES)


def test_a_shard_of_an_earlier_version_gets_its_later_column(store: Store) -> None:
    row = {
        **dict.fromkeys(("verifier", "version", "policy", "tier", "reason"), "x"),
        "outcome": "correct",
        "ms": 1.0,
        "run_id": "00000000-test",
    }
    old, new = (from_rows("verdicts", [{**row, "rollout_id": name}]) for name in "ab")
    earlier = store.write(run(), "verdicts", [old.drop_columns(["flags"])])
    assert store.swap(run(), [], [earlier])
    store.commit(run(), {"verdicts": new})
    assert merge(store)["shards now"] == 1
    with catalog.connect(store) as con:
        sql = "select rollout_id, flags from verdicts order by all"
        assert con.sql(sql).fetchall() == [("a", None), ("b", None)]


def test_two_compactors_at_once_never_double_or_lose_a_row(store: Store) -> None:
    """As from two machines: neither holds the other's lock."""
    filled(store)
    snapshot = store.snapshot()
    others = [Store(store.root) for _ in range(4)]
    ready = threading.Barrier(len(others))

    def one(other: Store) -> None:
        record = run("00000012-compact", "compact")
        (group,) = compact.groups(snapshot.of("problems"), 128_000_000)
        ready.wait()
        compact._merge(other, record, group)

    threads = [threading.Thread(target=one, args=[other]) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(store) == sorted(NAMES)
    assert len(store.snapshot().shards) == 1
    with catalog.connect(store) as con:
        assert con.sql("select count(*) from raw.problems").fetchall() == [(len(NAMES),)]


WRITER = """
import sys, time
sys.path.insert(0, "tests")
from rows import problems, run
from factory.store import Store
store = Store(sys.argv[1])
for number in range(60):
    store.commit(run(), {"problems": problems(f"written {number}")})
"""


def test_writers_compactors_and_gc_run_at_once_and_no_row_is_lost(store: Store) -> None:
    filled(store)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(store.root)], cwd=ROOT)
    rounds = 0
    while writer.poll() is None or rounds < 3:
        other = Store(store.root)
        merge(other)
        collect(other)
        rounds += 1
    assert writer.returncode == 0
    assert told(store) == sorted([*NAMES, *(f"written {number}" for number in range(60))])
    assert run_factory("doctor", f"store={store.root}").returncode == 0


def test_gc_removes_what_was_taken_out_and_strays_but_only_after_their_time(store: Store) -> None:
    filled(store)
    merge(store)
    stray = store.write(run(), "problems", [problems("never committed")])
    assert len(files(store)) == len(NAMES) + 2
    assert collect(store, "1h") == {}
    assert len(files(store)) == len(NAMES) + 2
    assert collect(store)["files removed"] == len(NAMES) + 1
    assert files(store) == {shard.path for shard in store.snapshot().shards}
    assert stray.path not in files(store)
    assert told(store) == sorted(NAMES)


def test_the_time_of_a_file_counts_from_when_it_was_taken_out(store: Store) -> None:
    """Not from when it was written: a reader may have opened it a moment ago."""
    filled(store)
    long_ago = time.time() - 86_400
    for path in files(store):
        os.utime(store.files.url(path), (long_ago, long_ago))
    merge(store)
    assert collect(store, "1h") == {}
    assert len(files(store)) == len(NAMES) + 1


def test_gc_spares_pinned_snapshots_journals_and_what_a_torn_record_added(store: Store) -> None:
    filled(store)
    store.pin(store.snapshot())
    journal = store.root / "journal" / "00000000-x-0001.jsonl"
    journal.parent.mkdir()
    journal.write_text('["run", {}]\n')
    merge(store)
    assert collect(store) == {}
    assert journal.exists()
    record = store.root / "log" / "000000000003.json"
    record.write_bytes(record.read_bytes()[:40])
    with pytest.raises(StoreError, match="log record 3 is torn"):
        collect(Store(store.root))


def test_a_writer_whose_shard_was_cleared_away_writes_it_anew(store: Store) -> None:
    """gc, with no time to wait, between a writer's shard and its record."""
    filled(store)
    original = store.log.publish
    collected: list[dict[str, int]] = []

    def interrupted(*args: object) -> bool:
        if not collected:
            collected.append(collect(Store(store.root)))
        return original(*args)  # type: ignore[arg-type]

    store.log.publish = interrupted  # type: ignore[method-assign]
    assert store.commit(run(), {"problems": problems("late")}) == {"problems": 1}
    assert collected[0]["files removed"] == 1
    assert told(store) == sorted([*NAMES, "late"])
    assert store.misfits(store.snapshot()) == []


def test_a_long_log_is_opened_by_its_last_state(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "STATE_EVERY", 5)
    filled(store)
    assert sorted(p.name for p in (store.root / "log").glob("*.state.json")) == [
        "000000000005.state.json",
        "000000000010.state.json",
    ]
    reader = Store(store.root)
    read: list[str] = []
    find = reader.files.find
    monkeypatch.setattr(reader.files, "find", lambda path: (read.append(path), find(path))[1])
    assert reader.snapshot() == store.snapshot()
    assert len(read) == 3
    assert told(reader) == sorted(NAMES)
    state = store.root / "log" / "000000000010.state.json"
    state.write_bytes(state.read_bytes()[:100])
    assert Store(store.root).snapshot() == store.snapshot()  # every record, then


def test_what_was_checked_against_a_benchmark_stays_checked_when_merged(tmp_path: Path) -> None:
    root = tmp_path / "data"
    assert run_factory("generate", f"store={root}", "n=1", "steps=sample").returncode == 0
    assert run_factory("ingest", "source=embedded", "seed=9", f"store={root}").returncode == 0
    store = Store(root)
    exam = tmp_path / "exam.jsonl"
    with catalog.connect(store) as con:
        rows = con.sql("select statement from problems order by 1 limit 5").fetchall()
    exam.write_text("".join(json.dumps({"question": text}) + "\n" for (text,) in rows))
    done = run_factory(
        "decontaminate", "benchmark=mine", f"path={exam}", "question=question", f"store={root}"
    )
    assert done.returncode == 0, done.stderr
    assert merge(store)["shards merged"] >= 2
    with catalog.connect(store) as con:
        assert clean.unchecked(con) == []
    again = run_factory("decontaminate", f"store={root}")
    assert "0 texts checked in this run" in again.stdout
    # A repair that loses what was found is seen: nothing counts as checked then.
    (lost,) = store.snapshot().of("contaminations")
    store.commit(run(kind="doctor"), remove=[lost.path])
    with catalog.connect(store) as con:
        assert clean.unchecked(con)


def test_a_frozen_mixture_survives_compaction_and_gc(tmp_path: Path) -> None:
    root = tmp_path / "data"
    assert run_factory("generate", f"store={root}", "n=2").returncode == 0
    first = run_factory("mix", "mixture=mid", f"store={root}")
    assert "mid@1 frozen" in first.stdout
    assert run_factory("compact", f"store={root}").returncode == 0
    assert run_factory("gc", "older_than=0s", f"store={root}").returncode == 0
    planned = run_factory("gc", "older_than=0s", "plan=true", f"store={root}").stdout
    removed, kept = planned.splitlines()
    assert removed == "0 files, 0.0 MB would be removed"
    assert kept.endswith("MB are kept for frozen mixtures")
    again = run_factory("mix", "mixture=mid", f"store={root}")
    assert "mid@1 already holds exactly these rows" in again.stdout
    sound = run_factory("doctor", f"store={root}")
    assert sound.returncode == 0
    assert kept in sound.stdout
    assert "stray" not in sound.stdout


def test_export_writes_what_datasets_reads(demo: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    out = tmp_path / "out"
    done = run_factory("export", f"out={out}", "format=hf", "tables=corpus,runs", f"store={demo}")
    assert done.returncode == 0, done.stderr
    with catalog.connect(Store(demo)) as con:
        splits = dict(con.sql("select split, count(*) from corpus group by all").fetchall())
    assert set(splits) == {"train", "test"}
    found = datasets.load_dataset(str(out), "corpus", cache_dir=str(tmp_path / "c"))
    assert found.num_rows == splits
    assert set(found["test"]["split"]) == {"test"}
    assert {"statement", "trace", "outcome", "license"} <= set(found["train"].column_names)
    card = (out / "README.md").read_text()
    for line in (
        f"| corpus | test | {splits['test']} |",
        "| embedded | Apache-2.0 | 96 |",
        "| solver | embedded-solver | Apache-2.0 | 768 |",
        f"snapshot `{Store(demo).snapshot().snapshot_id}`",
        f"commit `{engine.versions().get('commit', 'unknown')}`",
    ):
        assert line in card
    again = run_factory("export", f"out={out}", f"store={demo}")
    assert again.returncode == 2
    assert "exists; give a folder that does not" in again.stderr
    odd = run_factory("export", f"out={tmp_path / 'x'}", "tables=corpora", f"store={demo}")
    assert "did you mean 'corpus'?" in odd.stderr
    assert not list(tmp_path.glob("*x*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("retract", "reason=x"), "'source' is missing; give source=VALUE"),
        (("retract", "source=embedded"), "'reason' is missing; give reason=VALUE"),
        (("retract", "source=embeded", "reason=x"), "did you mean 'embedded'?"),
        (("retract", "source=embedded", "row=x", "reason=x"), "has no row 'x'"),
        (("gc", "older_than=week"), "give a number and s, m, h or d, such as 7d"),
        (("gc", "older_than=9999999999d"), "give an age of at most 999999999d"),
        (("compact", "target_mb=0"), "target_mb='0' does not fit"),
        (("export",), "'out' is missing; give out=VALUE"),
        (
            ("export", "out=x", "format=csv"),
            "should be 'parquet', 'hf', 'chat', 'completion'",
        ),
    ],
)
def test_a_mistake_is_one_line(demo: Path, words: tuple[str, ...], said: str) -> None:
    done = run_factory(*words, f"store={demo}")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_compaction_that_was_killed_leaves_the_store_as_it_was(store: Store) -> None:
    filled(store)
    code = (
        "import os, signal, sys; from factory.store import Store; from factory import compact;"
        "from factory.progress import Progress;"
        "Store.swap = lambda *a: os.kill(os.getpid(), signal.SIGKILL);"
        "compact.run(Store(sys.argv[1]), compact.CompactRecipe(target_mb=128), Progress())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.root)], cwd=ROOT)
    assert done.returncode == -9
    assert told(store) == sorted(NAMES)
    with engine.locked(store.root, "compact"):
        pass  # the dead hold no lock
    assert merge(store)["shards merged"] == len(NAMES)
    assert collect(store)["files removed"] == len(NAMES) + 1


def test_a_record_torn_behind_a_state_costs_nothing_and_repair_puts_it_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "STATE_EVERY", 5)
    filled(store)
    record = store.root / "log" / "000000000003.json"
    record.write_bytes(record.read_bytes()[:40])
    assert told(Store(store.root)) == sorted(NAMES)  # by the state
    with pytest.raises(StoreError, match="log record 3 is torn"):
        collect(Store(store.root))
    assert run_factory("doctor", f"store={store.root}", "repair=true").returncode == 0
    for reader in (Store(store.root), store):
        assert told(reader) == sorted(NAMES)
        assert reader.log.replay(reader.snapshot().seq).shards == reader.snapshot().shards
    assert run_factory("doctor", f"store={store.root}").returncode == 0
    assert collect(Store(store.root)) == {}


def test_the_newest_items_of_a_benchmark_stay_the_newest_when_checks_are_merged(
    tmp_path: Path,
) -> None:
    root = tmp_path / "data"
    assert (
        run_factory("generate", f"store={root}", "n=1", "limit=5", "steps=sample").returncode == 0
    )
    assert run_factory("ingest", "source=embedded", "seed=9", f"store={root}").returncode == 0
    exam = tmp_path / "exam.jsonl"
    for count in (3, 6):
        with catalog.connect(Store(root)) as con:
            sql = f"select statement from problems order by 1 limit {count}"
            rows = con.sql(sql).fetchall()
        exam.write_text("".join(json.dumps({"question": text}) + "\n" for (text,) in rows))
        words = ("benchmark=mine", f"path={exam}", "question=question", f"store={root}")
        assert run_factory("decontaminate", *words).returncode == 0
    store = Store(root)
    with catalog.connect(store) as con:
        before = con.sql("from newest_benchmarks").fetchall()
    assert merge(store)["shards merged"] >= 2
    with catalog.connect(store) as con:
        assert con.sql("from newest_benchmarks").fetchall() == before
        assert con.sql("select count(*) from benchmark_items").fetchall() == [(6,)]
        assert clean.unchecked(con) == []
