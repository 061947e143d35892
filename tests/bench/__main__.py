"""`just bench NAME key=value ...`: a file here without an underscore in front is a benchmark."""

import sys
from importlib import import_module
from pathlib import Path

from factory import shell
from factory.errors import unknown

HERE = Path(__file__).parent


def known() -> list[str]:
    """The benchmarks there are."""
    names = (path.stem for path in HERE.glob("*.py"))
    return sorted(name for name in names if not name.startswith(("_", "test_")))


def run(words: list[str]) -> int:
    """Run the one named first. Raises UserError."""
    name = words[0] if words else ""
    if name not in known():
        raise unknown("benchmark", name, known())
    return import_module(f"tests.bench.{name}").main(words[1:])


if __name__ == "__main__":
    sys.exit(shell.run(lambda: run(sys.argv[1:]), "a benchmark keeps nothing; run it again"))
