"""One's own traces, what the hub leaves on a disk, and what a user gets wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory
from ingests import ingest, refusal, rows
from shapes import ROWS, marked, numina_cot, thoughts, write

from factory import reasoning
from factory.ingest import sources
from factory.sources.math import SUBJECTS


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


def fetch(home: Path, *words: object) -> Any:
    """An ingest through `datasets`, which takes it from its environment that there is no hub."""
    return run_factory("ingest", f"store={home}", *words, env={"HF_HUB_OFFLINE": "1"})


def lines(path: Path, *table: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in table))
    return path


def told(*turns: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns], **more}


def test_chat_of_every_spelling_is_a_problem_and_a_rollout(home: Path, tmp_path: Path) -> None:
    user, reply = ("user", "What is 2 + 2?"), "<think>\nTwo twos.\n</think>\n\n\\boxed{4}"
    beside = {"role": "assistant", "content": "\\boxed{4}", "reasoning_content": "Two twos."}
    parts = [{"type": "text", "text": "\\boxed{4}"}]
    gpt = [{"from": "human", "value": user[1]}, {"from": "gpt", "value": reply}]
    path = lines(
        tmp_path / "mine.jsonl",
        told(("system", "Think."), user, ("assistant", reply), answer="4", who="a"),
        {"messages": [{"role": "user", "content": user[1]}, beside], "answer": 4, "who": "b"},
        {"conversations": gpt, "answer": "4", "who": "c"},
        told(user, ("assistant", marked("Two twos.", "\\boxed{4}")), answer="4", who="d"),
        told(user, ("assistant", parts), answer="4", who="e"),
        told(user, answer="4", who="f"),
    )
    done = ingest(home, "source=chat", f"path={path}", "answer=answer", "model=who")
    assert done.returncode == 0, done.stderr
    assert run_factory("verify", f"store={home}").returncode == 0
    assert rows(home, "select statement, answer, sources from problems") == [(user[1], "4", 6)]
    sql = "select model, trace, solution, outcome from corpus order by 1"
    assert rows(home, sql) == [
        (who, None if who == "e" else "Two twos.", "\\boxed{4}", "correct") for who in "abcde"
    ]


def test_chat_that_is_not_one_question_and_one_reply_is_counted(home: Path, tmp_path: Path) -> None:
    ask_, answer = ("user", "2 + 2?"), ("assistant", "4")
    path = lines(
        tmp_path / "mine.jsonl",
        told(ask_, answer, ("user", "3 + 3?"), ("assistant", "6")),
        told(ask_, answer, answer),
        told(ask_, ("tool", "4")),
        told(("user", [{"type": "image_url"}]), answer),
        {"prompt": "2 + 2?"},
        told(ask_, answer),
    )
    done = ingest(home, "source=chat", f"path={path}", "model=mine")
    assert done.returncode == 0, done.stderr
    for reason in (
        "1  rejected: several questions in one conversation",
        "1  rejected: a conversation that is not one question and one reply",
        "1  rejected: role 'tool' is none of",
        "1  rejected: a message whose content is not text",
        "1  rejected: no field 'messages'",
    ):
        assert reason in done.stdout
    assert rows(home, "select model from rollouts") == [("mine",)]


def test_own_traces_of_any_file(home: Path, tmp_path: Path) -> None:
    path = lines(
        tmp_path / "mine.jsonl",
        {"q": "2 + 2?", "a": "4", "out": ["\\boxed{4}", "\\boxed{5}"], "cot": ["four", "five"]},
        {"q": "3 + 3?", "a": "6", "out": "\\boxed{6}", "cot": None},
    )
    words = ("question=q", "answer=a", "completion=out", "trace=cot")
    assert "needs model=NAME" in refusal(ingest(home, "source=jsonl", f"path={path}", *words))
    done = ingest(home, "source=jsonl", f"path={path}", *words, "model=my-model")
    assert done.returncode == 0, done.stderr
    assert run_factory("verify", f"store={home}").returncode == 0
    sql = "select model, sample_index, trace, outcome from corpus order by answer, sample_index"
    assert rows(home, sql) == [
        ("my-model", 0, "four", "correct"),
        ("my-model", 1, "five", "incorrect"),
        ("my-model", 0, None, "correct"),
    ]


def chats(path: Path, *replies: str) -> Path:
    path.parent.mkdir()
    asked = [("user", f"{n} + {n}?") for n in range(len(replies))]
    pairs = zip(asked, replies, strict=True)
    return lines(path, *(told(question, ("assistant", reply)) for question, reply in pairs))


def test_other_replies_under_the_same_file_name_are_refused_never_dropped(
    home: Path, tmp_path: Path
) -> None:
    replies = [
        ("<think>a</think>0", "e\u0301\x00", "<think>c"),
        ("<think>b</think>0", "e\u0301", "<think>c"),
    ]
    first = chats(tmp_path / "run1" / "traces.jsonl", *replies[0])
    second = chats(tmp_path / "run2" / "traces.jsonl", *replies[1])
    words = ("source=chat", "model=m")
    assert ingest(home, *words, f"path={first}").returncode == 0
    assert "nothing owed; nothing written" in ingest(home, *words, f"path={first}").stdout
    said = refusal(ingest(home, *words, f"path={second}"))
    assert "2 of 3 rows" in said
    assert "(another rollout)" in said
    assert "name=NEW" in said
    assert ingest(home, *words, f"path={second}", "name=run2").returncode == 0
    sql = "select source, trace, solution from raw.rollouts order by source, source_row"
    assert rows(home, sql) == [
        ("run2", "b", "0"),
        ("run2", None, "e\u0301"),
        ("run2", "c", ""),
        ("traces", "a", "0"),
        ("traces", None, "e\u0301\x00"),
        ("traces", "c", ""),
    ]


def test_the_rollouts_of_a_field_stay_and_another_field_adds_its_own(
    home: Path, tmp_path: Path
) -> None:
    path, row = tmp_path / "mine.jsonl", {"q": "2 + 2?", "a": ["3", "4"], "b": "5"}
    words = ("source=jsonl", f"path={path}", "question=q")
    lines(path, row)
    for field in ("a", "b", "a"):
        done = ingest(home, *words, f"completion={field}", "model=m")
        assert done.returncode == 0, done.stderr
    assert rows(home, "select teacher, solution from rollouts order by all") == [
        ("a", "3"),
        ("a", "4"),
        ("b", "5"),
    ]
    assert "another rollout" in refusal(ingest(home, *words, "completion=a", "model=other"))
    for changed in (["4", "3"], ["3"], ["3", "4", "4"]):
        lines(path, {**row, "a": changed})
        assert "another rollout" in refusal(ingest(home, *words, "completion=a", "model=m"))


CARD = """---
configs:
- config_name: default
  data_files: [{split: train, path: data/train-*}]
