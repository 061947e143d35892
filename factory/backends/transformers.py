"""A Hugging Face model in this process (extra `train`): a checkpoint answers like any teacher.

Requests in flight are written in rounds. A round pads those that are open on the left and writes a
token of each at a time, until half of them have ended; the rest goes into the next one, together
with what came meanwhile. With a sampling seed a rollout's draws follow from the seed and its id, so
whatever it shares a round with, they are the same; only where rounding puts a token on the other
side of a draw may a text differ. Without one every start draws anew. What sampling leaves out is
not applied: temperature 1, no limit but the model's own length.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from factory.backends import _local
from factory.errors import RecipeError, UserError, unknown
from schemas.exchange import Refused, Reply, Request

BATCH = 128  # of 16 to 256 the fastest for the tiny student: 6,800 tokens/s on one thread
WORDS = {"temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": 0.0}


@dataclass(slots=True, eq=False)
class _Row:
    """One request: what it was asked, how it is drawn, and the tokens written so far."""

    prompt: list[int]
    sampling: dict[str, float]
    most: int
    draws: Any
    reply: asyncio.Future[Reply]
    ids: list[int] = field(default_factory=list)
    end: str | None = None


class Student:
    """One model, its tokenizer, and the requests it is asked."""

    def __init__(self, teacher: Any) -> None:
        self.torch = _local.library("torch", "train")
        self.name, self.prefill = teacher.model, teacher.prefill or ""
        self.batch = _batch(teacher.engine)
        self.seeds = secrets.randbits(63)
        self._load(teacher)
        self.waiting: list[_Row] = []
        self.work: asyncio.Task[None] | None = None
        self.stopped = False

    def _load(self, teacher: Any) -> None:
        library = _local.library("transformers", "train")
        library.logging.set_verbosity_error()
        library.logging.disable_progress_bar()
        where = teacher.path or teacher.model
        more = {} if teacher.path else {"revision": teacher.revision}
        cuda = self.torch.cuda.is_available()
        try:
            self.tokenizer = library.AutoTokenizer.from_pretrained(where, **more)
            model = library.AutoModelForCausalLM.from_pretrained(where, dtype="auto", **more)
        except (OSError, ValueError) as error:
            why = " ".join(str(error).split())[:300]
            raise UserError(f"cannot load the model {where!r}: {why}") from error
        if not self.tokenizer.chat_template:
            raise UserError(f"model {where!r} has no chat template: it cannot be asked")
        self.model = model.eval().to("cuda" if cuda else "cpu")
        ends = self.model.generation_config.eos_token_id
        known = ends if isinstance(ends, list) else [ends]
        self.ends = {end for end in (*known, self.tokenizer.eos_token_id) if end is not None}
        self.positions = getattr(model.config, "max_position_embeddings", None) or 2**31
        self.fingerprint = f"transformers {library.__version__}, {model.dtype}"

    async def sample(self, request: Request) -> Reply:
        """One completion. Raises Refused."""
        row = self._row(request)
        self.waiting.append(row)
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._work())
        return await row.reply

    async def close(self) -> None:
        """Let go of what is being written."""
        self.stopped = True
        if self.work:
            await self.work

    def _row(self, request: Request) -> _Row:
        sampling = dict(request.sampling)
        effort = sampling.pop("reasoning_effort", None)
        prompt = _local.prompt(self.tokenizer, request.messages, effort, self.prefill)
        room = self.positions - len(prompt)
        if not prompt or room < 1:
            words = f"{len(prompt)} tokens; the model reads 1 to {self.positions - 1}"
            raise Refused("prompt", words, permanent=True)
        asked = sampling.get("max_completion_tokens") or sampling.get("max_tokens") or room
        how = {name: float(sampling.get(name, usual)) for name, usual in WORDS.items()}
        draws = self._draws(sampling.get("seed", self.seeds), request.rollout_id)
        reply = asyncio.get_running_loop().create_future()
        return _Row(prompt, how, min(asked, room), draws, reply)

    def _draws(self, seed: int, name: str) -> Any:
        """The generator of one rollout's draws."""
        made = hashlib.sha256(f"{seed} {name}".encode()).digest()
        return self.torch.Generator().manual_seed(int.from_bytes(made[:7], "big"))

    async def _work(self) -> None:
        """Rounds, while there is anything to write."""
        await asyncio.sleep(0)  # the other requests of the window come first
        live: list[_Row] = []
        while not self.stopped and (live or self.waiting):
            more = self.batch - len(live)
            live, self.waiting = [*live, *self.waiting[:more]], self.waiting[more:]
            try:
                await asyncio.to_thread(self._round, live)
                for row in live:
                    if row.end and not row.reply.done():
                        row.reply.set_result(self._reply(row))
            except (RuntimeError, MemoryError, ValueError, IndexError) as error:
                for row in [*live, *self.waiting]:
                    if not row.reply.done():
                        row.reply.set_exception(Refused("engine", str(error), stop=True))
                live, self.waiting = [], []
            live = [row for row in live if not row.reply.done()]
            await asyncio.sleep(0)  # who got a reply asks again

    def _round(self, rows: list[_Row]) -> None:
        """Write on, a token of every row at a time, until half of the rows have ended."""
        torch, device = self.torch, self.model.device
        width = max(len(row.prompt) + len(row.ids) for row in rows)
        ids = torch.full((len(rows), width), next(iter(self.ends), 0))
        mask = torch.zeros_like(ids)
        for at, row in enumerate(rows):
            known = torch.tensor(row.prompt + row.ids)
            ids[at, width - len(known) :] = known
            mask[at, width - len(known) :] = 1
        ids, mask = ids.to(device), mask.to(device)
        draw = _Draw(torch, rows, device)
        places, cache = (mask.cumsum(-1) - 1).clamp(min=0), None
        with torch.inference_mode():
            while not self.stopped and sum(row.end is None for row in rows) * 2 > len(rows):
                told = self.model(
                    input_ids=ids,
                    attention_mask=mask,
                    position_ids=places,
                    past_key_values=cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
                cache = told.past_key_values
                ids = draw(told.logits[:, -1].float())
                self._take(rows, ids.flatten().tolist())
                mask = torch.cat([mask, mask.new_ones(len(rows), 1)], 1)
                places = places[:, -1:] + 1

    def _take(self, rows: list[_Row], tokens: list[int]) -> None:
        for row, token in zip(rows, tokens, strict=True):
            if row.end is None:
                row.ids.append(token)
                if token in self.ends:
                    row.end = "stop"
                elif len(row.ids) >= row.most:
                    row.end = "length"

    def _reply(self, row: _Row) -> Reply:
        return Reply(
            text=self.prefill + self.tokenizer.decode(row.ids, skip_special_tokens=True),
            reasoning=None,
            finish_reason=row.end,
            prompt_tokens=len(row.prompt),
            completion_tokens=len(row.ids),
            served_model=self.name,
            fingerprint=self.fingerprint,
        )


class _Draw:
    """Draws the next token of every row, each by its own sampling and its own random numbers."""

    def __init__(self, torch: Any, rows: list[_Row], device: Any) -> None:
        self.torch, self.rows, self.device = torch, rows, device

        def column(name: str) -> Any:
            return torch.tensor([[row.sampling[name]] for row in rows], device=device)

        self.greedy = column("temperature") == 0
        self.temperature = column("temperature").masked_fill(self.greedy, 1.0)
        self.top_p, self.min_p, top_k = column("top_p"), column("min_p"), column("top_k")
        self.top_k = top_k.masked_fill(top_k <= 0, torch.inf)
        self.cut = bool(((self.top_p < 1) | (self.min_p > 0) | (top_k > 0)).any())

    def __call__(self, logits: Any) -> Any:
        """Logits (rows, vocabulary) -> tokens (rows, 1)."""
        torch, best = self.torch, logits.argmax(-1, keepdim=True)
        if bool(self.greedy.all()):
            return best
        share, order = (logits / self.temperature).softmax(-1), None
        if self.cut:
            share, order = share.sort(-1, descending=True)
            rank = torch.arange(share.shape[-1], device=self.device)
            kept = (share.cumsum(-1) - share < self.top_p) & (rank < self.top_k)
            share = share * (kept & (share >= self.min_p * share[:, :1]))
        mass = share.cumsum(-1)
        each = [torch.rand(1, generator=row.draws) for row in self.rows]
        drawn = torch.stack(each).to(self.device).clamp(max=1 - 1e-6) * mass[:, -1:]
        token = torch.searchsorted(mass, drawn, right=True).clamp(max=mass.shape[-1] - 1)
        return torch.where(self.greedy, best, token if order is None else order.gather(-1, token))


def _batch(engine: dict[str, Any]) -> int:
    """How many rows a round has. Raises RecipeError."""
    if strange := set(engine) - {"batch"}:
        raise unknown("engine option", strange.pop(), ["batch"])
    asked = str(engine.get("batch", BATCH))
    if not asked.isdigit() or not int(asked):
        raise RecipeError(f"teacher.engine.batch={asked!r} does not fit; give a number from 1 on")
    return int(asked)


def connect(teacher: Any, key: str | None) -> Student:
    """The model, loaded. Raises MissingExtra, UserError."""
    return Student(teacher)
