"""Our signatures alone, in one process on one core: `python _dedup_ours.py SUBJECT IN.parquet`.

IN has columns id, text; SUBJECT is `problem` or `rollout`. Boilerplate is taken off and keys are
made as in `just dedup`. The reader is compiled before the clock starts. One JSON line says what it
took, as `_dedup_peers.py` does.
"""

import json
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq

from factory.fingerprint import WIDTH
from factory.likeness.sketch import sketches
from tests.bench._dedup_peers import peak_mb


def main(subject: str, source: str) -> None:
    """Sign all texts."""
    texts = pq.read_table(source, columns=["text"])["text"]
    size = sum(len(text.encode()) for text in texts.to_pylist())
    sketches(pa.array(["What is 1 + 1?"]), WIDTH[subject])
    clocks = time.perf_counter, time.process_time
    began = [clock() for clock in clocks]
    found = sketches(texts, WIDTH[subject])
    seconds, cpu_s = (round(clock() - at, 4) for clock, at in zip(clocks, began, strict=True))
    took = {"seconds": seconds, "cpu_s": cpu_s, "peak_mb": round(peak_mb(), 1)}
    print(json.dumps({"peer": "ours", "docs": len(found.counts), "bytes": size} | took))


if __name__ == "__main__":
    main(*sys.argv[1:])
