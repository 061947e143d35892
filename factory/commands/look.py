"""The commands that look: SQL, one row, what is like a text, and the health of a store."""

from factory.errors import RecipeError, unknown
from factory.store import Store
from factory.words import flag, one, only


def sql(words: list[str]) -> int:
    """One statement of the user."""
    from factory import ask

    query, values = one(words, 'just sql "select ..." needs the SQL', store="data", format="table")
    if values["format"] not in ask.FORMS:
        raise unknown("format", values["format"], ask.FORMS)
    ask.sql(Store(values["store"]), query, values["format"])
    return 0


def why(words: list[str]) -> int:
    """All that was decided of one row."""
    from factory import why

    subject, values = one(words, "just why ID needs the id of a problem or rollout", store="data")
    why.explain(Store(values["store"]), subject)
    return 0


def similar(words: list[str]) -> int:
    """The problems most like a text."""
    from factory import similar

    text, values = one(
        words, 'just similar "TEXT" needs the text of a problem', store="data", limit="5"
    )
    if not values["limit"].isdigit() or not int(values["limit"]):
        raise RecipeError(f"limit={values['limit']!r} does not fit; give a number from 1 on")
    similar.show(Store(values["store"]), text, int(values["limit"]))
    return 0


def status(words: list[str]) -> int:
    """What is owed."""
    from factory import status

    values = only(words, store="data")
    return status.report(Store(values["store"]))


def doctor(words: list[str]) -> int:
    """Every byte, checked."""
    from factory import doctor

    values = only(words, store="data", repair="false")
    return doctor.check(Store(values["store"]), flag("repair", values["repair"]))
