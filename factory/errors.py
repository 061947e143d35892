"""What can go wrong for a user: one line each, exit code 2.

    UserError            the value, what is allowed, what to do
    |- RecipeError       a recipe or an override does not fit
    |- StoreError        the store cannot be used as it is
    |- QueryError        SQL that is wrong or not read-only
    `- MissingExtra      an optional package is not installed

Anything else that reaches the command line is a bug of ours and keeps its traceback.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Base: the user can mend it."""


class RecipeError(UserError):
    """A recipe or an override does not fit."""


class StoreError(UserError):
    """The store cannot be used as it is."""


class QueryError(UserError):
    """SQL that is wrong or not read-only."""


class MissingExtra(UserError):
    """An optional package is not installed: `MissingExtra(package, extra)`."""

    def __str__(self) -> str:
        package, extra = self.args
        return (
            f"{package!r} is not installed; it comes with the extra {extra!r}: "
            f"`.venv/bin/pip install -c constraints.txt -e '.[{extra}]'`"
        )


def unknown(what: str, name: str, known: Iterable[str], hint: str = "") -> RecipeError:
    """The error for a name that is not one of `known`, with the nearest one first."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return RecipeError(f"unknown {what} {name!r}; {meant}known: {', '.join(names) or 'none'}{hint}")
