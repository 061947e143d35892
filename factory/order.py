"""An order: what to ask, of whom, how often; and the policy under which its rollouts stand."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, field_validator

from factory import identity
from factory.errors import RecipeError
from factory.recipe import HOME, Recipe, load, parse, validate
from factory.teacher import Sampling, Teacher, render, template, values
from schemas.exchange import Request

Step = Literal["sample", "verify", "dedup", "tag"]


class Adaptive(Recipe):
    """The rules of `n=adaptive` (`factory.adaptive`)."""

    first: int = Field(ge=1)
    cap: int = Field(ge=1)
    width: float = Field(gt=0, lt=1)


class AskRecipe(Recipe):
    """Who is asked, and how; `resolve` fills it."""

    teacher: Teacher
    sampling: Sampling
    concurrency: int = Field(ge=1)
    seed: int | None
    limit: int | None = Field(ge=1)
    max_tokens: int | None = Field(ge=1)
    max_cost: float | None = Field(gt=0)
    max_requests: int | None = Field(ge=1)
    any_model: bool


class GenerateRecipe(AskRecipe):
    """What to ask, of whom, how often."""

    n: int | Literal["adaptive"]
    adaptive: Adaptive
    steps: list[Step]
    where: str | None
    problems: int = Field(ge=1)
    retry_failed: bool
    retry_truncated: bool
    plan: bool

    @field_validator("n", mode="before")
    @classmethod
    def _counted(cls, value: Any) -> Any:
        if value != "adaptive" and not (str(value).isdigit() and int(value) >= 1):
            raise ValueError("Should be a number from 1 on, or adaptive")
        return value if value == "adaptive" else int(value)

    @field_validator("steps", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value


A = TypeVar("A", bound=AskRecipe)


def resolve(overrides: list[str]) -> GenerateRecipe:
    """The recipe of `just generate key=value ...`."""
    return resolved(GenerateRecipe, "generate", overrides)


def resolved(model: type[A], name: str, overrides: list[str]) -> A:
    """The recipe of a command that asks a teacher: its file, the teacher's, then the overrides."""
    given = parse(overrides)
    recipe = {**load(HOME / "recipes" / f"{name}.yaml")}
    recipe |= {k: v for k, v in given.items() if not k.startswith(("teacher.", "sampling."))}
    recipe["teacher"], recipe["sampling"] = values(str(recipe["teacher"]), given)
    for name in ("seed", "max_tokens"):
        if name in given and f"sampling.{name}" in given:
            raise RecipeError(f"{name} and sampling.{name} are one; give only {name}")
        if recipe[name] is not None:
            other = "max_completion_tokens"  # what newer models of OpenAI call it
            known = other if name == "max_tokens" and other in recipe["sampling"] else name
            recipe["sampling"][known] = recipe[name]
    order = validate(model, recipe)
    if order.teacher.backend == "replay" and Path(order.teacher.path or "").is_file():
        # What is replayed is part of what a rollout is.
        with Path(order.teacher.path or "").open("rb") as recording:
            revision = hashlib.file_digest(recording, "sha256").hexdigest()[:16]
        teacher = order.teacher.model_copy(update={"revision": revision})
        return order.model_copy(update={"teacher": teacher})
    return order


def policy(recipe: AskRecipe) -> str:
    """The id of this teacher, prompt and sampling."""
    teacher = recipe.teacher
    messages = template(teacher.prompt)
    if teacher.prefill:
        messages = [*messages, {"role": "assistant", "content": teacher.prefill}]
    sampling = recipe.sampling.sent()
    return identity.policy_id(teacher.model, teacher.revision, teacher.backend, messages, sampling)


class Asker:
    """Writes the requests of an order. `scope`: what its rollouts are of; default: the policy."""

    def __init__(self, recipe: AskRecipe, scope: str | None = None) -> None:
        self.scope = scope or policy(recipe)
        self.messages = template(recipe.teacher.prompt)
        self.sampling = recipe.sampling.sent()

    def requests(
        self, problem_id: str, statement: str, indexes: Iterable[int]
    ) -> Iterator[Request]:
        """One request for each of these samples of one problem."""
        messages = render(self.messages, statement=statement)
        for index in indexes:
            rollout_id = identity.rollout_id(self.scope, messages, index)
            yield Request(rollout_id, problem_id, index, messages, self.sampling)
