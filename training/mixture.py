"""A frozen mixture, read back from the store and proved: its content is hashed again and must
match its id, so that what a checkpoint's lineage names is what it was trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from factory.catalog import connect, one_line
from factory.errors import StoreError, UserError, unknown
from factory.identity import ROW
from factory.mixing.frozen import EXAMPLE, label, prove
from factory.store import Store

if TYPE_CHECKING:
    from datasets import Dataset

_FROM = f"{ROW} as digest from raw.mixture_rows where mixture_id = $mixture_id order by position"


@dataclass(frozen=True, slots=True)
class Mixture:
    """One version of a mixture; `examples` has the columns of its stage in training order."""

    name: str
    version: int
    mixture_id: str
    examples: pa.Table

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    def dataset(self) -> "Dataset":
        """The examples for a trainer, on the same memory."""
        from datasets import Dataset

        return Dataset(self.examples)


def open_mixture(store: Store, name: str | None, stages: Sequence[str]) -> Mixture:
    """The mixture `name@version`, the newest version of `name`, or the newest of the stages.

    Raises StoreError where there is none or content and id disagree, UserError where the
    mixture is made for another stage, RecipeError where the name is not known.
    """
    try:
        with connect(store) as con:
            known = con.sql("select * from mixtures order by created_at, version").to_arrow_table()
            chosen = _choose(known.to_pylist(), name, stages, store)
            sql, params = (
                f"select {EXAMPLE[chosen['stage']]}, {_FROM}",
                {"mixture_id": chosen["mixture_id"]},
            )
            rows = con.sql(sql, params=params).to_arrow_table()
    except duckdb.Error as error:
        raise StoreError(f"cannot read mixtures in {store.where}: {one_line(error)}") from error
    prove(chosen, rows["digest"].to_pylist())
    return Mixture(
        chosen["name"], chosen["version"], chosen["mixture_id"], rows.drop_columns("digest")
    )


def _choose(
    known: list[dict[str, Any]], name: str | None, stages: Sequence[str], store: Store
) -> dict[str, Any]:
    """The row of `mixtures` that is asked for; `known` is in the order of freezing."""
    fitting, stage = [row for row in known if row["stage"] in stages], stages[0]
    if not known or (name is None and not fitting):
        raise StoreError(
            f"no mixture for stage {stage!r} in {store.where}; "
            f"`just mix mixture={stage}` freezes one"
        )
    if name is None:
        return fitting[-1]
    named = [row for row in known if name in (row["name"], label(row))]
    if not named:
        raise unknown("mixture", name, map(label, known))
    chosen = named[-1]
    if chosen["stage"] not in stages:
        wanted = " or ".join(map(repr, stages))
        raise UserError(
            f"mixture {label(chosen)!r} is made for stage {chosen['stage']!r}, not {wanted}; "
            f"made for {wanted}: {', '.join(map(label, fitting)) or 'none'}"
        )
    return chosen
