"""The words of `just train`: each mistake is one line and exit code 2, at once."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from frozen import freeze, sums

import training
from factory.errors import RecipeError, StoreError, UserError
from factory.store import Store
from training import __main__ as cli
from training.lineage import Checkpoint, complete, parent

ROOT = Path(training.__file__).parent.parent

MISTAKES = {
    "": "which stage? give stage=NAME; known: dpo, mid, rft, rl, sft",
    "stage=midd": "unknown stage 'midd'; did you mean 'mid'? known: dpo, mid, rft, rl, sft",
    "stage=mid recipe=smoek": "unknown recipe of stage mid 'smoek'; did you mean 'smoke'?",
    "stage=mid lr=1": "unknown key 'lr'; known: activation_checkpointing, attention, batch",
    "stage=mid shape.layer=1": "unknown key 'shape.layer'; did you mean 'shape.layers'?",
    "stage=mid learning_rate=fast": "learning_rate='fast' does not fit",
    "stage=mid shape.tokenizer=gpt": "unknown tokenizer 'gpt'; known: cot-4k, world-768",
    "stage=rl updates=2 save_every=3": "save_every=3 must be a multiple of it",
    "stage=mid shape.heads=3": "hidden=64 must be a multiple of 2 * heads",
    "stage=mid shape.kv_heads=3": "heads=2 must be a multiple of it",
    "stage=mid window=4096": "window=4096 is longer than shape.positions=2048",
    "stage=mid micro_batch=3": "batch=4 must be a multiple of it",
    "stage=mid stage=mid": "'stage' is given twice",
    "stage=mid show=maybe": "show='maybe' does not fit; allowed: true, false",
    "smoke": "'smoke' is not an override; write key=value",
    "stage=mid store=/nowhere/at/all": "no store in /nowhere/at/all",
    "stage=mid model=x": "give model=FOLDER_OR_HUB_ID or a shape, one of the two",
    "stage=rl group=3": "batch=16 must be a multiple of it",
    "stage=rl completion=512": "window=512 must hold a prompt beside it",
    "stage=dpo loss=best": "loss='best' does not fit",
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ())
    recipe = [] if "recipe=" in words else ["recipe=smoke"]
    assert cli.main([*words.split(), *recipe]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and MISTAKES[words] in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("stage", ["mid", "sft"])
def test_a_mixture_that_does_not_fit_is_one_line(
    stage: str, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ())
    freeze(store, sums(3), name="m", stage=stage, claimed="0" * 32)
    assert cli.main(["stage=mid", "recipe=smoke", f"store={store.root}", "mixture=m"]) == 2
    said = capsys.readouterr().err
    reason = {"mid": "is not what was frozen", "sft": "is made for stage 'sft', not 'mid'"}
    assert reason[stage] in said and said.count("\n") == 1
    assert len(store.snapshot().runs) == 1, "a mistake is not a run"


def test_a_missing_package_names_the_extra(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ("torch_of_nobody",))
    assert cli.main(["stage=mid", "recipe=smoke", f"store={store.root}"]) == 2
    said = capsys.readouterr().err
    assert "'torch_of_nobody' is not installed; it comes with the extra 'train'" in said


def test_show_prints_the_recipe_with_overrides_and_never_waits_for_torch() -> None:
    program = (
        "import sys; from training.__main__ import main; "
        "main(['stage=mid', 'recipe=smoke', 'show=true', 'learning_rate=1e-3', 'shape.layers=3']); "
        "assert 'torch' not in sys.modules and 'datasets' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    recipe = yaml.safe_load(done.stdout)
    assert recipe["learning_rate"] == 1e-3 and recipe["shape"]["layers"] == 3


def test_a_checkpoint_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    made = Checkpoint(tmp_path, "mid", "0a1b")
    made.open()
    (made.part / "model.safetensors").write_text("weights")
    (made.part / "checkpoint-4").mkdir()
    assert complete(tmp_path) == []
    folder = made.seal(
        "7", {"stage": "mid", "run_id": "7", "recipe": {}, "mixture": {}, "parent": None}
    )
    assert folder == tmp_path / "checkpoints" / "mid-7"
    assert {p.name for p in folder.iterdir()} == {"model.safetensors", "lineage.json"}
    assert made.made() == folder and not made.part.exists()


def test_what_is_left_unsealed_stays_only_where_it_can_be_resumed(tmp_path: Path) -> None:
    made = Checkpoint(tmp_path, "mid", "0a1b")
    for name in ("checkpoint-10", "checkpoint-8", "checkpoint-12"):
        (made.part / name).mkdir(parents=True)
    (made.part / "checkpoint-10" / "whole").touch()
    (made.part / "checkpoint-8" / "whole").touch()
    made.leave()
    newest = made.newest()
    assert newest and newest.name == "checkpoint-10"
    assert not (made.part / "checkpoint-12").exists(), "it was not written to its end"
    (made.part / "checkpoint-10" / "whole").unlink()
    (made.part / "checkpoint-8" / "whole").unlink()
    made.leave()
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_a_store_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"):
        Checkpoint(tmp_path, "mid", "0a1b").open()


def test_a_stage_starts_from_the_newest_of_the_stage_before_or_says_what_is_missing(
    tmp_path: Path,
) -> None:
    def put(stage: str, run_id: str, recipe: str) -> str:
        made = Checkpoint(tmp_path, stage, run_id)
        made.open()
        recorded = {"stage": stage, "run_id": run_id, "recipe": {"recipe": recipe}}
        recorded |= {"mixture": {}, "parent": None}
        return str(made.seal(run_id, recorded))

    with pytest.raises(UserError, match=r"no checkpoint of stage 'sft'.*`just train stage=sft rec"):
        parent(tmp_path, "sft", "tiny", None)
    old, new, other = put("sft", "1", "tiny"), put("sft", "3", "tiny"), put("sft", "4", "smoke")
    assert parent(tmp_path, "sft", "tiny", None) == new
    assert parent(tmp_path, "sft", "tiny", "sft-1") == old
    assert parent(tmp_path, "sft", "tiny", "sft") == other
    assert parent(tmp_path, "sft", "tiny", "microsoft/phi") == "microsoft/phi"
    with pytest.raises(UserError, match="known: sft-1, sft-3, sft-4"):
        parent(tmp_path, "sft", "paper", None)
    with pytest.raises(RecipeError, match=r"'sft-9'.*known: sft, sft-1, sft-3, sft-4"):
        parent(tmp_path, "sft", "tiny", "sft-9")
