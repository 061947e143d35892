"""The embedded solver as a backend: it reads the prompt like any teacher and computes its reply."""

from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from factory import world
from schemas.exchange import Refused, Reply, Request

TOKENIZER = Path(__file__).parent.parent / "tokenizers" / "cot-4k.json"
DIRECTIVE = "\n\nPlease reason step by step"


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


def _count(text: str) -> int:
    return len(_tokenizer().encode(text).ids)


class Embedded:
    """Solves statements of the embedded world; refuses all others for good."""

    async def sample(self, request: Request) -> Reply:
        """A worked solution, deterministic in messages, sampling and sample index."""
        asked = request.messages[-1]["content"]
        sampling = request.sampling
        written = world.solve(
            asked.partition(DIRECTIVE)[0],
            seed=f"{sampling.get('seed', 0)}-{request.sample_index}",
            temperature=sampling.get("temperature", 0.0),
            max_tokens=sampling.get("max_tokens", 2048),
        )
        if written is None:
            raise Refused(
                kind="unsupported",
                message="no family of the embedded world reads this problem; ask another teacher",
                permanent=True,
            )
        return Reply(
            text=written.solution,
            reasoning=written.trace,
            finish_reason=written.finish_reason,
            prompt_tokens=_count(asked),
            completion_tokens=_count(written.trace + written.solution),
        )

    async def close(self) -> None:
        """Nothing is held."""


def connect(teacher: Any, key: str | None) -> Embedded:
    """The solver; it needs neither address nor key."""
    return Embedded()
