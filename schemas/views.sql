-- The public SQL surface over the live shards (`raw.*`) and the log (`raw.log_runs`, `raw.log_shards`).
-- Where a later row may replace an earlier one, the newest run counts: run ids sort in log order.

create macro judged(outcome) as
    outcome in ('correct', 'incorrect', 'ambiguous', 'no_answer', 'truncated');

-- pass_rate(outcome): correct / judged; null where nothing was judged.
create macro pass_rate(outcome) as
    count(*) filter (outcome = 'correct') / nullif(count(*) filter (judged(outcome)), 0);

-- wilson(k, n): the 95 % Wilson score interval of k successes in n, as {low, high}.
create macro wilson(k, n) as case when n > 0 then {
    'low': greatest(0, (k + 1.920729 - 1.959964 * sqrt(k * (n - k) / n + 0.960365)) / (n + 3.841459)),
    'high': least(1, (k + 1.920729 + 1.959964 * sqrt(k * (n - k) / n + 0.960365)) / (n + 3.841459))
} end;

-- text_key(text): equal for texts that differ in NFC, case and whitespace only. Dedup clusters by it;
-- a mixture keeps out what reads like a test problem by it, without waiting for dedup.
create macro text_key(text) as
    md5(lower(trim(regexp_replace(nfc_normalize(text), '\s+', ' ', 'g'))));

-- band(p): a pass rate in words.
create macro band(p) as case
    when p is null then null
    when p = 0 then 'unsolved'
    when p < 0.4 then 'hard'
    when p < 0.8 then 'medium'
    when p < 1 then 'easy'
    else 'trivial'
end;

create macro answer_type(answer) as case
    when answer is null then null
    when regexp_full_match(answer, '[-+]?\d+') then 'integer'
    when regexp_full_match(answer, '[-+]?[\d,]*\d(\.\d+)?') then 'decimal'
    when regexp_full_match(answer, '[-+]?(\\[dt]?frac\s*\{\s*-?\d+\s*\}\s*\{\s*\d+\s*\}|\d+\s*/\s*\d+)') then 'fraction'
    when regexp_full_match(answer, '[-+]?[\d,.]+\s*\\?%') then 'percent'
    when regexp_full_match(answer, '\(?[A-J]\)?') then 'choice'
    when regexp_matches(answer, 'matrix') then 'matrix'
    when regexp_matches(answer, '\\cup|\\infty|^[\[(].*[\])]$') then 'tuple_or_interval'
    when regexp_matches(answer, '^\\text\{[^}]*\}$|^[A-Za-z][A-Za-z '']+$') then 'text'
    when regexp_matches(answer, '[=<>]|\\le|\\ge') then 'equation'
    else 'expression'
end;

-- What was taken back leaves every view, and with it every later mixture; `raw.*` keeps it, so that
-- a text that was test stays test. A problem leaves with the last row that states it, its rollouts
-- with it.
create view retractions as
select * replace (coalesce(restored, false) as restored) from raw.retractions
qualify row_number() over (partition by source, source_row order by run_id desc) = 1;

-- The join leaves nothing of it in a plan where nothing was ever taken back.
create view retracted_rows as from raw.retracted_rows semi join raw.retractions using (source);

create view problem_sources as
select * from raw.problem_sources anti join retracted_rows using (source, source_row);

create view retracted_problems as
select problem_id
from raw.problem_sources semi join retracted_rows using (source, source_row)
where problem_id not in (select problem_id from problem_sources) group by problem_id;

create view retracted_rollouts as
select rollout_id from raw.rollouts semi join retracted_rows using (source, source_row)
union
select rollout_id from raw.rollouts semi join retracted_problems using (problem_id);

create view rollouts as
select * from raw.rollouts anti join retracted_rows using (source, source_row)
anti join retracted_problems using (problem_id);

create view failures as select * from raw.failures anti join retracted_problems using (problem_id);

create view verdicts as select * from raw.verdicts anti join retracted_rollouts using (rollout_id);

create view test_problems as
select problem_id from raw.problem_sources where split = 'test' group by problem_id;

-- strong(votes, margin): a majority that may stand in for an answer nobody states, or question one.
create macro strong(votes, margin) as votes >= 3 and margin >= 0.5;

