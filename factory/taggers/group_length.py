"""How long the rollouts of a problem by one policy are, and how many of them were cut off.

Of all rollouts, judged or not. `tokens_std` is that of a sample (n - 1), `tokens_cv` is it over the
mean: both need two rollouts. The truncation rate is of those of which it is known how they ended.
"""

import polars as pl

from factory.taggers import length

VERSION = "1"
SUBJECT = "problem"
# Sums of whole numbers: the same figures in whatever order the rows come.
INPUT = f"""
    select problem_id as subject_id, policy_id as scope, count(*) as n, count(tokens) as counted,
        sum(tokens)::double as total, sum(tokens * tokens)::double as squares,
        quantile_cont(tokens, 0.95) as tokens_p95,
        count(*) filter (finish_reason = 'length') / nullif(count(finish_reason), 0)
            as truncation_rate
    from rollouts left join (
        select subject_id, value::bigint as tokens from tags
        where subject = 'rollout' and tagger = 'length' and name = 'tokens' and scope = 'cot-4k'
            and version = '{length.VERSION}'
    ) on subject_id = rollout_id
    group by all
"""


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """n, tokens_mean, tokens_std, tokens_cv, tokens_p95, truncation_rate of each group."""
    counted, total = pl.col("counted"), pl.col("total")
    mean = total / pl.when(counted > 0).then(counted)
    spread = (counted * pl.col("squares") - total**2).clip(lower_bound=0)
    std = (spread / pl.when(counted > 1).then(counted * (counted - 1))).sqrt()
    return rows.select(
        "subject_id",
        "scope",
        "n",
        tokens_mean=mean,
        tokens_std=std,
        tokens_cv=std / pl.when(mean > 0).then(mean),
        tokens_p95="tokens_p95",
        truncation_rate="truncation_rate",
    )
