"""The public tables and views in Markdown: TABLES.md, which a test holds against the catalog.

Columns of tables are described where they are declared (`schemas.rows`); those that only views
have, here.
"""

from schemas.rows import TABLES

VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "problems": (
        "One row per problem; where its sources disagree, the source that has an answer, then a "
        "licence, then the smallest name and row.",
        {
            "statement": "the question as first ingested",
            "answer": "reference answer of the chosen source, else of a strong majority",
            "answer_type": "integer, decimal, fraction, percent, choice, matrix, "
            "tuple_or_interval, text, equation or expression",
            "answer_source": "gold where a source states the answer, majority where rollouts do",
            "source": "the chosen source",
            "all_sources": "names of all sources that state it",
            "license": "licence of the chosen source",
            "split": "test as soon as one source says so",
            "level": "school level or the source's own ladder; else a teacher's word",
            "level_source": "who says so: source:NAME or rubric:TEACHER",
            "domain": "field of mathematics, of a source, else a teacher's word",
            "domain_source": "who says so: source:NAME or rubric:TEACHER",
            "question": "what is amiss with it: proof, yes_no, multiple_choice, multi_part, "
            "missing_figure; null until `just tag`",
            "sources": "rows of sources that state it",
            "answers": "distinct answers among them; above 1: a conflict",
        },
    ),
    "corpus": (
        "One row per rollout with everything known of it: start here.",
        {
            "outcome": "newest verdict against the problem's present answer; null: not judged",
            "tier": "part of the verifier that decided",
            "extracted": "the answer found in the rollout",
            "verifier_version": "version of the verifier that judged",
            "pass_rate": "correct / judged of this problem under this rollout's policy",
            "difficulty": "that pass rate in words: trivial 1, easy >= 0.8, medium >= 0.4, "
            "hard > 0, unsolved 0",
            "cluster_id": "the problem's duplicate cluster, or the problem itself",
            "split": "of the problem's cluster: test as soon as one source says so of one of it",
            "template_id": "equal where problems differ in numerals only; null until `just dedup`",
            "representative_problem_id": "the kept member of that cluster",
            "rollout_cluster_id": "the rollout's duplicate cluster, or the rollout itself",
            "tokens": "tokens of trace and solution by the shipped tokenizer",
            "trace_tokens": "tokens of the trace",
            "repetition": "share of runs of 8 words that repeat an earlier one",
            "rollout_source": "source of an imported rollout",
            "rollout_license": "licence of the teacher's outputs",
        },
    ),
    "groups": (
        "One row per group: the rollouts of one problem by one policy.",
        {
            "split": "of the problem's cluster: test as soon as one source says so of one of it",
            "rollouts": "all rollouts of the group",
            "n": "rollouts that were judged",
            "k": "judged rollouts that are correct",
            "pass_rate": "k / n",
            "pass_rate_low": "lower end of the 95 % Wilson interval",
            "pass_rate_high": "upper end of the 95 % Wilson interval",
            "tokens_mean": "tokens of trace and solution, mean over all rollouts",
            "tokens_std": "their standard deviation (n - 1)",
            "tokens_cv": "tokens_std / tokens_mean",
            "tokens_p95": "their 95th percentile",
            "truncation_rate": "share cut off, of those of which it is known how they ended",
            "run_id": "newest run of its rollouts",
        },
    ),
    "difficulty": (
        "How hard each problem is, and by whom: the pass rate is that of the policy with most "
        "judged rollouts, at least 4; of those with as many, the one asked last.",
        {
            "difficulty": "that pass rate in words: trivial 1, easy >= 0.8, medium >= 0.4, "
            "hard > 0, unsolved 0; null: nobody tried 4 times",
            "difficulty_source": "pass_rate:MODEL",
            "policy_id": "the policy whose pass rate it is",
        },
    ),
    "votes": (
        "What the rollouts of one problem answer, equal answers counted as one.",
        {"margin": "(votes - runner_up) / rollouts; strong: >= 0.5, with >= 3 votes"},
    ),
    "suspect_answers": (
        "Problems whose stated answer no rollout gives, though a strong majority agrees.",
        {
            "answer": "the answer that its source states",
            "majority": "the answer that most rollouts give",
        },
    ),
    "mixture_rows": (
        "One example of a frozen mixture, in training order.",
        {"name": "name of the mixture", "version": "version of the mixture"},
    ),
    "mixture_drops": (
        "One rollout, or problem of stage rl, that a mixture did not take, and why.",
        {"name": "name of the mixture", "version": "version of the mixture"},
    ),
    "evaluation_rollouts": (
        "One judged sample of a teacher for a question of an evaluation; never part of the corpus.",
        {
            "benchmark": "name of the evaluation set; problems: the store's own",
            "outcome": "newest verdict against the question's answer",
            "verifier_version": "version of the verifier that judged",
            "form": "equal where two rollouts of a question give one answer; the correct are one",
        },
    ),
    "evaluation_groups": (
        "One row per question of an evaluation.",
        {
            "n": "rollouts that were judged",
            "k": "those that are correct",
            "pass_rate": "k / n",
            "majority": "whether the majority's answer is correct; a share where answers are tied",
            "truncation_rate": "share of its rollouts that were cut off",
            "tokens_mean": "tokens written, by the teacher, mean over its rollouts",
        },
    ),
    "scores": (
        "The figures of every evaluation: over all its questions, and by level, domain and "
        "difficulty. Rollouts of one question are alike, so that questions are what is counted.",
        {
            "facet": "all, level, domain or difficulty",
            "cell": "which one of the facet",
            "problems": "questions with a judged rollout",
            "rollouts": "judged rollouts",
            "samples": "k: the fewest judged rollouts of one question",
            "score": "avg@k: mean over questions of the share of correct rollouts",
            "standard_error": "of that mean, over questions",
            "low": "lower end of the 95 % interval: Wilson's, for as many independent rollouts "
            "as have that standard error",
            "high": "upper end of the 95 % interval",
            "pass_at": "pass@m, unbiased, for m of 1, 2, 4, ... up to `samples`: pass_at[4]",
            "majority": "maj@k: share of questions whose majority answer is correct",
            "truncation_rate": "share of rollouts that were cut off",
            "tokens_mean": "tokens written, by the teacher, mean over questions",
        },
    ),
    "runs": (
        "One row per execution of a recipe.",
        {
            "run_id": "sorts in the order of the log",
            "kind": "the step, or train",
            "status": "running, finished, interrupted, failed or killed",
            "recipe": "the resolved recipe, JSON",
            "started": "when it began, UTC",
            "seconds": "how long it took",
            "cost_usd": "what it spent, in US dollars",
            "counts": "what it did, JSON",
            "versions": "versions of our code and its libraries, JSON",
            "seq": "log record that closed it",
        },
    ),
    "shards": (
        "One row per live Parquet file.",
        {
            "table": "table it belongs to",
            "path": "path in the store",
            "rows": "rows in it",
            "bytes": "its size",
            "sha256": "its hash",
        },
    ),
}

