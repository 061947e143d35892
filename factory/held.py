"""What the store holds of what a source hands over: asked once a run, however many units it has.

Of a bucket every look at a shard is a request. So the keys are read once; those this run writes are
added to them, and of what other runs write meanwhile each shard is read once. Which rows another
run writes between a look and our record, `Store.commit` finds out.
"""

from pathlib import PurePosixPath

import pyarrow as pa

from factory import catalog, intake
from factory.store import Run, Store
from schemas.arrow import from_rows, key

OURS = "where source = $1"
KEYS = {"problems": "", "problem_sources": OURS, "rollouts": OURS}
CONTENTS = f"""
    with fields as (
        select source_row, teacher, {intake.HASH} as hash
        from raw.rollouts where source = $1 group by all
    ), told as (
        select source_row, map_from_entries(list((teacher, hash))) as rollouts
        from fields group by all
    )
    select source_row, problem_id, answer, split, license, rollouts
    from raw.problem_sources left join told using (source_row) where source = $1
"""


class Held:
    """The keys that are live, and what the ids of one source stand for.

    `contents`: what earlier runs ingested under this name, so that a changed row is noticed.
    """

    def __init__(self, store: Store, record: Run, source: str) -> None:
        self.store, self.record = store, record
        self._seen = store.snapshot()
        self._con = catalog.connect(store, self._seen)
        found = self._con.execute(CONTENTS, [source]).fetchall()
        self.contents = {
            row: intake.Content(*rest, rollouts=told or {}) for row, *rest, told in found
        }
        self._con.execute("create schema held")
        for table, ours in KEYS.items():
            names = ", ".join(key(table))
            sql = f"create table held.{table} as select {names} from raw.{table} {ours}"
            self._con.execute(sql, [source] if ours else [])

    def close(self) -> None:
        """Give the connection back."""
        self._con.close()

    def commit(self, tables: intake.Tables) -> dict[str, int]:
        """Make the rows live that are not: of all tables at once, or nothing.

        Returns the rows written by table. Raises StoreError.
        """
        given = {table: from_rows(table, rows) for table, rows in tables.items() if rows}
        fresh = {t: catalog.unseen(self._con, t, rows, "held") for t, rows in given.items()}
        fresh = {table: rows for table, rows in fresh.items() if rows.num_rows}
        if not fresh:
            return {}
        written = self.store.commit(self.record, fresh, self._seen)
        for table, rows in fresh.items():
            self._note(table, rows)
        self._read_on()
        return written

    def _read_on(self) -> None:
        """Note what other runs have written too, up to the record just made."""
        now, old = self.store.known, {shard.path for shard in self._seen.shards}
        for shard in now.shards:
            ours = PurePosixPath(shard.path).name.startswith(f"{self.record.run_id}-")
            if shard.table in KEYS and shard.path not in old and not ours:
                self._note(shard.table, self.store.read(shard, list(key(shard.table))))
        self._seen = now

    def _note(self, table: str, rows: pa.Table) -> None:
        self._con.register("incoming", rows.select(list(key(table))))
        self._con.execute(f"insert into held.{table} from incoming")
        self._con.unregister("incoming")
