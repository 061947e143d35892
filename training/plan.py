"""What a stage would take, before anything is rented: tokens, steps, GPU-hours, memory, cost.

    just plan stage=mid recipe=phi4mini tokens=30e9 gpus=128 gpu=h100 price=2.50

Tokens and rows are the mixture's; `tokens=` and `rows=` stand in for one that is not frozen yet.
Words left over are overrides of the recipe. Nothing is loaded: of the student its shape is enough.
"""

import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from factory import catalog, shell
from factory.errors import RecipeError, StoreError, unknown
from factory.recipe import parse, resolve
from factory.store import Store
from training import cost, lineage
from training.__main__ import recipe_file, stage_named
from training.mixture import open_mixture
from training.ranks import say
from training.recipe import accumulation, most_processes


class Gpu(NamedTuple):
    """Dense bf16 FLOP/s, bytes and bytes/s of memory; US dollars an hour, an assumption."""

    flops: float
    memory: float
    bandwidth: float
    price: float | None


# SXM parts by NVIDIA's data sheets, FLOPs without sparsity as in TRL's and torchtitan's tables of
# peaks. Prices: a blend of cloud offers in 2026; none was found for the A100.
GPUS = {
    "a100": Gpu(312e12, 80e9, 2.039e12, None),
    "h100": Gpu(989e12, 80e9, 3.35e12, 2.65),
    "h200": Gpu(989e12, 141e9, 4.8e12, 3.20),
    "b200": Gpu(2250e12, 192e9, 8e12, 4.60),
}
# FSDP2 without compilation, Llama 3.1 8B on 8 and on 128 H100 in bf16, part of the activations
# recomputed: torchtitan, docs/performance.md, which counts FLOPs as `cost.flops` does.
# Compiled it is 0.39; Llama 3's own training has 0.38 to 0.43 (arXiv 2407.21783).
UTILISATION, CITED = 0.33, "torchtitan's FSDP2 on 128 H100, not compiled"
PAPER = ("mid", "phi4mini", 150e9, 128 * 2 * 24)  # tokens in all, GPU-hours: its model card
DEFAULTS = {"recipe": "phi4mini", "store": "data", "mixture": "", "parent": ""}
PAPER_GPUS = 128  # unless gpus= says otherwise, or fewer where the batch is shared by fewer
CLUSTER = {"gpus": "", "gpu": "h100", "price": "", "tokens": "", "rows": ""}
LENGTHS = """
    select sum(tokens)::double, count(*), sum(tokens::double * tokens) / sum(tokens),
        (select any_value(tokenizer) from mixtures where mixture_id = $mixture_id)
    from raw.mixture_rows where mixture_id = $mixture_id
"""


class Data(NamedTuple):
    """What is trained on: `length` is that of the text around a token; 0 where it is not known."""

    tokens: float
    rows: int
    length: float
    name: str


class Asked(NamedTuple):
    """One plan, as it was asked for."""

    stage: str
    name: str
    recipe: Any
    shape: cost.Shape
    model: str
    gpus: int
    gpu: str


class Work(NamedTuple):
    """Tokens that the student sees, optimizer steps, GPU-hours of training and of sampling."""

    tokens: float
    steps: int
    training: float
    sampling: float


def main(words: list[str]) -> int:
    """Print the plan; returns the exit code."""
    return shell.run(lambda: _obey(words), "nothing was planned")