ORDER = [
    "corpus",
    "groups",
    "difficulty",
    *TABLES,
    "evaluation_groups",
    "scores",
    "suspect_answers",
    "runs",
    "shards",
]

_OF = "evaluation_rollouts evaluation_items evaluations"
EVALUATED = dict.fromkeys(("evaluation_rollouts", "evaluation_groups", "scores"), _OF)


def describe(view: str, column: str) -> str:
    """What a column of a public view means. Raises KeyError where nobody has said."""
    related = {"suspect_answers": "votes", "difficulty": "groups", **EVALUATED}.get(view, view)
    for name in (view, *related.split(), "problems", "rollouts", "problem_sources", "verdicts"):
        if name in VIEWS and column in VIEWS[name][1]:
            return VIEWS[name][1][column]
        if name in TABLES and column in TABLES[name].model_fields:
            return TABLES[name].model_fields[column].description or ""
    raise KeyError(f"{view}.{column}")


def markdown(columns: dict[str, list[tuple[str, str]]]) -> str:
    """TABLES.md, from the (column, type) pairs of every public view."""
    lines = ["# Tables and views", "", "*Generated by `just document`; do not edit.*"]
    for view, found in columns.items():
        about = VIEWS[view][0] if view in VIEWS else (TABLES[view].__doc__ or "").strip()
        lines += ["", f"## {view}", "", about, "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| {name} | {kind.lower()} | {describe(view, name)} |" for name, kind in found]
    return "\n".join([*lines, ""])
