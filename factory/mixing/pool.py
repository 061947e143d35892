"""The pool: every rollout of a snapshot, or of stage rl every problem, and the rules it must pass.

What the user's SQL names is asked for on a locked connection, alone in its statement: whatever it
says, it can only name rows. What is test is taken out of them afterwards. A candidate that a rule
refuses is a row of `dropped` with the first rule that did; the others make up `pool`.
"""

from typing import Any

import pyarrow as pa

from factory import catalog, clean, tokens
from factory.catalog import quoted
from factory.errors import QueryError, UserError, unknown
from factory.mixing import frozen
from factory.mixing.spec import MixRecipe
from factory.store import Snapshot, Store

NAMED = """
select {subject} as subject_id, case {parts} end as part,
    row_number() over (order by {prefer}) as place
from {relation} where ({where}
)
"""
NAMES = pa.schema([("subject_id", pa.string()), ("part", pa.string()), ("place", pa.int64())])

# A cluster is test as soon as one problem in it is, asked or not, or reads like one that is. A
# problem that no source states any more has no split to go by, and stays out.
STATED = """
    create temp table stated as
        select p.problem_id, text_key(p.statement) as text,
            coalesce(d.cluster_id, p.problem_id) as cluster_id
        from raw.problems p
        left join duplicates d on d.subject = 'problem' and d.subject_id = p.problem_id;
    create temp table tests as
        select distinct cluster_id from stated
        where text in (select text from stated semi join test_problems using (problem_id))
"""
ASKED = """
    create temp table asked as
        select s.problem_id, s.cluster_id, t.template_id, length.value::bigint as prompt_tokens,
            p.sources is not null as stated, p.license as problem_license,
            s.cluster_id in (from tests) as test,
            s.problem_id in (from dirty_problems) as dirty,
            s.problem_id in (select problem_id from mixture_rows
                where name || '@' || version in (select unnest($exclude))) as excluded
        from stated s join problems p using (problem_id)
        left join problem_templates t on t.subject_id = s.problem_id
        left join (select subject_id as problem_id, value from tags where subject = 'problem'
            and tagger = 'prompt_length' and name = 'prompt_tokens' and scope = $tokenizer
            ) length using (problem_id)
"""
COMMON = """
        when n.subject_id is null then 'where'
        when n.part is null then 'part'
        when a.stated is not true then 'no source'
        when a.test then 'test'
        when a.excluded then 'exclude'
        when $licences is not null and coalesce(a.problem_license not in (select unnest($licences)),
            true) then 'licence'
        when a.dirty then 'contaminated problem'
"""
ROLLOUTS = f"""
    create temp table candidates as
    select c.rollout_id as subject_id, null::varchar as other_id, c.problem_id, a.cluster_id,
        coalesce(a.template_id, c.problem_id) as template_id, a.template_id is null as unread,
        c.teacher, c.policy_id, c.source, c.level, c.domain, c.difficulty, c.pass_rate, c.outcome,
        c.rollout_cluster_id, n.part, n.place,
        (a.prompt_tokens + length.value)::bigint as tokens,
        case {COMMON}
            when $licences is not null and coalesce(c.rollout_license not in
                (select unnest($licences)), true) then 'licence'
            when c.rollout_id in (from dirty_rollouts) then 'contaminated rollout'
        end as rule
    from corpus c left join named n on n.subject_id = c.rollout_id
    left join asked a on a.problem_id = c.problem_id
    left join (select subject_id, value from tags where subject = 'rollout'
        and tagger = 'length' and name = 'tokens' and scope = $tokenizer) length
        on length.subject_id = c.rollout_id
"""
PROMPTS = f"""
    create temp table candidates as
    select p.problem_id as subject_id, null::varchar as other_id, p.problem_id, a.cluster_id,
        coalesce(a.template_id, p.problem_id) as template_id, a.template_id is null as unread,
        g.teacher, g.policy_id, p.source, p.level, p.domain, band(g.pass_rate) as difficulty,
        g.pass_rate, null::varchar as outcome, p.problem_id as rollout_cluster_id,
        n.part, n.place, a.prompt_tokens as tokens,
        case when g.problem_id is null then 'not measured' {COMMON} end as rule
    from problems p left join asked a using (problem_id)
    left join (from groups where policy_id = $policy) g using (problem_id)
    left join named n on n.subject_id = p.problem_id
"""
DROPPED = """
    insert into dropped select unnest(list_filter([subject_id, other_id], lambda x: x is not null)),
        $rule from pool where {which}
"""
TOO_MANY = """rowid in (select rowid from pool qualify {number} over (
    partition by {of} order by {order}) > {most})"""


