"""What makes two things the same: the ids of problems and rollouts.

An id is a hash of what a thing *is*, never of where it stood or when it came, so that what is owed
can be computed. Base URL, key, price and concurrency are not part of it.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from factory.store import canonical, digest

Messages = list[dict[str, str]]


def problem_id(statement: str) -> str:
    """Hash of the statement after NFC and whitespace only; case is kept."""
    return _id("problem", " ".join(unicodedata.normalize("NFC", statement).split()))


def policy_id(
    model: str, revision: str | None, backend: str, template: Messages, sampling: Mapping[str, Any]
) -> str:
    """Hash of everything that shapes a rollout but the problem and the sample index."""
    return _id("policy", model, revision, backend, template, dict(sampling))


def rollout_id(policy: str, messages: Messages, sample_index: int) -> str:
    """Hash of policy, rendered messages and sample index."""
    return _id("rollout", policy, messages, sample_index)


def imported_rollout_id(source: str, row: str, name: str, index: int) -> str:
    """Hash of where an imported rollout stands in its source."""
    return _id("import", source, row, name, index)


def _id(*parts: Any) -> str:
    return digest(canonical(parts))[:32]


# SQL: the digest of a row of a mixture. Lengths in bytes keep its columns apart, and null from ''.
_COLUMNS = ("part", "problem_id", "rollout_id", "rejected_id")
_TEXTS = ("prompt", "completion", "rejected", "answer")
_LENGTHS = " || ' ' || ".join(f"coalesce(strlen({n})::varchar, '-')" for n in _COLUMNS + _TEXTS)
ROW = f"sha256(concat({_LENGTHS}, ' ', {', '.join(_COLUMNS + _TEXTS)}))"


def mixture_id(spec: str, rows: Iterable[str]) -> str:
    """Hash of a mixture's canonical spec and of the digests of its rows, in order."""
    found = hashlib.sha256(digest(spec).encode())
    for row in rows:
        found.update(row.encode())
    return found.hexdigest()[:32]
