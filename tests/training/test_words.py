"""The words of `just train`: each mistake is one line and exit code 2, at once."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from frozen import freeze, sums

import training
from factory.errors import StoreError
from factory.store import Store
from training import __main__ as cli
from training.lineage import checkpoint

ROOT = Path(training.__file__).parent.parent

MISTAKES = {
    "": "which stage? give stage=NAME; known: mid",
    "stage=midd": "unknown stage 'midd'; did you mean 'mid'? known: mid",
    "stage=mid recipe=smoek": "unknown recipe of stage mid 'smoek'; did you mean 'smoke'?",
    "stage=mid lr=1": "unknown key 'lr'; known: activation_checkpointing, attention, batch",
    "stage=mid model.layer=1": "unknown key 'model.layer'; did you mean 'model.layers'?",
    "stage=mid learning_rate=fast": "learning_rate='fast' does not fit",
    "stage=mid model.tokenizer=gpt": "not a file in factory/tokenizers; known: cot-4k",
    "stage=mid model.heads=3": "hidden=64 must be a multiple of 2 * heads",
    "stage=mid model.kv_heads=3": "heads=2 must be a multiple of it",
    "stage=mid window=4096": "window='4096' does not fit: longer than model.positions=2048",
    "stage=mid micro_batch=3": "batch=4 must be a multiple of it",
    "stage=mid stage=mid": "'stage' is given twice",
    "stage=mid show=maybe": "show='maybe' does not fit; allowed: true, false",
    "smoke": "'smoke' is not an override; write key=value",
    "stage=mid store=/nowhere/at/all": "no store in /nowhere/at/all",
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ())
    assert cli.main(words.split()) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and MISTAKES[words] in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("stage", ["mid", "sft"])
def test_a_mixture_that_does_not_fit_is_one_line(
    stage: str, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ())
    freeze(store, sums(3), name="m", stage=stage, claimed="0" * 32)
    assert cli.main(["stage=mid", f"store={store.root}", "mixture=m"]) == 2
    said = capsys.readouterr().err
    reason = {"mid": "is not what was frozen", "sft": "is made for stage 'sft', not 'mid'"}
    assert reason[stage] in said and said.count("\n") == 1
    assert len(store.snapshot().runs) == 1, "a mistake is not a run"


def test_a_missing_package_names_the_extra(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ("torch_of_nobody",))
    assert cli.main(["stage=mid", f"store={store.root}"]) == 2
    said = capsys.readouterr().err
    assert "'torch_of_nobody' is not installed; it comes with the extra 'train'" in said


def test_show_prints_the_recipe_with_overrides_and_never_waits_for_torch() -> None:
    program = (
        "import sys; from training.__main__ import main; "
        "main(['stage=mid', 'show=true', 'learning_rate=1e-3', 'model.layers=3']); "
        "assert 'torch' not in sys.modules and 'datasets' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    recipe = yaml.safe_load(done.stdout)
    assert recipe["learning_rate"] == 1e-3 and recipe["model"]["layers"] == 3


def test_a_checkpoint_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    with checkpoint(tmp_path, "mid", "7") as made:
        (made.part / "model.safetensors").write_text("weights")
        assert not made.folder.exists()
        made.seal({"stage": "mid"})
    assert made.folder == tmp_path / "checkpoints" / "mid-7"
    assert {p.name for p in made.folder.iterdir()} == {"model.safetensors", "lineage.json"}


def test_a_broken_run_leaves_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), checkpoint(tmp_path, "mid", "7") as made:
        (made.part / "model.safetensors").write_text("half")
        raise RuntimeError
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_a_store_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").write_text("in the way")
    with pytest.raises(StoreError, match="cannot write"), checkpoint(tmp_path, "mid", "7"):
        pass
