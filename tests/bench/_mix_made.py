"""A generated corpus for `just bench mix`: rows as the line leaves them, of random sentences.

    python -m tests.bench._mix_made ROLLOUTS CHARS STORE

EACH rollouts a problem, two thirds of them correct, with their verdicts and tags; traces of about
CHARS characters, drawn from SENTENCES made of a vocabulary, so that they compress like text. No
step is run: the numbers are about the catalog and the mixtures, not about what wrote the rows.
"""

import random
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from factory.store import Run, Store
from factory.taggers import length, pass_rate, prompt_length
from factory.verifiers import maths
from schemas.arrow import conform, schema

EACH = 8
PIECE = 25_000  # problems in a commit
SENTENCES, WORDS, VOCABULARY = 20_000, 14, 6_000
RUN = "00000000-made"

IDS = """
    create table asked as select i, md5('p' || i) as problem_id from range($first, $last) _ (i);
    create table said as
        select md5('r' || i || '-' || k) as rollout_id, problem_id, i, k,
            hash(i * 8 + k) % 3 > 0 as correct, 200 + hash(i + k) % 3000 as tokens
        from asked, range(8) _ (k)
"""
ROWS = {
    "problems": "select problem_id, '{run}' as run_id, 'Problem ' || i || ': '"
    " || s[(hash(i) % {many})::int + 1] as statement from asked, pool",
    "problem_sources": "select 'made' as source, i::varchar as source_row, problem_id,"
    " 'Apache-2.0' as license, 'train' as split,"
    " ['elementary', 'middle', 'high_school', 'college'][(i % 4)::int + 1] as level,"
    " ['algebra', 'geometry', 'calculus', 'logic', 'counting'][(i % 5)::int + 1] as domain,"
    " '{run}' as run_id, i::varchar as answer from asked",
    "rollouts": "select rollout_id, problem_id, 'policy' as policy_id, 'made' as teacher,"
    " 'made' as model, 'import' as backend, k as sample_index, 'stop' as finish_reason,"
    " 'Apache-2.0' as license, '{run}' as run_id, timestamp '2026-01-01' as created_at,"
    " list_aggregate(list_transform(range({sentences}),"
    " lambda j: s[(hash(i * 977 + k * 131 + j) % {many})::int + 1]), 'string_agg', ' ') as trace,"
    " 'So \\boxed{{' || case when correct then i else -1 end || '}}' as solution from said, pool",
    "verdicts": "select rollout_id, '{maths}' as verifier, '{maths_version}' as version,"
    " '{policy}' as policy, case when correct then 'correct' else 'incorrect' end as outcome,"
    " 'string' as tier, 0.1 as ms, '{run}' as run_id, 'made' as reason, i::varchar as answer"
    " from said",
    "tags": "select 'rollout' as subject, rollout_id as subject_id, '{tokenizer}' as scope,"
    " 'length' as tagger, '{length}' as version, unnest(['tokens', 'trace_tokens']) as name,"
    " tokens::double as value, '{run}' as run_id from said union all"
    " select 'problem', problem_id, '{tokenizer}', 'prompt_length', '{prompt}', 'prompt_tokens',"
    " 30, '{run}' from asked union all"
    " select 'problem', problem_id, 'policy', 'pass_rate', '{rate}', 'pass_rate',"
    " avg(correct::int), '{run}' from said group by problem_id",
}


def fill(store: Store, rollouts: int, chars: int) -> None:
    """Commit the corpus, a piece at a time."""
    run = Run(RUN, "made", {}, "2026-01-01T00:00:00+00:00", status="finished")
    rng = random.Random(0)
    words = [f"w{rng.randrange(16**5):x}" for _ in range(VOCABULARY)]
    pool = [" ".join(rng.choices(words, k=WORDS)) + "." for _ in range(SENTENCES)]
    average = sum(map(len, pool)) // SENTENCES
    names = {
        "run": RUN,
        "many": SENTENCES,
        "sentences": max(1, chars // average),
        "maths": maths.NAME,
        "maths_version": maths.VERSION,
        "policy": maths.POLICY,
        "tokenizer": "cot-4k",
        "length": length.VERSION,
        "prompt": prompt_length.VERSION,
        "rate": pass_rate.VERSION,
    }
    for first in range(0, rollouts // EACH, PIECE):
        with duckdb.connect() as con:
            con.register("sentences", pa.table({"s": [pool]}))
            con.execute("create table pool as from sentences")
            span = {"first": first, "last": min(first + PIECE, rollouts // EACH)}
            for statement in IDS.split(";"):
                con.execute(statement, span if "$first" in statement else None)
            store.commit(run, {t: _table(con, t, sql.format(**names)) for t, sql in ROWS.items()})


def _table(con: Any, table: str, sql: str) -> pa.Table:
    """Rows of a table; columns that the SQL does not give are null."""
    rows = con.sql(sql).to_arrow_table()
    for field in schema(table):
        if field.name not in rows.column_names:
            rows = rows.append_column(field.name, pa.nulls(rows.num_rows, field.type))
    return conform(table, rows)


def main(rollouts: str, chars: str, path: str) -> None:
    """Make the store; it is whole once its last record is."""
    fill(Store(Path(path), create=True), int(rollouts), int(chars))


if __name__ == "__main__":
    main(*sys.argv[1:])