-- A count that may hold votes of rollouts taken back since is none until `just verify` counts again.
create view votes as
with newest as (
    select * from raw.votes anti join retracted_problems using (problem_id)
    qualify row_number() over (partition by problem_id order by run_id desc) = 1
)
select * exclude (tally), (votes - runner_up) / nullif(rollouts, 0) as margin, tally
from newest where run_id > (select max(run_id) from raw.retractions) or problem_id not in (
    select problem_id from raw.rollouts semi join retracted_rows using (source, source_row));

create view tags as
select * from raw.tags
qualify row_number() over (
    partition by subject, subject_id, scope, tagger, name order by run_id desc) = 1;

-- What a teacher that was asked by the rubric says of a problem; the newest word counts.
create view graded as
select subject_id as problem_id,
    arg_max(label, run_id) filter (name = 'level') as level,
    arg_max('rubric:' || scope, run_id) filter (name = 'level') as level_source,
    arg_max(label, run_id) filter (name = 'domain') as domain,
    arg_max('rubric:' || scope, run_id) filter (name = 'domain') as domain_source
from tags where subject = 'problem' and tagger = 'rubric' group by subject_id;

-- Kinds of a question, as a list; no row where `just tag` has not read it.
create view questions as
select subject_id as problem_id,
    case when label = '' then []::varchar[] else string_split(label, ',') end as question
from tags where subject = 'problem' and tagger = 'question' and name = 'question';

-- One row per problem. Where its sources disagree, `answers` counts the distinct answers and the
-- one shown is of the source that has an answer, then a licence, then the smallest name and row;
-- where none has an answer, it is that of a strong majority of rollouts. Level and domain are the
-- smallest that a source states, by the source of the smallest name; where none states one, the
-- word of a teacher. A problem that any source calls test is test.
create view problems as
with chosen as (
    select
        problem_id,
        min_by({answer: answer, source: source, source_row: source_row, license: license},
               {a: answer is null, b: license is null, c: source, d: source_row}) as best,
        min(split) as split,
        min(level) as level,
        min(domain) as domain,
        min_by('source:' || source, {a: level, b: source}) filter (level is not null)
            as level_source,
        min_by('source:' || source, {a: domain, b: source}) filter (domain is not null)
            as domain_source,
        list(distinct source order by source) as all_sources,
        count(*) as sources,
        count(distinct answer) as answers
    from problem_sources group by problem_id
)
select
    p.problem_id, p.statement,
    coalesce(best.answer, majority.answer) as answer,
    answer_type(coalesce(best.answer, majority.answer)) as answer_type,
    case when best.answer is not null then 'gold'
         when majority.answer is not null then 'majority' end as answer_source,
    best.source as source, all_sources, best.license as license,
    case when t.problem_id is not null then 'test' else split end as split,
    coalesce(c.level, g.level) as level,
    coalesce(c.level_source, g.level_source) as level_source,
    coalesce(c.domain, g.domain) as domain,
    coalesce(c.domain_source, g.domain_source) as domain_source,
    question, sources, answers, p.run_id
from raw.problems p anti join retracted_problems using (problem_id)
left join chosen c using (problem_id) left join test_problems t on t.problem_id = p.problem_id
left join (select problem_id, answer from votes where strong(votes, margin)) majority
    using (problem_id)
left join graded g using (problem_id) left join questions using (problem_id);

-- Of an evaluation set the items that were brought in or checked last count, and what was found of
-- those; where a teacher decided, its word.
create view newest_benchmarks as
select benchmark, arg_max(digest, run_id) as digest from (
    select benchmark, digest, run_id from raw.benchmark_items
    union all select benchmark, digest, run_id from raw.checks)
group by benchmark;

create view benchmark_items as
select i.* from raw.benchmark_items i semi join newest_benchmarks using (benchmark, digest)
qualify row_number() over (partition by benchmark, item_id order by run_id desc) = 1;

create view checks as
select * from raw.checks
qualify row_number() over (partition by benchmark, digest, version, shard order by run_id desc) = 1;

create view contaminations as
select c.* replace (
    case when subject_id in (from retracted_problems union from retracted_rollouts) then null
         else span end as span)
from raw.contaminations c semi join benchmark_items using (benchmark, digest)
qualify row_number() over (
    partition by subject, subject_id, benchmark, item_id, version
    order by judge is null, run_id desc) = 1;

create view mixtures as select * from raw.mixtures;

