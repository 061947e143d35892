"""Sources: what becomes a problem, what is rejected and kept, and what a second time changes."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import run_factory

from factory import catalog
from factory.ingest import sources
from factory.store import Store


def rows(store: Path, sql: str) -> list[Any]:
    with catalog.connect(Store(store)) as con:
        return con.sql(sql).fetchall()


def jsonl(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n")
    return path


def ingest(store: Path, *words: object) -> Any:
    return run_factory("ingest", f"store={store}", *words)


def ingest_jsonl(store: Path, path: Path, *words: object) -> Any:
    return ingest(store, "source=jsonl", f"path={path}", "question=q", *words)


def rejects(store: Path) -> list[dict[str, Any]]:
    files = sorted((store / "rejects").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def refusal(done: Any) -> str:
    """The one line of a command that a user can mend."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def listing(store: Path) -> list[Path]:
    """Every record, shard and rejects file."""
    return sorted(p for d in ("log", "shards", "rejects") for p in (store / d).rglob("*"))


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


def test_a_problem_may_have_no_answer(home: Path, tmp_path: Path) -> None:
    done = ingest_jsonl(home, jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}))
    assert done.returncode == 0, done.stderr
    assert rows(home, "select statement, answer, source from problems") == [("2+2?", None, "my")]


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
def test_every_format_gives_the_same_problems(home: Path, tmp_path: Path, form: str) -> None:
    table = [{"q": "2+2?", "a": "4", "key": "x"}, {"q": "3, or\n5?", "a": "3", "key": "y"}]
    path = tmp_path / f"rows.{form}"
    if form == "jsonl":
        jsonl(path, *table)
    elif form == "json":
        path.write_text(json.dumps(table))
    elif form == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["q", "a", "key"])
            writer.writeheader()
            writer.writerows(table)
    else:
        pq.write_table(pa.Table.from_pylist(table), path)
    done = ingest(home, f"source={form}", f"path={path}", "question=q", "answer=a", "id=key")
    assert done.returncode == 0, done.stderr
    found = rows(home, "select source_row, answer from problem_sources order by 1")
    assert found == [("x", "4"), ("y", "3")]


