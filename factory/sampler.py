"""One purchase: requests through flow control into a journal, and from there into shards.

Every reply is journalled before its slot is freed; sealing turns a journal into shards in one
commit. A request that fails is a row in `failures`, never a crash. What cannot go on (a wrong key,
a teacher that hides its reasoning, a spent budget) stops the run with what arrived kept.
"""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from factory import journal, reasoning
from factory.errors import UserError
from factory.journal import Journal
from factory.progress import Progress
from factory.sealing import seal
from factory.store import Run, Store, canonical
from factory.teacher import Teacher
from schemas.exchange import Refused, Reply, Request, Settle

SEAL_ROWS = 5_000
FIRST_REPLIES = 8  # of a teacher that reasons; without one trace among them it is not reasoning


class Budget:
    """How much a run may spend. Raises UserError where money has no known price."""

    def __init__(self, teacher: Teacher, max_cost: float | None, max_requests: int | None) -> None:
        if max_cost is not None and teacher.price is None:
            raise UserError(
                f"max_cost={max_cost} needs a price: teacher {teacher.name!r} has none; "
                "give teacher.price.prompt=USD teacher.price.completion=USD per million tokens"
            )
        self.max_cost, self.max_requests = max_cost, max_requests
        self.spent = 0.0
        self.asked = 0

    def left(self) -> bool:
        """Whether another request may go out."""
        money = self.max_cost is None or self.spent < self.max_cost
        return money and (self.max_requests is None or self.asked < self.max_requests)


class Carrier(Protocol):
    """Takes requests to a teacher and says how each one ended: flow control, or batch files."""

    in_flight: int
    retries: int

    async def run(self, requests: Iterator[Request], settle: Settle) -> None:
        """Ask for every request; where `settle` raises, nothing more is asked."""
        ...


