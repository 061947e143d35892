"""Our hits, as `_decontaminate_peers.py` gives those of others: one process, one core.

python _decontaminate_ours.py problem|rollout TRAIN.parquet BENCH.parquet OUT.parquet

OUT has columns id, item, kind. Counted are the index of the items and the search, after a text was
searched to compile; imports, the reader's own tables, reading and writing files are not.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory.contamination import Piece, searched
from factory.likeness.facts import facts, readings


def items(path: str) -> list[dict[str, Any]]:
    """The items in the words of `benchmark_items`."""
    rows = pq.read_table(path).to_pylist()
    return [
        {
            "benchmark": row["benchmark"],
            "digest": "",
            "item_id": row["id"],
            "statement": row["text"],
        }
        for row in rows
    ]


def main(subject: str, train: str, bench: str, target: str) -> None:
    """Search."""
    texts = pq.read_table(train).select(["id", "text"]).rename_columns(["subject_id", "text"])
    with tempfile.TemporaryDirectory() as folder:
        few, all_of_it = f"{folder}/few.parquet", f"{folder}/items.parquet"
        rows = items(bench)
        pq.write_table(pa.Table.from_pylist(rows[:2]), few)
        pq.write_table(pa.Table.from_pylist(rows), all_of_it)
        for kind in ("problem", "rollout"):
            searched(few, [Piece("", kind, texts.slice(0, 2))])
        facts(readings(["What is 2 + 3?"])[0])
        began = time.perf_counter()
        hits = searched(all_of_it, [Piece("", subject, texts)])[0].found
        seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    names = {"id": "subject_id", "item": "item_id", "kind": "kind"}
    columns = {
        name: pa.array([row[key] for row in hits], pa.string()) for name, key in names.items()
    }
    pq.write_table(pa.table(columns), target)
    size = sum(len(text.encode()) for text in texts["text"].to_pylist())
    figures = {"seconds": round(seconds, 4), "peak_mb": round(peak, 1)}
    print(json.dumps({"peer": "ours", "docs": texts.num_rows, "bytes": size} | figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