create view mixture_rows as
select m.name, m.version, r.* from raw.mixture_rows r join raw.mixtures m using (mixture_id);

create view mixture_drops as
select m.name, m.version, d.* from raw.mixture_drops d join raw.mixtures m using (mixture_id);

-- What stage rl sampled while it trained.
create view completions as select * from raw.completions;

create view fingerprints as select * from raw.fingerprints;

create view comparisons as select * from raw.comparisons;

create view duplicates as
select * from raw.duplicates
qualify row_number() over (partition by subject, subject_id order by run_id desc) = 1
    and cluster_id is not null;

-- The last record of a run counts. A run still `running` when a later one of its kind began was
-- killed: two of a kind never run at once.
create view runs as
with last as (
    select * from raw.log_runs qualify row_number() over (partition by run_id order by seq desc) = 1
)
select
    run_id, kind,
    case when status = 'running' and run_id < max(run_id) over (partition by kind)
         then 'killed' else status end as status,
    recipe, started, seconds, cost_usd, counts, versions, seq
from last;

create view shards as select * from raw.log_shards;

-- The cluster of every problem that was compared, and the split that all of one share.
create view problem_clusters as
select d.subject_id, d.cluster_id, d.representative_id,
    case when bool_or(t.problem_id is not null) over same then 'test'
         when bool_or(p.split = 'validation') over same then 'validation'
         else p.split end as split
from duplicates d left join problems p on p.problem_id = d.subject_id
left join test_problems t on t.problem_id = d.subject_id
where d.subject = 'problem' window same as (partition by d.cluster_id);

-- The family of every problem that was read.
create view problem_templates as
select subject_id, arg_max(template_key, run_id) as template_id
from fingerprints where subject = 'problem' group by subject_id;

-- One row per rollout with everything known of it. What the rules call correct stays so; elsewhere
-- a judge that was asked has the last word. `difficulty` is the pass-rate band of this
-- rollout's own policy; `level` is the school level; `cluster_id` is the problem's cluster, or the
-- problem itself; `split` is that of the cluster, so that no split straddles one; problems of one
-- `template_id` differ in numerals only. (A materialized CTE keeps DuckDB 2.0 from leaving out columns
-- of the other joins that nobody asked for: all of the text would be read.)
create view corpus as
with ruled as not materialized (
    select * from raw.verdicts where verifier <> 'judge'
    qualify row_number() over (
        partition by rollout_id, answer order by run_id desc, version desc) = 1
),
judged as not materialized (
    select * from raw.verdicts where verifier = 'judge'
    qualify row_number() over (partition by rollout_id, answer order by run_id desc) = 1
),
open as not materialized (  -- where a judge may speak, of the answer that was read
    select rollout_id, answer, coalesce(canonical, extracted) as form from ruled
    where outcome in ('incorrect', 'ambiguous', 'timeout', 'unparseable_answer', 'error')
),
decided as not materialized (
    select j.* from judged j semi join open o on o.rollout_id = j.rollout_id
        and o.answer = j.answer and o.form = coalesce(j.canonical, j.extracted)
),
newest as not materialized (
    from ruled anti join decided using (rollout_id, answer)
    union all from decided
),
rate as (
    select subject_id, scope, value from tags
    where subject = 'problem' and tagger = 'pass_rate' and name = 'pass_rate'
),
length as (
    select subject_id,
           max(value) filter (name = 'tokens') as tokens,
           max(value) filter (name = 'trace_tokens') as trace_tokens
    from tags where subject = 'rollout' and tagger = 'length' and scope = 'cot-4k'
    group by subject_id
),
loops as (
    select subject_id, value from tags
    where subject = 'rollout' and tagger = 'repetition' and name = 'repetition'
),
rollout_cluster as (select subject_id, cluster_id, representative_id from duplicates where subject = 'rollout')
select
    r.rollout_id, r.problem_id, r.teacher, r.model, r.policy_id, r.sample_index,
    p.answer, p.answer_type, p.answer_source, p.source, p.all_sources, p.license,
    coalesce(pc.split, p.split) as split, p.level, p.domain, p.question,
    v.outcome, v.tier, v.flags, v.extracted, v.verifier, v.version as verifier_version,
    rate.value as pass_rate, band(rate.value) as difficulty,
    coalesce(pc.cluster_id, r.problem_id) as cluster_id,
    coalesce(pc.representative_id, r.problem_id) as representative_problem_id,
    coalesce(rc.cluster_id, r.rollout_id) as rollout_cluster_id,
    template.template_id,
    length.tokens::bigint as tokens, length.trace_tokens::bigint as trace_tokens,
    loops.value as repetition,
    r.finish_reason, r.completion_tokens, r.cost_usd, r.latency_s, r.source_label,
    r.source as rollout_source, r.license as rollout_license, r.run_id, r.created_at,
    p.statement, r.trace, r.solution