class Sampler:
    """Buys requests of one teacher for one run: for the corpus, or for an evaluation."""

    def __init__(
        self,
        store: Store,
        teacher: Teacher,
        policy_id: str,
        record: Run,
        budget: Budget,
        any_model: bool,
        evaluation_id: str | None = None,
    ) -> None:
        self.store, self.teacher, self.policy_id = store, teacher, policy_id
        self.record, self.budget, self.any_model = record, budget, any_model
        self.evaluation_id = evaluation_id
        self.table = "evaluation_rollouts" if evaluation_id else "rollouts"
        self.rows: list[journal.Line] = []
        self.segments = 0
        self.asked = 0
        self.settled = 0
        self.replies = 0
        self.traces = 0
        self.tokens = 0
        self.began = time.monotonic()
        self.journal = self._open()
        self.sealer = ThreadPoolExecutor(1)  # DuckDB and Arrow leave the interpreter to requests
        self.sealing: Future[None] | None = None

    async def buy(
        self, requests: Iterable[Request], count: int, carrier: Carrier, progress: Progress
    ) -> None:
        """Ask for `count` requests; what arrived is sealed however this ends."""
        try:
            with progress.task(f"sample {self.teacher.name}", count) as advance:

                def settle(request: Request, end: Reply | Refused, seconds: float | None) -> None:
                    self._settle(request, end, seconds)
                    advance(1, partial(self._state, carrier))

                await carrier.run(self._affordable(requests), settle)
            self._remark(progress)
            if self.settled != self.asked:
                raise RuntimeError(f"asked {self.asked}, settled {self.settled}")
        finally:
            self.record.counts["retries"] = carrier.retries
            self._close()

    def _remark(self, progress: Progress) -> None:
        """What a user should know though it stopped nothing."""
        most, spent = self.budget.max_cost, self.budget.spent
        if most is not None and spent > most:
            progress.say(f"max_cost={most} was passed by ${spent - most:.4f}: it was in flight")
        if self.teacher.reasons and self.replies and not self.traces:
            words = "teacher.reasons=false says that it does not reason"
            progress.say(f"none of {self.replies} replies shows reasoning; {words}")

    def _affordable(self, requests: Iterable[Request]) -> Iterator[Request]:
        for request in requests:
            if not self.budget.left():
                return
            self.budget.asked += 1
            self.asked += 1
            yield request

    def _state(self, carrier: Carrier) -> str:
        spent = f", ${self.record.cost_usd:,.4f}" if self.record.cost_usd else ""
        retries = f", {carrier.retries:,} retries" if carrier.retries else ""
        failed = self.record.counts.get("failures", 0)
        failures = f", {failed:,} failed" if failed else ""
        speed = self.tokens / (time.monotonic() - self.began)
        rate = f"{speed:,.0f} tokens/s, " if self.tokens else ""
        return f"{rate}{carrier.in_flight:,} in flight{retries}{failures}{spent}"

    def _settle(self, request: Request, end: Reply | Refused, seconds: float | None) -> None:
        self.settled += 1
        if isinstance(end, Refused):
            self._keep("failures", self._failure(request, end))
            if end.stop:
                raise UserError(self.teacher.refusal(end))
            return
        row = self._rollout(request, end, seconds)
        self._keep(self.table, row)
        self._check_model(end)
        self._check_reasoning(row)

    def _check_model(self, reply: Reply) -> None:
        served, asked = reply.served_model, self.teacher.model
        if not self.any_model and served and not same_model(asked, served):
            raise UserError(
                f"asked for model {asked!r}, {served!r} answered; "
                f"say teacher.model={served} or allow it with any_model=true"
            )

    def _check_reasoning(self, row: dict[str, Any]) -> None:
        self.replies += 1
        self.traces += row["trace"] is not None
        if self.teacher.reasons and self.replies == FIRST_REPLIES and not self.traces:
            raise UserError(
                f"teacher {self.teacher.name!r} is declared to reason, and its first "
                f"{FIRST_REPLIES} replies show none; teacher.reasons=false takes them as they are"
            )

    def _keep(self, table: str, row: dict[str, Any]) -> None:
        self.journal.write(table, row)
        self.rows.append((table, row))
        self.record.counts[table] = self.record.counts.get(table, 0) + 1
        self.tokens += row.get("completion_tokens") or 0
        self.record.cost_usd += row.get("cost_usd") or 0.0
        self.budget.spent += row.get("cost_usd") or 0.0
        if len(self.rows) >= SEAL_ROWS:
            self._rotate()

    def _open(self) -> Journal:
        self.segments += 1
        return Journal(self.store.root, self.segments, asdict(self.record))

    def _rotate(self) -> None:
        """Seal what is journalled while requests go on, one segment at a time."""
        if self.sealing:
            self.sealing.result()
        record = replace(self.record, counts=dict(self.record.counts))
        rows, written = self.rows, self.journal
        self.rows, self.journal = [], self._open()
        self.sealing = self.sealer.submit(_seal, self.store, record, rows, written)

    def _close(self) -> None:
        """Seal the rest."""
        with self.sealer:
            if self.sealing:
                self.sealing.result()
            _seal(self.store, self.record, self.rows, self.journal)

    def _rollout(self, request: Request, reply: Reply, seconds: float | None) -> dict[str, Any]:
        teacher = self.teacher
        trace, solution = reasoning.split(reply.text, reply.reasoning)
        return {
            **self._asked(request),
            "policy_id": self.policy_id,
            "evaluation_id": self.evaluation_id,
            "revision": teacher.revision,
            "backend": teacher.backend,
            "prompt": teacher.prompt,
            "sampling": canonical(dict(request.sampling)),
            "finish_reason": _storable(reply.finish_reason),
            "prompt_tokens": _count(reply.prompt_tokens),
            "completion_tokens": _count(reply.completion_tokens),
            "cost_usd": teacher.cost(_count(reply.prompt_tokens), _count(reply.completion_tokens)),
            "latency_s": None if seconds is None else round(seconds, 4),
            "served_model": _storable(reply.served_model),
            "fingerprint": _storable(reply.fingerprint),
            "license": teacher.license,
            "messages": canonical(request.messages),
            "trace": _storable(trace),
            "solution": _storable(solution),
        }

    def _failure(self, request: Request, refused: Refused) -> dict[str, Any]:
        words = _storable(refused.message)
        # What stops a run is the set-up's fault, not the request's: it is owed again.
        permanent = refused.permanent and not refused.stop
        row = {"kind": _storable(refused.kind), "permanent": permanent, "message": words}
        return {**self._asked(request), **row}

    def _asked(self, request: Request) -> dict[str, Any]:
        return {
            "rollout_id": request.rollout_id,
            "problem_id": request.problem_id,
            "teacher": self.teacher.name,
            "model": self.teacher.model,
            "sample_index": request.sample_index,
            "run_id": self.record.run_id,
            "created_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
        }


def _seal(store: Store, record: Run, rows: list[journal.Line], written: Journal) -> None:
    """Commit what is journalled; only then may the journal go."""
    seal(store, record, rows)
    written.close()
    written.path.unlink(missing_ok=True)


def same_model(asked: str, served: str) -> bool:
    """Whether a served name is the asked one, its last path part, or a dated build of it."""
    plain, found = asked.rpartition("/")[2].lower(), served.rpartition("/")[2].lower()
    return found == plain or found.startswith(f"{plain}-")


def _storable(text: Any) -> str | None:
    """A server's word as text. Lone surrogates cannot be stored: each becomes a question mark."""
    return None if text is None else str(text).encode("utf-8", "replace").decode()


def _count(tokens: Any) -> int | None:
    """A server's count, where it is one."""
    return tokens if type(tokens) is int and 0 <= tokens < 2**63 else None
