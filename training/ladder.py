"""`just ladder`: base -> mid -> sft -> dpo -> rl on the embedded world, beside their controls.

    just ladder [recipe=tiny] [seeds=6] [split=dev|test] [store=ladder]

A control learns from about as many tokens as its rung, "plain rl, wide" from all that rl sampled.
All is done by the commands a user types, in a store a seed: the teacher's rollouts are made once,
each seed trains its own student from its own random weights, asks it, and trains it on what it
answered. Settings are chosen on `split=dev`, training problems that no mixture holds; the world's
test problems are for one last run. Started again, it goes on with what is missing.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from factory import catalog, commands, engine, shell
from factory.errors import UserError
from factory.recipe import Recipe, file_of, load, parse, put, validate
from factory.store import Store
from training import dpo, mid, rft, rl, rungs, sft
from training.__main__ import NEEDED, need, recipe_file
from training.ranks import say
from training.stage import IDLE, Asked, train

HOME = Path(__file__).parent
Counts = dict[str, int]
Stage = Literal["mid", "sft", "rft", "dpo", "rl"]
STAGES: dict[Stage, Any] = {"mid": mid, "sft": sft, "rft": rft, "dpo": dpo, "rl": rl}
# Of the training problems an eighth is for choosing settings, a quarter is only asked: the student
# answers, and is rewarded for, questions whose solutions it never read.
DEV, FRESH = "problem_id < '2'", "problem_id >= 'c'"
SPLITS = {"dev": f"split <> 'test' and {DEV}", "test": "split = 'test'"}
DIGITS = "length(regexp_replace(trace || solution, '[^0-9]', '', 'g'))"
TAUGHT = f"teacher = 'solver' and outcome = 'correct' and not {DEV} and not {FRESH}"


class LadderRecipe(Recipe):
    """What `training/ladders/*.yaml` may say."""

    recipe: str = Field(description="of every stage")
    seeds: int = Field(ge=1)
    cells: str = Field(description="families of the world with a difficulty")
    count: int = Field(ge=1, description="problems to make")
    rollouts: int = Field(ge=1, description="of the teacher, of each problem")
    asked: int = Field(ge=1, description="problems the student answers, for pairs and pass rates")
    answers: int = Field(ge=2, description="rollouts of the student, of each of them")
    questions: int = Field(ge=1, description="evaluation questions")
    samples: int = Field(ge=1, description="rollouts of each question")
    temperature: float = Field(gt=0, description="of evaluation")
    max_tokens: int = Field(ge=1, description="of one rollout of the student")
    pairs: str = Field(description="SQL: whose rollouts are paired; {student} is sft's checkpoint")
    prompts: str = Field(description="SQL: which of the problems the student answered are for rl")
    stages: dict[Stage, dict[str, Any]] = Field(description="overrides of the stages' recipes")
    split: Literal["dev", "test"]


def main(words: list[str]) -> int:
    """Run the ladder; the exit code."""
    return shell.run(lambda: _run(words), "what was trained is kept; run it again to go on")


def _run(words: list[str]) -> int:
    given = {"recipe": "tiny", "store": "ladder"} | parse(words)
    home = Path(given.pop("store"))
    values = load(file_of(HOME / "ladders", "ladder", given.pop("recipe")))
    for key, value in given.items():
        put(values, key, value)
    recipe = validate(LadderRecipe, values)
    need(NEEDED)
    home.mkdir(parents=True, exist_ok=True)
    os.environ["OMP_NUM_THREADS"] = "1"
    with engine.locked(home, "ladder"):
        _taught(home, recipe)
        for seed in engine.spread(partial(climb, home, recipe), range(recipe.seeds)):
            say("seed", f"{seed} of {recipe.seeds}: {home / f'seed-{seed}.log'}")
        found = [_scores(home / f"seed-{seed}", recipe) for seed in range(recipe.seeds)]
        rungs.show(found, home / f"ladder-{recipe.split}")
    return 0


def _taught(home: Path, recipe: LadderRecipe) -> None:
    """Problems, the teacher's rollouts and their mixtures, once for all seeds. Raises UserError."""
    base, done = home / "base", home / "base.json"
    _same(home / "settings.json", recipe)
    if done.exists():
        return
    say("teacher", f"{recipe.count:,} problems, {recipe.rollouts} rollouts each: {base}")
    words = [f"store={base}"]
    made = [f"count={recipe.count}", f"cells={recipe.cells}"]
    with _logged(home / "base.log"):
        commands.run("ingest", ["source=embedded", *made, *words])
        commands.run("generate", ["teacher=solver", f"n={recipe.rollouts}", *words])
        commands.run("mix", ["mixture=mid", f"where={TAUGHT}", *words])
        kept = ["per_problem=1", "per_template=null", f"prefer={DIGITS}"]
        commands.run("mix", ["mixture=sft", f"where={TAUGHT}", *kept, *words])
    done.touch()


