"""Sets as published, from ../shared/data and from folders in the hub's shape."""

from pathlib import Path

import pytest
from conftest import run_factory
from ingests import ingest, jsonl, refusal, rows

from factory.ingest import sources

HUB_CARD = """---
configs:
- config_name: easy
  data_files: [{split: train, path: easy.jsonl}]
- config_name: hard
  data_files: [{split: sft, path: hard.jsonl}, {split: held_out, path: held_out.jsonl}]
---
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_folder_in_the_hubs_shape_is_read_through_datasets(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "owner-set"
    folder.mkdir()
    jsonl(folder / "train.jsonl", {"q": "2+2?", "a": 4})
    words = ("question=q", "answer=a", "split=train", "license=CC-BY-4.0")
    done = run_factory("ingest", f"store={home}", "source=hub", f"path={folder}", *words)
    assert done.returncode == 0, done.stderr
    found = rows(home, "select statement, answer, split, license from problems")
    assert found == [("2+2?", "4", "train", "CC-BY-4.0")]


def test_configurations_and_parts_of_a_hub_set_are_sources_of_their_own(
    home: Path, tmp_path: Path
) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "owner-set"
    folder.mkdir()
    for name in ("easy", "hard", "held_out"):
        jsonl(folder / f"{name}.jsonl", {"q": f"{name}?"})
    (folder / "README.md").write_text(HUB_CARD)
    hub = ("source=hub", f"path={folder}", "question=q")
    asked = [
        ("config=easy", "split=train"),
        ("config=hard", "split=train", "part=sft"),
        ("config=hard", "split=test", "part=held_out"),
    ]
    for words in asked:
        done = run_factory("ingest", f"store={home}", *hub, *words)
        assert done.returncode == 0, done.stderr
    assert rows(home, "select source, split, statement from problems order by 1") == [
        ("owner-set:easy:train", "train", "easy?"),
        ("owner-set:hard:held_out", "test", "held_out?"),
        ("owner-set:hard:sft", "train", "hard?"),
    ]
    assert "nope" in refusal(
        run_factory("ingest", f"store={home}", *hub, "config=nope", "split=train")
    )
    assert "nope" in refusal(
        run_factory("ingest", f"store={home}", *hub, "config=easy", "split=train", "part=nope")
    )


def test_a_hub_id_without_its_extra_or_network_is_one_line(home: Path) -> None:
    done = run_factory(
        "ingest",
        f"store={home}",
        "source=hub",
        "path=openai/gsm8k",
        "split=train",
        "question=q",
        env={"HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 2
    assert "datasets" in done.stderr or "hub openai/gsm8k" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("pretrain_leak_test.jsonl", "test"),
        ("GSM8K-Train.jsonl", "train"),
        ("train_and_test.jsonl", None),
        ("latest_training.jsonl", None),
    ],
)
def test_gsm8ks_split_is_a_whole_word_of_the_files_name_or_asked_for(
    home: Path, tmp_path: Path, name: str, split: str | None
) -> None:
    path = jsonl(tmp_path / name, {"question": "2+2?", "answer": "2+2=4\n#### 4"})
    done = ingest(home, "source=gsm8k", f"path={path}")
    if split is None:
        assert "give split=train or split=test" in refusal(done)
        done = ingest(home, "source=gsm8k", f"path={path}", "split=validation")
    assert rows(home, "select split from problems") == [(split or "validation",)]


def test_every_source_has_a_docstring_and_its_two_functions() -> None:
    from importlib import import_module

    for name in sources():
        source = import_module(f"factory.sources.{name}")
        assert source.__doc__, name
        assert getattr(source, "LICENSE", "") in source.__doc__, name
        assert callable(source.read), name
        assert callable(source.parse), name


def test_gsm8k_as_published(home: Path, shared: Path) -> None:
    done = ingest(home, "source=gsm8k", f"path={shared / 'gsm8k_train.jsonl'}")
    assert done.returncode == 0, done.stderr
    figures = rows(home, "select count(*), count(answer), min(split), max(level) from problems")
    assert figures == [(7473, 7473, "train", "elementary")]
    assert rows(home, "select count(*) from problems where answer_type <> 'integer'") == [(0,)]


def test_math_as_published(home: Path, shared: Path) -> None:
    path = shared / "math500_test.json"
    assert ingest(home, "source=math", f"path={path}", "split=test").returncode == 0
    figures = rows(home, "select count(*), count(answer), count(domain) from problem_sources")
    assert figures == [(500, 500, 500)]
    assert rows(home, "select distinct split from problems") == [("test",)]


def test_openais_gsm8k_solutions_agree_with_their_labels(home: Path, shared: Path) -> None:
    path = shared / "gsm8k_example_model_solutions.jsonl"
    assert ingest(home, "source=openai_gsm8k", f"path={path}").returncode == 0
    assert run_factory("verify", f"store={home}").returncode == 0
    agree = "select count(*), count(*) filter ((outcome = 'correct') = source_label) from corpus"
    assert rows(home, agree) == [(5276, 5276)]
    by_model = "select model, round(pass_rate(outcome), 3) from corpus group by 1 order by 1"
    assert rows(home, by_model) == [
        ("gpt3-175b_finetuning", 0.347),
        ("gpt3-175b_verification", 0.563),
        ("gpt3-6b_finetuning", 0.217),
        ("gpt3-6b_verification", 0.390),
    ]
    frozen = run_factory("mix", f"store={home}")
    assert frozen.returncode == 2
    assert "no rollout of a training problem fits" in frozen.stderr


def test_qwens_hundred_problems_by_eight_rollouts(home: Path, shared: Path) -> None:
    path = shared / "qwen25_math_cot_100x8.jsonl"
    assert ingest(home, "source=qwen25_math", f"path={path}").returncode == 0
    assert run_factory("verify", f"store={home}").returncode == 0
    differ = "select answer, extracted from corpus where (outcome = 'correct') <> source_label"
    found = rows(home, differ)
    assert ("10{,}000", "10000") in found  # their grader's slip, like that of the time
    assert {answer for answer, _ in found} == {"10{,}000", "4:30p.."}
    assert len(found) == 9
    rate = "select level, pass_rate(outcome) from corpus group by 1 order by 1"
    found = dict(rows(home, rate))
    assert sorted(found) == ["math-1", "math-2", "math-3", "math-4", "math-5"]
    assert min(found, key=lambda level: found[level]) == "math-5"
