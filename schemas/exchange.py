"""What steps and plug-ins hand each other: a source gives rows, a backend takes requests.

Plug-ins import only this package and libraries. A plug-in that cannot do its work raises: a source
`Unfit` for a row that does not fit, a backend `Refused` for a request that got no reply. The step
records both; neither stops a run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Message = dict[str, str]


class Unfit(ValueError):
    """A source row that cannot become a problem; the text is the reason counted."""


class NotMaths(Unfit):
    """A row of a data set's other fields. It is counted; a set may hold millions, so that of its
    content nothing is kept."""


@dataclass(frozen=True, slots=True)
class SourceRollout:
    """An existing trace. `name` is the source's field and, with `index`, the identity.

    Thinking stands in `text`, marked, or in `reasoning`. `finish_reason` as the source gives it.
    """

    name: str
    index: int
    text: str
    model: str
    label: bool | None = None
    reasoning: str | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a source in our words. `row` None: the row number is the id.

    `origin` is where the source itself has the row from.
    """

    statement: str
    answer: str | None = None
    row: str | None = None
    split: str | None = None
    level: str | None = None
    domain: str | None = None
    license: str | None = None
    origin: str | None = None
    rollouts: tuple[SourceRollout, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One rollout to buy. `sampling` holds temperature, top_p, max_tokens, seed, ..."""

    rollout_id: str
    problem_id: str
    sample_index: int
    messages: list[Message]
    sampling: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `text` and, where the backend separates it, `reasoning`."""

    text: str
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    served_model: str | None = None
    fingerprint: str | None = None


@dataclass(slots=True)
class Refused(Exception):
    """A request that gave no reply.

    `permanent`: asking again gives the same. `stop`: no request of this run can succeed (wrong key,
    unknown model). `busy`: the server has too much to do, and wants `retry_after_s` of rest.
    """

    kind: str
    message: str
    permanent: bool = False
    stop: bool = False
    busy: bool = False
    retry_after_s: float | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


Settle = Callable[[Request, Reply | Refused, float | None], None]
"""Takes the end of one request and the seconds it took, where they are known."""


class Backend(Protocol):
    """Samples one request at a time; many run at once. `NAME` is the backend class."""

    async def sample(self, request: Request) -> Reply:
        """The reply. Raises Refused."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
