"""`just export mixture=`: what others train from, read back by `datasets`, row by row."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from filled import fill, mixed, rows, steps
from rows import rollout
from rows import run as some_run

from factory.errors import RecipeError, StoreError, UserError
from factory.export import ExportRecipe, run
from factory.progress import Progress
from factory.recipe import HOME, resolve
from factory.store import Store
from schemas.arrow import from_rows

LOADER = {"jsonl": "json", "parquet": "parquet"}


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One mixture of every stage, over problems that are solved half of the time; only read."""
    store = Store(tmp_path_factory.mktemp("mixtures") / "store", create=True)
    names = [f"Wie viel ist «{name}»?\nZeile zwei" for name in "abc"]
    fill(
        store,
        *(
            rollout(q, k, f"So\n\\boxed{{{4 + k % 2}}}", trace=f"thought {k}" if k < 2 else None)
            for q in names
            for k in range(4)
        ),
    )
    steps(store, "verify", "tag")
    for stage in ("mid", "sft", "dpo", "rl"):
        mixed(store, f"mixture={stage}", *(["per_template=null"] if stage == "sft" else []))
    return store


def export(store: Store, *words: str) -> None:
    run(store, resolve(ExportRecipe, HOME / "recipes" / "export.yaml", words), Progress())


def loaded(folder: Path) -> list[dict[str, Any]]:
    datasets = pytest.importorskip("datasets")
    (file,) = folder.iterdir()
    kind = LOADER[file.suffix[1:]]
    found = datasets.load_dataset(kind, data_files=str(file), cache_dir=str(folder.parent / "c"))
    return found["train"].to_list()


def test_every_form_holds_the_rows_of_the_mixture_in_training_order(
    mixtures: Store, tmp_path: Path
) -> None:
    sql = "select * from mixture_rows where name = '{}' order by position"
    for name, form in (("mid@1", "chat"), ("sft", "completion"), ("dpo@1", "dpo"), ("rl", "verl")):
        export(mixtures, f"mixture={name}", f"format={form}", f"out={tmp_path / form}")
    columns = "prompt, completion, rejected, answer, position, problem_id"
    frozen = {
        stage: rows(mixtures, sql.replace("*", columns).format(stage))
        for stage in ("mid", "sft", "dpo", "rl")
    }
    assert all(frozen.values())
    assert loaded(tmp_path / "chat") == [
        {
            "messages": [
                {"role": "user", "content": prompt.removesuffix("\n\n")},
                {"role": "assistant", "content": completion},
            ]
        }
        for prompt, completion, *_ in frozen["mid"]
    ]
    assert {c.startswith("<think>\nthought 0\n</think>\n\n") for _, c, *_ in frozen["mid"]} == {
        True,
        False,
    }
    assert loaded(tmp_path / "completion") == [
        {"prompt": prompt, "completion": completion} for prompt, completion, *_ in frozen["sft"]
    ]
    assert loaded(tmp_path / "dpo") == [
        {"prompt": p, "chosen": chosen, "rejected": rejected}
        for p, chosen, rejected, *_ in frozen["dpo"]
    ]
    assert loaded(tmp_path / "verl") == [
        {
            "data_source": "s",
            "prompt": [{"role": "user", "content": prompt.removesuffix("\n\n")}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": answer},
            "extra_info": {"split": "train", "index": position, "problem_id": problem},
        }
        for prompt, _, _, answer, position, problem in frozen["rl"]
    ]


def test_what_does_not_fit_is_one_line_and_leaves_nothing(mixtures: Store, tmp_path: Path) -> None:
    out = tmp_path / "out" / "x"
    for words, says in {
        ("mixture=dpo@1", "format=chat"): "is of stage dpo; give format=dpo",
        ("mixture=mid@1", "format=verl"): "give format=chat or format=completion",
        ("mixture=mid@1",): "format=parquet is of tables; of a mixture give one of chat",
        ("format=dpo",): "format=dpo is of a mixture: give mixture=NAME@VERSION",
        ("mixture=mdi@1", "format=chat"): "unknown mixture 'mdi@1'; did you mean 'mid@1'",
    }.items():
        with pytest.raises((RecipeError, UserError), match=says):
            export(mixtures, *words, f"out={out}")
    assert not list(out.parent.glob("*"))


def test_rows_that_were_retracted_or_cut_in_are_not_handed_out(
    mixtures: Store, tmp_path: Path
) -> None:
    store = Store(Path(shutil.copytree(mixtures.root, tmp_path / "store")))
    (source_row,) = rows(store, "select min(source_row) from problem_sources")[0]
    word = {"source": "s", "source_row": source_row, "reason": "asked", "restored": False}
    word |= {"run_id": "99999999-test", "created_at": datetime(2026, 1, 1)}
    store.commit(some_run(), {"retractions": from_rows("retractions", [word])})
    with pytest.raises(UserError, match="2 of the 6 rows of mid@1 were retracted since; `just mix"):
        export(store, "mixture=mid@1", "format=chat", f"out={tmp_path / 'x'}")
    (mixture_id,) = rows(store, "select mixture_id from mixtures where name = 'mid'")[0]
    more = {"mixture_id": mixture_id, "position": 99, "part": "mid", "problem_id": "p"}
    more |= {"tokens": 1, "prompt": "smuggled in"}
    store.commit(some_run(), {"mixture_rows": from_rows("mixture_rows", [more])})
    with pytest.raises(StoreError, match="mixture mid@1 is not what was frozen: its 7 rows"):
        export(store, "mixture=mid@1", "format=chat", f"out={tmp_path / 'x'}")
    assert not (tmp_path / "x").exists()
