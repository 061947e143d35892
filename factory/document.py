"""The generated pages: the tables as the catalog has them, and the card of the embedded world."""

import tempfile
from pathlib import Path

from factory import catalog
from factory.store import Store
from factory.world.card import card
from schemas.document import ORDER, markdown

HOME = Path(__file__).parent.parent


def tables() -> str:
    """TABLES.md, from the catalog of an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), create=True)
        with catalog.connect(store) as con:
            sql = "select column_name, column_type from (describe {})"
            return markdown({view: con.sql(sql.format(view)).fetchall() for view in ORDER})


PAGES = {"schemas/TABLES.md": tables, "data_cards/embedded.md": card}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HOME / name).write_text(page())
