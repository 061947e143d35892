"""Problems and rollouts -> duplicate clusters. Nothing is removed: mixtures decide.

This version joins exact duplicates of the normalised text (NFC, case, whitespace): problems with
one another, rollouts within a problem cluster. The representative of problems has an answer, then a
licence, then the smallest id; of rollouts the smallest id: arrival order plays no part.
"""

from typing import Any

from factory import catalog, engine
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store

VERSION = "exact-1"

TEXT = "coalesce(trace, '') || ' ' || solution"

PROBLEMS = """
    select 'problem' as subject, problem_id as subject_id,
        text_key(statement) as cluster_id,
        {a: answer is null, b: license is null, c: problem_id} as rank
    from problems
"""

ROLLOUTS = f"""
    select 'rollout' as subject, rollout_id as subject_id,
        md5(coalesce(d.cluster_id, problem_id) || text_key({TEXT})) as cluster_id,
        rollout_id as rank
    from rollouts left join problem_clusters d using (problem_id)
"""

# A cluster has two members or more; a subject that has left its cluster is taken out by a null.
CHANGED = """
    with clustered as (
        select subject, subject_id, cluster_id,
            first_value(subject_id) over (partition by cluster_id order by rank)
                as representative_id
        from ({subjects}) qualify count(*) over (partition by cluster_id) > 1
    ),
    current as (select * from duplicates where subject = '{subject}')
    select '{subject}' as subject, coalesce(n.subject_id, c.subject_id) as subject_id,
        n.cluster_id, n.representative_id, 'exact' as kind, 1.0::double as score,
        case when n.subject_id is null then 'left its cluster'
             else 'same text after NFC, case and whitespace' end as reason,
        '{version}' as version, $run_id as run_id
    from clustered n full join current c on c.subject_id = n.subject_id
    where (n.cluster_id, n.representative_id) is distinct from (c.cluster_id, c.representative_id)
    order by 2
"""


class DedupRecipe(Recipe):
    """Exact duplicates have no settings."""


def run(store: Store, recipe: DedupRecipe, progress: Progress) -> Run:
    """Write the assignments that changed, problems first."""
    with engine.run(store, "dedup", shown(recipe)) as record, progress.task("dedup", 2) as advance:
        for subject, subjects in (("problem", PROBLEMS), ("rollout", ROLLOUTS)):
            _assign(store, record, subject, subjects)
            advance()
    return record


def _assign(store: Store, record: Run, subject: str, subjects: str) -> None:
    seen = store.snapshot()
    with catalog.connect(store, seen) as con:
        rows = changed(con, subject, subjects, record.run_id)
    if rows.num_rows:
        store.commit(record, {"duplicates": rows}, seen)
        record.counts[f"{subject}s assigned"] = rows.num_rows


def changed(con: Any, subject: str, subjects: str, run_id: str) -> Any:
    """Rows of the assignments that differ from the current ones."""
    con.execute(
        "create or replace temp view problem_clusters as "
        "select subject_id as problem_id, cluster_id from duplicates where subject = 'problem'"
    )
    sql = CHANGED.format(subjects=subjects, subject=subject, version=VERSION)
    return con.sql(sql, params={"run_id": run_id}).to_arrow_table()


def owed(con: Any) -> int:
    """How many assignments a run would write."""
    both = (("problem", PROBLEMS), ("rollout", ROLLOUTS))
    return sum(changed(con, subject, subjects, "").num_rows for subject, subjects in both)
