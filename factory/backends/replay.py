"""Recorded rollouts as a backend: the same messages get the replies they got before.

The recording is a Parquet file of rows of the table `rollouts`. The k-th rollout of a model for the
same messages answers sample k; one that was never recorded is refused for good.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from factory.errors import RecipeError, unknown
from schemas.exchange import Refused, Reply, Request

COLUMNS = {
    "solution": "varchar",
    "trace": "varchar",
    "finish_reason": "varchar",
    "prompt_tokens": "bigint",
    "completion_tokens": "bigint",
    "served_model": "varchar",
    "fingerprint": "varchar",
}
MODELS = """
    select model, count(distinct policy_id) from read_parquet(?) where model is not null group by 1
"""
RECORD = f"""
    create table recorded as
    select md5(messages) as asked,
        row_number() over (partition by messages order by sample_index) - 1 as k,
        {", ".join(f"{name}::{kind} as {name}" for name, kind in COLUMNS.items())}
    from read_parquet(?)
    where model = ? and messages is not null and solution is not null
"""
SAMPLE = f"select {', '.join(COLUMNS)} from recorded where asked = md5(?) and k = ?"


class Replay:
    """One model's recorded rollouts, on disk and indexed."""

    def __init__(self, path: Path, model: str) -> None:
        self._folder = TemporaryDirectory()
        self.con = duckdb.connect(f"{self._folder.name}/recorded.duckdb")
        with ExitStack() as undo:
            undo.callback(self._give_back)
            self._record(path, model)
            undo.pop_all()

    def _record(self, path: Path, model: str) -> None:
        try:
            models = {str(name): count for name, count in self._all(MODELS, path)}
            if model not in models:
                raise unknown("recorded model", model, models)
            if models[model] > 1:
                raise RecipeError(
                    f"{path} holds {models[model]} policies of {model!r}: record one of them, "
                    "`just sql \"from rollouts where policy_id = '...'\" format=parquet`"
                )
            self.con.execute(RECORD, [str(path), model])
            self.con.execute("create index asked on recorded (asked)")
        except duckdb.Error as error:
            why = str(error).splitlines()[0]
            raise RecipeError(
                f"teacher.path={str(path)!r} is no recording: {why}; "
                '`just sql "from rollouts" format=parquet` writes one'
            ) from error

    def _all(self, sql: str, path: Path) -> list[Any]:
        return self.con.execute(sql, [str(path)]).fetchall()

    async def sample(self, request: Request) -> Reply:
        """The recorded reply. Raises Refused."""
        # as the store spells messages
        asked = json.dumps(
            request.messages, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        found = self.con.execute(SAMPLE, [asked, request.sample_index]).fetchone()
        if found is None:
            words = f"no sample {request.sample_index} of these messages is in the recording"
            raise Refused("not_recorded", words, permanent=True)
        text, trace, *rest = found
        return Reply(text, trace, *rest)

    async def close(self) -> None:
        """Give the disk back."""
        self._give_back()

    def _give_back(self) -> None:
        self.con.close()
        self._folder.cleanup()


def connect(teacher: Any, key: str | None) -> Replay:
    """The recording of `teacher.path`. Raises RecipeError."""
    if not teacher.path:
        raise RecipeError("'teacher.path' is missing; give teacher.path=FILE.parquet")
    if not Path(teacher.path).is_file():
        raise RecipeError(f"no file {teacher.path!r}; give teacher.path=FILE.parquet")
    return Replay(Path(teacher.path), teacher.model)
