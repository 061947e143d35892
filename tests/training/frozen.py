"""Small frozen mixtures, committed straight into a store: long sums, worked place by place."""

import random
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from factory.identity import ROW, mixture_id
from factory.store import Run, Store, canonical
from schemas.arrow import from_rows, schema

Example = tuple[str, str]


def sums(count: int, seed: int = 0) -> list[Example]:
    """(prompt, completion) of `count` sums."""
    rng = random.Random(seed)
    return [_sum(rng.randrange(10**5), rng.randrange(10**8)) for _ in range(count)]


def _sum(a: int, b: int) -> Example:
    x, y = str(a).zfill(9), str(b).zfill(9)
    steps, carry = [], 0
    for place in range(1, 10):
        here = int(x[-place]) + int(y[-place]) + carry
        steps.append(f"{x[-place]} + {y[-place]} + {carry} = {here}, write {here % 10}")
        carry = here // 10
    trace = "\n".join(steps)
    return f"What is {a} + {b}?\n\n", f"<think>\n{trace}\n</think>\n\\boxed{{{a + b}}}"


def _told(stage: str, rollout_id: str, completion: str) -> dict[str, Any]:
    """What a row of the stage says beside its prompt."""
    if stage == "rl":
        return {"answer": completion.partition("{")[2].rstrip("}")}
    told = {"rollout_id": rollout_id, "completion": completion}
    if stage == "dpo":
        told |= {"rejected_id": f"{rollout_id}-wrong", "rejected": completion[:-1] + "9}"}
    return told


def digests(rows: list[dict[str, Any]]) -> list[str]:
    """The digest of every row, as a mixture has them."""
    with duckdb.connect() as con:
        con.register("there", pa.Table.from_pylist(rows, schema("mixture_rows")))
        return [d for (d,) in con.sql(f"select {ROW} from there order by position").fetchall()]


def freeze(
    store: Store,
    examples: list[Example],
    *,
    name: str = "mid",
    version: int = 1,
    stage: str = "mid",
    claimed: str | None = None,
) -> str:
    """Commit the examples as `name@version`; `claimed` replaces the true id, which is returned."""
    spec = canonical({"name": name, "stage": stage, "version": version})
    rows = [(f"rollout-{i}", *example) for i, example in enumerate(examples)]
    placed = [
        {
            "position": place,
            "part": "all",
            "problem_id": f"problem-{place}",
            "tokens": 0,
            "prompt": prompt,
            **_told(stage, rollout_id, completion),
        }
        for place, (rollout_id, prompt, completion) in enumerate(rows)
    ]
    identity = claimed or mixture_id(spec, digests(placed))
    mixture = {
        "name": name,
        "version": version,
        "mixture_id": identity,
        "stage": stage,
        "snapshot_id": "none",
        "rows": len(rows),
        "tokens": 0,
        "tokenizer": "cot-4k",
        "run_id": "00000000-mix",
        "created_at": datetime(2026, 1, version),
        "spec": spec,
    }
    run = Run("00000000-mix", "mix", {}, "2026-01-01T00:00:00+00:00", status="finished")
    tables = {
        "mixtures": from_rows("mixtures", [mixture]),
        "mixture_rows": from_rows(
            "mixture_rows", [{**row, "mixture_id": identity} for row in placed]
        ),
    }
    store.commit(run, tables)
    return identity
