"""What every stage does around its trainer: from a proved mixture to a whole checkpoint.

A stage is a module here with `MIXTURES`, the stages of the mixtures it reads; `BEFORE`, the stage
whose checkpoint it starts from; `RECIPE`, its recipe model; `trainer`, which makes TRL's; and,
where it samples for itself, `finish`, which counts that, and `sampled`, the rows of it.

The same training started again goes on from its newest point, or says that it is done.
"""

import logging
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from factory import catalog, commands, engine
from factory.checkpoint import digest
from factory.errors import UserError
from factory.recipe import shown
from factory.store import Run, Store
from factory.verifiers import maths
from schemas.arrow import conform
from training import lineage, preflight
from training.lineage import Checkpoint
from training.mixture import open_mixture
from training.model import Student, build, commit, load
from training.ranks import first, say, together, world
from training.recipe import StageRecipe

IDLE = {"threads", "log_every", "save_every", "log_to"}  # these do not change the weights


class Asked(NamedTuple):
    """One training, as it was asked for; `name` is the recipe's."""

    stage: str
    name: str
    recipe: StageRecipe
    mixture: str | None = None
    parent: str | None = None


def train(store: Store, asked: Asked) -> Path:
    """Train one stage; returns the checkpoint's folder. Raises UserError."""
    return _Training(store, asked).run()


class _Training:
    def __init__(self, store: Store, asked: Asked) -> None:
        self.store, self.asked, self.recipe = store, asked, asked.recipe
        self.stage: Any = import_module(f"training.{asked.stage}")
        if asked.mixture is None and world() == 1:
            _freeze_the_default(store, self.stage.MIXTURES)
        self.mixture = open_mixture(store, asked.mixture, self.stage.MIXTURES)
        self.parent = self._parent()
        self.came = self._came()
        identity = lineage.identity(self.came | {"recipe": self._decides()})
        self.checkpoint = Checkpoint(store.root, asked.stage, identity)

    def run(self) -> Path:
        rows = self.mixture.examples.num_rows
        say("mixture", f"{self.mixture.label}, {rows:,} examples, {self.mixture.mixture_id}")
        with self._recorded() as run:
            together()  # the first may have waited for the same training by others
            if made := self.checkpoint.made():
                self._keep_samples(made, run)
                say("checkpoint", f"{made}, made before from the same; nothing to do")
                return made
            with _memory(self.recipe):
                trainer = self._trainer(run)
            losses = self._trained(trainer, run)
            folder = self._sealed(trainer, run, losses)
        say("checkpoint", str(folder))
        if self.recipe.log_to == "tensorboard":
            say("log", f"tensorboard --logdir {folder}")
        return folder

    def _parent(self) -> str | None:
        """The folder or hub id to start from; None: random weights."""
        before, parent = self.stage.BEFORE, self.asked.parent
        if before is None and not parent:
            return getattr(self.recipe, "model", None)
        return lineage.parent(self.store.root, before, self.asked.name, parent)

    def _came(self) -> dict[str, Any]:
        frozen = self.mixture
        identity = {"name": frozen.name, "version": frozen.version, "mixture_id": frozen.mixture_id}
        return {
            "stage": self.asked.stage,
            "mixture": identity,
            "parent": lineage.described(self.parent) | self._commit() if self.parent else None,
            "processes": world(),
        }

    def _commit(self) -> dict[str, str]:
        """The commit of a parent on the hub."""
        at = commit(self.parent) if self.parent else None
        return {"commit": at} if at else {}

    def _decides(self) -> dict[str, Any]:
        values = self.recipe.model_dump(exclude=IDLE)
        judge = {"verifier": maths.VERSION} if self.asked.stage == "rl" else {}
        start = (
            {"start": digest(Path(self.parent))}
            if self.parent and Path(self.parent).is_dir()
            else {}
        )
        return {"recipe": self.asked.name, **values, **lineage.library_versions(), **judge, **start}

    @contextmanager
    def _recorded(self) -> Iterator[Run]:
        """The run, held by the first process alone; what is left unsealed and of no use goes."""
        asked = {"stage": self.asked.stage, "recipe": self.asked.name}
        asked |= {"mixture": self.mixture.label, "parent": (self.came["parent"] or {}).get("name")}
        asked |= shown(self.recipe)
        if not first():
            yield Run("", "train", asked, "")
            return
        lock = f"train-{self.checkpoint.identity}"
        with engine.run(self.store, "train", asked, lock) as run:
            try:
                yield run
            finally:
                self.checkpoint.leave()

    def _trainer(self, run: Run) -> Any:
        from transformers import PrinterCallback

        from training.progress import Lines

        silence(self.recipe.threads)
        self.checkpoint.open()
        student = self._student()
        rows = self.mixture.dataset()
        preflight.before(student, self.recipe)
        try:
            trainer, counts = self.stage.trainer(rows, student, self.recipe, self.checkpoint.part)
        except ModuleNotFoundError as error:
            raise UserError(
                f"a library needs {error.name!r}, which is not installed; install it, or remove "
                f"what asks for it (log_to={self.recipe.log_to}, a broken trackio)"
            ) from error
        if counts.get("left out"):
            say("left out", f"{counts['left out']:,} of {len(rows):,}, longer than the window")
        stop_early(trainer, self.recipe)
        trainer.remove_callback(PrinterCallback)  # it prints each log as a dict
        trainer.add_callback(Lines())
        say("model", f"{student.model.num_parameters():,} parameters, on {trainer.args.device}")
        for words in preflight.check(self.asked.stage, trainer, student, self.recipe):
            say("preflight", words)
        run.versions |= lineage.library_versions()
        run.counts |= {
            "examples": len(rows),
            **counts,
            "parameters": student.model.num_parameters(),
        }
        return trainer

    def _student(self) -> Student:
        if self.parent:
            say("start", self.parent)
            return load(self.parent, self.recipe.attention, self.came["parent"].get("commit"))
        say("start", "random weights")
        return build(self.recipe.shape, self.recipe.seed, self.recipe.attention)  # type: ignore[attr-defined]

    def _trained(self, trainer: Any, run: Run) -> list[tuple[int, float]]:
        """(step, mean loss since the line before) of every line of progress."""
        from training.progress import Diverged

        point = self.checkpoint.newest()
        if point:
            say("resume", f"from step {point.name.partition('-')[2]}")
        try:
            with _memory(self.recipe):
                trainer.train(resume_from_checkpoint=str(point) if point else None)
        except Diverged:
            self.checkpoint.remove()
            raise
        finally:
            seen = int(trainer.state.num_input_tokens_seen)
            run.counts |= {"steps": trainer.state.global_step, "tokens seen": seen}
        lines = trainer.state.log_history
        losses = [(int(line["step"]), line["loss"]) for line in lines if "loss" in line]
        say("loss", f"{losses[0][1]:.3f} at the first step, {losses[-1][1]:.3f} at the last")
        return losses

    def _sealed(self, trainer: Any, run: Run, losses: list[tuple[int, float]]) -> Path:
        trainer.save_model(str(self.checkpoint.part))
        if not first():
            return self.checkpoint.part
        if hasattr(self.stage, "finish"):
            counts = self.stage.finish(self.checkpoint.part, self.recipe)
            run.counts |= counts
            say("rollouts", ", ".join(f"{count:,} {name}" for name, count in counts.items()))
        made = {"run_id": run.run_id, "started": run.started, "recipe": run.recipe}
        found = {"versions": run.versions, "counts": run.counts, "losses": losses}
        facts = self.came | made | {"seed": self.recipe.seed} | found
        folder = self.checkpoint.seal(run.run_id, facts)
        self._keep_samples(folder, run)
        return folder

    def _keep_samples(self, folder: Path, run: Run) -> None:
        """What a checkpoint's stage sampled goes into the store; after a kill the next does it."""
        if first() and (folder / lineage.SAMPLED).exists():
            rows = self.stage.sampled(folder)
            owner = pa.array([folder.name.partition("-")[2]] * rows.num_rows)
            kept = conform("completions", rows.append_column("run_id", owner))
            self.store.commit(run, {"completions": kept})  # those that are there are dropped
            shutil.rmtree(folder / lineage.SAMPLED)


