"""Any server that speaks OpenAI's chat completions; `teacher.client` chooses what carries them.

    lean      aiohttp: the default
    official  the openai package: for servers that want exactly what it sends

Both ask the same, read the same and refuse the same. Each request is asked once: flow control,
above, knows when to ask again.
"""

from typing import Any

from factory.backends import _chat
from factory.backends._addresses import Addresses


def connect(teacher: Any, key: str | None) -> _chat.Chat:
    """The client of an OpenAI-compatible teacher. Raises RecipeError for a bad address or key."""
    if teacher.client == "official":
        from factory.backends._official import Official as Transport
    else:
        from factory.backends._lean import Lean as Transport
    addresses = Addresses(teacher.base_url, key)
    idle_s = _chat.IDLE_S if teacher.stream else _chat.WAIT_S
    return _chat.Chat(teacher, addresses, Transport(addresses.all, idle_s))
