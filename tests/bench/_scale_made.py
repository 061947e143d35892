"""What `just bench scale` ingests: problems of the embedded world with the solver's rollouts.

    python -m tests.bench._scale_made PROBLEMS CHARS FILE

The problems are the first distinct ones that the world sets by seed 0. A row is a problem with EACH
rollouts at temperature 0.7, as long as the solver writes them or, where CHARS is above 0, with one
draft after the other until a trace has that many characters.
"""

import sys
from collections.abc import Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory import engine, world

EACH = 8  # rollouts a problem
UNIT = 500  # problems for a core
MOST = 10**9  # rows the world is asked for; it is stopped long before
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "question": pa.string(),
        "answer": pa.string(),
        "traces": pa.list_(pa.string()),
        "solutions": pa.list_(pa.string()),
    }
)


def problems() -> Iterator[world.WorldProblem]:
    """All there are; families that are exhausted give none."""
    for row in world.problems(MOST, 0):
        if isinstance(row, world.WorldProblem):
            yield row


def solved(chars: int, some: list[world.WorldProblem]) -> pa.Table:
    """Rows of problems with their rollouts."""
    return pa.Table.from_pylist([_row(problem, chars) for problem in some], SCHEMA)


def _row(problem: world.WorldProblem, chars: int) -> dict[str, Any]:
    texts = [_rollout(problem.statement, sample, chars) for sample in range(EACH)]
    traces, solutions = zip(*texts, strict=True)
    kept = {"id": problem.row, "question": problem.statement, "answer": problem.answer}
    return {**kept, "traces": traces, "solutions": solutions}


def _rollout(statement: str, sample: int, chars: int) -> tuple[str, str]:
    """Trace and solution."""
    drafts = list[str]()
    for draft in count():
        found = world.solve(statement, seed=f"{sample}/{draft}", temperature=0.7, max_tokens=2048)
        assert found, statement
        drafts.append(found.trace)
        if sum(map(len, drafts)) >= chars:
            return "\n\n".join(drafts), found.solution
    raise AssertionError


def _units(many: int) -> Iterator[list[world.WorldProblem]]:
    coming = islice(problems(), many)
    while some := list(islice(coming, UNIT)):
        yield some


def main(many: str, chars: str, path: str) -> None:
    """Write the file, whole or not at all."""
    partly = Path(f"{path}.part")
    with pq.ParquetWriter(partly, SCHEMA) as file:
        for rows in engine.spread(partial(solved, int(chars)), _units(int(many))):
            file.write_table(rows)
    partly.rename(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