from rollouts r
left join problems p using (problem_id)
left join newest v on v.rollout_id = r.rollout_id and v.answer is not distinct from p.answer
left join rate on rate.subject_id = r.problem_id and rate.scope = r.policy_id
left join length on length.subject_id = r.rollout_id
left join loops on loops.subject_id = r.rollout_id
left join problem_clusters pc on pc.subject_id = r.problem_id
left join problem_templates template on template.subject_id = r.problem_id
left join rollout_cluster rc on rc.subject_id = r.rollout_id;

-- One row per group: the rollouts of one problem by one policy. `rollouts` counts all of them, `n`
-- those that were judged, as the newest `just tag` found.
create view groups as
with asked as (
    select problem_id, policy_id, any_value(teacher) as teacher, any_value(model) as model,
        count(*) as rollouts, max(run_id) as run_id
    from rollouts group by all
),
measured as (
    select subject_id, scope,
        max(value) filter (name = 'n' and tagger = 'pass_rate')::bigint as n,
        max(value) filter (name = 'k')::bigint as k,
        max(value) filter (name = 'pass_rate') as pass_rate,
        max(value) filter (name = 'pass_rate_low') as pass_rate_low,
        max(value) filter (name = 'pass_rate_high') as pass_rate_high,
        max(value) filter (name = 'tokens_mean') as tokens_mean,
        max(value) filter (name = 'tokens_std') as tokens_std,
        max(value) filter (name = 'tokens_cv') as tokens_cv,
        max(value) filter (name = 'tokens_p95') as tokens_p95,
        max(value) filter (name = 'truncation_rate') as truncation_rate
    from tags where subject = 'problem' and tagger in ('pass_rate', 'group_length') group by all
)
select a.problem_id, a.policy_id, a.teacher, a.model, coalesce(pc.split, p.split) as split,
    p.level, p.domain, p.question, p.answer, p.answer_type, p.source, a.rollouts,
    m.* exclude (subject_id, scope), a.run_id
from asked a left join measured m on m.subject_id = a.problem_id and m.scope = a.policy_id
left join problems p on p.problem_id = a.problem_id
left join problem_clusters pc on pc.subject_id = a.problem_id;

-- How hard each problem is, by whom. School level and domain: a source's word before a teacher's.
-- The pass rate is that of the policy with most judged rollouts of it, at least 4; of those with as
-- many, the one that was asked last. A problem that nobody tried so often has none.
create view difficulty as
with measured as (
    select * from groups where n >= 4
    qualify row_number() over (
        partition by problem_id order by n desc, run_id desc, policy_id) = 1
)
select p.problem_id, p.level, p.level_source, p.domain, p.domain_source, band(m.pass_rate) as difficulty,
    case when m.problem_id is not null then 'pass_rate:' || m.model end as difficulty_source,
    m.pass_rate, m.pass_rate_low, m.pass_rate_high, m.n, m.policy_id, m.teacher, m.model
from problems p left join measured m using (problem_id);

-- Problems whose stated answer no rollout gives, and most rollouts agree on another one: the answer
-- may be wrong, or hard to read. Most suspect first; `tally` names a rollout for every answer.
create view suspect_answers as
select p.problem_id, p.source, p.answer, v.answer as majority, v.votes, v.runner_up, v.rollouts,
    v.margin, p.statement, v.tally
from votes v join problems p using (problem_id)
where p.answer_source = 'gold' and strong(v.votes, v.margin)
    and problem_id not in (select problem_id from corpus where outcome = 'correct')
order by v.margin desc, v.votes desc, problem_id;

-- Evaluations: of teachers on sets of questions, apart from the corpus.
create view evaluations as
select * from raw.evaluations
qualify row_number() over (partition by evaluation_id order by run_id desc) = 1;

