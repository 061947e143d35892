"""`just check` and `just preview`: ask a teacher and show what comes back; nothing is stored."""

import asyncio
import time
from typing import Any

from rich.console import Console
from rich.markup import escape

from factory import owed, reasoning
from factory.errors import UserError
from factory.order import Asker, GenerateRecipe
from factory.sampler import same_model
from factory.store import Store
from factory.teacher import connect
from schemas.exchange import Refused, Reply, Request

TINY = "Compute 2 + 2."
SHOWN = 2_000  # characters of a reply

Asked = tuple[Request, Reply | Refused, float]


def check(recipe: GenerateRecipe) -> int:
    """One tiny request: model, reasoning, finish reason, usage, price, latency. 1: refused."""
    console = Console(highlight=False, soft_wrap=True)
    request, end, seconds = asyncio.run(_ask(recipe, [_request(recipe, "check", TINY)]))[0]
    if isinstance(end, Refused):
        raise UserError(recipe.teacher.refusal(end))
    trace, solution = reasoning.split(end.text, end.reasoning)
    teacher = recipe.teacher
    price = teacher.cost(end.prompt_tokens, end.completion_tokens)
    facts = {
        "asked": f"{teacher.model} for {request.messages[-1]['content']!r}",
        "served by": end.served_model or "no name given",
        "reasoning": _reasoning(end, trace),
        "solution": repr(solution[:200]),
        "finish": end.finish_reason or "no reason given",
        "tokens": f"{end.prompt_tokens} in, {end.completion_tokens} out",
        "price": "unknown" if price is None else f"${price:.6f}",
        "latency": f"{seconds:.2f} s",
    }
    for name, words in facts.items():
        console.print(f"[bold]{name:<10}[/bold] {escape(words)}")
    served = end.served_model
    if served and not recipe.any_model and not same_model(teacher.model, served):
        console.print(f"[red]asked for model {teacher.model!r}, {served!r} answered[/red]")
        return 1
    if not solution:
        console.print("[yellow]the solution is empty[/yellow]")
    if teacher.reasons and trace is None:
        console.print(f"[red]{teacher.name} is declared to reason and showed none[/red]")
        return 1
    return 0


def _reasoning(reply: Reply, trace: str | None) -> str:
    if trace is None:
        return "none"
    where = "in a field of its own" if reply.reasoning else "inline, in <think> tags"
    return f"{len(trace):,} characters, {where}"


def preview(recipe: GenerateRecipe, store: Store | None) -> int:
    """Rendered prompts and whole replies for the first problems of the recipe."""
    console = Console(highlight=False, soft_wrap=True)
    asked = asyncio.run(_ask(recipe, _first(recipe, store)))
    for request, end, seconds in asked:
        console.rule(f"[bold]{request.problem_id}[/bold]", align="left", style="dim")
        for message in request.messages:
            console.print(f"[dim]{message['role']}[/dim]  {escape(message['content'])}\n")
        _print(console, end, seconds)
    return 0


def _print(console: Console, end: Reply | Refused, seconds: float) -> None:
    if isinstance(end, Refused):
        console.print(f"[red]refused[/red]  {escape(str(end))}")
        return
    trace, solution = reasoning.split(end.text, end.reasoning)
    for name, text in (("trace", trace), ("solution", solution)):
        if text is not None:
            more = f" ... ({len(text):,} characters)" if len(text) > SHOWN else ""
            console.print(f"[dim]{name}[/dim]\n{escape(text[:SHOWN])}{more}\n")
    words = f"{end.finish_reason}, {end.completion_tokens} tokens, {seconds:.2f} s"
    console.print(f"[dim]{words}[/dim]\n")


def _first(recipe: GenerateRecipe, store: Store | None) -> list[Request]:
    """One request for each of the first problems; of the embedded world where there is no store."""
    if store is not None and store.snapshot().of("problems"):
        few = recipe.model_copy(update={"limit": recipe.limit or 3})
        return [_request(recipe, *problem) for problem in owed.problems(store, few)]
    from factory import world

    made = world.problems(recipe.limit or 3, recipe.seed or 0)
    found: list[Any] = [p for p in made if isinstance(p, world.WorldProblem)]
    return [_request(recipe, problem.row, problem.statement) for problem in found]


def _request(recipe: GenerateRecipe, name: str, statement: str) -> Request:
    return next(Asker(recipe).requests(name, statement, [0]))


async def _ask(recipe: GenerateRecipe, requests: list[Request]) -> list[Asked]:
    backend = connect(recipe.teacher)

    async def one(request: Request) -> Asked:
        began = time.monotonic()
        try:
            return request, await backend.sample(request), time.monotonic() - began
        except Refused as refused:
            return request, refused, time.monotonic() - began

    try:
        return list(await asyncio.gather(*(one(request) for request in requests)))
    finally:
        await backend.close()