def _freeze_the_default(store: Store, stages: Sequence[str]) -> None:
    """Freeze the mixture named like the stage where there is none for it. Raises UserError."""
    wanted = ", ".join(map(repr, stages))
    with catalog.connect(store) as con:
        if con.sql(f"from mixtures where stage in ({wanted})").fetchall():
            return
    say("mixture", f"none for stage {stages[0]} yet: `just mix mixture={stages[0]}` freezes it")
    commands.run("mix", [f"mixture={stages[0]}", f"store={store.root}"])


def stop_early(trainer: Any, recipe: StageRecipe) -> None:
    """Stop the epochs after `max_steps`; TRL's own max_steps would begin further ones."""
    epoch = recipe.steps(len(trainer.train_dataset))
    if 0 < recipe.max_steps < recipe.epochs * epoch:
        trainer.args.max_steps = recipe.max_steps


@contextmanager
def _memory(recipe: StageRecipe) -> Iterator[None]:
    """Raises UserError where a device, or this machine, has no memory left."""
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, RuntimeError) as error:
        if "out of memory" not in str(error) and "allocate memory" not in str(error):
            raise
        raise UserError(
            f"no memory left for micro_batch={recipe.micro_batch} texts of up to "
            f"window={recipe.window} tokens; lower micro_batch or set activation_checkpointing=true"
        ) from error


def silence(threads: int) -> None:
    """No telemetry, no bars and no library chatter: the lines here are the log."""
    import datasets
    import torch
    import transformers
    from huggingface_hub import constants

    torch.set_num_threads(threads)
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.|trl\.")
    logging.getLogger("trl").setLevel(logging.ERROR)  # it tells of every rollout left out
    constants.HF_HUB_DISABLE_TELEMETRY = True
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