- config_name: metadata
  data_files: [{split: train, path: metadata/train-*}]
---
"""

GSM8K_CARD = """---
configs:
- config_name: main
  data_files: [{split: test, path: main/test-*}]
---
"""


def test_a_downloaded_folder_keeps_configurations_and_splits_apart(
    home: Path, tmp_path: Path
) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "OpenThoughts-114k"
    for name in ("data", "metadata"):
        (folder / name).mkdir(parents=True)
    (folder / "README.md").write_text(CARD)
    for shard, problem in enumerate(("1 + 5?", "2 + 4?")):
        write(folder / "metadata" / f"train-0000{shard}-of-00002", [thoughts(problem)])
    write(folder / "data" / "train-00000-of-00001", ROWS["bespoke_stratos"])
    for words in ((), ("config=default",)):
        done = fetch(home, "source=openthoughts", f"path={folder}", *words)
        assert done.returncode == 0, done.stderr
    numina = tmp_path / "NuminaMath-CoT"
    (numina / "data").mkdir(parents=True)
    for part in ("train", "test"):
        row = numina_cot(f"{part}?", "\\boxed{1}")
        write(numina / "data" / f"{part}-00000-of-00001", [row])
        done = fetch(home, "source=numina_cot", f"path={numina}", f"split={part}")
        assert done.returncode == 0, done.stderr
    assert rows(
        home, "select source, split, count(*) from problem_sources group by all order by 1"
    ) == [
        ("numina_cot", "train", 1),
        ("numina_cot:test", "test", 1),
        ("openthoughts", "train", 2),
        ("openthoughts:default", "train", 1),
    ]


def test_a_folder_of_gsm8k_is_called_as_its_file(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "gsm8k"
    (folder / "main").mkdir(parents=True)
    (folder / "README.md").write_text(GSM8K_CARD)
    write(folder / "main" / "test-00000-of-00001", [{"question": "2+2?", "answer": "#### 1,004"}])
    assert "give split=train or split=test" in refusal(
        fetch(home, "source=gsm8k", f"path={folder}")
    )
    done = fetch(home, "source=gsm8k", f"path={folder}", "split=test")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select source, answer, split from problems") == [
        ("gsm8k_test", "1004", "test")
    ]


def test_math_is_all_its_subjects_unless_one_is_named(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder, card = tmp_path / "hendrycks_math", ["---", "configs:"]
    for subject in SUBJECTS:
        (folder / subject).mkdir(parents=True)
        row = {"problem": f"{subject}?", "level": "Level 2", "type": "Algebra"}
        write(folder / subject / "train-00000-of-00001", [{**row, "solution": "\\boxed{2}"}])
        files = f"[{{split: train, path: {subject}/train-*}}]"
        card += [f"- config_name: {subject}", f"  data_files: {files}"]
    (folder / "README.md").write_text("\n".join([*card, "---", ""]))
    for words in ((), ("config=geometry",)):
        done = fetch(home, "source=math", f"path={folder}", "split=train", *words)
        assert done.returncode == 0, done.stderr
    sql = "select source, count(*) from problem_sources group by all order by 1"
    assert rows(home, sql) == [("math_train", 7), ("math_train_geometry", 1)]


@pytest.mark.parametrize("source", sorted(ROWS))
def test_a_renamed_field_is_named_with_those_there_are(
    home: Path, tmp_path: Path, source: str
) -> None:
    row = ROWS[source][0]
    key = next(k for k in ("problem", "query", "question", "conversations") if k in row)
    named = {("body" if k == key else k): v for k, v in row.items()}
    said = refusal(ingest(home, f"source={source}", f"path={lines(tmp_path / 'a.jsonl', named)}"))
    key = "messages" if key == "conversations" else key
    assert f"unknown field {key!r}" in said
    assert "body" in said


def test_a_set_out_of_reach_is_one_line_that_says_what_to_do(home: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    done = fetch(home, "source=openr1_math")
    assert "Retrying" not in done.stderr
    said = refusal(done)
    assert said.startswith("error: hub open-r1/OpenR1-Math-220k: ")
    assert "path=FOLDER of what `hf download --repo-type dataset" in said
    said = refusal(fetch(home, "source=big_math", "path=/nope/big.parquet"))
    assert "no such file or folder" in said


def test_a_run_in_which_not_one_row_fits_is_a_mistake(home: Path, tmp_path: Path) -> None:
    row = thoughts("Sort a list.", "code")
    path = lines(tmp_path / "a.jsonl", row, row, thoughts("Mix acids.", "science"))
    for _ in range(2):
        said = refusal(ingest(home, "source=openthoughts", f"path={path}"))
        assert "not one of 3 rows fits; 2: not mathematics: domain is code; they are kept" in said
    assert len(list((home / "rejects").iterdir())) == 1


def test_every_ready_source_has_a_shape_here() -> None:
    files = {"csv", "json", "jsonl", "parquet", "hub", "chat", "embedded", "gsm8k", "math"}
    assert set(sources()) - files - {"gym", "openai_gsm8k", "qwen25_math"} == set(ROWS)


def test_markers_are_tags_only_where_a_reply_opens_with_them() -> None:
    assert reasoning.split(marked("a", "b"), None) == ("a", "b")
    assert reasoning.split("<|begin_of_thought|>\n\na", None) == ("a", "")
    quoted = "It writes <|begin_of_thought|> first."
    assert reasoning.split(quoted, None) == (None, quoted)