def test_a_folder_in_the_hubs_shape_is_read_through_datasets(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra `hub` is not installed")
    folder = tmp_path / "owner-set"
    folder.mkdir()
    jsonl(folder / "train.jsonl", {"q": "2+2?", "a": 4})
    words = ("question=q", "answer=a", "split=train", "license=CC-BY-4.0")
    done = ingest(home, "source=hub", f"path={folder}", *words)
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
        done = ingest(home, *hub, *words)
        assert done.returncode == 0, done.stderr
    assert rows(home, "select source, split, statement from problems order by 1") == [
        ("owner-set:easy:train", "train", "easy?"),
        ("owner-set:hard:held_out", "test", "held_out?"),
        ("owner-set:hard:sft", "train", "hard?"),
    ]
    assert "nope" in refusal(ingest(home, *hub, "config=nope", "split=train"))
    assert "nope" in refusal(ingest(home, *hub, "config=easy", "split=train", "part=nope"))


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


def test_ingesting_again_writes_nothing_and_new_rows_are_added(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path)
    log = sorted((home / "log").iterdir())
    again = ingest_jsonl(home, path)
    assert "nothing owed; nothing written" in again.stdout
    assert sorted((home / "log").iterdir()) == log
    ingest_jsonl(home, jsonl(path, {"q": "2+2?"}, {"q": "3+3?"}, {"q": "4+4?"}))
    assert rows(home, "select count(*) from problems") == [(3,)]


def test_two_rows_that_are_one_problem_both_stay_and_the_conflict_is_seen(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2 +  2?", "a": "4"}, {"q": "2 + 2?", "a": "5"})
    ingest_jsonl(home, path, "answer=a")
    assert rows(home, "select answer, answers, sources from problems") == [("4", 2, 2)]
    assert rows(home, "select answer from problem_sources order by source_row") == [("4",), ("5",)]


def test_rows_that_do_not_fit_are_counted_by_reason_and_kept(home: Path, tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "my.jsonl",
        {"q": "fine", "a": "1"},
        "{broken",
        "[1, 2]",
        {"a": "no question"},
        {"q": 7, "a": "1"},
        {"q": "  \n", "a": "1"},
        {"q": "list answer", "a": [1]},
        '{"q": "lone \\ud800", "a": "1"}',
        {"q": "also fine", "a": None},
    )
    done = ingest_jsonl(home, path, "answer=a")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select count(*) from problems") == [(2,)]
    kept = rejects(home)
    assert [row["row"] for row in kept] == [1, 2, 3, 4, 5, 6, 7]
    reasons = [row["reason"] for row in kept]
    assert reasons[2:] == [
        "no field 'q'",
        "statement is not text but int",
        "empty statement",
        "a is neither text nor number but list",
        "statement has a lone surrogate, which no UTF-8 file can hold",
    ]
    assert kept[3]["raw"] == {"q": 7, "a": "1"}
    assert "1  rejected: empty statement" in done.stdout
    assert "rejects/" in done.stdout


def test_an_id_given_twice_keeps_the_first_and_rejects_the_second(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "a?", "id": "x"}, {"q": "b?", "id": "x"})
    done = ingest_jsonl(home, path, "id=id")
    assert "rejected: row id given twice" in done.stdout
    assert rows(home, "select statement from problems") == [("a?",)]
    assert rejects(home)[0]["raw"] == {"q": "b?", "id": "x"}


def test_an_id_that_now_holds_other_content_is_rejected_never_overwritten(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "my.jsonl"
    other = {"q": "b?", "a": "5"}
    ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "1"}, other), "answer=a")
    done = ingest_jsonl(home, jsonl(path, {"q": "a?", "a": "2"}, other), "answer=a")
    assert done.returncode == 0, done.stderr
    assert "1  rejected: row id already holds other content: another answer" in done.stdout
    assert rows(home, "select answer from problem_sources order by source_row") == [("1",), ("5",)]


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        ([], ["split=test"], "another split"),
        (["license=MIT"], ["license=GPL-3.0"], "another license"),
        ([], ["license=MIT", "split=test"], "another split and another license"),
    ],
)
def test_another_split_or_licence_for_the_same_rows_is_refused_with_the_way_out(
    home: Path, tmp_path: Path, first: list[str], second: list[str], changes: str
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path, *first)
    before = rows(home, "select source_row, split, license from problem_sources order by 1")
    said = refusal(ingest_jsonl(home, path, *second))
    assert changes in said
    assert "2 of 2 rows" in said
    assert "name=NEW" in said
    assert rows(home, "select source_row, split, license from problem_sources order by 1") == before


def test_the_same_rows_as_a_source_of_their_own_make_the_problems_test(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, {"q": "3+3?"})
    ingest_jsonl(home, path, "split=train")
    done = ingest_jsonl(home, path, "split=test", "name=my_test")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select distinct split, sources from problems") == [("test", 2)]


