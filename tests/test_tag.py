"""Tags: what each tagger says of a text or a group, whose tokens count, and what is owed again."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import run_factory
from rows import problems, rollout, run, sources

from factory import catalog, tag, tokens
from factory.errors import RecipeError
from factory.recipe import HOME
from factory.store import Store
from schemas.arrow import from_rows


def rows(store: Store, sql: str) -> list[Any]:
    with catalog.connect(store) as con:
        return con.sql(sql).fetchall()


@pytest.fixture
def tagged(store: Store) -> Store:
    """A problem with four rollouts, one cut off, and one without any."""
    told = ["four", "four " * 2, "four " * 3, "four " * 6]
    ends = ["stop", None, "stop", "length"]
    given = [
        rollout("What is 2 + 2?", index, text, finish_reason=end)
        for index, (text, end) in enumerate(zip(told, ends, strict=True))
    ]
    names = ("What is 2 + 2?", "Prove that 2 is even.")
    store.commit(
        run(),
        {
            "problems": problems(*names),
            "problem_sources": sources(*((name, name, "4", "train") for name in names)),
            "rollouts": from_rows("rollouts", given),
        },
    )
    assert run_factory("tag", f"store={store.root}").returncode == 0
    return store


def test_a_second_tokenizer_adds_its_counts_to_those_of_the_first(
    tagged: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(HOME / "tokenizers" / "cot-4k.json", folder / "tokenizer.json")
    done = run_factory("tag", f"store={tagged.root}", f"tokenizer={folder}")
    assert done.returncode == 0, done.stderr
    found = rows(tagged, "select scope, name, sum(value) from tags where scope <> '' and name like "
                 "'%tokens' group by all order by all")  # fmt: skip
    mine = tokens.name(str(folder))
    assert mine.startswith("mine-")
    by_scope = {scope: [(n, v) for s, n, v in found if s == scope] for scope in ("cot-4k", mine)}
    assert len(found) == 6
    assert by_scope["cot-4k"] == by_scope[mine]
    assert rows(tagged, "select count(*), sum(tokens) from corpus")[0][0] == 4
    again = run_factory("tag", f"store={tagged.root}", f"tokenizer={folder / 'tokenizer.json'}")
    assert "nothing owed" in again.stdout
    with catalog.connect(tagged) as con:
        assert not any(tag.owed(con, tagger) for tagger in tag.taggers())


def test_a_tokenizer_nobody_knows_is_one_line(tagged: Store, tmp_path: Path) -> None:
    done = run_factory("tag", f"store={tagged.root}", "tokenizer=cot-4")
    assert done.returncode == 2
    assert "unknown tokenizer 'cot-4'; did you mean 'cot-4k'?" in done.stderr
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(RecipeError, match=r"broken\.json is no tokenizer\.json"):
        tokens.load(str(tmp_path / "broken.json"))


def test_lengths_are_those_of_the_tokenizer() -> None:
    seed, tokenizer = random.Random(1), tokens.load("cot-4k")
    pieces = [*" \t\n\r\x1c\x85\xa0\u2003\u30000719½٣一é!_aB🙂", "  ", "'s", "<think>", "\\frac"]
    pieces += ["<eos>", " 12", "e\u0301", "\u200b", "x" * 99]
    texts = ["".join(seed.choices(pieces, k=seed.randrange(12))) for _ in range(2000)]
    for text, counted in zip(texts, tokens.count(texts, "cot-4k"), strict=True):
        assert counted == len(tokenizer.encode(text).ids), text
    path = HOME / "tokenizers" / "cot-4k.json"  # not by words
    assert tokens.count(texts, str(path)) == tokens.count(texts, "cot-4k")
