"""One's own traces: conversations of one question and one reply, in any format that holds them.

A row has messages [{role, content}] or conversations [{from, value}]; thinking is <think> in the
reply, or reasoning_content, reasoning or thinking beside it. model=NAME or the FIELD that says who
replied; answer=FIELD and id=FIELD as elsewhere. The system prompt is no part of the problem, and
several replies to one question are rows of their own. path = a JSONL, JSON or Parquet file, a
folder or OWNER/NAME of the hub.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory.errors import UserError
from factory.sources import _chat, _files, _hub
from factory.sources._fields import model_of, scalar
from schemas.exchange import SourceRow


def name(recipe: Any) -> str:
    """The file's name; of a folder or a set its name with the part."""
    if recipe.path is None:
        raise UserError("source=chat needs path=FILE")
    if (path := Path(recipe.path)).is_file():
        return path.stem
    return _hub.called(recipe.path, recipe.config, _part(recipe))


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`. Raises UserError."""
    return _hub.rows(recipe.path, recipe.config, _part(recipe))


def _part(recipe: Any) -> str:
    return recipe.part or recipe.split or "train"


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """The question and the reply. Raises Unfit where there is more than one of either."""
    asked, reply = _chat.exchange(raw)
    return SourceRow(
        statement=asked,
        answer=None if recipe.answer is None else scalar(raw, recipe.answer),
        row=None if recipe.id is None else scalar(raw, recipe.id),
        rollouts=_chat.rollouts(reply, None if reply is None else model_of(raw, recipe)),
    )