def _obey(words: list[str]) -> int:
    values = DEFAULTS | CLUSTER | parse(words)
    stage = stage_named(values.pop("stage", ""))
    name, root, mixture, parent = (values.pop(key) for key in DEFAULTS)
    gpus, gpu, price, tokens, rows = (values.pop(key) for key in CLUSTER)
    overrides = [f"{key}={value}" for key, value in values.items()]
    recipe: Any = resolve(
        import_module(f"training.{stage}").RECIPE, recipe_file(stage, name), overrides
    )
    if gpu not in GPUS:
        raise unknown("gpu", gpu, GPUS)
    model = _model(stage, name, recipe, Path(root), parent)
    shape, said = cost.shape_of(model), model if isinstance(model, str) else "random weights"
    count = int(_number("gpus", gpus, 1)) or most_processes(recipe, PAPER_GPUS)
    asked = Asked(stage, name, recipe, shape, said, count, gpu)
    accumulation(recipe, asked.gpus)
    given = _number("tokens", tokens), int(_number("rows", rows, 1))
    data = _given(asked, *given) if any(given) else _frozen(asked, root, mixture or None)
    _tell(asked, data, _work(asked, data), _number("price", price))
    return 0


def _number(name: str, given: str, least: float = 1e-9) -> float:
    """0 where nothing is given. Raises RecipeError below `least`."""
    try:
        number = float(given or 0)
    except ValueError:
        number = -1.0
    if given and not least <= number < math.inf:
        words = f"a number from {least:g} on" if least >= 1 else "a number above 0"
        raise RecipeError(f"{name}={given!r} does not fit; give {words}, such as 8 or 3e10")
    return number


def _model(stage: str, name: str, recipe: Any, root: Path, parent: str) -> Any:
    """What the stage starts from: the parent, or what the first stage of the same recipe does."""
    if parent:
        return lineage.parent(root, None, name, parent)
    if stage != "mid":
        try:
            recipe = resolve(import_module("training.mid").RECIPE, recipe_file("mid", name), [])
        except RecipeError as error:
            raise RecipeError(
                f"no recipe {name!r} of stage mid says what model stage {stage} ends up with; give "
                f"parent=NAME, FOLDER or HUB_ID, such as {next(iter(cost.KNOWN))}"
            ) from error
    return recipe.model or recipe.shape


def _given(asked: Asked, tokens: float, rows: int) -> Data:
    """Raises RecipeError where the stage needs what is not given."""
    if not tokens and asked.stage != "rl":
        raise RecipeError("rows= alone says nothing of their length; give tokens= too")
    if not rows and asked.stage != "mid":
        raise RecipeError(f"stage {asked.stage} takes whole rows: give rows= too")
    sides = 2 if asked.stage == "dpo" else 1
    return Data(tokens, rows, tokens / rows / sides if rows else 0.0, "as given")


def _frozen(asked: Asked, root: str, mixture: str | None) -> Data:
    """Raises StoreError where there is none, and says what to give instead."""
    stages = import_module(f"training.{asked.stage}").MIXTURES
    try:
        store = Store(root)
        frozen = open_mixture(store, mixture, stages)
    except StoreError as error:
        more = "tokens=30e9" if asked.stage == "mid" else "tokens=1e9 rows=200000"
        raise StoreError(f"{error}; or plan without a mixture: {more}") from error
    with catalog.connect(store) as con:
        con.execute(LENGTHS, {"mixture_id": frozen.mixture_id})
        tokens, rows, length, tokenizer = con.fetchall()[0]
    sides = 2 if "rejected" in frozen.examples.column_names else 1
    tokens /= sides if asked.stage == "rft" else 1  # of pairs it reads the chosen side
    return Data(tokens, rows, length / sides, f"{frozen.label}, tokens of {tokenizer}")


def _work(asked: Asked, data: Data) -> Work:
    recipe = asked.recipe
    if asked.stage == "mid":
        rows = math.ceil(data.tokens / recipe.window)
    else:
        rows = data.rows * (recipe.group if asked.stage == "rl" else 1)
    steps = math.ceil(rows * recipe.epochs / recipe.batch)
    done = min(1.0, recipe.max_steps / steps) if recipe.max_steps else 1.0
    rollouts = rows * recipe.epochs * done
    tokens, length = data.tokens * recipe.epochs * done, data.length or recipe.window
    passes = 1 + (1 / 3 if asked.stage == "dpo" else 0)  # the reference's forward pass
    sampling = 0.0
    if asked.stage == "rl":  # as long as may be; scored once more, and by the reference for kl
        length = min(recipe.window, recipe.completion + data.length)
        tokens, passes = rollouts * length, 1 + (2 / 3 if recipe.kl else 1 / 3)
        sampling = rollouts * recipe.completion / _sampled(asked)
    work = tokens * passes * cost.flops(asked.shape, min(length, recipe.window))
    seconds = work / (GPUS[asked.gpu].flops * UTILISATION)
    return Work(tokens, math.ceil(steps * done), seconds / 3600, sampling / 3600)


