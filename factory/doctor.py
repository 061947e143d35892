"""`just doctor`: every hash again; `repair=true` takes damaged shards out: their rows are owed."""

from rich.console import Console

from factory import engine
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
    for path in _strays(store, snapshot):
        say(f"[yellow]stray[/yellow]   {path}: not live; `just gc` removes what nothing pins")
    if (damaged or torn) and repair:
        _repair(store, list(damaged), list(torn))
        say(f"repaired: {len(damaged)} shards taken out, {len(torn)} records given up; what they")
        say("held is owed again, where it can be made again")
    elif damaged or torn:
        say("restore the files from a copy, or `just doctor repair=true` gives up what they held")
    else:
        rows = sum(shard.rows for shard in snapshot.shards)
        shards, records = len(snapshot.shards), snapshot.seq
        say(f"[green]sound[/green]   {shards:,} shards, {rows:,} rows, {records:,} records")
    return 0 if repair or not (damaged or torn) else 1


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


def _strays(store: Store, snapshot: Snapshot) -> list[str]:
    live = {shard.path for shard in snapshot.shards}
    return sorted(path for path in store.files.sizes("shards/") if path not in live)


def _repair(store: Store, damaged: list[Shard], torn: list[int]) -> None:
    paths = [shard.path for shard in damaged]
    with engine.run(store, "doctor", {"repair": True, "shards": paths, "records": torn}) as record:
        record.counts = {"shards taken out": len(damaged), "records given up": len(torn)}
        store.repair(record, paths, torn)
