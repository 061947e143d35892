"""Problems -> rollouts. Buys exactly what is owed: the rollouts wanted less those there are.

What is owed follows from identity alone, so resuming, appending and shuffling need no flag: the
recipe names a teacher, a sampling and n, and the store says what of it exists.
"""

import asyncio
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from factory import engine, owed
from factory.errors import StoreError
from factory.flow import Flow
from factory.order import AskRecipe, GenerateRecipe, policy
from factory.progress import Progress
from factory.recipe import shown
from factory.sampler import Budget, Sampler
from factory.sealing import recover
from factory.store import Run, Store
from factory.teacher import connect
from schemas.exchange import Request


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
                asyncio.run(buy(store, recipe, record, budget, every, count, progress))
    return record


async def buy(
    store: Store,
    recipe: AskRecipe,
    record: Run,
    budget: Budget,
    requests: Iterable[Request],
    count: int,
    progress: Progress,
    evaluation_id: str | None = None,
) -> None:
    """Buy `count` requests for the corpus, or for an evaluation. Raises UserError when stopped."""
    backend: Any = connect(recipe.teacher)
    try:
        teacher, its_policy, any_model = recipe.teacher, policy(recipe), recipe.any_model
        buyer = Sampler(store, teacher, its_policy, record, budget, any_model, evaluation_id)
        if recipe.teacher.backend == "batch":
            from factory import batches  # it loads the openai package; others do without

            await batches.buy(buyer, requests, count, recipe, backend, progress)
        else:
            most = min(recipe.concurrency, count)
            flow = Flow(backend.sample, most, careful=bool(recipe.max_cost))
            await buyer.buy(requests, count, flow, progress)
        record.counts["left"] = count - buyer.asked
    finally:
        await backend.close()


async def _take_in(store: Store, recipe: GenerateRecipe, record: Run, progress: Progress) -> None:
    from factory import batches

    provider: Any = connect(recipe.teacher)
    try:
        await batches.take_in(store, recipe, provider, record, progress)
    finally:
        await provider.close()


def budget_of(recipe: AskRecipe) -> Budget:
    """What the recipe may spend. Raises UserError."""
    return Budget(recipe.teacher, recipe.max_cost, recipe.max_requests)
