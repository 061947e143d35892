"""vLLM's engine in this process: no server, and requests in flight are batched as they come.

`teacher.engine` holds the engine's options (`max_model_len`, `tensor_parallel_size`, ...). A
prefill opens the reply and is part of its text. Without a sampling seed every start of the engine
draws its own: with vLLM's fixed 0 a second run would buy the first one's words again under new
indices.
"""

import os
import secrets
from dataclasses import fields
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import yaml

from factory.backends import _local
from factory.errors import UserError, unknown
from schemas.exchange import Refused, Reply, Request

QUIET = {
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",  # its default is our summary's stdout
    "VLLM_NO_USAGE_STATS": "1",
}


class Engine:
    """One model in an engine of its own."""

    def __init__(self, teacher: Any) -> None:
        self.model, self.prefill = teacher.model, teacher.prefill or ""
        self.vllm = _vllm()
        self.errors = import_module("vllm.exceptions")
        self.engine: Any = _start(self.vllm, teacher)
        self.tokenizer = self.engine.get_tokenizer()
        self.fingerprint = f"vllm {self.vllm.__version__}"

    async def sample(self, request: Request) -> Reply:
        """One completion. Raises Refused."""
        sampling = dict(request.sampling)
        effort = sampling.pop("reasoning_effort", None)
        prompt = _local.prompt(self.tokenizer, request.messages, effort, self.prefill)
        try:
            params = self._params(sampling, request.sample_index)
            got = await self._complete(prompt, params, request.rollout_id)
        except (self.errors.VLLMClientError, ValueError) as error:
            raise Refused("bad_request", str(error), permanent=True) from error
        except self.errors.VLLMServerError as error:
            raise Refused("engine", str(error), stop=self.engine.errored) from error
        return self._reply(got)

    async def close(self) -> None:
        """End the engine and its processes."""
        engine, self.engine = self.engine, None  # kept, it complains when the interpreter ends
        engine.shutdown()

    def _params(self, sampling: dict[str, Any], index: int) -> Any:
        if "max_completion_tokens" in sampling:
            sampling["max_tokens"] = sampling.pop("max_completion_tokens")
        if "seed" in sampling:  # one seed for n samples would give n times the same
            sampling["seed"] += index
        kind = import_module("vllm.sampling_params").RequestOutputKind
        room = {"max_tokens": None, **sampling}  # vLLM's own default is 16
        return self.vllm.SamplingParams(**room, output_kind=kind.FINAL_ONLY)

    async def _complete(self, prompt: list[int], params: Any, name: str) -> Any:
        got = None
        async for output in self.engine.generate({"prompt_token_ids": prompt}, params, name):
            got = output
        return got

    def _reply(self, got: Any) -> Reply:
        completion = got.outputs[0]
        if completion.finish_reason not in ("stop", "length"):
            raise Refused("engine", f"the engine ended it with {completion.finish_reason!r}")
        return Reply(
            text=self.prefill + completion.text,
            reasoning=None,
            finish_reason=completion.finish_reason,
            prompt_tokens=len(got.prompt_token_ids),
            completion_tokens=len(completion.token_ids),
            served_model=self.model,
            fingerprint=self.fingerprint,
        )


def _vllm() -> Any:
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    return _local.library("vllm", "vllm")


def _start(vllm: Any, teacher: Any) -> Any:
    known = [field.name for field in fields(vllm.AsyncEngineArgs)]
    if strange := set(teacher.engine) - set(known):
        name = strange.pop()
        near = get_close_matches(name, known, n=5, cutoff=0.4)  # of 250
        raise unknown("engine option", name, near, " and more (vLLM's AsyncEngineArgs)")
    options = {
        "seed": secrets.randbits(31),
        "disable_log_stats": True,
        "use_tqdm_on_load": False,
        "revision": teacher.revision,
        "tokenizer_revision": teacher.revision,
        **{name: _plain(value) for name, value in teacher.engine.items()},
    }
    try:
        args = vllm.AsyncEngineArgs(model=teacher.model, **options)
        return vllm.AsyncLLMEngine.from_engine_args(args)
    except (OSError, RuntimeError, ValueError) as error:
        why = " ".join(str(error).split())[:300]
        raise UserError(f"vLLM cannot start {teacher.model!r}: {why}") from error


def _plain(value: Any) -> Any:
    """An override of the command line comes as text: 1024, true, null."""
    return yaml.safe_load(value) if isinstance(value, str) else value


def connect(teacher: Any, key: str | None) -> Engine:
    """The engine, loaded. Raises MissingExtra, UserError."""
    return Engine(teacher)
