"""`just card mixture=mid@1`: what is known of a frozen mixture, in Markdown with pictures.

`just mix` writes it when it freezes; it is derived, and can be made again. Its numbers are asked of
the snapshot the mixture was selected from; only what was retracted since is as of now.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from factory import catalog, licences
from factory.errors import UserError
from factory.mixing import facts, frozen, pictures, prose
from factory.mixing.facts import Rows
from factory.progress import Progress
from factory.recipe import Recipe, of_step
from factory.store import Store
from factory.summary import where

SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
SIZES += ((10**7, "1M<n<10M"), (10**8, "10M<n<100M"))


class CardRecipe(Recipe):
    """Of which mixture, into which folder."""

    mixture: str
    out: Path


def run(store: Store, recipe: CardRecipe, progress: Progress) -> None:
    """`just card`. Raises UserError."""
    with catalog.connect(store) as con:
        mixture = frozen.find(con, recipe.mixture)
    with progress.task("card", 1) as advance:
        path = write(store, mixture, recipe.out)
        advance()
    print(path)


def when_frozen(store: Store, mixture: dict[str, Any]) -> None:
    """The card of what `just mix` has just committed; where it cannot be written, say so."""
    asked = f"mixture={frozen.label(mixture)}"
    recipe = of_step(CardRecipe, "card", [asked])
    try:
        print(f"\ncard in {write(store, mixture, recipe.out)}")
    except UserError as error:
        again = f"`just card {asked}{where(store)}` makes the card"
        print(f"note: the mixture is frozen, but {error}; {again}", file=sys.stderr)


def write(store: Store, mixture: dict[str, Any], out: Path) -> Path:
    """Write NAME@VERSION.md and its pictures into `out`. Raises UserError."""
    name = frozen.label(mixture)
    try:
        shutil.rmtree(out / name, ignore_errors=True)  # pictures of another store's
        out.mkdir(parents=True, exist_ok=True)
        text = make(store, mixture, out, name)
        (out / f"{name}.md").write_text(text)
    except OSError as error:
        raise UserError(f"cannot write {out / name}.md: {error.strerror}") from error
    return out / f"{name}.md"


def make(store: Store, mixture: dict[str, Any], folder: Path, within: str) -> str:
    """The card's text; its pictures go into the folder `within` of `folder`. Raises OSError."""
    now = store.snapshot()
    with catalog.connect(store, now) as con:
        gone = frozen.retracted(con, mixture)
    with catalog.connect(store, frozen.as_of(store, now, mixture["snapshot_id"])) as con:
        found = facts.gather(con, mixture)
        try:
            drawn = pictures.draw(con, mixture["stage"], folder / within)
        except ImportError:
            drawn = {}
    body = prose.body(mixture, found, gone, {f"{within}/{name}": drawn[name] for name in drawn})
    return _headed(mixture, found, body)


def _headed(mixture: dict[str, Any], found: dict[str, Rows], body: str) -> str:
    """The text under the head that the hub reads."""
    from huggingface_hub import DatasetCard, DatasetCardData

    stated = [row[1] for row in found["sources"]]
    stated += [row[2] for row in found["teachers"] if mixture["stage"] != "rl"]
    known = sorted({licences.of_hub(each) or "other" for each in stated})
    files = [{"split": "train", "path": "data/train-*.parquet"}]
    head = DatasetCardData(
        license=known[0] if len(known) == 1 else known,
        task_categories=["text-generation"],
        size_categories=next((w for n, w in SIZES if mixture["rows"] < n), "100M<n<1B"),
        pretty_name=frozen.label(mixture),
        tags=["mathematics", "chain-of-thought", "synthetic", mixture["stage"]],
        configs=[{"config_name": "default", "data_files": files}],
    )
    return str(DatasetCard(f"---\n{head.to_yaml()}\n---\n{body}"))
