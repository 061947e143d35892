"""Where requests go: the servers of one teacher, the one with the fewest in flight first.

A server that refuses faster than the others answer would draw every request: it rests instead. A
login in the address is sent as one, and it, the key and the query appear in no message.
"""

import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from yarl import URL

from factory.errors import RecipeError
from schemas.exchange import Refused

REST_S = 5.0
MESSAGE = 500  # characters of a server's words that are kept
SECRET = 6  # characters from which a value of an address's query is taken for a secret


@dataclass(slots=True)
class Address:
    """One server: `base` without login and query; `headers` carry the key or the login."""

    base: URL
    query: dict[str, str]
    headers: dict[str, str]
    in_flight: int = 0
    used: int = 0
    rests_until: float = 0.0

    @property
    def chat(self) -> URL:
        """Where chat completions are asked for."""
        return (self.base / "chat/completions").with_query(self.query)


class Addresses:
    """The servers in a comma-separated list. Raises RecipeError for what is no address or key."""

    def __init__(self, base_urls: str, key: str | None) -> None:
        if key is not None and not (key.isascii() and key.isprintable() and key.strip() == key):
            raise RecipeError("the key holds a character that no header can carry; set it anew")
        urls = [_url(word.strip()) for word in base_urls.split(",") if word.strip()]
        if not urls:
            raise RecipeError("'teacher.base_url' is empty; give teacher.base_url=URL[,URL...]")
        self.all = [_address(url, key) for url in urls]
        query = (value for url in urls for value in url.query.values() if len(value) >= SECRET)
        self.secrets = [s for s in (key, *(url.password for url in urls), *query) if s]
        self.lent = 0

    @contextmanager
    def lend(self) -> Iterator[Address]:
        """The address to ask now, in use until the block ends."""
        address = self._next()
        address.in_flight += 1
        address.used = self.lent = self.lent + 1
        try:
            yield address
        except Refused as refused:
            if refused.busy or refused.kind in ("connection", "timeout"):
                address.rests_until = time.monotonic() + (refused.retry_after_s or REST_S)
            raise
        finally:
            address.in_flight -= 1

    def _next(self) -> Address:
        if len(self.all) == 1:
            return self.all[0]
        now = time.monotonic()
        awake = [address for address in self.all if address.rests_until <= now]
        return min(awake or self.all, key=lambda address: (address.in_flight, address.used))

    def tidy(self, message: str) -> str:
        """A server's words on one line, storable, of bounded length and without secrets."""
        for secret in self.secrets:
            message = message.replace(secret, "***")
        line = " ".join(message.encode("utf-8", "replace").decode().split())
        return line if len(line) <= MESSAGE else f"{line[:MESSAGE]}..."


def _url(word: str) -> URL:
    try:
        url = URL(word)
        if url.scheme in ("http", "https") and url.host and url.port:
            return url
    except ValueError:
        pass  # said below, without the login it may hold
    raise RecipeError("'teacher.base_url' is no address; write http://HOST:PORT/v1 or https://...")


def _address(url: URL, key: str | None) -> Address:
    base = url.with_user(None).with_query(None).with_fragment(None)
    return Address(base, dict(url.query), _authorization(url, key))


def _authorization(url: URL, key: str | None) -> dict[str, str]:
    if url.user or url.password:
        login = b64encode(f"{url.user or ''}:{url.password or ''}".encode()).decode()
        return {"Authorization": f"Basic {login}"}
    return {"Authorization": f"Bearer {key}"} if key else {}
