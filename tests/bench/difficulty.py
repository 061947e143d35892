"""`just bench difficulty`: measured tags of difficulty beside the levels that people gave.

    just bench difficulty [path=qwen25_math_cot_100x8.jsonl] [samples=10000]

Ingests Qwen2.5-Math's 100 x 8 rollouts on MATH test problems, verifies and tags them by their
commands, and prints Spearman's rank correlation of each tag with MATH's level (1 to 5), with the
95 % interval of a bootstrap over problems (percentiles; B. Efron, Ann. Statist. 7, 1979).
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import bootstrap, spearmanr

from factory import catalog
from factory.store import Store
from tests.bench import _rig as rig

PATH = rig.ROOT.parent / "shared" / "data" / "qwen25_math_cot_100x8.jsonl"
TAGS = ("pass_rate", "tokens_mean", "tokens_cv", "tokens_p95", "prompt_tokens")
SQL = """
    select replace(level, 'math-', '')::int as human, pass_rate, tokens_mean, tokens_cv, tokens_p95,
        prompt.value as prompt_tokens
    from groups join (from tags where name = 'prompt_tokens') prompt on subject_id = problem_id
    where level like 'math-%' order by problem_id
"""


def correlation(human: np.ndarray, tag: np.ndarray, samples: int) -> tuple[float, float, float]:
    """Spearman's rho and the 95 % interval."""

    def rho(a: np.ndarray, b: np.ndarray) -> float:
        told: Any = spearmanr(a, b)
        return float(told.statistic)

    found = bootstrap(
        (human, tag),
        rho,
        paired=True,
        vectorized=False,
        n_resamples=samples,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return rho(human, tag), float(found.low), float(found.high)


def main(words: list[str]) -> int:
    """Measure and print. Raises UserError."""
    given = rig.options(words, path=str(PATH), samples="10000", format="table")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store, log = Path(folder) / "store", Path(folder) / "step.log"
        ingest = ("ingest", "source=qwen25_math", f"path={Path(given['path']).absolute()}")
        for step in (ingest, ("verify",), ("tag",)):
            rig.measured(rig.factory(*step, f"store={store}"), log)
        with catalog.connect(Store(store)) as con:
            found = con.sql(SQL).pl()
    rows = []
    for tag in TAGS:
        known = found.drop_nulls(tag)
        pair = known["human"].to_numpy(), known[tag].to_numpy()
        rho, low, high = correlation(*pair, int(given["samples"]))
        rows.append([tag, f"{rho:+.2f}", f"{low:+.2f} to {high:+.2f}", str(len(known))])
    head = ("tag", "rho with MATH's level", "95 % interval", "problems")
    rig.show("Difficulty", head, rows, given["format"] == "markdown")
    return 0
