"""Row models of evaluations: what a teacher scores on a set of questions, apart from the corpus."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from schemas.row import Row


class Evaluation(Row):
    """One teacher under one sampling on one set of questions; asked for more, it is the same."""

    KEY: ClassVar = ("evaluation_id",)
    REPLACES: ClassVar = True

    evaluation_id: str = Field(description="hash of policy and digest: who is asked what")
    benchmark: str = Field(description="name of the evaluation set; problems: the store's own")
    digest: str = Field(description="hash of the questions and their answers")
    questions: int = Field(ge=1, description="questions in the set")
    samples: int = Field(ge=1, description="rollouts of each question that were last asked for")
    teacher: str = Field(description="name of the teacher's recipe")
    model: str = Field(description="model asked for; of a checkpoint its name")
    revision: str | None = Field(description="revision of the model, where the teacher pins one")
    backend: str = Field(description="backend class: embedded, openai, transformers, ...")
    prompt: str = Field(description="name of the prompt template")
    policy_id: str = Field(description="hash of model, revision, backend, prompt and sampling")
    sampling: str = Field(description="sampling parameters, canonical JSON")
    selection: str | None = Field(description="SQL that chose the store's own problems")
    run_id: str = Field(description="newest run of it")
    created_at: datetime = Field(description="when that began, UTC")


class EvaluationItem(Row):
    """One question of a set that was evaluated on, as it was then."""

    KEY: ClassVar = ("digest", "problem_id")

    digest: str = Field(description="hash of the questions of the set and their answers")
    problem_id: str = Field(description="hash of the statement, as of `problems`")
    item_id: str = Field(description="the question's id in the set, or its row number from 0")
    level: str | None = Field(description="level that the set or the store states")
    domain: str | None = Field(description="field of mathematics that either states")
    difficulty: str | None = Field(description="pass-rate band of the store's own problem")
    run_id: str = Field(description="run that brought it in")
    answer: str = Field(description="reference answer", min_length=1)
    statement: str = Field(description="the question, with the choices where it has any")


class EvaluationRollout(Row):
    """One sample of a teacher for a question of an evaluation; never part of the corpus."""

    KEY: ClassVar = ("rollout_id",)

    evaluation_id: str = Field(description="the evaluation it belongs to")
    rollout_id: str = Field(description="hash of evaluation, messages and sample index")
    problem_id: str = Field(description="the question asked")
    sample_index: int = Field(ge=0, description="which of the samples, from 0")
    finish_reason: str | None = Field(description="stop, length, content_filter, ...")
    prompt_tokens: int | None = Field(ge=0, description="tokens of the prompt, by the teacher")
    completion_tokens: int | None = Field(ge=0, description="tokens written, by the teacher")
    cost_usd: float | None = Field(ge=0, description="price of this rollout, in US dollars")
    latency_s: float | None = Field(ge=0, description="seconds from request to last token")
    served_model: str | None = Field(description="model name the server answered with")
    fingerprint: str | None = Field(description="system fingerprint the server answered with")
    run_id: str = Field(description="run that bought it")
    created_at: datetime = Field(description="when it arrived, UTC")
    trace: str | None = Field(description="thinking part, without its tags")
    solution: str = Field(description="text after the thinking part; may be empty")