def _same(kept: Path, recipe: LadderRecipe) -> None:
    """Refuse to go on under other settings: rungs of two would stand in one table."""
    asked = recipe.model_dump(exclude={"seeds", "split", "stages"})
    for stage in STAGES:
        asked[stage] = _resolved(recipe, stage, {}).model_dump(exclude=IDLE)
    was = json.loads(kept.read_text()) if kept.exists() else {}
    other = [key for key in asked if was.get(key) != asked[key]]
    if other and (kept.parent / "base").exists():
        raise UserError(
            f"{kept.parent} was begun with another {', '.join(other)}; give another store="
        )
    part = kept.with_suffix(".part")
    part.write_text(json.dumps(asked, indent=2))
    part.replace(kept)


def _resolved(recipe: LadderRecipe, stage: Stage, values: dict[str, Any]) -> Any:
    found = load(recipe_file(stage, recipe.recipe))
    for key, value in (*_dotted(recipe.stages.get(stage, {})), *values.items()):
        put(found, key, value)
    return validate(STAGES[stage].RECIPE, found)


def _dotted(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def climb(home: Path, recipe: LadderRecipe, seed: int) -> int:
    """All rungs and controls of one seed, evaluated; its words go to `seed-N.log`."""
    root = home / f"seed-{seed}"
    if not root.exists():
        for left in home.glob(f".seed-{seed}.*"):  # of one that was killed
            shutil.rmtree(left)
        shutil.copytree(home / "base", part := home / f".seed-{seed}.{os.getpid()}")
        part.replace(root)
    with _logged(home / f"seed-{seed}.log"):
        made = _Seed(root, recipe, seed).rungs()
        (root / "rungs.json").write_text(json.dumps(made, indent=2))
    return seed


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    with path.open("a") as log, redirect_stdout(log), redirect_stderr(log):
        yield


class _Seed:
    def __init__(self, root: Path, recipe: LadderRecipe, seed: int) -> None:
        self.root, self.recipe, self.seed = root, recipe, seed
        self.store = Store(root)

    def rungs(self) -> dict[str, str]:
        """The checkpoint of every rung and control, by name."""
        # The first step of a warm-up has learning rate 0: these are the random weights.
        still = {"max_steps": 1, "schedule": "linear", "warmup": 0.5}
        made = {"base": self._train("mid", "mid", **still)}
        made["mid"] = self._train("mid", "mid")
        made["sft"] = self._train("sft", "sft", parent=made["mid"])
        made["more mid"] = self._more(made["mid"], made["sft"])
        self._asked(made["sft"])
        made["dpo"] = self._train("dpo", "dpo", parent=made["sft"])
        made["rft"] = self._train("rft", "dpo", parent=made["sft"])
        made["rl"] = self._train("rl", "rl", parent=made["dpo"])
        plain: dict[str, Any] = {"parent": made["dpo"], "anneal": 0, "rebalance": False}
        made["plain rl, wide"] = self._train("rl", "rl", **plain)
        kept, wide = (self._lineage(made[name])["counts"] for name in ("rl", "plain rl, wide"))
        size = _as_many(_resolved(self.recipe, "rl", {}), kept, wide)
        made["plain rl"] = self._train("rl", "rl", **plain, **size)
        for name in made.values():
            self._command("eval", f"checkpoint={name}", *self._questions())
        return made

    def _asked(self, name: str) -> None:
        """The student answers training problems: its pairs, and the prompts it solves at times."""
        said = [f"checkpoint={name}", "sampling.temperature=1", f"n={self.recipe.answers}"]
        where = f"where=split <> 'test' and {FRESH}"
        self._command("generate", *said, where, f"limit={self.recipe.asked}", *self._sampling())
        own = self.recipe.pairs.replace("{student}", name)
        judged = f"({own}) and outcome in ('correct', 'incorrect') and {FRESH}"
        self._command("mix", "mixture=dpo", f"where={judged}")
        prompts = f"({self.recipe.prompts}) and {FRESH}"
        self._command("mix", "mixture=rl", f"policy={name}", f"where={prompts}")

    def _more(self, start: str, sft: str) -> str:
        """Mid again, on as many tokens as sft saw, with sft's learning rate and schedule."""
        recipe = _resolved(self.recipe, "mid", {})
        tokens = self._lineage(sft)["counts"]["tokens seen"]
        steps = max(1, round(tokens / (recipe.batch * recipe.window)))
        tuned = _resolved(self.recipe, "sft", {})
        same = {key: getattr(tuned, key) for key in ("learning_rate", "schedule", "warmup")}
        return self._train("mid", "mid", parent=start, max_steps=steps, epochs=1000, **same)

    def _train(self, stage: Stage, mixture: str, parent: str | None = None, **values: Any) -> str:
        recipe = _resolved(self.recipe, stage, {"seed": self.seed, **values})
        asked = Asked(stage, self.recipe.recipe, recipe, f"{mixture}@1", parent)
        return train(self.store, asked).name

    def _lineage(self, name: str) -> dict[str, Any]:
        return json.loads((self.root / "checkpoints" / name / "lineage.json").read_text())

    def _questions(self) -> Sequence[str]:
        recipe = self.recipe
        heat = f"sampling.temperature={recipe.temperature}"
        where = f"problems={SPLITS[recipe.split]}"
        count = [f"limit={recipe.questions}", f"samples={recipe.samples}"]
        return [where, *count, heat, f"sampling.seed={self.seed}", *self._sampling()]

    def _sampling(self) -> Sequence[str]:
        return [f"max_tokens={self.recipe.max_tokens}", "concurrency=128"]

    def _command(self, *words: str) -> None:
        commands.run(words[0], [*words[1:], f"store={self.root}"])


def _as_many(recipe: rl.RlRecipe, kept: Counts, wide: Counts) -> dict[str, Any]:
    """The batch of plain rl that teaches as many rollouts as a balanced run kept, by what the wide
    plain one of the recipe's batch taught: at another temperature other groups have both outcomes.
    """
    taught = [each["kept correct"] + each["kept incorrect"] for each in (kept, wide)]
    share = taught[0] / max(1, taught[1])
    groups = max(1, round(recipe.batch / recipe.group * share))
    return {"batch": groups * recipe.group, "micro_batch": recipe.group}


def _scores(root: Path, recipe: LadderRecipe) -> rungs.Found:
    """Of every rung of a seed: the pass rate of every question, by its id."""
    made = json.loads((root / "rungs.json").read_text())
    sql = """
        select model, problem_id, pass_rate
        from evaluation_groups join evaluations using (evaluation_id)
        where selection = $split"""
    with catalog.connect(Store(root)) as con:
        rows = con.sql(sql, params={"split": SPLITS[recipe.split]}).fetchall()
    return {
        rung: {problem: rate for model, problem, rate in rows if model == name}
        for rung, name in made.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
