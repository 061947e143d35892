"""The Gregorian calendar as a hand counts in it."""

from factory.world.hand import Hand

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
FIRST, LAST = 1600, 2400  # years a hand counts in

A_DAY = "{day:" + "|".join(DAYS) + "}"
A_DATE = "{from:" + "|".join(MONTHS) + "} {d:count}"
ANOTHER = "{to:" + "|".join(MONTHS) + "} {e:count}"

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Every fourth year, but of full centuries only every fourth."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def length(year: int, month: int) -> int:
    """Days of the month; January is 1."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


def number(hand: Hand, year: int, month: int, d: int) -> int:
    """The day's number in its year, counted by hand. Raises Doubt for a day that does not exist."""
    if not (FIRST <= year <= LAST and d <= length(year, month)):
        raise hand.doubt(f"There is no {MONTHS[month - 1]} {d} in this calendar.")
    total: int = d
    for before in range(1, month):
        if hand.errs("month left out", load=0.3):
            continue
        total = int(hand.add(total, length(year, before)))
    hand.state(f"{MONTHS[month - 1]} {d} is day {total} of the year.")
    return total
