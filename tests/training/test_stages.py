"""The stages after mid, for real: what their trainers are fed; a chain from store to student."""

import json
import random
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from frozen import freeze, sums

import training
from factory import catalog
from factory.errors import UserError
from factory.recipe import resolve
from factory.store import Run, Store
from training import dpo, mid, preflight, rft, rl, sft
from training.chat import Chat
from training.examples import UNSEEN, whole
from training.model import Student, TinyPhi3, load, load_tokenizer
from training.stage import Asked, train

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*is_activation_checkpointing:FutureWarning"),  # TRL's
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]

RECIPES = Path(training.__file__).parent / "recipes"
STAGES = {"mid": mid, "sft": sft, "rft": rft, "dpo": dpo, "rl": rl}
SHORT = {
    "mid": ["max_steps=30"],
    "sft": ["max_steps=4", "window=200"],
    "rft": ["max_steps=2"],
    "dpo": ["max_steps=3", "nll_weight=0.5"],
    "rl": ["max_steps=3", "completion=24", "batch=8"],
}


def rl_recipe(*words: str) -> rl.RlRecipe:
    return resolve(rl.RlRecipe, RECIPES / "rl" / "smoke.yaml", words)


def asked(stage: str, *words: str, **rest: Any) -> Asked:
    recipe = resolve(STAGES[stage].RECIPE, RECIPES / stage / "smoke.yaml", words or SHORT[stage])
    return Asked(stage, "smoke", recipe, **rest)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, dict[str, Path]]:
    """A store with a checkpoint of every stage, each from the one before it."""
    store = Store(tmp_path_factory.mktemp("chain") / "store", create=True)
    for stage in ("mid", "sft", "dpo", "rl"):
        freeze(store, sums(60), name=stage, stage=stage)
    return store, {stage: train(store, asked(stage)) for stage in STAGES}


def lineage(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "lineage.json").read_text())


def fed(store: Store, stage: str, *words: str, parent: Path) -> tuple[Any, Student]:
    """The trainer of a stage on its mixture, with its recipe's overrides, from a checkpoint."""
    from training.mixture import open_mixture

    recipe = asked(stage, *words).recipe
    student = load(str(parent), "sdpa")
    rows = open_mixture(store, None, STAGES[stage].MIXTURES).dataset()
    return STAGES[stage].trainer(rows, student, recipe, store.root / "out")[0], student