def test_a_second_file_of_the_same_name_is_refused_and_its_rows_are_kept(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ingest_jsonl(home, jsonl(tmp_path / "a" / "train.jsonl", {"q": "1?"}, {"q": "2?"}))
    other = jsonl(tmp_path / "b" / "train.jsonl", {"q": "3?"}, {"q": "4?"}, {"q": "5?"})
    said = refusal(ingest_jsonl(home, other))
    assert "2 of 3 rows" in said
    assert "another problem" in said
    kept = rejects(home)
    assert [(row["source"], row["raw"]["q"]) for row in kept] == [("train", "3?"), ("train", "4?")]
    assert str(next((home / "rejects").iterdir())) in said
    assert ingest_jsonl(home, other, "name=other").returncode == 0
    assert rows(home, "select count(*) from problem_sources where source = 'other'") == [(3,)]


def test_ingesting_a_file_with_rejects_again_writes_nothing(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?"}, "{broken", {"q": 7})
    ingest_jsonl(home, path)
    before = listing(home)
    again = ingest_jsonl(home, path)
    assert "nothing owed; nothing written" in again.stdout
    assert listing(home) == before
    ingest_jsonl(home, jsonl(path, {"q": "2+2?"}, "{broken", {"q": 8}))
    assert [row["raw"] for row in rejects(home)] == ["{broken", {"q": 7}, "{broken", {"q": 8}]


def test_the_same_rejects_of_another_source_are_kept_on_their_own(
    home: Path, tmp_path: Path
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": 7})
    ingest_jsonl(home, path)
    ingest_jsonl(home, path, "name=other")
    assert [row["source"] for row in rejects(home)] == ["my", "other"]


def test_a_refused_file_given_again_is_refused_again_and_leaves_nothing(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "my.jsonl"
    ingest_jsonl(home, jsonl(path, {"q": "1?"}))
    first = refusal(ingest_jsonl(home, jsonl(path, {"q": "2?"})))
    before = listing(home)
    assert refusal(ingest_jsonl(home, path)) == first
    assert listing(home) == before


def test_a_line_that_cannot_be_read_is_kept_as_its_text(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.jsonl"
    long = b"[" + b"1," * 10_000 + b"1]"
    path.write_bytes(b'{"q": "fine"}\n{broken\r\n{"q": "\xff"}\n[1, 2]\n' + long + b"\n")
    done = ingest_jsonl(home, path)
    assert done.returncode == 0, done.stderr
    kept = rejects(home)
    assert [row["reason"].partition(":")[0] for row in kept] == [
        "not JSON",
        "not UTF-8",
        "not an object but list",
        "not an object but list",
    ]
    assert [row["raw"] for row in kept][:3] == ["{broken", '{"q": "\\xff"}', "[1, 2]"]
    assert kept[3]["raw"] == long.decode()[:10_000]


def test_csv_rows_of_another_length_are_kept_as_their_text(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes(b'q,a\nfine,1\nshort\n\n"two\nlines",2,\xff\nalso fine,4\n')
    done = ingest(home, "source=csv", f"path={path}", "question=q", "answer=a")
    assert done.returncode == 0, done.stderr
    assert [(row["row"], row["raw"]) for row in rejects(home)] == [
        (1, "short"),
        (2, '"two\nlines",2,\\xff'),
    ]
    assert rows(home, "select answer from problem_sources order by source_row") == [("1",), ("4",)]


def test_what_is_not_an_object_in_a_json_array_is_kept(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.json"
    path.write_text(json.dumps([{"q": "fine"}, ["a", 1], None]))
    assert ingest(home, "source=json", f"path={path}", "question=q").returncode == 0
    assert [row["raw"] for row in rejects(home)] == [["a", 1], None]


def test_an_id_that_no_file_can_hold_is_one_rejected_row(home: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "a?", "id": "x"}, '{"q": "b?", "id": "\\ud800"}')
    done = ingest_jsonl(home, path, "id=id")
    assert done.returncode == 0, done.stderr
    assert [row["reason"] for row in rejects(home)] == [
        "row id has a lone surrogate, which no UTF-8 file can hold"
    ]
    assert rows(home, "select source_row from problem_sources") == [("x",)]


def test_a_row_that_breaks_its_source_is_rejected_and_the_others_stay(
    home: Path, tmp_path: Path
) -> None:
    fine = {"problem": "a?", "answer": "1", "type": "Algebra", "level": "Level 1"}
    path = jsonl(
        tmp_path / "math.jsonl",
        {**fine, "unique_id": 7},
        {**fine, "unique_id": "domain", "type": ["x"]},
        {"problem": "b?", "solution": 5},
        {**fine, "problem": "c?", "answer": 0},
        {**fine, "unique_id": [1]},
    )
    done = ingest(home, "source=math", f"path={path}", "split=train")
    assert done.returncode == 0, done.stderr
    found = rows(home, "select source_row, answer from problem_sources order by 1")
    assert found == [("3", "0"), ("7", "1")]
    reasons = [row["reason"] for row in rejects(home)]
    assert reasons[0] == "not a row of source=math: TypeError unhashable type"
    assert reasons[1].startswith("not a row of source=math: TypeError expected string")
    assert reasons[2] == "unique_id is neither text nor number but list"


def test_a_rollout_whose_label_or_text_is_of_another_kind_is_rejected(
    home: Path, tmp_path: Path, shared: Path
) -> None:
    lines = (shared / "gsm8k_example_model_solutions.jsonl").read_text().splitlines()[:3]
    good, label, text = map(json.loads, lines)
    label["6b_finetuning"]["is_correct"] = "yes"
    text["6b_finetuning"]["solution"] = None
    path = jsonl(tmp_path / "s.jsonl", good, label, text, {"question": "a?"})
    done = ingest(home, "source=openai_gsm8k", f"path={path}")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select count(*) from rollouts") == [(4,)]
    assert [row["reason"] for row in rejects(home)] == [
        "label is not true or false but str",
        "rollout is not text but NoneType",
        "not a row of source=openai_gsm8k: KeyError 'ground_truth'",
    ]


def test_a_file_that_cannot_be_read_is_one_line(home: Path) -> None:
    done = ingest_jsonl(home, Path("/proc/self/mem"))
    assert "cannot read /proc/self/mem: " in refusal(done)


def test_a_corrupt_page_is_one_line_and_the_rows_before_it_stay(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.parquet"
    table = pa.table({"q": [f"{n} + {n * n}?" for n in range(20_100)]})
    pq.write_table(table, path, row_group_size=20_000, write_page_checksum=True)
    pages = pq.ParquetFile(path).metadata.row_group(1).column(0)
    broken = bytearray(path.read_bytes())
    middle = (pages.dictionary_page_offset or 0) + pages.total_compressed_size // 2
    broken[middle] ^= 0xFF
    path.write_bytes(broken)
    done = ingest(home, "source=parquet", f"path={path}", "question=q")
    assert f"cannot read {path}: " in refusal(done)
    assert rows(home, "select count(*) from problems") == [(20_000,)]


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


def test_a_unit_is_one_record_for_all_its_tables(home: Path, shared: Path) -> None:
    path = shared / "qwen25_math_cot_100x8.jsonl"
    assert ingest(home, "source=qwen25_math", f"path={path}").returncode == 0
    records = [json.loads(file.read_text()) for file in sorted((home / "log").iterdir())]
    added = [sorted(shard["table"] for shard in record["add"]) for record in records]
    assert added == [["problem_sources", "problems", "rollouts"], []]


@pytest.mark.parametrize(
    "statement",
    [
        "x\x00y",
        "e\u0301 = é",
        "证明 √2 🙂",
        "\u202eright to left",
        "x" * 10_000_000,
        "$\\frac{1}{2}$",
    ],
    ids=["nul", "nfd", "cjk", "bidi", "10MB", "latex"],
)
def test_text_of_every_kind_comes_back_as_it_went_in(
    home: Path, tmp_path: Path, statement: str
) -> None:
    done = ingest_jsonl(home, jsonl(tmp_path / "my.jsonl", {"q": statement, "a": "1"}), "answer=a")
    assert done.returncode == 0, done.stderr
    assert rows(home, "select statement from problems") == [(statement,)]
    for step in ("dedup", "tag", "verify"):
        assert run_factory(step, f"store={home}").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["source=jsnl"], "unknown source 'jsnl'; did you mean 'jsonl'?"),
        (["source=jsonl"], "needs path=FILE"),
        (["source=jsonl", "path=/nope.jsonl", "question=q"], "no such file"),
        (["source=jsonl", "path={path}"], "needs question=FIELD; a row has: q, a"),
        (["source=jsonl", "path={path}", "question=qq"], "unknown field 'qq'; did you mean 'q'?"),
        (["source=jsonl", "path={path}", "qestion=q"], "did you mean 'question'?"),
        (["source=parquet", "path={path}", "question=q"], "is not a Parquet file"),
        (["source=json", "path={path}", "question=q"], "must hold a JSON array"),
        (["source=gsm8k", "path={path}"], "give split=train or split=test"),
        (["source=math", "path={path}"], "needs split=train or split=test"),
        (["source=jsonl", "path={path}", "question=q", "split=dev"], "split='dev' does not fit"),
        (["source=jsonl", "path={empty}", "question=q"], "has no rows"),
        (["source=jsonl", "path={path}", "question=q", "name=\udcff"], "is not UTF-8"),
        (["source=hub", "path=x/y"], "needs path=OWNER/NAME and split=NAME"),
        ([], "'source' is missing; give source=VALUE"),
    ],
)
def test_a_users_mistake_is_one_line(
    home: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    path = jsonl(tmp_path / "my.jsonl", {"q": "2+2?", "a": "4"})
    (tmp_path / "empty.jsonl").touch()
    given = [w.format(path=path, empty=tmp_path / "empty.jsonl") for w in words]
    done = ingest(home, *given)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


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
