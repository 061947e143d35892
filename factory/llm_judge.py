"""A teacher as judge: are two answers, or two problems, the same? Three-way, and asked twice.

It is shown the two sides only, once in each order, because models favour a side: what they say of
one order and not of the other counts as unsure. The prompt says what is compared.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import Field

from factory import identity, reasoning
from factory.errors import RecipeError, UserError, unknown
from factory.flow import HOPELESS, Flow
from factory.recipe import HOME, Recipe, load, parse, validate
from factory.sampler import Budget, same_model
from factory.teacher import Sampling, Teacher, connect, render, template, values
from schemas.exchange import Refused, Reply, Request

PROMPT = "same-answer"
_VERDICT = re.compile(
    r"\W{0,9}(?:final )?verdict\W{1,9}(?:boxed\{|text\{)?(same|different|unsure)\W{0,9}",
    re.IGNORECASE,
)


class JudgeTeacher(Recipe):
    """Which teacher judges, and how much of it."""

    teacher: Teacher
    sampling: Sampling
    concurrency: int = Field(ge=1)
    limit: int | None = Field(ge=1)
    max_cost: float | None = Field(gt=0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question, or two problems and no question; `key` tells pairs apart."""

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


def resolve(overrides: list[str], prompt: str = PROMPT) -> JudgeTeacher:
    """The recipe of `teacher=NAME key=value ...`; `prompt` is the template it is asked in."""
    given = parse(overrides)
    if "teacher" not in given:
        raise RecipeError("a judge is needed: give teacher=NAME, such as r1, openai or local")
    recipe = load(HOME / "recipes" / "adjudicate.yaml")
    if strange := [k for k in given if k not in recipe and k.partition(".")[0] not in _OF_TEACHER]:
        raise unknown("key", strange[0], [*recipe, *_OF_TEACHER])
    recipe |= {k: v for k, v in given.items() if k in recipe}
    recipe["teacher"], recipe["sampling"] = values(given["teacher"], given)
    if "teacher.prompt" in given:
        raise RecipeError(f"teacher.prompt is {prompt!r} for a judge; it cannot be another")
    recipe["teacher"] |= {"prompt": prompt, "prefill": None}
    found = validate(JudgeTeacher, recipe)
    if found.teacher.backend in ("batch", "replay", "embedded"):
        words = f"backend {found.teacher.backend!r} cannot judge"
        raise RecipeError(f"teacher {found.teacher.name!r}: {words}; r1, openai or local can")
    return found


_OF_TEACHER = ("teacher", "sampling")


class Judge:
    """One judge and what it has been asked so far."""

    def __init__(self, recipe: JudgeTeacher) -> None:
        self.recipe = recipe
        self.messages = template(recipe.teacher.prompt)
        self.sampling = recipe.sampling.sent()
        teacher = recipe.teacher
        self.policy_id = identity.policy_id(
            teacher.model, teacher.revision, teacher.backend, self.messages, self.sampling
        )
        self.budget = Budget(teacher, recipe.max_cost, None)
        self._open: dict[str, _Asked] = {}

    async def run(self, pairs: Iterable[Pair], told: Told) -> None:
        """Ask about every pair; `told` gets each one's opinion. Raises UserError when stopped."""

        opinions = failures = 0

        def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
            nonlocal opinions, failures
            if not (ended := self._settle(request, end, seconds or 0.0)):
                return
            told(*ended)
            opinions += isinstance(ended[1], Opinion)
            failures += isinstance(ended[1], Refused)
            if failures == HOPELESS and not opinions:
                raise UserError(f"the first {HOPELESS} pairs got no verdict; the last: {ended[1]}")

        backend = connect(self.recipe.teacher)
        try:
            flow = Flow(backend.sample, self.recipe.concurrency)
            await flow.run(self._requests(pairs), settle)
        finally:
            await backend.close()

    def take(self, end: Reply | Refused) -> None:
        """Count what it cost. Raises UserError where no other request can end better."""
        teacher = self.recipe.teacher
        if isinstance(end, Refused):
            if end.stop:
                raise UserError(teacher.refusal(end))
            return
        served = end.served_model
        if served and not same_model(teacher.model, served):
            raise UserError(
                f"asked for model {teacher.model!r}, {served!r} answered; "
                f"say teacher.model={served}"
            )
        self.budget.spent += teacher.cost(end.prompt_tokens, end.completion_tokens) or 0.0

    def _requests(self, pairs: Iterable[Pair]) -> Iterator[Request]:
        for pair in pairs:
            if not self.budget.left():
                return
            self._open[pair.key] = _Asked(pair, {})
            question = json.dumps(pair.question, ensure_ascii=False)
            sides = [json.dumps(side, ensure_ascii=False) for side in (pair.gold, pair.given)]
            for at, (first, second) in enumerate((sides, sides[::-1])):
                fields = {"statement": question, "first": first, "second": second}
                messages = render(self.messages, **fields)
                rollout_id = identity.rollout_id(self.policy_id, messages, at)
                yield Request(rollout_id, pair.key, at, messages, self.sampling)

    def _settle(
        self, request: Request, end: Reply | Refused, seconds: float
    ) -> tuple[Pair, Opinion | Refused] | None:
        """The pair that this reply completes, and what came of it."""
        key = request.problem_id
        self.take(end)
        if isinstance(end, Refused):
            lost = self._open.pop(key, None)
            return (lost.pair, end) if lost else None
        asked = self._open.get(key)
        if asked is None:
            return None  # the other order failed
        said = _said(end)
        if said is None:
            del self._open[key]
            return asked.pair, Refused(
                "no_verdict", f"the {end.finish_reason} reply has no verdict"
            )
        asked.said[request.sample_index] = said
        asked.seconds += seconds
        if len(asked.said) < 2:
            return None
        del self._open[key]
        return asked.pair, asked.opinion()


def _said(reply: Reply) -> str | None:
    """The verdict that is the reply's last line; None where there is none.

    A judge that quotes what an answer says of the verdict does not give one.
    """
    _, solution = reasoning.split(reply.text, reply.reasoning)
    lines = solution.strip().splitlines()
    found = _VERDICT.fullmatch(lines[-1].strip()) if lines else None
    return found[1].lower() if found else None
