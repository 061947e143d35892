"""Pairs for Rollout DPO: a right and a wrong rollout of one problem and policy, alike in length.

Of all pairs of a group the one of least difference in tokens is taken, then the next of those left,
so that every rollout is in one pair at most. Source: Phi-4-Mini-Reasoning, stage 3 (arXiv
2504.21233); likeness in length, so that the student does not learn it as the difference.
"""

from typing import Any

from factory.mixing import pool
from factory.mixing.spec import MixRecipe

MET = """
    create temp table met as
    select c.subject_id, r.subject_id as other_id, abs(c.tokens - r.tokens) as gap,
        md5_number($seed || c.subject_id || r.subject_id) as chance
    from pool c join pool r using (problem_id, policy_id, part)
    where c.outcome = 'correct' and r.outcome = 'incorrect'
        and ($ratio is null or greatest(c.tokens, r.tokens) <= $ratio * least(c.tokens, r.tokens))
"""
# Pairs both of whose rollouts have no nearer one: many steps of a greedy matching at once.
NEXT = """
    insert into paired
    select subject_id, other_id from met
    where subject_id not in (select subject_id from paired)
        and other_id not in (select other_id from paired)
    qualify row_number() over (partition by subject_id order by gap, chance, other_id) = 1
        and row_number() over (partition by other_id order by gap, chance, subject_id) = 1
"""
# The prompt is read once for each of the two.
PAIRS = """
    create or replace temp table pool as
    select c.* exclude (hardest) replace (
        r.subject_id as other_id, c.tokens + r.tokens as tokens,
        row_number() over (order by c.hardest, abs(c.tokens - r.tokens), c.place) as place)
    from (select *, min(place) over (partition by problem_id) as hardest from pool) c
    join paired using (subject_id) join pool r on r.subject_id = paired.other_id
"""
GAPS = """
    select avg(gap) from (
        select avg(tokens) filter (outcome = 'incorrect') - avg(tokens) filter (outcome = 'correct')
            as gap from pool group by problem_id, policy_id)
"""

# A loss in which both sides share nearly all tokens pushes both down (likelihood displacement).
ALIKE = """
    with lines as (
        select string_split(rtrim(completion, chr(10)), chr(10)) as c,
            string_split(rtrim(rejected, chr(10)), chr(10)) as r from examples)
    select count(*) filter (c[:-2] = r[:-2]) as same_but_last_line,
        count(*) filter (len(list_intersect(c, r))
            >= 0.9 * greatest(len(list_distinct(c)), len(list_distinct(r)))) as near_identical
    from lines
"""


def match(con: Any, recipe: MixRecipe) -> dict[str, Any]:
    """Turn a pool of rollouts into one of pairs; the mean gap of tokens before and after."""
    pool.drop(con, "not decided", "outcome not in ('correct', 'incorrect')")
    both = "select problem_id, policy_id, part from pool group by all"
    both += " having count(distinct outcome) = 2"
    pool.drop(con, "no opposite", f"(problem_id, policy_id, part) not in ({both})")
    before = con.sql(GAPS).fetchall()[0][0]
    con.execute(MET, {"seed": str(recipe.seed), "ratio": recipe.length_ratio})
    con.execute("create temp table paired (subject_id varchar, other_id varchar)")
    count = -1
    while count != (count := con.sql("select count(*) from paired").fetchall()[0][0]):
        con.execute(NEXT)
    mates = "select subject_id from paired union all select other_id from paired"
    pool.drop(con, "no mate", f"subject_id not in ({mates})")
    after = con.sql("""
        select avg(r.tokens - c.tokens), avg(abs(r.tokens - c.tokens))
        from paired p join pool c on c.subject_id = p.subject_id
        join pool r on r.subject_id = p.other_id
    """).fetchall()[0]
    con.execute(PAIRS)
    return {"gap_before": before, "gap_after": after[0], "distance_after": after[1]}


def told(pairs: dict[str, Any]) -> str:
    """What `match` and `likeness` found, in words."""
    return (
        f"of a pair the rejected rollout is longer by {pairs['gap_after']:+,.0f} tokens on "
        f"average ({pairs['gap_before']:+,.0f} before pairs were matched; "
        f"{pairs['distance_after']:,.0f} apart), "
        f"{pairs['same_but_last_line']:,} pairs differ in their last line only, "
        f"{pairs['near_identical']:,} share 9 of 10 lines"
    )


def likeness(con: Any) -> dict[str, int]:
    """How many pairs of `examples` hardly differ, so that a student learns little but an answer."""
    return con.sql(ALIKE).to_arrow_table().to_pylist()[0]