def _sampled(asked: Asked) -> float:
    """Tokens a second of one GPU: a step reads all weights and what it keeps of every rollout in
    flight, at the full bandwidth (Pope et al., arXiv 2211.05102): no sampler is as fast.
    """
    gpu, recipe = GPUS[asked.gpu], asked.recipe
    weights = 2 * asked.shape.parameters
    rollout = recipe.window / 2 * cost.cache(asked.shape, 2)  # half written, in the mean
    room = max(1.0, (gpu.memory * cost.VLLM_SHARE - weights) / rollout)
    flying = min(room, recipe.batch * recipe.updates / asked.gpus)
    return gpu.bandwidth * flying / (weights + flying * rollout)


def _tell(asked: Asked, data: Data, work: Work, price: float) -> None:
    recipe, shape, gpu = asked.recipe, asked.shape, GPUS[asked.gpu]
    hours = work.training + work.sampling
    say("stage", f"{asked.stage}, recipe {asked.name}")
    say("model", f"{asked.model}, {shape.parameters / 1e9:,.3g} billion parameters")
    there = {"tokens": data.tokens, "rows": data.rows}
    words = [f"{count:,.0f} {name}" for name, count in there.items() if count]
    say("data", ", ".join([*words, data.name]))
    say("tokens", f"{work.tokens:,.0f} over epochs={recipe.epochs:g}{_bound(asked, data)}")
    say("steps", f"{work.steps:,} of {recipe.batch:,}, window {recipe.window:,}")
    say("work", f"{UTILISATION:.0%} of {gpu.flops / 1e12:,.0f} TFLOP/s: {CITED}")
    if work.sampling:
        speed = f"{_sampled(asked):,.0f} tokens/s a GPU, what its memory could give; rough"
        say("sampling", f"{work.sampling:,.0f} GPU-hours at {speed}")
    say("GPU-hours", f"{hours:,.4g} of {asked.gpu}")
    say("time", f"{_time(hours / asked.gpus)} on {asked.gpus:,}")
    say("cost", _cost(hours, price, gpu.price))
    machine = cost.Machine(asked.gpus, asked.gpus, gpu.memory, 2)
    needed = cost.memory(asked.stage, shape, recipe, machine, recipe.window)
    fits = "" if sum(needed.values()) <= gpu.memory else f"; {cost.LOWER}"
    say("memory", f"{cost.told(needed)} a GPU, of {gpu.memory / 1e9:,.0f}{fits}")
    stage, name, tokens, paper = PAPER
    if (stage, name) == (asked.stage, asked.name) and abs(work.tokens / tokens - 1) < 0.01:
        say(
            "paper",
            f"128 H100, about 2 days: {paper:,} GPU-hours; this is {hours / paper:.2f} of it",
        )


def _bound(asked: Asked, data: Data) -> str:
    if asked.stage == "rl":
        return f", if every rollout has {asked.recipe.completion:,}: an upper bound"
    if not data.length:
        return ", if every text fills the window: shorter ones cost less attention"
    return f", a token in a text of {data.length:,.0f}"


def _time(hours: float) -> str:
    return f"{hours / 24:,.2f} days" if hours >= 24 else f"{hours:,.3g} hours"


def _cost(hours: float, given: float, assumed: float | None) -> str:
    if price := given or assumed:
        words = "" if given else " (an assumption; price= says yours)"
        return f"${hours * price:,.0f} at ${price:,.2f} a GPU-hour{words}"
    return "unknown; give price=, US dollars a GPU-hour"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
