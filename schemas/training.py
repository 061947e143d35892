"""Row models of what training leaves in the store; `schemas.rows` has the others."""

from typing import ClassVar

from pydantic import Field

from schemas.row import Row


class PolicyCompletion(Row):
    """One rollout of stage rl, as it was sampled, judged and kept while training."""

    KEY: ClassVar = ("run_id", "step", "position")

    run_id: str = Field(description="the training run")
    step: int = Field(ge=0, description="optimizer steps taken before it was sampled")
    position: int = Field(ge=0, description="place among what was sampled at once")
    group: int = Field(ge=0, description="group of it: rollouts of one prompt")
    temperature: float = Field(gt=0, description="of sampling, and of scoring")
    statement: str = Field(description="the problem, as the mixture has it")
    completion: str = Field(description="the text, without special tokens")
    tokens: int = Field(ge=0, description="tokens of the completion, the student's own")
    outcome: str = Field(description="the verdict")
    kept: bool = Field(description="whether it taught: false for those balancing left out")
    reward: float | None = Field(description="+1, -1; null where it was not kept or not judged")
