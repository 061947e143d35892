"""`checkpoint=`: which model is meant, and who it is, wherever it lies."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import run_factory

from factory import checkpoint
from factory.errors import UserError


def made(folder: Path, stage: str, weights: str = "w") -> Path:
    """A folder as the trainer leaves one; nothing here loads it."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_text(weights)
    run = folder.name.removeprefix(f"{stage}-")
    lineage = {"stage": stage, "run_id": run, "identity": "0", "recipe": {"recipe": "tiny"}}
    lineage |= {"mixture": {"mixture_id": "m"}, "parent": None}
    (folder / "lineage.json").write_text(json.dumps(lineage))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store with three checkpoints, and one that is not complete."""
    for run, stage in (("00000009-aa", "mid"), ("00000010-00", "mid"), ("00000011-00", "sft")):
        made(tmp_path / "checkpoints" / f"{stage}-{run}", stage, weights=run)
    made(tmp_path / "checkpoints" / ".sft-00000012-00.part", "sft")
    (made(tmp_path / "checkpoints" / "sft-00000013-00", "sft") / "lineage.json").unlink()
    return tmp_path


def named(root: Path, *words: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in checkpoint.named(list(words), str(root)))


def test_a_stage_is_its_newest_complete_checkpoint(root: Path) -> None:
    mid, sft = named(root, "checkpoint=mid", "n=2"), named(root, "checkpoint=sft")
    assert (mid["teacher"], mid["n"]) == ("student", "2")
    assert (mid["teacher.model"], sft["teacher.model"]) == ("mid-00000010-00", "sft-00000011-00")
    assert named(root, "checkpoint=mid-00000009-aa")["teacher.model"] == "mid-00000009-aa"
    assert named(root, "n=2") == {"n": "2"}


def test_who_it_is_does_not_depend_on_where_it_lies(root: Path, tmp_path: Path) -> None:
    here = named(root, "checkpoint=sft")
    there = tmp_path / "else" / here["teacher.model"]
    shutil.copytree(here["teacher.path"], there)
    copied = named(root, f"checkpoint={there}", "teacher=student")
    for key in ("teacher.model", "teacher.revision"):
        assert copied[key] == here[key]
    (there / "model.safetensors").write_text("other")
    assert named(root, f"checkpoint={there}")["teacher.revision"] != here["teacher.revision"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["checkpoint=sfft"], "unknown checkpoint 'sfft'; did you mean 'sft'? known: mid, mid-0"),
        (["checkpoint="], "unknown checkpoint ''"),
        (["checkpoint=mid", "checkpoint=sft"], "'checkpoint' is given twice"),
        (["checkpoint=mid", "teacher.model=x"], "both name the model"),
        (["teacher=student"], "teacher=student needs checkpoint=; known: mid-00000009-aa, mid-0"),
        (["checkpoint=a/b"], "cannot find the model 'a/b': "),
    ],
)
def test_a_mistake_is_one_line(root: Path, words: list[str], said: str) -> None:
    with pytest.raises(UserError) as error:
        named(root, *words)
    assert said in str(error.value)


def test_a_folder_without_a_model_is_one_line(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run_factory("check", f"checkpoint={tmp_path / 'empty'}", f"store={root}")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "holds no model (no config.json)" in done.stderr


@pytest.mark.parametrize("damaged", ["{", '{"stage": "mid"}'])
def test_a_damaged_lineage_is_one_line_that_names_it(root: Path, damaged: str) -> None:
    path = root / "checkpoints" / "mid-00000009-aa" / "lineage.json"
    path.write_text(damaged)
    with pytest.raises(UserError) as error:
        named(root, "checkpoint=sft")
    assert str(path) in str(error.value) and "\n" not in str(error.value)
