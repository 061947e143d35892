"""Stage rl: GRPO with verifiable reward: +1 for a rollout the factory's verifier calls correct, -1
for one it does not, nothing for one it could not judge.

    just train stage=rl

What the paper adds to GRPO is here, each a switch of the recipe: the temperature falls during the
first part of the steps, and a rollout is always scored at the temperature it was sampled at; of a
group, as many correct rollouts are kept as incorrect ones: all of whichever are fewer. The training
itself is TRL's GRPOTrainer.
"""

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationInfo, field_validator

from factory.errors import UserError
from factory.verifiers import Outcome, maths
from training import examples
from training.chat import Chat
from training.lineage import SAMPLED
from training.model import Student, stops
from training.ranks import rank, say
from training.recipe import accumulation, arguments
from training.sft import SftRecipe

if TYPE_CHECKING:
    from datasets import Dataset
    from trl.trainer.grpo_trainer import GRPOTrainer

UNJUDGED: set[Outcome] = {"timeout", "error", "no_gold", "unparseable_answer"}
COUNTED = f"""
    with groups as (
        select count(*) as n, count(*) filter (outcome = 'correct') as right,
            count(*) filter (outcome not in ('correct', {", ".join(map(repr, sorted(UNJUDGED)))}))
                as wrong,
            count(*) filter (outcome = 'truncated') as cut,
            count(*) filter (kept and reward > 0) as up,
            count(*) filter (kept and reward < 0) as down
        from seen group by step, "group")
    select sum(n)::bigint as rollouts, sum("right")::bigint as correct,
        sum(cut)::bigint as truncated, count(*) as groups,
        count(*) filter ("right" = 0 or wrong = 0) as "groups without both",
        count(*) filter ("right" > 0 and wrong > 0 and up = 0) as "groups too easy",
        sum(up)::bigint as "kept correct", sum(down)::bigint as "kept incorrect"
    from groups
"""
MIXTURES = ("rl",)
BEFORE = "dpo"


class RlRecipe(SftRecipe):
    """What `training/recipes/rl/*.yaml` may say."""

    group: int = Field(gt=1, description="rollouts of one prompt")
    updates: int = Field(gt=0, description="optimizer steps on what was sampled at once")
    completion: int = Field(gt=0, description="longest completion, tokens; the window holds both")
    temperature: float = Field(gt=0, description="of sampling at the first step, and of scoring")
    temperature_end: float = Field(gt=0, description="at the end of the annealing and after it")
    anneal: float = Field(ge=0, le=1, description="share of the steps; 0: the first one stays")
    rebalance: bool = Field(description="of a group, as many correct rollouts as incorrect ones")
    easiest: float = Field(gt=0, le=1, description="groups with a higher pass rate teach nothing")
    loss: Literal["grpo", "bnpo", "dr_grpo", "dapo"] = Field(description="TRL's loss_type")
    scale: Literal["group", "batch", "none"] = Field(description="what advantages are divided by")
    clip_low: float = Field(gt=0, lt=1, description="a ratio is clipped below 1 - this")
    clip_high: float = Field(gt=0, description="and above 1 + this")
    kl: float = Field(ge=0, description="how much leaving the start costs; 0: nothing")
    mask_truncated: bool = Field(description="a truncated rollout carries no loss")
    vllm: str | None = Field(description="null: transformers; colocate; or a server's URL")
    all_dead: bool = Field(description="a stage where no group had both outcomes is no error")

    def steps(self, texts: int) -> int:
        """Of one epoch: TRL drops the prompts that do not fill a round of sampling."""
        return texts // (self.batch * self.updates // self.group) * self.updates

    @field_validator("group")
    @classmethod
    def _is_part_of_the_batch(cls, group: int, found: ValidationInfo) -> int:
        if (batch := found.data.get("batch", 0)) % group:
            raise ValueError(f"batch={batch} must be a multiple of it")
        return group

    @field_validator("updates")
    @classmethod
    def _divides_the_points(cls, updates: int, found: ValidationInfo) -> int:
        # What was sampled is no part of a point: it must lie between two samplings.
        if (save_every := found.data.get("save_every", 0)) % updates:
            raise ValueError(f"save_every={save_every} must be a multiple of it")
        return updates

    @field_validator("completion")
    @classmethod
    def _leaves_room(cls, completion: int, found: ValidationInfo) -> int:
        if completion >= (window := found.data.get("window", 0)):
            raise ValueError(f"window={window} must hold a prompt beside it")
        return completion


RECIPE = RlRecipe


class Temperature:
    """The temperature of what is in hand. TRL's fused head divides 1 by what it was once given."""

    def __init__(self, recipe: RlRecipe) -> None:
        self.recipe, self.value = recipe, recipe.temperature

    def at(self, step: int, steps: int) -> float:
        """Of `steps`, at the step about to be taken; from 0."""
        start, end = self.recipe.temperature, self.recipe.temperature_end
        if not self.recipe.anneal:
            return start
        return start + (end - start) * min(1.0, step / max(1.0, self.recipe.anneal * steps))

    def __rtruediv__(self, one: float) -> float:
        return one / self.value


def balanced(correct: list[bool | None], rng: random.Random) -> list[bool]:
    """Which rollouts of a group are kept: all correct ones and as many incorrect ones, or the other
    way round where the correct are more (the paper's prompts are solved less than half the time).
    """
    sides = [[i for i, each in enumerate(correct) if each is side] for side in (True, False)]
    fewer = min(map(len, sides))
    kept = {place for side in sides for place in rng.sample(side, fewer)}
    return [place in kept for place in range(len(correct))]


def too_easy(correct: list[bool | None], easiest: float) -> bool:
    """Whether more than the share `easiest` of what was judged is correct."""
    return correct.count(True) > easiest * (len(correct) - correct.count(None))


