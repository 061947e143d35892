"""`njit`: compiled by numba and kept on disk; plain Python, slowly, where numba has no wheel.

numba keeps a compiled function until its own file changes, whatever becomes of those it calls: so
ours are kept under a hash of this whole folder.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def _folder() -> Path:
    sources = sorted(HERE.glob("*.py"))
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    beside = HERE / "__pycache__"
    if os.access(beside if beside.exists() else HERE, os.W_OK):
        return beside / content
    return Path(tempfile.gettempdir()) / f"cot-kernels-{os.getuid()}" / content


def cold(function: Any) -> bool:
    """Whether a function of `outer` has yet to be compiled on this machine."""
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}-*.nbc"
    return not any(_folder().rglob(name))


try:
    import numba as _numba
    from numba.core import config as _config
except ImportError:

    def njit(function: Any) -> Any:
        """The function as it is."""
        return function

    outer = njit

else:
    FOLDER = str(_folder())
    numba: Any = _numba
    config: Any = _config  # its settings are made at import; type checkers do not see them

    def _compiled(function: Any, **how: bool) -> Any:
        before, config.CACHE_DIR = config.CACHE_DIR, FOLDER
        try:
            # Nothing here allocates. Without the counting of references a text is read 2.5 times as
            # fast, and inlined, where a call would hand over all arrays of a page, 1.7 times again.
            return numba.njit(nogil=True, _nrt=False, **how)(function)
        finally:
            config.CACHE_DIR = before

    def njit(function: Any) -> Any:
        """The function, compiled into those that call it; it lets other threads run meanwhile."""
        return _compiled(function, forceinline=True)

    def outer(function: Any) -> Any:
        """The same for one that is called from Python, or is too large to stand in two places."""
        return _compiled(function, cache=True)
