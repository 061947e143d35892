"""Teachers: model, backend, prompt, sampling and price under one name, each a YAML file.

A key is named by its environment variable and never held in a recipe. Changing `base_url` without
naming a variable drops the original provider's key: it is never sent to another host.
"""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from factory.errors import RecipeError
from factory.recipe import Recipe, load, named, put
from schemas.exchange import Backend, Message, Refused


class Price(Recipe):
    """US dollars per million tokens."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class Sampling(Recipe):
    """What is sent with every request and is part of a rollout's identity; None is left out."""

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_k: int | None = Field(default=None, ge=-1, lt=2**31)
    min_p: float | None = Field(default=None, ge=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, lt=2**31)
    max_completion_tokens: int | None = Field(default=None, ge=1, lt=2**31)
    reasoning_effort: str | None = None
    seed: int | None = Field(default=None, ge=-(2**62), lt=2**62)

    def limit(self) -> int | None:
        """The most tokens of one completion, by either name."""
        return self.max_completion_tokens or self.max_tokens

    def sent(self) -> dict[str, Any]:
        """The values that are set."""
        return self.model_dump(exclude_none=True)


class Teacher(Recipe):
    """One teacher. `reasons`: its replies carry a thinking part."""

    name: str
    model: str = Field(min_length=1)
    revision: str | None = None
    backend: Literal["embedded", "openai", "vllm", "batch", "replay", "transformers"]
    base_url: str | None = None
    api_key_env: str | None = None
    path: str | None = None
    client: Literal["lean", "official"] = "lean"
    stream: bool = False
    engine: dict[str, Any] = Field(default_factory=dict)
    prompt: str
    prefill: str | None = None
    reasons: bool
    license: str | None = None
    price: Price | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "Teacher":
        if self.backend == "openai" and not self.base_url:
            raise ValueError("'teacher.base_url' is missing; give teacher.base_url=URL")
        for url in (self.base_url or "").split(",") if self.base_url else ():
            if not _is_address(url):
                raise ValueError("'teacher.base_url' is no http or https address; give URL[,URL]")
        return self

    def key(self) -> str | None:
        """The secret out of the environment. Raises RecipeError naming the variable."""
        if self.api_key_env is None:
            return None
        if not (secret := os.environ.get(self.api_key_env)):
            raise RecipeError(
                f"teacher {self.name!r} needs a key: "
                f"set the environment variable {self.api_key_env}"
            )
        return secret

    def refusal(self, refused: Refused) -> str:
        """Why it cannot be asked, and what to do."""
        hints = {
            "status_401": f"is the key right? {self._key_from()}",
            "status_403": f"is the key right? {self._key_from()}",
            "status_404": f"is there a model {self.model!r}, and does teacher.base_url end in /v1?",
        }
        hint = hints.get(refused.kind, "")
        return f"teacher {self.name!r}: {refused}" + (f"; {hint}" if hint else "")

    def _key_from(self) -> str:
        if self.api_key_env:
            return f"it comes from {self.api_key_env}"
        return "give teacher.api_key_env=VARIABLE"

    def cost(self, prompt_tokens: int | None, completion_tokens: int | None) -> float | None:
        """US dollars of one rollout; None where price or tokens are not known."""
        if self.price is None or prompt_tokens is None or completion_tokens is None:
            return None
        spent = prompt_tokens * self.price.prompt + completion_tokens * self.price.completion
        return spent / 1_000_000


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def values(name: str, overrides: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The teacher's and the sampling values: the file's, then `teacher.*` and `sampling.*`."""
    if "sampling" in overrides:
        raise RecipeError("sampling has keys of its own; write sampling.temperature=0.7")
    teacher = {"name": name, **load(named("teachers", "teacher", name))}
    both = {"teacher": teacher, "sampling": teacher.pop("sampling", {})}
    if "teacher.base_url" in overrides and "teacher.api_key_env" not in overrides:
        teacher["api_key_env"] = None
    for key, value in overrides.items():
        if key.startswith(("teacher.", "sampling.")):
            put(both, key, value)
    return teacher, both["sampling"]


def template(prompt: str) -> list[Message]:
    """The messages of a prompt template, `{statement}` still in place."""
    return load(named("prompts", "prompt", prompt))["messages"]


def render(messages: list[Message], **fields: str) -> list[Message]:
    """The messages with every `{field}` in its place, once: braces inside a field stay."""
    places = re.compile("|".join(rf"\{{{name}\}}" for name in fields))

    def filled(text: str) -> str:
        return places.sub(lambda place: fields[place[0][1:-1]], text)

    return [{**m, "content": filled(m["content"])} for m in messages]


def connect(teacher: Teacher) -> Backend:
    """The backend of a teacher, with its key. Raises UserError."""
    key = teacher.key()
    return import_module(f"factory.backends.{teacher.backend}").connect(teacher, key)
