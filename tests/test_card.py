"""`just card`: the card that `just mix` writes, its numbers, its pictures, and its last command."""

import json
import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest
from conftest import run_factory
from filled import fill, rows, steps
from huggingface_hub import DatasetCard
from rows import problems, rollout
from rows import run as some_run

from factory import card
from factory.identity import problem_id
from factory.mixing import prose
from factory.progress import Progress
from factory.store import Store
from schemas.arrow import from_rows

PICTURES = {"difficulty.png", "domains.png", "lengths.png", "pass_rates.png"}


def filled(store: Store) -> None:
    """Four problems of two sources, one without a licence; half of the rollouts are right."""
    names = [f"Sum number {name}?" for name in "abcd"]
    stated = [
        {"source": "free" if i else "closed", "source_row": str(i), "problem_id": problem_id(name)}
        | {"answer": "4", "split": "train", "license": "CC-BY-NC-4.0" if i else None}
        | {"domain": "algebra" if i < 3 else None, "level": "high school", "run_id": "0-test"}
        for i, name in enumerate(names)
    ]
    more = {"license": "MIT", "sampling": '{"temperature":0.7}', "prompt": "boxed"}
    made = [
        rollout(name, k, f"{'so ' * (9 * k + 9)}\\boxed{{{4 + k % 2}}}", trace="think", **more)
        for name in names
        for k in range(4)
    ]
    tables = {"problems": problems(*names), "problem_sources": from_rows("problem_sources", stated)}
    store.commit(some_run(), {**tables, "rollouts": from_rows("rollouts", made)})
    steps(store, "verify", "tag")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a mixture was frozen by the command."""
    desk = tmp_path_factory.mktemp("desk")
    filled(Store(desk / "data", create=True))
    words = ("seed=7", "parts.a.where=domain = 'algebra'", "parts.b.where=true", "per_problem=2")
    done = run_factory("mix", "mixture=mid", *words, cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "card in data_cards/mid@1.md" in done.stdout
    return desk


def test_freezing_writes_a_card_with_the_numbers_of_the_mixture(desk: Path) -> None:
    text = (desk / "data_cards" / "mid@1.md").read_text()
    store = Store(desk / "data")
    found, count, tokens = rows(store, "select mixture_id, rows, tokens from mixtures")[0]
    assert (count, found in text, f"{count} examples, {tokens:,} tokens" in text) == (8, True, True)
    for line in (
        "| a | all | ",
        "| where | 8 |",
        "| free | CC-BY-NC-4.0 | 3 | 6 |",
        "| closed | unknown | 1 | 2 |",
        "| t | m | MIT | 8 |",
        '- `t` (import), policy `policy`: prompt `boxed`, sampling `{"temperature":0.7}`',
        "| maths | 3 | correct | 8 | 8 |",
        "| maths | 3 | incorrect | 8 | 0 |",
        "not audited",
        "`per_problem=2`",
        "Checked against no evaluation set.",
        "| medium | 8 | 4 | 50% |",
        "| not stated | 2 | 1 |",
        "The problems of 2 examples state no licence.",
        "The problems of 6 examples are for non-commercial use only.",
        "from 4 rollouts a problem (median)",
    ):
        assert line in text
    assert str(desk) not in text
    head = DatasetCard(text).data.to_dict()
    assert (head["license"], head["size_categories"]) == (["cc-by-nc-4.0", "mit", "other"], "n<1K")
    assert head["configs"][0]["data_files"][0]["path"] == "data/train-*.parquet"


def test_the_pictures_it_names_are_there(desk: Path) -> None:
    text = (desk / "data_cards" / "mid@1.md").read_text()
    named = re.findall(r"!\[[^]]+\]\((mid@1/\S+\.png)\)", text)
    assert {Path(name).name for name in named} == PICTURES
    for name in named:
        content = (desk / "data_cards" / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) > 4_000


def test_its_last_command_gives_the_same_mixture_whatever_came_since(desk: Path) -> None:
    store = Store(desk / "data")
    fill(store, rollout("later", 0, "\\boxed{4}"))
    steps(store, "verify")
    text = (desk / "data_cards" / "mid@1.md").read_text()
    (command,) = re.findall(r"```bash\n(just mix .*)\n```", text)
    done = run_factory(*shlex.split(command)[1:], cwd=desk)
    assert done.returncode == 0, done.stderr
    assert "mid@1 already holds exactly these rows" in done.stdout
    (again,) = rows(store, "select count(*) from mixtures")
    assert again == (1,)


def test_a_card_that_is_made_later_says_what_was_retracted(desk: Path, tmp_path: Path) -> None:
    store = Store(desk / "data")
    word = {"source": "closed", "reason": "asked", "restored": False, "run_id": "99999999-test"}
    word |= {"created_at": datetime(2026, 1, 1)}
    store.commit(some_run(), {"retractions": from_rows("retractions", [word])})
    card.run(store, card.CardRecipe(mixture="mid", out=tmp_path), Progress())
    text = (tmp_path / "mid@1.md").read_text()
    assert "**2 of these 8 examples were retracted since.**" in text
    assert "| closed | unknown | 1 | 2 |" in text


def test_a_folder_that_cannot_be_written_or_a_missing_extra_stops_no_freeze(
    desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "data_cards").write_text("a file")
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['matplotlib'] = None\n")
    env = {"PYTHONPATH": f"{tmp_path}:{Path(card.__file__).parent.parent}"}
    at = f"store={desk / 'data'}"
    done = run_factory("mix", "mixture=dpo", at, cwd=tmp_path, env=env, process=True)
    assert done.returncode == 0, done.stderr
    (line,) = [each for each in done.stderr.splitlines() if "note: the mixture is frozen" in each]
    assert f"`just card mixture=dpo@1 {at}` makes the card" in line
    out = f"out={tmp_path / 'out'}"
    done = run_factory("card", "mixture=dpo@1", at, out, env=env, process=True)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "dpo@1.md").read_text()
    assert prose.NO_PICTURES in text
    assert "of a pair the rejected rollout is longer by" in text


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"where": "a = 'b c'", "per_problem": None}, "'where=a = '\"'\"'b c'\"'\"'' "),
        ({"benchmarks": ["gsm8k", "mine"]}, "benchmarks=gsm8k,mine"),
        ({"licences": None, "benchmarks": []}, "benchmarks="),
        ({"parts": {"a": {"share": 0.5, "where": "true", "repeats": 1}}}, "parts.a.share=0.5"),
    ],
)
def test_the_command_has_what_differs_from_the_ready_spec(
    spec: dict[str, object], words: str
) -> None:
    mixture = {"name": "mid", "snapshot_id": "s"}
    found = prose.command(mixture, json.loads(json.dumps(spec)))
    assert found.startswith("just mix mixture=mid snapshot=s ")
    assert words.strip() in found