create view evaluation_items as
select * from raw.evaluation_items anti join retracted_problems using (problem_id);

-- `form` is equal where two rollouts of a question give the same answer: all that is correct is one.
create view evaluation_rollouts as
with newest as (
    select * from raw.verdicts semi join raw.evaluation_rollouts using (rollout_id)
    qualify row_number() over (
        partition by rollout_id, answer order by run_id desc, version desc) = 1
)
select r.* exclude (trace, solution), e.benchmark, e.teacher, e.model,
    i.item_id, i.level, i.domain, i.difficulty, i.answer,
    v.outcome, v.extracted, v.version as verifier_version,
    case when v.outcome = 'correct' then i.answer else coalesce(v.canonical, v.extracted) end as form,
    r.trace, r.solution
from raw.evaluation_rollouts r join evaluations e using (evaluation_id)
join evaluation_items i on i.digest = e.digest and i.problem_id = r.problem_id
left join newest v on v.rollout_id = r.rollout_id and v.answer = i.answer;

-- One row per question of an evaluation. Where answers are tied for the majority, `majority` is the
-- share of correct ones among them.
create view evaluation_groups as
with forms as (
    select evaluation_id, problem_id, form, bool_or(outcome = 'correct') as correct
    from evaluation_rollouts where form is not null group by evaluation_id, problem_id, form
    qualify rank() over (partition by evaluation_id, problem_id order by count(*) desc) = 1
),
majority as (select evaluation_id, problem_id, avg(correct::int) as majority from forms group by all)
select r.evaluation_id, r.problem_id, r.item_id, r.level, r.domain, r.difficulty,
    count(*) as n, count(*) filter (r.outcome = 'correct') as k, k / n as pass_rate,
    coalesce(any_value(m.majority), 0) as majority,
    avg((r.finish_reason = 'length')::int) as truncation_rate,
    avg(r.completion_tokens) as tokens_mean, max(r.verifier_version) as verifier_version
from evaluation_rollouts r left join majority m using (evaluation_id, problem_id)
where r.outcome is not null group by all;

-- pass_at(n, k, m): the chance that of m of n rollouts, k of them correct, at least one is correct
-- (M. Chen et al., arXiv:2107.03374).
create macro pass_at(n, k, m) as case when n - k < m then 1.0 else
    1 - list_aggregate([(n - k - i) / (n - i) for i in range(m)], 'product') end;

-- The figures of every evaluation: over all questions, and by level, domain and difficulty. The
-- rollouts of one question are alike, so that questions are what is counted: the standard error is
-- that of their mean pass rates, the interval Wilson's for as many independent rollouts as have it.
create view scores as
with cells as (
    select g.*, facet, cell from evaluation_groups g,
        lateral (values ('all', 'all'), ('level', level), ('domain', domain),
                        ('difficulty', difficulty)) as told(facet, cell)
    where cell is not null
),
figures as (
    select evaluation_id, facet, cell, count(*) as problems, sum(n)::bigint as rollouts,
        min(n) as samples, avg(pass_rate) as score,
        stddev_samp(pass_rate) / sqrt(count(*)) as standard_error,
        avg(majority) as majority, avg(truncation_rate) as truncation_rate,
        avg(tokens_mean) as tokens_mean,
        map_from_entries(list_filter([
            {m: 1, p: avg(pass_at(n, k, 1))}, {m: 2, p: avg(pass_at(n, k, 2))},
            {m: 4, p: avg(pass_at(n, k, 4))}, {m: 8, p: avg(pass_at(n, k, 8))},
            {m: 16, p: avg(pass_at(n, k, 16))}, {m: 32, p: avg(pass_at(n, k, 32))},
            {m: 64, p: avg(pass_at(n, k, 64))}], lambda each: each.m <= min(n))) as pass_at
    from cells group by all
),
weighed as (
    select *, case when score in (0, 1) or standard_error is null then problems
        else least(rollouts, score * (1 - score) / nullif(standard_error ** 2, 0)) end as worth
    from figures
)
select e.evaluation_id, e.benchmark, e.teacher, e.model, facet, cell, problems, rollouts, w.samples,
    score, standard_error, wilson(score * worth, worth).low as low,
    wilson(score * worth, worth).high as high, pass_at, majority, truncation_rate, tokens_mean
from weighed w join evaluations e using (evaluation_id);
