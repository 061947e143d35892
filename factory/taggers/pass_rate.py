"""Difficulty by measurement: k of n rollouts of one policy correct, with the 95 % Wilson interval.

Judged are rollouts the verifier could decide about: not those without a reference answer, nor those
that timed out. Source of the interval: E. B. Wilson, JASA 22 (1927).
"""

import polars as pl

VERSION = "1"
SUBJECT = "problem"
INPUT = """
    select problem_id as subject_id, policy_id as scope,
        count(*) filter (outcome = 'correct') as k, count(*) as n
    from corpus where judged(outcome) group by all order by all
"""
Z = 1.959964


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, scope, k, n) -> k, n, pass_rate, pass_rate_low, pass_rate_high."""
    k, n = pl.col("k"), pl.col("n")
    spread = Z * (k * (n - k) / n + Z**2 / 4).sqrt()
    return rows.with_columns(
        pass_rate=k / n,
        pass_rate_low=((k + Z**2 / 2 - spread) / (n + Z**2)).clip(0, 1),
        pass_rate_high=((k + Z**2 / 2 + spread) / (n + Z**2)).clip(0, 1),
    )