class Reward:
    """+1, -1 or None for completions, group by group; what it saw is written to `folder`."""

    __name__ = "verified"

    def __init__(self, recipe: RlRecipe, heat: Temperature, ends: set[int], folder: Path) -> None:
        self.recipe, self.heat, self.ends, self.folder = recipe, heat, ends, folder

    def __call__(
        self,
        completions: list[str],
        completion_ids: list[list[int]],
        answer: list[str],
        statement: list[str],
        trainer_state: Any,
        **_: Any,
    ) -> list[float | None]:
        """A reward for each completion; groups stand together."""
        claims = [
            maths.Claim(text, gold, question, "stop" if ids[-1] in self.ends else "length")
            for text, ids, gold, question in zip(
                completions, completion_ids, answer, statement, strict=True
            )
        ]
        outcomes: list[Outcome] = [
            verdict.outcome for verdict in maths.verify_many(claims, workers=1)
        ]
        kept = self._kept(outcomes, trainer_state.global_step)
        rewards = [
            None if stays is None or each in UNJUDGED else 1.0 if each == "correct" else -1.0
            for each, stays in zip(outcomes, kept, strict=True)
        ]
        columns = {
            "statement": statement,
            "completion": completions,
            "tokens": [len(ids) for ids in completion_ids],
            "outcome": outcomes,
            "kept": [bool(each) for each in kept],
            "reward": rewards,
        }
        self._write(trainer_state.global_step, columns)
        return rewards

    def _kept(self, outcomes: list[Outcome], step: int) -> list[bool | None]:
        """True: it teaches. None: it is left out. False: its group is all of one side; the rewards
        stay, which have no variance and teach nothing, so that TRL's mean says how it went.
        """
        correct = [None if each in UNJUDGED else each == "correct" for each in outcomes]
        size, kept = self.recipe.group, list[bool | None]()
        for at in range(0, len(correct), size):
            group = correct[at : at + size]
            # Seeded by place, so that a resumed run keeps what the straight one kept.
            rng = random.Random(f"{self.recipe.seed}/{step}/{rank()}/{at}")
            if not (True in group and False in group):
                kept += [False] * size
            elif too_easy(group, self.recipe.easiest):
                kept += [None] * size
            elif self.recipe.rebalance:
                kept += [each or None for each in balanced(group, rng)]
            else:
                kept += [True] * size
        return kept

    def _write(self, step: int, columns: dict[str, list[Any]]) -> None:
        count = len(columns["kept"])
        places = range(rank() * count, (rank() + 1) * count)
        rows = pa.table(
            {
                "step": [step] * count,
                "position": list(places),
                "group": [place // self.recipe.group for place in places],
                "temperature": [self.heat.value] * count,
                **columns,
            }
        )
        self.folder.mkdir(exist_ok=True)
        pq.write_table(rows, self.folder / f"{step:08d}-{rank()}.parquet", compression="zstd")


def trainer(
    rows: "Dataset", student: Student, recipe: RlRecipe, folder: Path
) -> tuple["GRPOTrainer", dict[str, int]]:
    """The trainer over the prompts that leave room for a completion."""
    from training.annealed import AnnealedGRPOTrainer, config

    chat = Chat(student.tokenizer)
    asked = [chat.asked(statement) for statement in rows["prompt"]]
    lengths = [len(ids) for ids in chat.prompts(rows["prompt"])]
    prompts = rows.rename_column("prompt", "statement").add_column("prompt", asked)
    fitting = examples.whole(prompts, lengths, recipe.window, recipe.too_long, recipe.completion)
    at_once = recipe.batch * recipe.updates // recipe.group
    if len(fitting) < at_once:
        raise UserError(
            f"the mixture has {len(fitting):,} prompts, one round of sampling takes {at_once:,} "
            f"(batch={recipe.batch} * updates={recipe.updates} / group={recipe.group}); "
            "lower batch, or freeze a mixture of more"
        )
    heat = Temperature(recipe)
    made = AnnealedGRPOTrainer(
        model=student.model,
        reward_funcs=Reward(recipe, heat, stops(student), folder / SAMPLED),
        args=config(recipe, arguments(recipe, folder), accumulation(recipe)),
        train_dataset=fitting,
        processing_class=student.tokenizer,
        temperature=heat,
    )
    return made, {"prompts": len(fitting), "left out": len(rows) - len(fitting)}


def sampled(folder: Path) -> pa.Table:
    """What was sampled, in order."""
    order = [("step", "ascending"), ("position", "ascending")]
    return pq.read_table(folder / SAMPLED).sort_by(order)


def finish(folder: Path, recipe: RlRecipe) -> dict[str, int]:
    """What was sampled, counted. Raises UserError where no group had anything to teach."""
    counts = _counted(sampled(folder))
    if not recipe.all_dead and not counts["kept correct"]:
        right, easy = counts["correct"] / counts["rollouts"], counts["groups too easy"]
        solved = f", or more than easiest={recipe.easiest:g} of them correct" if easy else ""
        raise UserError(
            f"of {counts['groups']:,} groups each had correct or incorrect rollouts alone{solved} "
            f"({right:.1%} of all were correct), so nothing was learned; freeze a mixture of "
            f"{'harder' if easy or right > 0.5 else 'easier'} problems, or raise "
            f"group={recipe.group}"
        )
    if not counts["kept correct"]:
        say("rollouts", "no group had anything to teach; all_dead=true lets that pass")
    return counts


def _counted(seen: pa.Table) -> dict[str, int]:
    with duckdb.connect() as con:
        con.register("seen", seen)
        found = con.sql(COUNTED)
        return dict(zip(found.columns, found.fetchall()[0], strict=True))
