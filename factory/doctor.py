"""`just doctor`: every hash again; `repair=true` takes damaged shards out: their rows are owed."""

from collections.abc import Callable

from rich.console import Console

from factory import engine, gc
from factory.errors import StoreError
from factory.progress import Progress
from factory.store import Shard, Snapshot, Store, digest, misfit


def check(store: Store, repair: bool) -> int:
    """Print what is wrong; 0 when nothing is, or nothing is left."""
    say = Console(highlight=False, soft_wrap=True).print
    snapshot = store.log.replay(store.snapshot().seq)
    damaged = _damaged(store, snapshot)
    torn = dict(snapshot.damage)
    for words in (*torn.values(), *damaged.values()):
        say(f"[red]damage[/red]  {words}")
    told = _tell_unused(store, snapshot, say)
    if (damaged or torn) and repair:
        _repair(store, list(damaged), list(torn))
        say(f"repaired: {len(damaged)} shards taken out, {len(torn)} records given up; what they")
        say("held is owed again, where it can be made again")
    elif damaged or torn:
        say("restore the files from a copy, or `just doctor repair=true` gives up what they held")
    elif told:
        rows = sum(shard.rows for shard in snapshot.shards)
        shards, records = len(snapshot.shards), snapshot.seq
        say(f"[green]sound[/green]   {shards:,} shards, {rows:,} rows, {records:,} records")
    return 0 if told and (repair or not (damaged or torn)) else 1


def _damaged(store: Store, snapshot: Snapshot) -> dict[Shard, str]:
    found: dict[Shard, str] = {}
    with Progress().task("check", len(snapshot.shards)) as advance:
        for shard in snapshot.shards:
            if words := _wrong(store, shard):
                found[shard] = words
            advance()
    return found


def _wrong(store: Store, shard: Shard) -> str | None:
    content = store.files.find(shard.path)  # a disk or bucket that says no is no damage
    if content is None:
        return misfit(shard, None)
    if len(content) != shard.bytes:
        return misfit(shard, len(content))
    if digest(content) != shard.sha256:
        return f"shard {shard.path} changed: its sha256 is not the one in its record"
    return None


def _tell_unused(store: Store, snapshot: Snapshot, say: Callable[[str], None]) -> bool:
    """What is not live: strays, and what mixtures keep; False where that cannot be told."""
    live = {shard.path for shard in snapshot.shards}
    found = {path: n for path, n in store.files.sizes("shards/").items() if path not in live}
    try:
        pins = gc.pins(store)
    except StoreError as error:
        say(f"[red]damage[/red]  {error}")
        return False
    for path in sorted(set(found) - pins):
        say(f"[yellow]stray[/yellow]   {path}: not live; `just gc` removes it")
    if pinned := {path: n for path, n in found.items() if path in pins}:
        say(f"[green]kept[/green]    {gc.kept(pinned)}")
    return True


def _repair(store: Store, damaged: list[Shard], torn: list[int]) -> None:
    paths = [shard.path for shard in damaged]
    with engine.run(store, "doctor", {"repair": True, "shards": paths, "records": torn}) as record:
        record.counts = {"shards taken out": len(damaged), "records given up": len(torn)}
        store.repair(record, paths, torn)
