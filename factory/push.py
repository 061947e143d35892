"""`just push mixture=mid@1 repo=OWNER/NAME`: a frozen mixture as a data set of the hub.

    README.md            its card, whose head says how to load it
    data/train-*.parquet the rows in training order, each with where it comes from
    pictures/*.png

It is proved first. Rows whose licence does not let them be handed on stop it: see `licences`.
"""

import tempfile
from collections import Counter
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import field_validator, model_validator

from factory import card, catalog, engine, licences
from factory.errors import UserError
from factory.export import whole
from factory.mixing import facts, frozen
from factory.progress import Progress
from factory.recipe import Recipe
from factory.store import Store

FILE_BYTES = 512 << 20  # of rows, before they are compressed
READ_ROWS = 2_048
IDS = {
    "mid": "r.rollout_id, ",
    "sft": "r.rollout_id, ",
    "rft": "r.rollout_id, ",
    "dpo": "r.rollout_id, r.rejected_id, ",
}
ROWS = """
    select r.position, r.part, r.problem_id, t.source, t.license, t.level, t.domain, t.difficulty,
        t.pass_rate, t.teacher, t.model, t.policy_id, t.rollout_license, t.verifier,
        t.verifier_version, r.tokens, {example}
    from raw.mixture_rows r join told t on t.position = r.position and t.side = 'chosen'
    where r.mixture_id = $mixture_id order by r.position
"""
STATED = """
    select 'problem', license, count(*) from told where side = 'chosen' group by all
    union all
    select 'rollout', rollout_license, count(*) from told where rollout_id is not null group by all
"""


class PushRecipe(Recipe):
    """Which mixture, to which repository; or, for a look, into which folder."""

    mixture: str
    repo: str
    private: bool
    dry_run: bool
    out: Path | None

    @field_validator("repo")
    @classmethod
    def _named(cls, repo: str) -> str:
        from huggingface_hub.utils import validate_repo_id

        if repo.count("/") != 1:
            raise ValueError("give OWNER/NAME")
        validate_repo_id(repo)
        return repo

    @model_validator(mode="after")
    def _fits(self) -> "PushRecipe":
        if self.dry_run != (self.out is not None):
            raise ValueError("out=DIR and dry_run=true go together: give both, or neither")
        return self


def run(store: Store, recipe: PushRecipe, progress: Progress) -> None:
    """Upload, or write what would be. Raises UserError."""
    if recipe.out:
        with whole(recipe.out) as part, progress.task("push", 1) as advance:
            mixture = tree(store, recipe.mixture, part)
            advance()
        print(f"  {mixture['rows']:>11,}  {frozen.label(mixture)}\nin {recipe.out}")
        return
    token = _token()
    with tempfile.TemporaryDirectory() as folder, progress.task("push", 2) as advance:
        mixture = tree(store, recipe.mixture, Path(folder))
        advance()
        url = _upload(Path(folder), recipe, frozen.label(mixture), token)
        advance()
    print(f"  {mixture['rows']:>11,}  {frozen.label(mixture)}\nat {url}")


def tree(store: Store, name: str, folder: Path) -> dict[str, Any]:
    """Write what the repository holds; the mixture's row. Raises UserError, StoreError."""
    now = store.snapshot()
    with catalog.connect(store, now) as con:
        mixture = frozen.find(con, name)
        frozen.fit_to_leave(con, mixture)
    with catalog.connect(store, frozen.as_of(store, now, mixture["snapshot_id"])) as con:
        facts.gather(con, mixture)
        _refuse(con, mixture)
        _rows(con, mixture, folder / "data")
    (folder / "README.md").write_text(card.make(store, mixture, folder, "pictures"))
    return mixture


def _refuse(con: Any, mixture: dict[str, Any]) -> None:
    """Raises UserError where a row may not be handed on."""
    bound = Counter[tuple[str, str]]()
    for what, licence, rows in con.sql(STATED).fetchall():
        if licences.of_hub(licence) is None:
            bound[what, licence or "unknown"] += rows
    if bound:
        counts = ", ".join(f"{n:,} {what}s: {name}" for (what, name), n in bound.most_common())
        raise UserError(
            f"{frozen.label(mixture)} holds rows whose licence does not let them be handed on "
            f"({counts}); freeze a version with licences=Apache-2.0,MIT,..."
        )


def _rows(con: Any, mixture: dict[str, Any], folder: Path) -> None:
    """The rows in files of some FILE_BYTES, whose names sort as the rows do."""
    folder.mkdir()
    sql = ROWS.format(example=IDS.get(mixture["stage"], "") + frozen.EXAMPLE[mixture["stage"]])
    reader = con.sql(sql, params={"mixture_id": mixture["mixture_id"]}).to_arrow_reader(READ_ROWS)
    tables = (pa.Table.from_batches([batch]) for batch in reader)
    rows = 0
    for number, group in enumerate(engine.units(tables, FILE_BYTES, attrgetter("nbytes"))):
        found = pa.concat_tables(group)
        rows += found.num_rows
        pq.write_table(found, folder / f"train-{number:05}.parquet", compression="zstd")
    if rows != mixture["rows"]:
        raise RuntimeError(f"{rows} rows of {frozen.label(mixture)}, not {mixture['rows']}")


def _token() -> str:
    from huggingface_hub import get_token

    if token := get_token():
        return token
    raise UserError(
        "no token for the hub; `hf auth login` keeps one, or set HF_TOKEN "
        "(dry_run=true out=DIR needs none)"
    )


def _upload(folder: Path, recipe: PushRecipe, name: str, token: str) -> str:
    from httpx2 import HTTPError
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    hub = HfApi(token=token)
    repo, kind = recipe.repo, "dataset"
    try:
        url = hub.create_repo(repo, repo_type=kind, private=recipe.private, exist_ok=True)
        hub.upload_folder(repo_id=repo, repo_type=kind, folder_path=folder, commit_message=name)
    except HfHubHTTPError as error:
        raise UserError(f"the hub refused repo={recipe.repo}: {error}") from error
    except (HTTPError, OSError) as error:
        raise UserError(f"the hub cannot be reached: {error}") from error
    return str(url)
