"""The spec of a mixture: `recipes/mix.yaml` with a file of `mixtures/` and overrides on top."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from factory.recipe import HOME, Recipe, listed, load, named, parse, put, validate

Names = Annotated[list[str], BeforeValidator(listed)]
Cell = Literal["domain", "level", "difficulty", "teacher", "source"]


class Part(Recipe):
    """One weighted source inside a mixture; a candidate belongs to the first part that fits."""

    where: str = "true"
    share: float | None = Field(default=None, gt=0, le=1, description="of the tokens")
    repeats: int = Field(default=1, ge=1, description="at most so many times the same row")


class MixRecipe(Recipe):
    """What one mixture holds, in which order; `recipes/mix.yaml` says what each key means."""

    mixture: str
    stage: Literal["mid", "sft", "rft", "dpo", "rl"]
    parent: str | None
    snapshot: str | None
    versions: dict[str, str]
    seed: int
    where: str
    prefer: str | None
    policy: str | None
    parts: dict[str, Part]
    tokenizer: str
    tokens: int | None = Field(ge=1)
    on_shortfall: Literal["error", "rescale"]
    balance: Annotated[list[Cell], BeforeValidator(listed)]
    per_problem: int | None = Field(ge=1)
    per_cluster: int | None = Field(ge=1)
    per_template: int | None = Field(ge=1)
    per_teacher: int | None = Field(ge=1)
    length_ratio: float | None = Field(ge=1)
    benchmarks: Names
    number_variants: Literal["keep", "drop"]
    exclude: Names
    licences: Annotated[list[str] | None, BeforeValidator(listed)]

    @field_validator("policy")
    @classmethod
    def _policy_of_prompts(cls, policy: str | None, found: Any) -> str | None:
        if policy and found.data.get("stage") != "rl":
            raise ValueError("only stage rl goes by the pass rates of one policy")
        return policy

    @field_validator("parts")
    @classmethod
    def _shares_sum(cls, parts: dict[str, Part]) -> dict[str, Part]:
        shares = [part.share for part in parts.values() if part.share is not None]
        if shares and len(shares) < len(parts):
            raise ValueError("give every part a share, or none")
        if shares and abs(sum(shares) - 1) > 1e-6:
            raise ValueError(f"the shares sum to {sum(shares):g}; they must sum to 1")
        return parts

    @model_validator(mode="after")
    def _fits_together(self) -> "MixRecipe":
        if self.balance and not self.tokens:
            raise ValueError(f"balance={','.join(self.balance)} needs a budget: give tokens=")
        if self.tokens and any(part.share is None for part in self.all_parts().values()):
            raise ValueError(f"tokens={self.tokens} of parts: give each a share")
        if self.length_ratio and self.stage != "dpo":
            raise ValueError("length_ratio is of pairs: stage dpo")
        return self

    def all_parts(self) -> dict[str, Part]:
        """The parts; without any, one that is the whole mixture."""
        return self.parts or {self.mixture: Part(share=1.0)}


def resolve(overrides: list[str]) -> MixRecipe:
    """The recipe of `just mix mixture=NAME key=value ...`. Raises RecipeError."""
    given = parse(overrides)
    name = given.pop("mixture", "mid")
    values = load(HOME / "recipes" / "mix.yaml") | load(named("mixtures", "mixture", name))
    for key, value in given.items():
        put(values, key, value)
    return validate(MixRecipe, {**values, "mixture": name})
