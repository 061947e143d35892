"""The offline backend asked directly: `python offline.py MODEL` prints what came back as JSON.

One start of the engine for many questions; test_vllm.py judges them.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

from rig import ENGINE

from factory.backends import vllm
from factory.errors import UserError
from schemas.exchange import Refused, Request

AT_ONCE = 32


def teacher(**changed: Any) -> Any:
    """What the backend reads of a teacher."""
    values = {"model": sys.argv[1], "revision": None, "prefill": None, "engine": ENGINE}
    return SimpleNamespace(**{**values, **changed})


def refusal(**changed: Any) -> str:
    """Why the engine does not start."""
    try:
        vllm.connect(teacher(**changed), None)
    except UserError as error:
        return str(error)
    return ""


def request(index: int = 0, content: str = "Which digit?", **sampling: Any) -> Request:
    """A question with its sampling."""
    name = f"{index}-{len(content)}-{sorted(sampling.items())}"
    sent = {key: value for key, value in sampling.items() if value is not None}
    return Request(name, "p", index, [{"role": "user", "content": content}], sent)


async def answer(backend: vllm.Engine, asked: Request) -> dict[str, Any]:
    """The reply, or the refusal, as plain values."""
    try:
        return asdict(await backend.sample(asked))
    except Refused as refused:
        return {"kind": refused.kind, "message": refused.message, "permanent": refused.permanent}


async def ask(backend: vllm.Engine) -> dict[str, Any]:
    """All the questions."""
    found: dict[str, Any] = {}
    for name, seed in (("seeded", 7), ("again", 7), ("unseeded", None)):
        asked = [request(index, temperature=1.0, seed=seed) for index in range(AT_ONCE)]
        found[name] = await asyncio.gather(*(answer(backend, one) for one in asked))
    found["plain"] = await answer(backend, request())
    found["cut"] = await answer(backend, request(max_tokens=4))
    found["cut_too"] = await answer(backend, request(max_completion_tokens=4))
    found["roomy"] = await answer(backend, request(max_tokens=100_000))
    found["too_long"] = await answer(backend, request(content="a b " * 2_000))
    found["no_sampling"] = await answer(backend, request(top_p=7.0))
    found["surrogate"] = await answer(backend, request(content="a \ud800"))
    waiting = asyncio.create_task(backend.sample(request(5)))
    await asyncio.sleep(0)
    found["cancelled"] = waiting.cancel()
    backend.prefill = "<think>\n"
    found["prefilled"] = await answer(backend, request())
    backend.prefill = "Assistant:"  # as if the template had written it
    found["written_before"] = await answer(backend, request())
    await backend.close()
    return found


def main() -> None:
    """Ask and print."""
    refused = {
        "option": refusal(engine={"max_model_length": 8}),
        "value": refusal(engine={**ENGINE, "max_model_len": "many"}),
        "model": refusal(model="/nowhere/at/all"),
    }
    print(json.dumps({**refused, **asyncio.run(ask(vllm.connect(teacher(), None)))}))


if __name__ == "__main__":
    main()
