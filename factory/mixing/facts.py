"""What is known of a frozen mixture, as tables: the numbers of its data card.

Asked over the snapshot it was selected from, so that a card made later says the same. `told` has a
row for every rollout (of rl: problem) of every example, `candidates` one for each there was.
"""

import json
from typing import Any

from factory.likeness import OVERLAPS
from factory.mixing import pool

Rows = list[tuple[Any, ...]]

# Levels of pass rates from easy to hard.
BANDS = ("trivial", "easy", "medium", "hard", "unsolved")
KNOWN = """problem_id, teacher, model, policy_id, source, license, level, domain, difficulty,
    pass_rate, tokens, trace_tokens, answer_source, outcome, verifier, verifier_version, flags,
    source_label, rollout_license, cluster_id, template_id"""
ROLLOUTS = f"create temp table candidates as select rollout_id, {KNOWN} from corpus"
# Of stage rl the problems: with the pass rate of the policy, and what judged its rollouts.
PROMPTS = f"""
    create temp table candidates as
    with asked as (select problem_id, any_value(template_id) as template_id,
        any_value(cluster_id) as cluster_id from corpus group by 1)
    select null::varchar as rollout_id, {KNOWN} from (
        select p.problem_id, g.teacher, g.model, g.policy_id, p.source, p.license, p.level,
            p.domain, band(g.pass_rate) as difficulty, g.pass_rate,
            g.tokens_mean::bigint as tokens, null as trace_tokens, p.answer_source,
            null as outcome, null as verifier, null as verifier_version, null as flags,
            null as source_label, null as rollout_license, a.template_id,
            coalesce(a.cluster_id, p.problem_id) as cluster_id
        from problems p join (from groups where policy_id = $policy) g using (problem_id)
        left join asked a using (problem_id))
"""
TOLD = """
    create temp table told as
    with one as (
        select position, part, problem_id, tokens as row_tokens, unnest(case
            when rejected_id is null then [{'side': 'chosen', 'rollout_id': rollout_id}]
            else [{'side': 'chosen', 'rollout_id': rollout_id},
                  {'side': 'rejected', 'rollout_id': rejected_id}] end, recursive := true)
        from raw.mixture_rows where mixture_id = $mixture_id)
    select one.*, c.* exclude (problem_id, rollout_id)
    from one left join candidates c using ({key})
"""

# Whose verdicts stand behind it: the candidates', of rl those of the policy; `used`: inside.
JUDGED = {
    "rollouts": """create temp table judgements as select rollout_id, source, verifier,
        verifier_version, outcome, source_label,
        rollout_id in (select rollout_id from told where rollout_id is not null) as used
        from candidates""",
    "rl": """create temp table judgements as select rollout_id, source, verifier,
        verifier_version, outcome, source_label,
        problem_id in (select problem_id from told) as used
        from corpus where policy_id in (select policy_id from candidates)""",
}

QUERIES = {
    "dropped": """
        select rule, count(*) from raw.mixture_drops where mixture_id = $mixture_id
        group by 1 order by 2 desc, 1""",
    "sources": """
        select source, license, count(distinct problem_id), count(distinct position) from told
        group by all order by 4 desc, 1, 2""",
    "teachers": """
        select t.teacher, t.model, t.rollout_license, count(*), t.policy_id,
            any_value(r.backend), any_value(r.prompt), any_value(r.sampling)
        from told t left join (select policy_id, any_value(backend) as backend,
            any_value(prompt) as prompt, any_value(sampling) as sampling
            from raw.rollouts group by 1) r using (policy_id)
        where t.teacher is not null group by all order by 4 desc, 1""",
    "outcomes": """
        select coalesce(verifier, 'none'), coalesce(verifier_version, ''),
            coalesce(outcome, 'not judged'), count(*), count(*) filter (used)
        from judgements group by all order by 4 desc, 1, 2, 3""",
    "verdicts": """
        select count(distinct rollout_id) filter (flags is not null),
            count(distinct rollout_id) filter (answer_source = 'majority'),
            count(distinct rollout_id) filter (verifier = 'judge') from told""",
    "labels": """
        select source, count(*), count(*) filter (source_label = (outcome = 'correct'))
        from judgements where source_label is not null and outcome in ('correct', 'incorrect')
        group by all order by all""",
    "clusters": """
        select count(distinct problem_id), count(distinct cluster_id),
            count(distinct template_id), count(distinct problem_id) filter (template_id is null)
        from told""",
    "duplicates": """
        select subject, kind, count(*) from duplicates where subject_id <> representative_id
        group by all order by all""",
    "benchmarks": f"""
        with texts as (select benchmark, digest, sum(rows)::bigint as texts from checks
            where version = '{OVERLAPS}' group by all),
        items as (select benchmark, digest, count(*) as items from benchmark_items group by all),
        hits as (select benchmark, kind, count(distinct (subject, subject_id)) as hits,
            count(distinct (subject, subject_id)) filter (
                subject_id in (select problem_id from told)
                or subject_id in (select rollout_id from told)) as inside
            from contaminations where version = '{OVERLAPS}' group by all)
        select i.benchmark, i.digest, i.items, t.texts, coalesce(h.kind, 'none'),
            coalesce(h.hits, 0), coalesce(h.inside, 0)
        from items i left join texts t using (benchmark, digest) left join hits h using (benchmark)
        where list_contains($benchmarks, i.benchmark) order by all""",
    "lengths": """
        select what, min(n), quantile_cont(n, [0.1, 0.5, 0.9, 0.99])::bigint[], max(n) from (
            select 'example' as what, any_value(row_tokens) as n from told group by position
            union all select side || ' rollout', tokens from told where rollout_id is not null
            union all select side || ' trace', trace_tokens from told where rollout_id is not null)
        where n is not null group by what order by what""",
    "difficulty": """
        select coalesce(difficulty, 'not measured'), count(*), count(distinct problem_id),
            avg(pass_rate) from told where side = 'chosen' group by 1 order by 4 desc nulls last""",
    "domain": """
        select coalesce(domain, 'not stated'), count(*), count(distinct problem_id)
        from told where side = 'chosen' group by 1 order by 2 desc, 1""",
    "run": """
        select versions from runs where run_id = $run_id""",
    "judged": """
        select count(*), median(n)::bigint from groups
        where (problem_id, policy_id) in (select problem_id, policy_id from told)""",
}


def gather(con: Any, mixture: dict[str, Any]) -> dict[str, Rows]:
    """Make `candidates` and `told`; the rows of every query. Raises RecipeError."""
    spec, stage = json.loads(mixture["spec"]), mixture["stage"]
    if stage == "rl":
        con.execute(PROMPTS, {"policy": pool.policy_of(con, spec.get("policy"))})
    else:
        con.execute(ROLLOUTS)
    mine = {"mixture_id": mixture["mixture_id"]}
    con.execute(TOLD.replace("{key}", "problem_id" if stage == "rl" else "rollout_id"), mine)
    con.execute(JUDGED["rl" if stage == "rl" else "rollouts"])
    mine["run_id"] = mixture["run_id"]
    mine["benchmarks"] = spec.get("benchmarks", [])
    return {
        name: con.sql(sql, params={k: v for k, v in mine.items() if f"${k}" in sql}).fetchall()
        for name, sql in QUERIES.items()
    }
