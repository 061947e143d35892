"""Any server that speaks OpenAI's chat completions, through the official client.

Retries of 408, 409, 429 and 5xx, honouring Retry-After, are the client's own. Wrong keys and
unknown models stop the run with the server's own words.
"""

from typing import Any, cast

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    Timeout,
)
from openai.types.chat import ChatCompletion

from schemas.exchange import Refused, Reply, Request

TRIES = 5
CONNECT_S = 10
READ_S = 1800  # no byte for this long; a 32 k rollout without streaming takes minutes
STOPS = (401, 402, 403, 404)


class Chat:
    """Chat completions of one model at one address."""

    def __init__(self, base_url: str, model: str, key: str | None) -> None:
        self.model = model
        self.client = AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",
            max_retries=TRIES,
            timeout=Timeout(READ_S, connect=CONNECT_S),
        )

    async def sample(self, request: Request) -> Reply:
        """One completion. Raises Refused."""
        sampling = dict(request.sampling)
        if "seed" in sampling:  # one seed for n samples would give n times the same
            sampling["seed"] += request.sample_index
        try:
            got = await self.client.chat.completions.create(
                model=self.model,
                messages=cast(Any, request.messages),
                **cast(Any, sampling),
            )
        except APITimeoutError as error:
            raise Refused("timeout", str(error)) from error
        except APIConnectionError as error:
            raise Refused("connection", f"{error} {error.__cause__ or ''}".strip()) from error
        except APIStatusError as error:
            code = error.status_code
            permanent = 400 <= code < 500 and code not in (408, 409, 429)
            raise Refused(f"status_{code}", error.message, permanent, code in STOPS) from error
        except (APIError, ValueError) as error:
            raise Refused("bad_reply", str(error)) from error
        return _reply(got)

    async def close(self) -> None:
        """Close the connections."""
        await self.client.close()


def _reply(got: ChatCompletion) -> Reply:
    if not isinstance(got, ChatCompletion) or not got.choices:
        raise Refused("bad_reply", f"a reply without choices: {str(got)[:200]}")
    choice = got.choices[0]
    extra = choice.message.model_extra or {}
    return Reply(
        text=choice.message.content or "",
        reasoning=extra.get("reasoning_content") or extra.get("reasoning"),
        finish_reason=choice.finish_reason,
        prompt_tokens=got.usage.prompt_tokens if got.usage else None,
        completion_tokens=got.usage.completion_tokens if got.usage else None,
        served_model=got.model,
        fingerprint=got.system_fingerprint,
    )


def connect(teacher: Any, key: str | None) -> Chat:
    """The client of an OpenAI-compatible teacher."""
    return Chat(teacher.base_url, teacher.model, key)
