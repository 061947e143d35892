"""OpenAI's chat completions as plain values: what is sent, what a reply and a refusal mean.

Every transport reads through this file, so that two clients cannot disagree. A reply is read in
every shape servers give it: thinking in a field or a part of its own, content as parts, a refusal,
odd token counts. What is no reply raises `Refused` with the server's own words.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from re import findall
from typing import Any

import orjson

from schemas.exchange import Refused, Reply, Request

STOPS = (401, 402, 403, 404)  # and redirects: a key is never carried to another address
TRANSIENT = (408, 409, 425, 429)  # and all from 500 on
BUSY = (429, 503, 529)
SPENT = ("insufficient_quota", "billing_hard_limit_reached")  # a 429 that no waiting mends
THINKING = ("reasoning_content", "reasoning", "reasoning_details")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def payload(teacher: Any, request: Request) -> dict[str, Any]:
    """The JSON body of one request."""
    sampling = dict(request.sampling)
    if "seed" in sampling:  # one seed for n samples would give n times the same
        sampling["seed"] += request.sample_index
    body = {**sampling, "model": teacher.model, "messages": request.messages}
    if teacher.prefill:  # as vLLM and SGLang take it; a server that does not says so
        opened = {"role": "assistant", "content": teacher.prefill}
        body["messages"] = [*request.messages, opened]
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    if teacher.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def whole(teacher: Any, reply: Reply) -> Reply:
    """A reply with the words that were put into its mouth, where the server leaves them out."""
    opened = (teacher.prefill or "").strip()
    told_again = opened == "<think>" and reply.text.lstrip().startswith(opened)
    if not teacher.prefill or reply.reasoning or told_again:
        return reply
    return replace(reply, text=teacher.prefill + reply.text)


def parse(content: bytes) -> Any:
    """JSON, lone surrogates and NULs included. Raises Refused."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return _parse(content)


def _parse(content: bytes) -> Any:
    """What Python's own reader allows beyond the standard, else why not."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Refused("bad_reply", f"not JSON: {_words(content)}") from None


def reply(body: Any) -> Reply:
    """The reply in a body. Raises Refused where there is none."""
    choice = _choice(body)
    message = choice["message"]
    thoughts, text, refusal = _content(message.get("content"))
    reasoning = next(
        (t for name in THINKING if (t := text_of(message.get(name)).strip())), thoughts
    )
    refusal = text_of(message.get("refusal")) or refusal
    finish = choice.get("finish_reason")
    usage = body.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(
        text=text or refusal,
        reasoning=reasoning or None,
        finish_reason="refusal" if refusal else _word(finish),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        served_model=_word(body.get("model")),
        fingerprint=_word(body.get("system_fingerprint")),
    )


def _choice(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused("bad_reply", f"no JSON object: {body}")
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    choice = choice if isinstance(choice, dict) else {}
    if error := body.get("error") or choice.get("error"):
        raise failed(error)
    if not isinstance(choice.get("message"), dict):
        raise Refused("bad_reply", f"a reply without choices: {json.dumps(body)}")
    return choice


def _content(content: Any) -> tuple[str, str, str]:
    """(thoughts, text, refusal) of `content`, a string or a list of typed parts."""
    if not isinstance(content, list):
        return "", text_of(content), ""
    kinds: dict[str, list[str]] = {"thinking": [], "text": [], "refusal": []}
    for part in content:
        kind = part.get("type", "text") if isinstance(part, dict) else "text"
        kind = "thinking" if kind == "reasoning" else kind
        kinds.get(kind, kinds["text"]).append(text_of(part))
    return "".join(kinds["thinking"]).strip(), "".join(kinds["text"]), "".join(kinds["refusal"])


def text_of(value: Any) -> str:
    """The text in a string, a typed part, or a list of parts; a paragraph for each part."""
    if isinstance(value, dict):
        names = ("text", "summary", "thinking", "reasoning", "content", "refusal")
        value = next((value[name] for name in names if value.get(name)), None)
    if isinstance(value, list):
        return "\n\n".join(text for part in value if (text := text_of(part)))
    return _word(value) or ""


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    """A token count, be it written as a float or a string; None where it is no count."""
    found = None if isinstance(value, bool) else number(value)
    return None if found is None or not 0 <= found < 2**63 else int(found)


def number(value: Any) -> float | None:
    """A finite number, be it written as a string; else None."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def failed(error: Any) -> Refused:
    """The refusal in an `error` that came with status 200, as gateways send it."""
    code = number(error.get("code")) if isinstance(error, dict) else None
    content = json.dumps({"error": error}).encode()
    if code is not None and 400 <= code < 600:
        return refused(int(code), {}, content)
    return Refused("bad_reply", _words(content))


def refused(status: int, headers: Mapping[str, str], content: bytes) -> Refused:
    """What a status other than 2xx means for this request, and for the run."""
    spent = status == 429 and any(f'"{word}"'.encode() in content for word in SPENT)
    stop = status < 400 or status in STOPS or spent
    moved = f"moved to {headers.get('location')}" if status < 400 else ""
    return Refused(
        kind=f"status_{status}",
        message=moved or _words(content) or "(the server gave no reason)",
        permanent=stop or (status < 500 and status not in TRANSIENT),
        stop=stop,
        busy=status in BUSY and not spent,
        retry_after_s=retry_after(headers),
    )


def _words(content: bytes) -> str:
    """What the server says is wrong: its error's message, else its body."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")
    error = body.get("error") or body if isinstance(body, dict) else body
    if isinstance(error, dict):
        error = error.get("message") or error.get("detail") or error
    return error if isinstance(error, str) else json.dumps(error)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of rest that the server asks for, by any of the headers in use; else None."""
    milliseconds = number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    if word := headers.get("retry-after"):
        seconds = _duration(word)
        return _until(word, headers.get("date")) if seconds is None else seconds
    resets = [
        _duration(headers.get(f"x-ratelimit-reset-{what}", ""))
        for what in ("requests", "tokens")
        if number(headers.get(f"x-ratelimit-remaining-{what}")) == 0
    ]
    return max((s for s in resets if s is not None), default=None)


def _duration(word: str) -> float | None:
    """Seconds in `20`, `1.5`, `1s`, `6m0s`, `120ms`."""
    plain = number(word)
    if plain is not None:
        return max(0.0, plain)
    found = findall(r"(\d+(?:\.\d+)?)(ms|[dhms])", word)
    whole = "".join(value + unit for value, unit in found) == word.strip()
    return sum(float(value) * SECONDS[unit] for value, unit in found) if found and whole else None


def _until(date: str, now: str | None) -> float | None:
    """Seconds until an HTTP date, by the server's clock where it tells its time: ours may jump."""
    try:
        start = parsedate_to_datetime(now) if now else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(date) - start).total_seconds())
    except (TypeError, ValueError):
        return None
