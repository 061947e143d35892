"""The ladder: every rung and control of every seed, and what the table says of them."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import training
from factory.errors import UserError
from factory.recipe import load, put, resolve, validate
from training.rungs import CONTROLS, RUNGS, Ladder, show

MISSING = [name for name in ("torch", "trl") if find_spec(name) is None]
slow = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"the extra `train` is not installed: {MISSING}"),
]
ROOT = Path(training.__file__).parent.parent
CONTROL = [name for names in CONTROLS.values() for name in names]
ALL = {*RUNGS, *CONTROL}


@pytest.fixture(scope="module")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("ladder")
    return home, run(home)


def run(home: Path) -> str:
    words = [sys.executable, "-m", "training.ladder", "recipe=smoke", f"store={home}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900)
    logs = "".join(path.read_text()[-2000:] for path in home.glob("*.log"))
    assert done.returncode == 0, done.stderr + logs
    return done.stdout


class TestClimbed:
    pytestmark = slow

    def test_every_seed_has_every_rung_and_control_on_the_same_questions(
        self, climbed: tuple[Path, str]
    ) -> None:
        home, said = climbed
        told = json.loads((home / "ladder-dev.json").read_text())
        assert set(told) == ALL and all(len(rung["seeds"]) == 2 for rung in told.values())
        for seed in range(2):
            made = json.loads((home / f"seed-{seed}" / "rungs.json").read_text())
            assert set(made) == ALL and len(set(made.values())) == len(ALL)
        assert "2 seeds, 4 questions" in said

    def test_a_control_sees_as_many_tokens_as_its_rung(self, climbed: tuple[Path, str]) -> None:
        home, _ = climbed
        root = home / "seed-0"
        made = json.loads((root / "rungs.json").read_text())

        def lineage(rung: str) -> dict[str, dict[str, int]]:
            return json.loads((root / "checkpoints" / made[rung] / "lineage.json").read_text())

        step = 4 * 256  # of mid, as it is set in the smoke ladder
        seen = [lineage(rung)["counts"]["tokens seen"] for rung in ("sft", "more mid")]
        assert abs(seen[0] - seen[1]) <= step
        parents = {rung: lineage(rung)["parent"] for rung in ("rl", *CONTROLS["rl"], "rft", "dpo")}
        assert (
            parents["rl"] == parents["plain rl"] == parents["plain rl, wide"]
            and parents["rft"] == parents["dpo"]
        )
        assert parents["rl"]["name"] == made["dpo"] and parents["dpo"]["name"] == made["sft"]

    def test_run_again_it_trains_and_asks_nothing(self, climbed: tuple[Path, str]) -> None:
        home, said = climbed
        before = sorted(home.glob("seed-*/checkpoints/*"))
        shards = len(list(home.glob("seed-*/shards/evaluation_rollouts/*")))
        assert run(home).partition("ladder  2")[2] == said.partition("ladder  2")[2] != ""
        assert sorted(home.glob("seed-*/checkpoints/*")) == before
        assert len(list(home.glob("seed-*/shards/evaluation_rollouts/*"))) == shards


@pytest.mark.slow
@slow[1]
@pytest.mark.parametrize(("kept", "wide", "groups"), [(80, 320, 3), (144, 192, 9), (0, 40, 1)])
def test_plain_rl_teaches_as_many_rollouts_as_a_balanced_one(
    kept: int, wide: int, groups: int
) -> None:
    from training import ladder

    recipe = resolve(ladder.rl.RECIPE, ladder.recipe_file("rl", "tiny"), ["batch=192", "group=16"])
    counts = [{"kept correct": each // 2, "kept incorrect": each // 2} for each in (kept, wide)]
    assert ladder._as_many(recipe, *counts) == {"batch": 16 * groups, "micro_batch": 16}


@pytest.mark.slow
@slow[1]
def test_settings_of_a_stage_are_values_and_nest_by_dots_or_folders(tmp_path: Path) -> None:
    from training import ladder

    values = load(ladder.HOME / "ladders" / "tiny.yaml")
    put(values, "stages.mid.shape.layers", "2")
    put(values, "stages.mid.shape.tokenizer", "world-768")
    put(values, "stages.rl.vllm", "null")
    recipe = validate(ladder.LadderRecipe, values)
    shape = ladder._resolved(recipe, "mid", {}).shape
    assert (shape.layers, shape.tokenizer) == (2, "world-768")
    assert ladder._resolved(recipe, "rl", {"rebalance": False}).vllm is None


def test_intervals_count_seeds_and_questions_and_differences_are_paired() -> None:
    questions = [f"q{i}" for i in range(50)]
    rates = {
        rung: 0.1 * at + 0.2 for at, rung in enumerate((*RUNGS, *CONTROL))
    }  # the same for every question: a difference has no spread
    found = [
        {rung: dict.fromkeys(questions, rate + 0.02 * seed) for rung, rate in rates.items()}
        for seed in range(5)
    ]
    ladder = Ladder(found)
    mean, low, high = ladder.of("sft")
    assert mean == pytest.approx(0.44) and 0.40 <= low < mean < high <= 0.48
    assert ladder.of("sft", "mid") == pytest.approx((0.1, 0.1, 0.1))


def test_the_table_says_what_each_rung_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [{rung: {"a": 0.5, "b": 1.0} for rung in ALL} for _ in range(2)]
    found[0]["rl"] = {"a": 1.0, "b": 1.0}
    show(found, tmp_path / "ladder-dev")
    said = " ".join(capsys.readouterr().out.split())
    assert "2 seeds, 2 questions" in said and "+12.5" in said
    assert json.loads((tmp_path / "ladder-dev.json").read_text())["rl"]["seeds"] == [1.0, 0.75]


@pytest.mark.slow
@slow[1]
def test_a_ladder_goes_on_under_the_same_settings_alone(tmp_path: Path) -> None:
    from training import ladder

    kept, values = tmp_path / "settings.json", load(ladder.HOME / "ladders" / "smoke.yaml")
    begun = validate(ladder.LadderRecipe, values)
    ladder._same(kept, validate(ladder.LadderRecipe, values | {"samples": 9}))
    ladder._same(kept, begun)  # nothing was made yet
    (tmp_path / "base").mkdir()
    more = values["stages"] | {"rl": values["stages"]["rl"] | {"save_every": 10}}
    ladder._same(kept, validate(ladder.LadderRecipe, values | {"seeds": 9, "stages": more}))
    with pytest.raises(UserError, match=r"was begun with another samples; give another store="):
        ladder._same(kept, validate(ladder.LadderRecipe, values | {"samples": 9}))
    more = values["stages"] | {"sft": {"max_steps": 3}}
    with pytest.raises(UserError, match=r"was begun with another sft; give another store="):
        ladder._same(kept, validate(ladder.LadderRecipe, values | {"stages": more}))