def fill(con: Any, store: Store, snapshot: Snapshot, recipe: MixRecipe) -> None:
    """Make `pool` and `dropped`. Raises UserError, QueryError."""
    policy = policy_of(con, recipe.policy) if recipe.stage == "rl" else None
    named = _named(store, snapshot, recipe, policy)
    con.register("named", named)
    clean.leave_out(con, recipe.benchmarks, variants=recipe.number_variants == "drop")
    frozen.known(con, [*recipe.exclude, *([recipe.parent] if recipe.parent else [])])
    con.execute(STATED)
    tokenizer = tokens.name(recipe.tokenizer)
    con.execute(ASKED, {"exclude": recipe.exclude, "tokenizer": tokenizer})
    values = {"licences": recipe.licences}
    if recipe.stage == "rl":
        con.execute(PROMPTS, {**values, "policy": policy})
    else:
        con.execute(ROLLOUTS, {**values, "tokenizer": tokenizer})
    con.execute("""
        create temp table pool as select * exclude (rule) from candidates where rule is null;
        create temp table dropped as select subject_id, rule from candidates where rule is not null;
        drop table candidates
    """)
    if uncounted := con.sql("select count(*) from pool where tokens is null").fetchall()[0][0]:
        raise UserError(
            f"{uncounted:,} candidates are not counted by tokenizer {recipe.tokenizer!r}; "
            f"run `just tag tokenizer={recipe.tokenizer}`"
        )
    too_many(con, "duplicate", "rollout_cluster_id", 1)


def cap(con: Any, recipe: MixRecipe) -> None:
    """Leave as many rows as the spec allows of a problem, cluster, family and teacher."""
    if most := recipe.per_template:
        unread = "select count(distinct problem_id) from pool where unread"
        if count := con.sql(unread).fetchall()[0][0]:
            raise UserError(
                f"per_template={most}: the families of {count:,} problems are not known yet; "
                "`just dedup` finds them"
            )
        order = f"md5_number('{recipe.seed} ' || problem_id), problem_id"
        too_many(con, "per_template", "template_id", most, "dense_rank()", order)
    for what, most in (
        ("problem", recipe.per_problem),
        ("cluster", recipe.per_cluster),
        ("teacher", recipe.per_teacher),
    ):
        if most:
            column = what if what == "teacher" else f"{what}_id"
            too_many(con, f"per_{what}", column, most)


def too_many(
    con: Any, rule: str, of: str, most: int, number: str = "row_number()", order: str = "place"
) -> None:
    """Drop what comes after the first `most` rows of each `of`, by `order`."""
    drop(con, rule, TOO_MANY.format(number=number, of=of, order=order, most=most))


def drop(con: Any, rule: str, which: str) -> None:
    """Move rows of the pool to `dropped`."""
    con.execute(DROPPED.format(which=which), {"rule": rule})
    con.execute(f"delete from pool where {which}")


def _named(store: Store, snapshot: Snapshot, recipe: MixRecipe, policy: str | None) -> pa.Table:
    """What `where`, `prefer` and the parts say: subject_id, part, place. Raises QueryError."""
    subject = "problem_id" if policy else "rollout_id"
    whens = (f"when ({p.where}\n) then {quoted(n)}" for n, p in recipe.all_parts().items())
    at_random = f"md5_number('{recipe.seed} ' || {subject}), {subject}"
    sql = NAMED.format(
        subject=subject,
        parts="\n".join(whens),
        prefer=f"{recipe.prefer}\n, {at_random}" if recipe.prefer else at_random,
        relation=f"(from groups where policy_id = {quoted(policy)})" if policy else "corpus",
        where=recipe.where,
    )
    try:
        with catalog.locked(store, snapshot) as con, catalog.told():
            found = catalog.query(con, sql).to_arrow_table()
    except QueryError as error:
        keys = f"where={recipe.where!r}, prefer={recipe.prefer!r}"
        raise QueryError(f"{keys} or a part's where is not SQL of the corpus: {error}") from error
    once = found.schema == NAMES and len(found["subject_id"].unique()) == found.num_rows
    if not once or {*found["part"].unique().to_pylist()} - {None, *recipe.all_parts()}:
        raise QueryError(f"where={recipe.where!r} must be a condition, and each part's where too")
    return found


def policy_of(con: Any, name: str | None) -> str:
    """Whose pass rates and lengths count: the newest policy, of a teacher or model if named."""
    known = con.sql("""
        select teacher, model, policy_id from groups group by all order by max(run_id), policy_id
    """).fetchall()
    if not known:
        raise UserError("no rollouts measure any problem yet; `just generate` makes some")
    fitting = [each for each in known if name in (None, *each)]
    if not fitting:
        raise unknown("policy", name or "", {name for each in known for name in each[:2]})
    return fitting[-1][-1]
