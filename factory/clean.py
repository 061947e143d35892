"""Which shards are checked against which evaluation sets, and what a mixture leaves out for it.

A mixture fails closed: it is frozen only where every problem and rollout of its snapshot was
checked, by the present rule, against the newest items of every set it declares.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from factory import benchmark, catalog
from factory.catalog import quoted
from factory.errors import UserError
from factory.likeness import OVERLAPS
from factory.store import Snapshot, Store

# Checks hold as long as all that they found is there: a repair may have taken a shard out.
UNCHECKED = f"""
    with told as (
        select benchmark, digest, version, sum(hits) as hits
        from checks c join shards s on s.sha256 = c.shard group by all),
    found as (
        select benchmark, digest, version, count(distinct (subject, subject_id, item_id)) as hits
        from raw.contaminations where judge is null and (
            subject = 'problem' and subject_id in (select problem_id from raw.problems)
            or subject = 'rollout' and subject_id in (select rollout_id from raw.rollouts))
        group by all),
    whole as (
        select t.benchmark, t.digest, t.version from told t
        left join found f using (benchmark, digest, version)
        where coalesce(f.hits, 0) >= t.hits)
    select n.benchmark, n.digest, s."table", s.path, s.rows, s.sha256
    from ({benchmark.HELD}) n cross join shards s
    anti join (from checks semi join whole using (benchmark, digest, version)) c
        on c.benchmark = n.benchmark and c.digest = n.digest and c.shard = s.sha256
        and c.version = '{OVERLAPS}'
    where s."table" in ('problems', 'rollouts')
    order by s."table", s.path, n.benchmark
"""
# A problem is out with its duplicate cluster; a rollout on its own account too.
DIRTY = f"""
    create temp view dirty as
        select distinct subject, subject_id from contaminations
        where version = '{OVERLAPS}' and kind in ({{kinds}}) and benchmark in ({{names}});
    create temp view dirty_rollouts as
        select subject_id as rollout_id from dirty where subject = 'rollout';
    create temp view dirty_problems as
        with clustered as (
            select p.problem_id, coalesce(d.cluster_id, p.problem_id) as cluster_id
            from raw.problems p left join duplicates d
                on d.subject = 'problem' and d.subject_id = p.problem_id)
        select problem_id from clustered where cluster_id in (
            select c.cluster_id from clustered c join dirty
                on dirty.subject = 'problem' and dirty.subject_id = c.problem_id)
"""


class Unchecked(NamedTuple):
    """A shard that was not checked against a set."""

    benchmark: str
    digest: str
    table: str
    path: str
    rows: int
    sha256: str


def unchecked(con: Any, names: Iterable[str] | None = None) -> list[Unchecked]:
    """Shards that are not checked against the newest items of the sets; None: of all sets held."""
    found = [Unchecked(*row) for row in con.sql(UNCHECKED).fetchall()]
    return found if names is None else [each for each in found if each.benchmark in set(names)]


def owed(con: Any) -> list[tuple[str, int]]:
    """For every set held: of what, and how many texts are to be checked against it."""
    left = unchecked(con)
    found = []
    for name in benchmark.held(con):
        mine = [each for each in left if each.benchmark == name]
        where = f" of {len(mine):,} shards" if mine else ""
        found.append((f"texts{where}, against {name}", sum(each.rows for each in mine)))
    return found


def checked(store: Store, snapshot: Snapshot, names: Sequence[str]) -> dict[str, str]:
    """The digests of sets that all of a snapshot is checked against. Raises UserError."""
    if not names:
        return {}
    with catalog.connect(store, snapshot) as con:
        known, left = benchmark.held(con), unchecked(con, names)
    for name in names:
        if name not in known:
            raise UserError(
                f"benchmark {name!r} is not in the store; run `just decontaminate benchmark={name}`"
            )
    for name in names:
        if mine := [each for each in left if each.benchmark == name]:
            rows = sum(each.rows for each in mine)
            raise UserError(
                f"{rows:,} problems and rollouts are not checked against benchmark {name!r}; "
                f"run `just decontaminate benchmark={name}`"
            )
    return {name: known[name] for name in names}


def leave_out(con: Any, names: Sequence[str], variants: bool) -> None:
    """Make the views `dirty_problems` and `dirty_rollouts`; `variants`: number variants too."""
    kinds = ["copy", "near", *(["number_variant"] if variants else [])]
    listed = [", ".join(map(quoted, words)) or "''" for words in (kinds, names)]
    con.execute(DIRTY.format(kinds=listed[0], names=listed[1]))
