"""Stage mid, for real: what the trainer is fed, and a run from a store to a checkpoint."""

import json
import math
import os
import socket
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from frozen import freeze, sums

import training
from factory import catalog
from factory.recipe import resolve
from factory.store import Store
from training.mid import MidRecipe, Packing, packed, trainer
from training.model import build
from training.stage import Asked, train

if TYPE_CHECKING:
    from trl.trainer.sft_trainer import SFTTrainer

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]

OFFLINE = "HF_HUB_OFFLINE"
ROOT = Path(training.__file__).parent.parent
SMOKE = ROOT / "training" / "recipes" / "mid" / "smoke.yaml"
# More than 1,000, so that TRL packs in two goes; the long one fills several slots.
EXAMPLES = [
    *[(f"{n}?\n\n", "<think>\none\n</think>\n" + "ab " * (n % 90)) for n in range(1200)],
    ("How is a text ended?\n\n", "With <eos> or <pad>, " + "say some, " * 500),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple["SFTTrainer", Packing]:
    from datasets import Dataset

    columns = dict(zip(("prompt", "completion"), zip(*EXAMPLES, strict=True), strict=True))
    recipe = resolve(MidRecipe, SMOKE, ["window=256", "micro_batch=2"])
    assert recipe.shape
    student = build(recipe.shape, 0, "sdpa")
    made, counts = trainer(
        Dataset.from_dict(columns), student, recipe, tmp_path_factory.mktemp("out")
    )
    slots: Any = made.train_dataset
    packing = packed(slots, made, recipe.window)
    return made, packing._replace(given=counts["tokens"])


@pytest.fixture(scope="module")
def batches(built: tuple["SFTTrainer", Packing]) -> list[dict[str, Any]]:
    return list(built[0].get_train_dataloader())


def test_no_token_is_lost_in_packing(
    built: tuple["SFTTrainer", Packing], batches: list[dict[str, Any]]
) -> None:
    trainer, packing = built
    tokenizer: Any = trainer.processing_class
    expected: Counter[int] = Counter()
    for text in (text for example in EXAMPLES for text in example):
        expected.update(tokenizer(text, split_special_tokens=True)["input_ids"])
    expected[tokenizer.eos_token_id] += len(EXAMPLES)
    fed = Counter(token for batch in batches for token in batch["input_ids"].flatten().tolist())
    assert fed == expected
    assert packing.given == packing.kept == expected.total()
    assert packing.kept / packing.capacity > 0.98


def test_every_end_of_text_carries_loss(
    built: tuple["SFTTrainer", Packing], batches: list[dict[str, Any]]
) -> None:
    model: Any = built[0].model
    eos = model.config.eos_token_id
    labels = [batch["labels"][batch["input_ids"] == eos] for batch in batches]
    assert sum(map(len, labels)) == len(EXAMPLES)
    assert all((label == eos).all() for label in labels)


def test_every_token_carries_loss_but_the_first_of_a_text(batches: list[dict[str, Any]]) -> None:
    for batch in batches:
        first = batch["position_ids"] == 0
        assert (batch["labels"][first] == -100).all()
        assert (batch["labels"][~first] == batch["input_ids"][~first]).all()


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_texts_in_one_slot_do_not_see_one_another(
    built: tuple["SFTTrainer", Packing], batches: list[dict[str, Any]], attention: str
) -> None:
    import torch

    model: Any = built[0].model
    model.set_attn_implementation(attention)
    batch = next(b for b in batches if (b["position_ids"] == 0).sum() > 4)
    starts = (batch["position_ids"][0] == 0).nonzero().flatten().tolist()
    fed = {key: batch[key] for key in ("input_ids", "position_ids")}
    with torch.no_grad():
        together = model(**fed, use_cache=False).logits
        alone = [
            model(text, use_cache=False).logits
            for text in torch.tensor_split(batch["input_ids"], starts[1:], dim=1)
        ]
        blind = model(batch["input_ids"], use_cache=False).logits
    assert (together - torch.cat(alone, dim=1)).abs().max() < 1e-5
    assert (blind - together).abs().max() > 1e-2, "the test would not see a leak"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path, str]:
    store = Store(tmp_path_factory.mktemp("trained") / "store", create=True)
    freeze(store, sums(300))
    words = ["stage=mid", "recipe=smoke", f"store={store.root}"]
    # The hub is a port of ours, and TRL keeps quiet in CI of itself: whoever calls home is heard.
    with socket.create_server(("127.0.0.1", 0)) as hub:
        env = {name: value for name, value in os.environ.items() if name not in ("CI", OFFLINE)}
        done = subprocess.run(
            [sys.executable, "-m", "training", *words],
            cwd=ROOT,
            env={**env, "HF_ENDPOINT": f"http://127.0.0.1:{hub.getsockname()[1]}"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        hub.settimeout(0)
        with pytest.raises(BlockingIOError):
            hub.accept()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder,) = (store.root / "checkpoints").iterdir()
    return store, folder, done.stdout


def test_the_lineage_says_what_it_came_from(trained: tuple[Store, Path, str]) -> None:
    store, folder, _ = trained
    lineage = json.loads((folder / "lineage.json").read_text())
    (mixture,) = catalog.fetch(catalog.connect(store), "select mixture_id from mixtures")
    assert lineage["mixture"] == {"name": "mid", "version": 1, "mixture_id": mixture[0]}
    assert len(lineage["identity"]) == 12
    assert folder.name == f"mid-{lineage['run_id']}"
    assert (lineage["stage"], lineage["parent"], lineage["seed"]) == ("mid", None, 0)
    assert lineage["recipe"]["recipe"] == "smoke" and lineage["recipe"]["window"] == 1024
    assert {"factory", "torch", "transformers", "trl"} <= set(lineage["versions"])
    counts = lineage["counts"]
    assert counts["examples"] == 300
    assert counts["tokens kept"] == counts["tokens"] == counts["tokens seen"]
    assert lineage["losses"][-1][0] == counts["steps"]


def test_the_loss_falls(trained: tuple[Store, Path, str]) -> None:
    losses = json.loads((trained[1] / "lineage.json").read_text())["losses"]
    assert losses[-1][1] < losses[0][1] - 2


def test_the_run_is_recorded_in_the_store(trained: tuple[Store, Path, str]) -> None:
    store, folder, _ = trained
    sql = "select run_id, status, recipe, counts from runs where kind = 'train'"
    with catalog.connect(store) as con:
        ((run_id, status, recipe, counts),) = catalog.fetch(con, sql)
    lineage = json.loads((folder / "lineage.json").read_text())
    assert (run_id, status) == (lineage["run_id"], "finished")
    assert json.loads(recipe) == lineage["recipe"]
    assert json.loads(counts) == lineage["counts"]


def test_a_loss_that_is_no_number_is_one_line_and_a_failed_run(store: Store) -> None:
    from factory.errors import UserError

    freeze(store, sums(40))
    wild = ["learning_rate=1e30", "clip=1e30", "warmup=0", "log_every=1", "batch=1"]
    with pytest.raises(UserError, match=r"the .+ is nan at step \d+; lower learning_rate"):
        train(store, Asked("mid", "smoke", resolve(MidRecipe, SMOKE, wild)))
    assert list((store.root / "checkpoints").iterdir()) == []
    (run,) = (run for run in store.snapshot().runs if run["kind"] == "train")
    assert run["status"] == "failed" and run["counts"]["steps"] > 0


def test_the_log_is_short_and_plain(trained: tuple[Store, Path, str]) -> None:
    lines = trained[2].splitlines()
    words = [line.split()[0] for line in lines]
    assert words[:7] == ["mixture", "start", "packing", "model", *["preflight"] * 3]
    assert words[-2:] == ["loss", "checkpoint"]
    assert set(words[7:-2]) == {"step"} and "tokens/s" in lines[7]
    assert lines[-1].endswith(str(trained[1]))


def test_the_checkpoint_loads_from_disk_and_generates(trained: tuple[Store, Path, str]) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = trained[1]
    assert "training_args.bin" not in {path.name for path in folder.iterdir()}
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    prompt, completion = sums(1)[0]
    ids = tokenizer(prompt, return_tensors="pt")
    written = model.generate(**ids, max_new_tokens=4, do_sample=False)
    assert written.shape[1] > ids["input_ids"].shape[1]
    whole = tokenizer(prompt + completion, return_tensors="pt")
    assert model(**whole, labels=whole["input_ids"]).loss < math.log(len(tokenizer)) - 2


def test_a_gradient_that_is_no_number_ends_the_stage() -> None:
    from types import SimpleNamespace

    from training.progress import Diverged, Lines

    args: Any = SimpleNamespace(learning_rate=1e-3, max_grad_norm=1.0)
    state: Any = SimpleNamespace(global_step=7, max_steps=7, num_input_tokens_seen=1)
    control: Any = None
    logs = {"loss": 1.0, "grad_norm": float("nan"), "learning_rate": 1e-3}
    with pytest.raises(Diverged, match="the gradient's norm is nan at step 7; lower learning_rate"):
        Lines().on_log(args, state, control, logs=logs)
    Lines().on_log(args, state, control, logs=logs | {"grad_norm": 1.0})
