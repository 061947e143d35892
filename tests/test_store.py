"""The store under what happens to disks: races, torn records, foreign files, no room."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import run_factory
from rows import problems, run

from factory import catalog, engine
from factory.errors import StoreError
from factory.store import Run, Store
from schemas.arrow import SchemaError, conform, from_rows


def statements(store: Store) -> list[str]:
    with catalog.connect(store) as con:
        return [row[0] for row in con.sql("select statement from problems order by 1").fetchall()]


def test_a_commit_is_visible_to_a_reader_who_opens_afterwards(store: Store) -> None:
    assert store.commit(run(), {"problems": problems("a", "b")}) == {"problems": 2}
    assert statements(Store(store.root)) == ["a", "b"]


def test_an_open_snapshot_never_changes(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    before = store.snapshot()
    store.commit(run(), {"problems": problems("b")})
    with catalog.connect(store, before) as con:
        assert con.sql("select count(*) from problems").fetchall() == [(1,)]
    assert before.snapshot_id != store.snapshot().snapshot_id


def test_a_pinned_snapshot_lists_its_shards_with_their_hashes(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    snapshot = store.snapshot()
    pinned = json.loads((store.root / "snapshots" / f"{store.pin(snapshot)}.json").read_text())
    assert [s["sha256"] for s in pinned["shards"]] == [s.sha256 for s in snapshot.shards]


def test_of_two_writers_with_the_same_rows_one_wins_and_no_key_is_live_twice(store: Store) -> None:
    other = Store(store.root)
    seen = store.snapshot()
    assert store.commit(run(), {"problems": problems("a", "b")}, seen) == {"problems": 2}
    assert other.commit(run(), {"problems": problems("b", "c")}, seen) == {"problems": 1}
    assert statements(store) == ["a", "b", "c"]


def test_a_key_given_twice_in_one_commit_is_written_once(store: Store) -> None:
    assert store.commit(run(), {"problems": problems("a", "a")}) == {"problems": 1}


def test_a_torn_record_is_reported_and_the_rest_goes_on(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    store.commit(run(), {"problems": problems("b")})
    record = store.root / "log" / "000000000001.json"
    record.write_bytes(record.read_bytes()[:40])
    torn = Store(store.root)
    assert torn.snapshot().damage == ((1, "log record 1 is torn (40 bytes)"),)
    assert statements(torn) == ["b"]
    assert torn.commit(run(), {"problems": problems("c")}) == {"problems": 1}
    assert torn.snapshot().seq == 3
    told = run_factory("status", f"store={store.root}")
    assert told.returncode == 1
    assert "log record 1 is torn" in told.stdout
    asked = run_factory(
        "sql", "select count(*) as n from problems", f"store={store.root}", "format=csv"
    )
    assert asked.stdout == "n\n2\n"
    assert "warning: log record 1 is torn" in asked.stderr


def test_nothing_is_bought_over_a_torn_record_until_repair_gives_it_up(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    (store.root / "log" / "000000000002.json").touch()
    refused = run_factory("generate", f"store={store.root}", "n=1", process=True)
    assert refused.returncode == 2
    assert "log record 2 is torn (0 bytes): what it held would be bought again" in refused.stderr
    assert run_factory("doctor", f"store={store.root}", process=True).returncode == 1
    assert run_factory("doctor", f"store={store.root}", "repair=true").returncode == 0
    assert run_factory("doctor", f"store={store.root}", process=True).returncode == 0
    assert Store(store.root).snapshot().damage == ()


def test_a_listing_that_lacks_a_record_does_not_make_it_missing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        store.commit(run(), {"problems": problems(name)})
    reader = Store(store.root)
    whole = reader.files.sizes("log/")
    partial = {path: size for path, size in whole.items() if not path.endswith("2.json")}
    monkeypatch.setattr(reader.files, "sizes", lambda _: partial)
    assert reader.snapshot().damage == ()
    assert len(reader.snapshot().shards) == 3


def test_a_changed_or_missing_record_is_named(store: Store) -> None:
    for name in "abc":
        store.commit(run(), {"problems": problems(name)})
    log = store.root / "log"
    (log / "000000000001.json").unlink()
    second = log / "000000000002.json"
    second.write_text(second.read_text().replace('"rows":1', '"rows":9'))
    assert [words for _, words in Store(store.root).snapshot().damage] == [
        "log record 1 is missing",
        "log record 2 is changed: its checksum does not fit",
    ]


def test_a_store_of_a_newer_version_is_refused_in_one_line(store: Store) -> None:
    (store.root / "store.json").write_text('{"format": 2}')
    done = run_factory("sql", "select 1", f"store={store.root}")
    assert done.returncode == 2
    assert done.stderr == "error: store.json has format 2, this version reads up to 1: upgrade it\n"


def test_a_record_of_a_newer_version_is_refused(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    record = store.root / "log" / "000000000001.json"
    record.write_text(record.read_text().replace('"format":1', '"format":7'))
    with pytest.raises(StoreError, match="has format 7"):
        Store(store.root).snapshot()


def test_a_folder_that_is_no_store_says_how_to_make_one(tmp_path: Path) -> None:
    done = run_factory("sql", "select 1", f"store={tmp_path}")
    assert done.returncode == 2
    assert "no store in" in done.stderr
    assert "just generate" in done.stderr


def test_a_foreign_parquet_file_is_never_read_and_the_doctor_sees_it(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    (store.root / "shards" / "problems" / "foreign.parquet").write_bytes(b"PAR1 not ours PAR1")
    assert statements(store) == ["a"]
    done = run_factory("doctor", f"store={store.root}")
    assert done.returncode == 0
    assert "shards/problems/foreign.parquet: not live" in done.stdout


@pytest.mark.parametrize("damage", ["cut", "missing", "flipped"])
def test_a_damaged_shard_is_found_and_repair_takes_it_out(store: Store, damage: str) -> None:
    store.commit(run(), {"problems": problems("a")})
    store.commit(run(), {"problems": problems("b")})
    shard = Path(store.files.url(store.snapshot().shards[0].path))
    content = bytearray(shard.read_bytes())
    if damage == "missing":
        shard.unlink()
    else:
        content[len(content) // 2] ^= 255
        shard.write_bytes(content[:100] if damage == "cut" else content)
    found = run_factory("doctor", f"store={store.root}")
    assert found.returncode == 1
    assert shard.name in found.stdout
    assert run_factory("doctor", f"store={store.root}", "repair=true").returncode == 0
    assert statements(Store(store.root)) == ["b"]
    assert run_factory("doctor", f"store={store.root}").returncode == 0


def test_sql_over_a_cut_shard_is_one_line_that_names_it(store: Store) -> None:
    store.commit(run(), {"problems": problems("a")})
    shard = Path(store.files.url(store.snapshot().shards[0].path))
    shard.write_bytes(shard.read_bytes()[:100])
    done = run_factory("sql", "select * from problems", f"store={store.root}")
    assert done.returncode == 2
    assert shard.name in done.stderr
    assert "just doctor" in done.stderr
    assert done.stderr.count("\n") == 1


def test_rows_that_do_not_fit_their_schema_are_refused_by_name() -> None:
    good = {"problem_id": "p", "statement": "s", "run_id": "r"}
    with pytest.raises(SchemaError, match=r"problems.statement is ''; allowed: not empty"):
        from_rows("problems", [{**good, "statement": ""}])
    with pytest.raises(SchemaError, match=r"problems.run_id may not be null"):
        from_rows("problems", [{**good, "run_id": None}])
    with pytest.raises(SchemaError, match="unknown column 'x'"):
        conform("problems", pa.table({**{k: [v] for k, v in good.items()}, "x": [1]}))


def test_an_outcome_that_is_not_one_is_refused() -> None:
    row = {
        "rollout_id": "r",
        "verifier": "v",
        "version": "1",
        "policy": "p",
        "outcome": "wrong",
        "tier": "t",
        "ms": 1.0,
        "run_id": "r",
        "reason": "",
    }
    with pytest.raises(SchemaError, match=r"verdicts.outcome is 'wrong'; allowed: one of correct"):
        from_rows("verdicts", [row])
    with pytest.raises(SchemaError, match=r"verdicts.ms is -1.0; allowed: >= 0"):
        from_rows("verdicts", [{**row, "outcome": "correct", "ms": -1.0}])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)])
    if mounted.returncode != 0:
        assert not os.environ.get("CI"), "CI must be able to mount a small disk"
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_one_line_and_what_was_committed_stays(small_disk: Path) -> None:
    root = small_disk / "data"
    assert run_factory("generate", f"store={root}", "n=1").returncode == 0
    done = run_factory("generate", f"store={root}", "n=200")
    assert done.returncode == 2, done.stdout
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    store = Store(root)
    assert store.misfits(store.snapshot()) == []
    with catalog.connect(store) as con:
        assert con.sql("select count(*) >= 96 from rollouts").fetchall() == [(True,)]


def test_a_read_only_disk_can_be_read_and_says_why_it_cannot_be_written(small_disk: Path) -> None:
    store = Store(small_disk / "data", create=True)
    store.commit(run(), {"problems": problems("a")})
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    read = run_factory("sql", "select statement from problems", f"store={store.root}", "format=csv")
    assert read.stdout == "statement\na\n"
    written = run_factory("generate", f"store={store.root}")
    assert written.returncode == 2
    assert "Read-only file system" in written.stderr
    assert written.stderr.count("\n") == 1


def test_a_run_that_did_nothing_leaves_no_record(store: Store) -> None:
    with engine.run(store, "verify", {}):
        pass
    assert store.snapshot().seq == 0


def test_a_run_that_breaks_after_work_is_recorded_as_failed(store: Store) -> None:
    def broken(record: Run) -> None:
        record.counts["rollouts"] = 1
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"), engine.run(store, "verify", {}) as record:
        broken(record)
    assert store.snapshot().runs[-1]["status"] == "failed"


def test_run_ids_sort_in_the_order_of_the_log(store: Store) -> None:
    ids = []
    for _ in range(3):
        with engine.run(store, "tag", {}) as record:
            record.counts["n"] = 1
        ids.append(record.run_id)
    assert ids == sorted(ids)
