"""Problems and rollouts -> duplicate clusters. Nothing is removed: mixtures decide.

Problems are one where their canonical text is, or where two texts that share their numerals or
their mathematics were compared and judged the same (`likeness.compare`); a comparison of two that
look alike at all is kept with its score and reason. Rollouts of one problem cluster are one where
their canonical text is, or where mathematics and 3-token shingles agree. Clusters are a function of
the texts: neither order nor the number of runs plays a part, but for buckets of more than 64 texts
(`likeness.neighbours`), in which a text meets the few it met when it came.
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from factory import engine, fingerprint
from factory.likeness import COMPARED
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store

VERSION = f"2, {COMPARED}"  # with those of its parts

# Members: (subject_id, canonical_key, cluster_id, rank) and what joined them.
PROBLEMS = f"""
    select f.subject_id, f.canonical_key, coalesce(n.cluster, f.canonical_key) as cluster_id,
        {{r: p.problem_id is null, a: p.answer is null, b: p.license is null, c: f.subject_id}}
            as rank, n.score, n.reason
    from fingerprints f semi join raw.problems on problem_id = f.subject_id
    left join problems p on p.problem_id = f.subject_id  -- what was taken back ties its copies
    left join near n on n.key = f.canonical_key
    where f.subject = 'problem' and f.version = '{fingerprint.VERSION}'
"""
ROLLOUTS = """
    select f.subject_id, f.canonical_key, md5(f.block || coalesce(n.cluster, f.canonical_key))
            as cluster_id,
        f.subject_id as rank, n.score, n.reason
    from touched_rollouts f left join near n on n.block = f.block and n.key = f.canonical_key
"""
MEMBERS = {"problem": PROBLEMS, "rollout": ROLLOUTS}
# A cluster has two members or more; a subject that has left its cluster is taken out by a null.
CHANGED = """
    with clustered as (
        select *, first_value(subject_id) over best as representative_id,
            first_value(canonical_key) over best as kept_key
        from ({members}) window best as (partition by cluster_id order by rank)
        qualify count(*) over (partition by cluster_id) > 1
    ),
    named as (
        select subject_id, cluster_id, representative_id,
            case when canonical_key = kept_key then 'exact' else 'near' end as kind,
            case when canonical_key = kept_key then 1.0 else score end as score,
            case when canonical_key = kept_key then 'the same text but for spelling and markup'
                 else reason end as reason
        from clustered
    ),
    current as (select * from duplicates where subject = '{subject}' {among})
    select '{subject}' as subject, coalesce(n.subject_id, c.subject_id) as subject_id,
        n.cluster_id, n.representative_id, coalesce(n.kind, 'exact') as kind,
        coalesce(n.score, 1.0) as score, coalesce(n.reason, 'left its cluster') as reason,
        '{version}' as version, '{run_id}' as run_id
    from named n full join current c on c.subject_id = n.subject_id
    where (n.cluster_id, n.representative_id, n.kind)
        is distinct from (c.cluster_id, c.representative_id, c.kind)
    order by 2
"""
AMONG = """
    and (subject_id in (select subject_id from touched_rollouts)
         or subject_id not in (select rollout_id from raw.rollouts))
"""
# What the last finished run knew: fingerprints of later runs are new. After a repair all are.
SINCE = f"""
    select coalesce(max(run_id), '') from runs
    where kind = 'dedup' and status = 'finished'
        and json_extract_string(versions, '$.dedup') = '{VERSION}'
        and run_id > coalesce((select max(run_id) from runs where kind = 'doctor'), '')
"""
FRESH = "select count(*) from raw.fingerprints where version = '{version}' and run_id > '{last}'"


class DedupRecipe(Recipe):
    """Dedup has no settings."""


def run(store: Store, recipe: DedupRecipe, progress: Progress) -> Run:
    """Read what is new, compare it, and write the assignments that changed, problems first."""
    from factory import near_problems, near_rollouts  # they load numba

    with engine.run(store, "dedup", shown(recipe)) as record:
        record.versions["dedup"] = VERSION
        fingerprint.run(store, record, progress)
        with fingerprint.connected(store) as con:
            last = _since(con)
            fresh = _fresh(con, last)
        if fresh:
            near_problems.run(store, record, last, progress)
            record.counts["texts compared"] = fresh
        with progress.task("cluster", 2) as advance:
            _assign(store, record, "problem", near_problems.near)
            advance()
            _assign(store, record, "rollout", lambda con: near_rollouts.near(con, last))
            advance()
    return record


def owed(con: Any) -> int:
    """How many texts are still to be read or compared."""
    unread = sum(fingerprint.owed(con, subject) for subject in MEMBERS)
    return unread + _fresh(con, _since(con))


def _since(con: Any) -> str:
    return con.sql(SINCE).fetchall()[0][0]


def _fresh(con: Any, last: str) -> int:
    sql = FRESH.format(version=fingerprint.VERSION, last=last)
    return con.sql(sql).fetchall()[0][0]


def _assign(store: Store, record: Run, subject: str, near: Callable[[Any], pa.Table]) -> None:
    """Commit the assignments of a subject that are not what they were."""
    seen = store.snapshot()
    with fingerprint.connected(store, seen) as con:
        con.register("near", near(con))
        members = MEMBERS[subject]
        among = AMONG if subject == "rollout" else ""
        sql = CHANGED.format(
            subject=subject, members=members, among=among, version=VERSION, run_id=record.run_id
        )
        rows = con.sql(sql).to_arrow_table()
    if rows.num_rows:
        store.commit(record, {"duplicates": rows}, seen)
        record.counts[f"{subject}s assigned"] = rows.num_rows
