"""Problems -> rollouts. Buys exactly what is owed: the rollouts wanted less those there are.

What is owed follows from identity alone, so resuming, appending and shuffling need no flag: the
recipe names a teacher, a sampling and n, and the store says what of it exists.
"""

import asyncio
from collections.abc import Iterable, Mapping
from importlib import import_module
from itertools import islice
from typing import Any

from factory import engine, owed
from factory.errors import StoreError
from factory.flow import Flow
from factory.order import GenerateRecipe, policy
from factory.progress import Progress
from factory.recipe import shown
from factory.sampler import Budget, Sampler
from factory.sealing import recover, unanswered
from factory.store import Run, Store
from factory.teacher import Teacher
from schemas.exchange import Backend, Refused, Request


def run(
    store: Store,
    recipe: GenerateRecipe,
    progress: Progress,
    pilot: int | None = None,
    of: Mapping[str, int] | None = None,
    budget: Budget | None = None,
) -> Run:
    """Buy what is owed. Raises UserError when stopped.

    `pilot`: only so many, spread over what is owed. `of`: only these problems, so many of each.
    `budget`: one that several runs share; default: the recipe's.
    """
    if damage := store.snapshot().damage:
        raise StoreError(
            f"{damage[0][1]}: what it held would be bought again; restore the file, or "
            "`just doctor repair=true` gives it up"
        )
    budget = budget or budget_of(recipe)
    with engine.run(store, "generate", shown(recipe)) as record:
        recover(store, record, progress)
        if recipe.teacher.backend == "batch":
            asyncio.run(_take_in(store, recipe, record, progress))
        with owed.requests(store, recipe, of) as requests:
            step = -(-len(requests) // pilot) if pilot and requests else 1
            if count := -(-len(requests) // step):
                every = islice(requests, 0, None, step)
                asyncio.run(_buy(store, recipe, record, budget, every, count, progress))
    return record


async def _buy(
    store: Store,
    recipe: GenerateRecipe,
    record: Run,
    budget: Budget,
    requests: Iterable[Request],
    count: int,
    progress: Progress,
) -> None:
    backend = connect(recipe.teacher)
    try:
        its_policy = policy(recipe)
        buyer = Sampler(store, recipe.teacher, its_policy, record, budget, recipe.any_model)
        if recipe.teacher.backend == "batch":
            await _by_file(buyer, requests, count, recipe, backend, progress)
        else:
            flow = Flow(backend.sample, min(recipe.concurrency, count))
            await buyer.buy(requests, count, flow, progress)
        record.counts["left"] = count - buyer.asked
    finally:
        await backend.close()


async def _by_file(
    buyer: Sampler,
    requests: Iterable[Request],
    count: int,
    recipe: GenerateRecipe,
    provider: Any,
    progress: Progress,
) -> None:
    from factory import batches, batchfile  # they load the openai package; others do without

    sampling = recipe.sampling.sent()
    intent = batchfile.intent_of(recipe.teacher, buyer.policy_id, sampling, recipe.any_model)
    # What a file costs is known when it is done: with a limit to it, files are small.
    most = recipe.concurrency if recipe.max_cost else batches.MAX_REQUESTS
    carrier = batches.BatchFiles(buyer.store.root, intent, provider, most, progress.say)
    await buyer.buy(requests, count, carrier, progress)
    for file in carrier.done:
        file.forget()


async def _take_in(store: Store, recipe: GenerateRecipe, record: Run, progress: Progress) -> None:
    """Take in the batch files that earlier runs left; wait for those of this very policy."""
    from factory import batches, batchfile

    batchfile.sweep(store.root)
    provider: Any = connect(recipe.teacher)
    try:
        for file in batchfile.outstanding(store.root):
            ours = file.intent.policy_id == policy(recipe)
            if file.intent.teacher["base_url"] != batchfile.place(recipe.teacher) or not (
                ours or await _over(file, provider)
            ):
                progress.say(
                    f"{file.path}: {file.intent.count:,} requests are still out; a run of "
                    f"teacher {file.teacher.name!r} takes them in, removing the file gives them up"
                )
                continue
            if requests := unanswered(store, list(file.requests())):
                reasons = file.teacher.reasons and ours and recipe.teacher.reasons
                teacher = file.teacher.model_copy(update={"reasons": reasons})
                any_model = file.intent.any_model or recipe.any_model
                budget = Budget(teacher, None, None)  # it was spent then
                buyer = Sampler(
                    store, teacher, file.intent.policy_id, record, budget, any_model=any_model
                )
                carrier = batches.Outstanding(file, provider, progress.say)
                await buyer.buy(requests, len(requests), carrier, progress)
            file.forget()
    finally:
        await provider.close()


async def _over(file: Any, provider: Any) -> bool:
    """Whether a file of another policy is over by now."""
    try:
        await file.submit(provider, new=False)
        return await file.poll(provider)
    except Refused:
        return False


def budget_of(recipe: GenerateRecipe) -> Budget:
    """What the recipe may spend. Raises UserError."""
    return Budget(recipe.teacher, recipe.max_cost, recipe.max_requests)


def connect(teacher: Teacher) -> Backend:
    """The backend of a teacher, with its key. Raises UserError."""
    key = teacher.key()
    return import_module(f"factory.backends.{teacher.backend}").connect(teacher, key)
