"""The sides that `just bench mix` compares, each a process of its own.

    python -m tests.bench._mix_sides SIDE STORE FOLDER

Each works over a store, on the rows of its newest mixture, and prints the seconds it wants told.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from factory import catalog
from factory.progress import Progress
from factory.store import Store

BATCH = 32
IDS = "select rollout_id from mixture_rows where version = (select max(version) from mixtures)"
SOME = (
    "select rollout_id, p.statement, r.trace, r.solution from raw.rollouts r"
    f" join raw.problems p using (problem_id) where rollout_id in ({IDS})"
)


def freeze(store: Store, folder: Path) -> None:
    """Ours: a mixture of all correct rollouts, another one each time."""
    from factory import mix
    from factory.mixing import spec

    seed = time.time_ns() % 10**9
    mix.run(store, spec.resolve(["benchmarks=", f"seed={seed}"]), Progress())


def copy(store: Store, folder: Path) -> None:
    """DuckDB: the same rows into Parquet files, in any order."""
    with catalog.connect(store) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(
            f"copy ({SOME}) to '{folder / 'copy.parquet'}' (format parquet, compression zstd)"
        )


def datasets(store: Store, folder: Path) -> None:
    """Hugging Face: the same rows, by their ids, joined, shuffled and written."""
    from datasets import load_dataset

    with catalog.connect(store) as con:
        wanted = {name for (name,) in con.sql(IDS).fetchall()}
        asked = dict(con.sql("select problem_id, statement from raw.problems").fetchall())
    files = [str(store.root / s.path) for s in store.snapshot().of("rollouts")]
    rows: Any = load_dataset("parquet", data_files=files, split="train", cache_dir=str(folder))
    rows = rows.select_columns(["rollout_id", "problem_id", "trace", "solution"])
    rows = rows.filter(
        lambda each: [x in wanted for x in each], input_columns="rollout_id", batched=True
    )
    rows = rows.map(
        lambda each: {"statement": [asked[p] for p in each["problem_id"]]}, batched=True
    )
    rows.shuffle(seed=0).to_parquet(str(folder / "datasets.parquet"))


def read(store: Store, folder: Path) -> None:
    """Ours: the newest mixture opened, proved, and read batch by batch."""
    from training.mixture import open_mixture

    _batches(lambda: open_mixture(store, None, "mid").dataset())


def mapped(store: Store, folder: Path) -> None:
    """Hugging Face: the same rows from a memory map, as `save_to_disk` wrote them."""
    from datasets import load_from_disk

    from training.mixture import open_mixture

    saved = folder / "mapped"
    if not saved.exists():
        open_mixture(store, None, "mid").dataset().save_to_disk(str(saved))
    _batches(lambda: load_from_disk(str(saved)))


def refresh(store: Store, folder: Path) -> None:
    """Ours: the catalog file written anew."""
    store.snapshot()
    began = time.monotonic()
    catalog.publish(store)
    print(time.monotonic() - began)


def rebuild(store: Store, folder: Path) -> None:
    """DuckDB: all that the catalog's views say of rollouts, as a table of a new file."""
    with catalog.connect(store) as con:
        began = time.monotonic()
        con.execute(f"attach '{folder / 'rebuilt.duckdb'}' as file")
        con.execute("create table file.corpus as from corpus")
        print(time.monotonic() - began)


def sql(query: str) -> Callable[[Store, Path], None]:
    """A query, the second time: shards are in the page cache by then."""

    def run(store: Store, folder: Path) -> None:
        with catalog.connect(store) as con:
            con.sql(query).fetchall()
            began = time.monotonic()
            con.sql(query).fetchall()
            print(time.monotonic() - began)

    return run


FILTER = (
    "select count(*) from corpus where outcome = 'correct' and level = 'college'"
    " and domain = 'algebra' and tokens < 2000 and pass_rate < 0.9"
)
SCAN = "select count(*) from raw.rollouts where trace like '%nowhere%' or solution like '%nowhere%'"
SUMMARY = "select level, pass_rate(outcome), count(*) from corpus group by 1 order by 2"


def _batches(opened: Callable[[], Any]) -> None:
    began = time.monotonic()
    rows = opened()
    middle = time.monotonic()
    count = 0
    for first in range(0, len(rows), BATCH):
        count += len(rows[first : first + BATCH]["prompt"])
    assert count == len(rows)
    print(middle - began, count / (time.monotonic() - middle))


SIDES = {
    **{f.__name__: f for f in (freeze, copy, datasets, read, mapped, refresh, rebuild)},
    "filter": sql(FILTER),
    "scan": sql(SCAN),
    "summary": sql(SUMMARY),
}

if __name__ == "__main__":
    SIDES[sys.argv[1]](Store(sys.argv[2]), Path(sys.argv[3]))
