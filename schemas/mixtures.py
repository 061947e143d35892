"""Row models of frozen mixtures; `schemas.rows` has the others."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from schemas.row import Row


class Mixture(Row):
    """One frozen version of a mixture."""

    KEY: ClassVar = ("name", "version")
    LATER: ClassVar = ("report",)

    name: str = Field(description="name of the mixture")
    version: int = Field(ge=1, description="counts up by one with every new content")
    mixture_id: str = Field(description="hash of the spec and the ordered rows")
    stage: str = Field(description="training stage it is made for")
    snapshot_id: str = Field(description="snapshot it was selected from")
    rows: int = Field(ge=1, description="examples in it")
    tokens: int = Field(ge=0, description="tokens in it, by its tokenizer")
    tokenizer: str = Field(description="name of the tokenizer that counted")
    run_id: str = Field(description="run that froze it")
    created_at: datetime = Field(description="when it was frozen, UTC")
    spec: str = Field(description="the resolved spec, canonical JSON")
    report: str | None = Field(
        description="input, drops by rule, parts asked for and delivered, versions; JSON"
    )


class MixtureRow(Row):
    """One example of a frozen mixture, in training order."""

    KEY: ClassVar = ("mixture_id", "position")
    LATER: ClassVar = ("rejected_id", "rejected", "answer")

    mixture_id: str = Field(description="the mixture it belongs to")
    position: int = Field(ge=0, description="place in training order, from 0")
    part: str = Field(description="part of the mixture it was selected for")
    problem_id: str = Field(description="the problem")
    rollout_id: str | None = Field(description="the rollout; of a pair the correct one")
    rejected_id: str | None = Field(description="of a pair the incorrect rollout")
    tokens: int = Field(ge=0, description="tokens of the problem and of its rollouts")
    prompt: str = Field(description="text before the completion")
    completion: str | None = Field(description="text the student learns, or prefers; rl has none")
    rejected: str | None = Field(description="of a pair the text that is not preferred")
    answer: str | None = Field(description="of a prompt for rl the answer that earns the reward")


class MixtureDrop(Row):
    """One rollout, or problem of stage rl, that a mixture did not take."""

    KEY: ClassVar = ("mixture_id", "subject_id")

    mixture_id: str = Field(description="the mixture it is not in")
    subject_id: str = Field(description="rollout_id; of stage rl problem_id")
    rule: str = Field(description="the first rule of the spec that kept it out")
