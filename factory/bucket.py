"""s3://bucket/prefix -> an obstore store, with the credentials this machine's environment gives.

They are taken as the cloud's own tools take them: the variables AWS_ACCESS_KEY_ID and so on, a role
of the machine or container, and, with the extra `s3`, the profiles of ~/.aws; they are never
written down. AWS_ENDPOINT_URL names another server that speaks S3.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from factory.errors import MissingExtra, StoreError

ADVICE = {
    "NoSuchBucket": "make the bucket first, or give another store=",
    "AccessDenied": "check the rights of these credentials",
    "InvalidAccessKeyId": "check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "RequestTimeTooSkewed": "set this machine's clock",
    "169.254.169.254": "no credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "NotImplemented": "the server cannot put a file only if it is absent, which keeps two writers "
    "apart: use one that can",
    "error sending request": "is the server there? AWS_ENDPOINT_URL names it",
}


def is_url(root: str | Path) -> bool:
    """Whether a store's name is a bucket's. Raises StoreError for a cloud we do not know."""
    scheme, marker, rest = str(root).partition("://")
    if marker and "@" in rest.partition("/")[0]:
        raise StoreError("store= holds a key or password; give s3://BUCKET and AWS_ACCESS_KEY_ID")
    if str(root).startswith("s3:") and not marker:
        raise StoreError(f"{root} is no bucket's name; give s3://BUCKET/PREFIX")
    if marker and scheme != "s3":
        raise StoreError(f"store={root}: {scheme}:// is not known; give a folder or s3://BUCKET")
    return bool(marker)


def open_store(url: str) -> Any:
    """An obstore store below `url`. Raises StoreError, MissingExtra."""
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    if not urlsplit(url).netloc:
        raise StoreError(f"store={url} names no bucket; give s3://BUCKET/PREFIX")
    try:
        return S3Store.from_url(url, **_settings())
    except (BaseError, ValueError) as error:
        raise StoreError(f"cannot open {url}: {str(error).splitlines()[0]}") from error


def _settings() -> dict[str, Any]:
    endpoint = _endpoint()
    plain = bool(endpoint) and str(endpoint).startswith("http://")
    settings: dict[str, Any] = {
        "client_options": {"allow_http": plain, "connect_timeout": "5s"},
        "retry_config": {"max_retries": 6},
    }
    if endpoint:
        settings["endpoint"] = endpoint
    if _has_profile():
        settings["credential_provider"] = _profile()
    return settings


def _endpoint() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def _has_profile() -> bool:
    """Whether the keys stand in a profile, not in variables."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return False
    kept = os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    return bool(os.environ.get("AWS_PROFILE")) or Path(kept).expanduser().exists()


def _profile() -> Any:
    try:
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ModuleNotFoundError as error:
        raise MissingExtra("boto3", "s3") from error
    from botocore.exceptions import BotoCoreError

    try:
        return Boto3CredentialProvider()
    except (BotoCoreError, ValueError) as error:
        raise StoreError(f"no credentials in AWS_PROFILE or ~/.aws: {error}") from error


def local_folder(url: str) -> Path:
    """Where this machine keeps a bucket's journals, locks and rejects."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    where = f"{url} {_endpoint() or ''}"  # the same name on another server is another bucket
    name = re.sub("[^A-Za-z0-9]+", "-", url.removeprefix("s3://"))
    return state / "cot-factory" / f"{name}-{hashlib.sha256(where.encode()).hexdigest()[:8]}"


def advice(text: str) -> str:
    """What to do about a server's answer, where we know."""
    return next((f"; {words}" for sign, words in ADVICE.items() if sign in text), "")
