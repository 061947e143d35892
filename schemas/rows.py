"""One model per stored table: its columns, their meaning, and the key no two rows may share.

The models are declarations: `schemas.arrow` derives the Parquet schema, the checks and the
documentation from them. Wide text comes last, so that a scan of the other columns stays cheap.
A row is never changed; where a later row may replace an earlier one (`REPLACES`), the newest
`run_id` counts, and run ids sort in the order of the log.
"""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from schemas.derived import (
    BenchmarkItem,
    Check,
    Comparison,
    Contamination,
    Duplicate,
    Fingerprint,
    Retraction,
    Tag,
)
from schemas.evaluations import Evaluation, EvaluationItem, EvaluationRollout
from schemas.mixtures import Mixture, MixtureDrop, MixtureRow
from schemas.row import Outcome, Row, Split
from schemas.training import PolicyCompletion


class Problem(Row):
    """One question, once, however many sources carry it."""

    KEY: ClassVar = ("problem_id",)

    problem_id: str = Field(description="hash of the statement after NFC and whitespace only")
    run_id: str = Field(description="run that brought it in")
    statement: str = Field(description="the question as first ingested", min_length=1)


class ProblemSource(Row):
    """One ingested row of one source; several may lead to the same problem."""

    KEY: ClassVar = ("source", "source_row")
    LATER: ClassVar = ("origin",)

    source: str = Field(description="name of the source: a data set, one file of it, or a world")
    source_row: str = Field(description="the row's id in its source, or its row number from 0")
    problem_id: str = Field(description="the problem this row states")
    license: str | None = Field(description="licence the source states for its rows")
    split: Split | None = Field(description="split the source puts the row in")
    level: str | None = Field(description="school level, where the source has one")
    domain: str | None = Field(description="field of mathematics, where the source has one")
    run_id: str = Field(description="run that brought it in")
    answer: str | None = Field(description="reference answer as the source states it")
    origin: str | None = Field(description="where the source has the row from, in its own words")


class Rollout(Row):
    """One sample of a teacher for a problem; right or wrong, it stays as it came."""

    KEY: ClassVar = ("rollout_id",)

    rollout_id: str = Field(description="hash of messages, model, sampling and sample index")
    problem_id: str = Field(description="the problem asked")
    policy_id: str = Field(description="hash of all of the identity but problem and index")
    teacher: str = Field(description="name of the teacher's recipe, or of the imported field")
    model: str = Field(description="model asked for")
    revision: str | None = Field(description="revision of the model, where the teacher pins one")
    backend: str = Field(description="backend class: embedded, openai, import")
    prompt: str | None = Field(description="name of the prompt template")
    sampling: str | None = Field(description="sampling parameters, canonical JSON")
    sample_index: int = Field(ge=0, description="which of the n samples, from 0")
    finish_reason: str | None = Field(description="stop, length, content_filter, ...")
    prompt_tokens: int | None = Field(ge=0, description="tokens of the prompt, by the teacher")
    completion_tokens: int | None = Field(ge=0, description="tokens written, by the teacher")
    cost_usd: float | None = Field(ge=0, description="price of this rollout, in US dollars")
    latency_s: float | None = Field(ge=0, description="seconds from request to last token")
    served_model: str | None = Field(description="model name the server answered with")
    fingerprint: str | None = Field(description="system fingerprint the server answered with")
    license: str | None = Field(description="licence of the teacher's outputs")
    source: str | None = Field(description="source of an imported rollout")
    source_row: str | None = Field(description="row of an imported rollout in its source")
    source_label: bool | None = Field(description="the source's own word on correctness")
    run_id: str = Field(description="run that bought or imported it")
    created_at: datetime = Field(description="when it arrived, UTC")
    messages: str | None = Field(description="messages sent, JSON")
    trace: str | None = Field(description="thinking part, without its tags")
    solution: str = Field(description="text after the thinking part; may be empty")


class Failure(Row):
    """One request that gave no rollout."""

    KEY: ClassVar = ("rollout_id", "run_id")

    rollout_id: str = Field(description="identity of the rollout that was owed")
    problem_id: str = Field(description="the problem asked")
    teacher: str = Field(description="name of the teacher's recipe")
    model: str = Field(description="model asked for")
    sample_index: int = Field(ge=0, description="which of the n samples, from 0")
    kind: str = Field(description="timeout, connection, status_429, unsupported, bad_reply, ...")
    permanent: bool = Field(description="true: not owed again")
    run_id: str = Field(description="run that asked")
    created_at: datetime = Field(description="when it failed, UTC")
    message: str = Field(description="the server's or backend's own words")


class Verdict(Row):
    """What one verifier says of one rollout against one answer."""

    KEY: ClassVar = ("rollout_id", "answer", "verifier", "version", "policy")
    LATER: ClassVar = ("flags",)

    rollout_id: str = Field(description="the rollout judged")
    verifier: str = Field(description="name of the verifier")
    version: str = Field(description="version of the verifier")
    policy: str = Field(description="named set of rules applied")
    outcome: Outcome = Field(description="the verdict; only correct and incorrect are decisions")
    tier: str = Field(description="part of the verifier that decided")
    ms: float = Field(ge=0, description="milliseconds spent")
    run_id: str = Field(description="run that judged")
    reason: str = Field(description="why, in a few words")
    answer: str | None = Field(description="the answer judged against")
    extracted: str | None = Field(description="the answer found in the completion")
    canonical: str | None = Field(description="canonical form of the extracted answer")
    answer_canonical: str | None = Field(description="canonical form of the reference answer")
    flags: str | None = Field(description="liberties that correct rests on: order, units, ...")


class Vote(Row):
    """What the rollouts of one problem answer, equal answers counted as one."""

    KEY: ClassVar = ("problem_id",)
    REPLACES: ClassVar = True

    problem_id: str = Field(description="the problem")
    rollouts: int = Field(
        ge=0,
        description="rollouts with a verdict, answer or none; fewer than 2 "
        "once voters were taken back",
    )
    votes: int = Field(ge=0, description="rollouts that give the majority answer")
    runner_up: int = Field(ge=0, description="rollouts that give the next answer")
    verifier: str = Field(description="verifier that told which answers are equal")
    version: str = Field(description="version of the verifier")
    run_id: str = Field(description="run that counted")
    answer: str | None = Field(description="the majority answer; null where no rollout gives one")
    tally: str = Field(description="every answer with its votes and a rollout that gives it, JSON")


TABLES: dict[str, type[Row]] = {
    "problems": Problem,
    "problem_sources": ProblemSource,
    "rollouts": Rollout,
    "failures": Failure,
    "verdicts": Verdict,
    "votes": Vote,
    "fingerprints": Fingerprint,
    "comparisons": Comparison,
    "duplicates": Duplicate,
    "benchmark_items": BenchmarkItem,
    "checks": Check,
    "contaminations": Contamination,
    "tags": Tag,
    "retractions": Retraction,
    "mixtures": Mixture,
    "mixture_rows": MixtureRow,
    "mixture_drops": MixtureDrop,
    "completions": PolicyCompletion,
    "evaluations": Evaluation,
    "evaluation_items": EvaluationItem,
    "evaluation_rollouts": EvaluationRollout,
}
