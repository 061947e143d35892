"""Shards of a bucket as DuckDB reads them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from factory.files import Files
from factory.log import Shard
from factory.remote import BLOCK, Shards


def test_threads_that_share_a_file_read_what_each_of_them_seeks(tmp_path: Path) -> None:
    content = bytes(i * i % 251 for i in range(BLOCK + 5_000))
    (tmp_path / "x.parquet").write_bytes(content)
    files = Files(tmp_path)
    shards = Shards(files, [Shard("problems", "x.parquet", 1, len(content), "")])
    file: Any = shards.open(files.url("x.parquet"))
    one, other = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    with file, one, other:
        one.submit(file.seek, BLOCK - 100).result()
        other.submit(file.seek, 7).result()
        assert one.submit(file.read, 300).result() == content[BLOCK - 100 : BLOCK + 200]
        assert other.submit(file.read, 300).result() == content[7:307]