def test_every_stage_starts_from_the_one_before_and_says_so(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    _, made = chain
    before = {"mid": None, "sft": "mid", "rft": "sft", "dpo": "sft", "rl": "dpo"}
    for stage, folder in made.items():
        parent = lineage(folder)["parent"]
        assert (parent and parent["name"]) == (made[before[stage]].name if before[stage] else None)
    mixtures = [lineage(made[stage])["mixture"]["mixture_id"] for stage in ("mid", "sft", "dpo")]
    assert lineage(made["rl"])["parent"]["mixtures"] == mixtures


def test_the_same_training_again_is_done_already(
    chain: tuple[Store, dict[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    store, made = chain
    assert train(store, asked("sft", *SHORT["sft"], "log_every=1")) == made["sft"]
    assert "made before from the same; nothing to do" in capsys.readouterr().out


def test_only_the_completion_and_its_end_carry_loss_in_sft(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    store, made = chain
    trainer, student = fed(store, "sft", parent=made["mid"])
    chat = Chat(student.tokenizer)
    for (prompt, completion), row in zip(sums(60), trainer.train_dataset, strict=True):
        (asked_ids,), (told,) = chat.prompts([prompt]), chat.completions([completion])
        assert row["input_ids"] == asked_ids + told
        assert row["labels"] == [UNSEEN] * len(asked_ids) + told
        assert told[-1] == student.tokenizer.eos_token_id
    batch = next(iter(trainer.get_train_dataloader()))
    assert batch["input_ids"].shape[0] == 4 and "position_ids" not in batch, "not packed"


def test_rft_on_pairs_learns_their_chosen_side_alone(chain: tuple[Store, dict[str, Path]]) -> None:
    store, made = chain
    trainer, student = fed(store, "rft", parent=made["sft"])
    assert lineage(made["rft"])["mixture"]["name"] == "dpo"
    chat = Chat(student.tokenizer)
    told = chat.completions([completion for _, completion in sums(60)])
    rows = zip(trainer.train_dataset, told, strict=True)
    assert [row["labels"][-len(ids) :] for row, ids in rows] == told


def test_dpo_is_fed_our_tokens_and_refers_to_its_start(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    store, made = chain
    trainer, student = fed(store, "dpo", parent=made["sft"])
    chat, row = Chat(student.tokenizer), trainer.train_dataset[0]
    prompt, completion = sums(60)[0]
    assert row["prompt_ids"] == chat.prompts([prompt])[0]
    assert row["chosen_ids"] == chat.completions([completion])[0]
    assert row["rejected_ids"] == chat.completions([completion[:-1] + "9}"])[0]
    assert trainer.args.loss_type == ["sigmoid", "sft"] and trainer.args.loss_weights == [1.0, 0.5]
    found = preflight.check("dpo", trainer, student, asked("dpo").recipe)
    assert f"the reference is {made['sft']}" in found
    weight = next(iter(trainer.ref_model.parameters()))
    weight.data[0] += 1
    with pytest.raises(UserError, match="the reference differs from the start of the stage in"):
        preflight.check("dpo", trainer, student, asked("dpo").recipe)


def test_what_rl_sampled_is_in_the_catalog_and_counted(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    store, made = chain
    counts, run_id = (lineage(made["rl"])[key] for key in ("counts", "run_id"))
    sql = 'select step, "group", temperature, outcome, tokens, kept from completions order by all'
    with catalog.connect(store) as con:
        rows = catalog.fetch(con, sql)
        assert catalog.fetch(con, "select distinct run_id from completions") == [(run_id,)]
    assert counts["rollouts"] == len(rows) == 24 and counts["groups"] == 6
    assert [sorted({r[2] for r in rows if r[0] == step}) for step in range(3)] == [
        [1.0], [pytest.approx(1 - 0.4 * 1 / 1.5)], [0.6],
    ]  # fmt: skip
    assert {row[3] for row in rows} <= {"correct", "incorrect", "no_answer", "truncated"}
    assert not (made["rl"] / "completions").exists()


@pytest.mark.parametrize("there", [True, False])
def test_samples_of_a_stage_killed_after_its_checkpoint_are_kept_by_the_next_once(
    chain: tuple[Store, dict[str, Path]], tmp_path: Path, there: bool
) -> None:
    """Killed between the two, a checkpoint has its folder of samples still."""
    made, folders = chain
    rl_folder = folders["rl"]
    shutil.copytree(made.root, tmp_path / "store")
    store = Store(tmp_path / "store")
    with catalog.connect(store) as con:
        rows = con.sql("from completions order by step, position").to_arrow_table()
    left = store.root / "checkpoints" / rl_folder.name / rl.SAMPLED
    left.mkdir()
    pq.write_table(rows.drop_columns("run_id"), left / "00000000-0.parquet")
    if not there:
        lost = [shard.path for shard in store.snapshot().of("completions")]
        store.commit(Run("00000000-test", "doctor", {}, "2026-01-01T00:00:00+00:00"), remove=lost)
    train(store, asked("rl"))
    with catalog.connect(store) as con:
        assert con.sql("from completions order by step, position").to_arrow_table() == rows
    assert not left.exists()


@pytest.mark.parametrize("heat", [1.0, 0.6])
def test_rollouts_are_scored_at_the_temperature_they_are_sampled_at(
    chain: tuple[Store, dict[str, Path]], heat: float
) -> None:
    import torch

    store, made = chain
    words = [*SHORT["rl"], f"temperature={heat}", "anneal=0"]
    trainer, student = fed(store, "rl", *words, parent=made["dpo"])
    trainer.state.max_steps = 3
    trainer.model.train()
    batch = trainer._prepare_inputs([trainer.train_dataset[0]] * 8)
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
    width = batch["completion_ids"].shape[1]
    scored = trainer._get_per_token_logps_and_entropies(trainer.model, ids, mask, width)[0]
    with torch.no_grad():
        logits = student.model(input_ids=ids, attention_mask=mask).logits[:, -width - 1 : -1]
    by_hand = torch.log_softmax(logits / heat, -1).gather(2, batch["completion_ids"][..., None])
    seen = batch["completion_mask"].bool()
    assert (scored - by_hand[..., 0])[seen].abs().max() < 1e-5
    assert trainer.generation_config.temperature == heat


def test_prompts_of_rl_get_no_special_tokens_beside_those_of_their_template(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    from tokenizers.processors import TemplateProcessing

    store, made = chain
    trainer, student = fed(store, "rl", *SHORT["rl"], parent=made["dpo"])
    known, chat = student.tokenizer, Chat(student.tokenizer)
    first = TemplateProcessing(single="<eos> $A", special_tokens=[("<eos>", known.eos_token_id)])
    known.backend_tokenizer.post_processor = first
    row = trainer.train_dataset[0]
    assert known(row["prompt"])["input_ids"][0] == known.eos_token_id
    assert trainer._tokenize_prompts([row["prompt"]])[0] == chat.prompts([row["statement"]])


def test_the_temperature_falls_over_the_first_part_of_the_steps() -> None:
    recipe = rl_recipe("temperature=1.0", "temperature_end=0.6", "anneal=0.5")
    heat = rl.Temperature(recipe)
    assert [round(heat.at(step, 100), 3) for step in (0, 25, 50, 99)] == [1.0, 0.8, 0.6, 0.6]
    assert 1 / heat == 1.0
    assert rl.Temperature(rl_recipe("anneal=0")).at(99, 100) == 1.0


def test_all_correct_rollouts_are_kept_and_as_many_incorrect_ones() -> None:
    rng = random.Random(0)
    for right, wrong, unjudged in [(2, 5, 1), (1, 7, 0), (4, 4, 0), (6, 2, 0)]:
        group = [True] * right + [False] * wrong + [None] * unjudged
        kept = rl.balanced(group, rng)
        sides = [
            sum(k for k, each in zip(kept, group, strict=True) if each is side)
            for side in (True, False)
        ]
        assert sides == [min(right, wrong)] * 2
        assert not any(kept[right + wrong :])
    assert rl.too_easy([True, True, False, None], 0.5)
    assert not rl.too_easy([True, False, None], 0.5)


def test_the_reward_is_the_verifiers(tmp_path: Path) -> None:
    recipe = rl_recipe("group=4", "easiest=0.5")
    reward = rl.Reward(recipe, rl.Temperature(recipe), {1}, tmp_path / rl.SAMPLED)
    right, wrong = "so \\boxed{4}", "so \\boxed{5}"
    state: Any = type("State", (), {"global_step": 0})
    groups = [[right, wrong, wrong, wrong], [right, right, right, wrong], [wrong] * 4]
    texts = [text for group in groups for text in group]
    given = reward(texts, [[1]] * 12, ["4"] * 12, ["2 + 2?"] * 12, state)
    assert given[0] == 1.0 and sorted(map(str, given[1:4])) == ["-1.0", "None", "None"]
    assert given[4:8] == [None] * 4, "too easy"
    assert given[8:] == [-1.0] * 4, "all of one side: no variance, nothing to learn"
    counts, rows = rl.finish(tmp_path, recipe), rl.sampled(tmp_path)
    assert counts == {
        "rollouts": 12, "correct": 4, "truncated": 0, "groups": 3,
        "groups without both": 1, "groups too easy": 1, "kept correct": 1, "kept incorrect": 1,
    }  # fmt: skip
    assert rows["kept"].to_pylist().count(True) == 2
    reward([right] * 4, [[1]] * 4, ["4"] * 4, ["2 + 2?"] * 4, state)
    with pytest.raises(UserError, match=r"of 1 groups each had .*\(100.0% .* mixture of harder"):
        rl.finish(tmp_path, recipe.model_copy(update={"all_dead": False}))


def test_examples_longer_than_the_window_are_left_out_and_too_many_of_them_refused(
    chain: tuple[Store, dict[str, Path]],
) -> None:
    from datasets import Dataset

    rows = Dataset.from_dict({"a": [1, 2, 3, 4]})
    assert whole(rows, [5, 9, 5, 5], 8, 0.25)["a"] == [1, 3, 4]
    with pytest.raises(UserError, match=r"1 of 4 examples are longer than window=8 .* 9 tokens"):
        whole(rows, [5, 9, 5, 5], 8, 0.2)
    with pytest.raises(UserError, match=r"prompts are longer than window=9 - completion=4 "):
        whole(rows, [5, 9, 5, 5], 9, 0.2, 4)
    store, _ = chain
    with pytest.raises(UserError, match=r"60 of 60 examples are longer than window=50"):
        train(store, asked("sft", "window=50"))
    with pytest.raises(UserError, match=r"the mixture has 60 prompts, one round of sampling takes"):
        train(store, asked("rl", "batch=512"))


def test_a_chat_template_that_training_cannot_keep_to_is_one_line() -> None:
    values = {"layers": 1, "hidden": 8, "intermediate": 8, "heads": 1, "kv_heads": 1}
    tokenizer = load_tokenizer(TinyPhi3(tokenizer="cot-4k", positions=64, spread=0.02, **values))
    assert Chat(tokenizer).asked("Why?\n\n") == "Why?\n\n"
    tokenizer.chat_template = "{% for m in messages %}{{ m.content[:3] }}{% endfor %}"
    with pytest.raises(UserError, match="the first must begin the second"):
        Chat(tokenizer)
    opens = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<eos>{% endfor %}"
    opens += "{% if add_generation_prompt %}<|assistant|><think>\n{% endif %}"
    tokenizer.chat_template = opens
    chat = Chat(tokenizer)
    assert chat.asked("Why?").endswith("<think>\n") and chat.end == "<eos>"
    assert str(tokenizer.decode(chat.prompts(["Why?"])[0])).endswith("<|assistant|>")
    tokenizer.chat_template = None
    with pytest.raises(UserError, match="has no chat template"):
        Chat(tokenizer)


def test_an_epoch_of_rl_has_the_steps_that_whole_rounds_of_sampling_fill() -> None:
    recipe = rl_recipe("group=16", "batch=192", "micro_batch=64", "updates=1")
    assert [recipe.steps(prompts) for prompts in (12, 23, 24)] == [1, 1, 2]
    twice = rl_recipe("group=16", "batch=192", "micro_batch=64", "updates=2", "save_every=0")
    assert [twice.steps(prompts) for prompts in (24, 47, 48)] == [2, 2, 4]


def test_the_commit_of_a_parent_on_the_hub_is_part_of_who_the_checkpoint_is(
    chain: tuple[Store, dict[str, Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the hub's cache has it: a commit's folder, and where `main` points."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    store, made = chain
    home, found = tmp_path / "models--somebody--student", list[dict[str, Any]]()
    (home / "refs").mkdir(parents=True)
    for commit in ("a" * 40, "b" * 40):
        shutil.copytree(made["mid"], home / "snapshots" / commit)
        (home / "refs" / "main").write_text(commit)
        folder = train(store, asked("sft", parent="somebody/student"))
        assert folder == train(store, asked("sft", parent="somebody/student"))
        found.append(lineage(folder))
    assert [each["parent"]["commit"] for each in found] == ["a" * 40, "b" * 40]
    assert found[0]["identity"] != found[1]["identity"]


def test_a_model_that_cannot_be_had_is_one_line(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    freeze(store, sums(3))
    nowhere = asked("mid", "shape=null", "model=nobody/nothing")
    with pytest.raises(UserError, match="cannot find the model 'nobody/nothing'"):
        train(store, nowhere)
    assert list((store.root / "checkpoints").glob("*")) == []
