"""A teacher as judge: are two answers to a question the same? Three-way, and asked twice.

It is shown the question and the two answers only, once in each order, because models favour a
side: what they say of one order and not of the other counts as unsure.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import Field

from factory import generate, identity, reasoning
from factory.errors import RecipeError, UserError, unknown
from factory.flow import Flow
from factory.recipe import HOME, Recipe, load, parse, validate
from factory.sampler import Budget
from factory.teacher import Sampling, Teacher, render, template, values
from schemas.exchange import Refused, Reply, Request

PROMPT = "same-answer"
_VERDICT = re.compile(r"\bverdict\W{1,6}(same|different|unsure)\b", re.IGNORECASE)


class JudgeTeacher(Recipe):
    """Which teacher judges, and how much of it."""

    teacher: Teacher
    sampling: Sampling
    concurrency: int = Field(ge=1)
    limit: int | None = Field(ge=1)
    max_cost: float | None = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question; `key` tells pairs apart."""

    key: str
    question: str
    gold: str
    given: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """same, different or unsure; what was said of either order; the seconds of both requests."""

    relation: str
    said: tuple[str, str]
    seconds: float


@dataclass(slots=True)
class _Asked:
    """A pair and what was said of it so far, by order."""

    pair: Pair
    said: dict[int, str]
    seconds: float = 0.0

    def opinion(self) -> Opinion:
        """What both orders come to."""
        said = (self.said[0], self.said[1])
        return Opinion(said[0] if said[0] == said[1] else "unsure", said, self.seconds)


Told = Callable[[Pair, Opinion | Refused], None]


def resolve(overrides: list[str]) -> JudgeTeacher:
    """The recipe of `teacher=NAME key=value ...`."""
    given = parse(overrides)
    if "teacher" not in given:
        known = ", ".join(path.stem for path in sorted((HOME / "teachers").glob("*.yaml")))
        raise RecipeError(f"a judge is needed: give teacher=NAME, one of {known}")
    recipe = load(HOME / "recipes" / "adjudicate.yaml")
    if strange := [k for k in given if k not in recipe and k.partition(".")[0] not in _OF_TEACHER]:
        raise unknown("key", strange[0], [*recipe, *_OF_TEACHER])
    recipe |= {k: v for k, v in given.items() if k in recipe}
    recipe["teacher"], recipe["sampling"] = values(given["teacher"], given)
    recipe["teacher"] |= {"prompt": PROMPT, "prefill": None}
    found = validate(JudgeTeacher, recipe)
    if found.teacher.backend in ("batch", "replay", "embedded"):
        raise RecipeError(f"teacher {found.teacher.name!r} cannot judge: it is {_CANNOT}")
    return found


_OF_TEACHER = ("teacher", "sampling")
_CANNOT = "asked by the file, a recording or the embedded solver; r1, openai or local can"


class Judge:
    """One judge and what it has been asked so far."""

    def __init__(self, recipe: JudgeTeacher) -> None:
        self.recipe = recipe
        self.messages = template(PROMPT)
        self.sampling = recipe.sampling.sent()
        teacher = recipe.teacher
        self.policy_id = identity.policy_id(
            teacher.model, teacher.revision, teacher.backend, self.messages, self.sampling
        )
        self.budget = Budget(teacher, recipe.max_cost, None)
        self._open: dict[str, _Asked] = {}

    async def run(self, pairs: Iterable[Pair], told: Told) -> None:
        """Ask about every pair; `told` gets each one's opinion. Raises UserError when stopped."""

        def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
            if ended := self._settle(request, end, seconds or 0.0):
                told(*ended)

        backend = generate.connect(self.recipe.teacher)
        try:
            flow = Flow(backend.sample, self.recipe.concurrency)
            await flow.run(self._requests(pairs), settle)
        finally:
            await backend.close()

    def _requests(self, pairs: Iterable[Pair]) -> Iterator[Request]:
        for pair in pairs:
            if not self.budget.left():
                return
            self._open[pair.key] = _Asked(pair, {})
            sides = [json.dumps(side, ensure_ascii=False) for side in (pair.gold, pair.given)]
            for at, (first, second) in enumerate((sides, sides[::-1])):
                fields = {"statement": pair.question, "first": first, "second": second}
                messages = render(self.messages, **fields)
                rollout_id = identity.rollout_id(self.policy_id, messages, at)
                yield Request(rollout_id, pair.key, at, messages, self.sampling)

    def _settle(
        self, request: Request, end: Reply | Refused, seconds: float
    ) -> tuple[Pair, Opinion | Refused] | None:
        """The pair that this reply completes, and what came of it."""
        teacher, key = self.recipe.teacher, request.problem_id
        if isinstance(end, Refused):
            if end.stop:
                raise UserError(teacher.refusal(end))
            lost = self._open.pop(key, None)
            return (lost.pair, end) if lost else None
        self.budget.spent += teacher.cost(end.prompt_tokens, end.completion_tokens) or 0.0
        asked = self._open.get(key)
        if asked is None:
            return None  # the other order failed
        asked.said[request.sample_index] = _said(end)
        asked.seconds += seconds
        if len(asked.said) < 2:
            return None
        del self._open[key]
        return asked.pair, asked.opinion()


def _said(reply: Reply) -> str:
    """The last verdict of the reply, outside its thinking; unsure where there is none."""
    _, solution = reasoning.split(reply.text, reply.reasoning)
    found = _VERDICT.findall(solution)
    return found[-1].lower() if found else "unsure"
