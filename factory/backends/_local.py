"""What models in this process share: their library, and the tokens they are asked with."""

from importlib import import_module
from typing import Any

from factory.errors import MissingExtra
from schemas.exchange import Message, Refused


def library(name: str, extra: str) -> Any:
    """The module, imported. Raises MissingExtra."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingExtra(name, extra) from None


def prompt(tokenizer: Any, messages: list[Message], effort: str | None, prefill: str) -> list[int]:
    """The messages in the model's chat template, then the start of its reply. Raises Refused."""
    broken = import_module("jinja2").TemplateError
    options = {"reasoning_effort": effort} if effort else {}
    try:
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, **options
        )
        text.encode()  # a lone surrogate is told here; the tokenizer's TypeError tells nothing
    except (ValueError, broken) as error:
        raise Refused("prompt", str(error), permanent=True) from error
    if not text.endswith(prefill):  # R1's own template has written it already
        text += prefill
    return tokenizer.encode(text, add_special_tokens=False)
