"""Days between two dates of the Gregorian calendar."""

import random
from datetime import date

from factory.world.calendar import (
    A_DATE,
    ANOTHER,
    FIRST,
    LAST,
    MONTHS,
    is_leap,
    length,
    number,
)
from factory.world.hand import Hand
from factory.world.notation import Number, whole
from factory.world.phrasing import Params

DOMAIN = "calendar"
LEVELS = ("elementary", "elementary", "elementary", "middle", "middle")
PHRASINGS = (
    f"How many days is it from {A_DATE} to {ANOTHER} of the same year, which is not a leap year?",
    f"Count the days from {A_DATE} to {ANOTHER}, in one year without a February 29.",
    f"A journey starts on {A_DATE} and ends on {ANOTHER} of the same ordinary year. How many days"
    " lie between start and end, counting only the last of the two?",
    f"How many days is it from {A_DATE}, {{year:count}}, to {ANOTHER}, {{until:count}}?",
    f"Count the days from {A_DATE}, {{year:count}}, to {ANOTHER}, {{until:count}}.",
    f"A letter is dated {A_DATE}, {{year:count}}. The reply is dated {ANOTHER}, {{until:count}}."
    " How many days later is that?",
)

Day = tuple[int, int, int]  # year, month, day

_APART = ((8, 35), (40, 75), (80, 160), (120, 400), (450, 1300))
_ANY = 2001  # stands for a year that is not a leap year
_LONG = 30  # years between that nobody lists


def draw(rng: random.Random, difficulty: int) -> Params:
    """Days within a year up to difficulty 3, into another year after that."""
    days = rng.randint(*_APART[difficulty - 1])
    if difficulty <= 3:
        first = date(_ANY, 1, 1).toordinal() + rng.randint(0, min(75 * difficulty, 364 - days))
    else:
        first = date(1900, 12, 31).toordinal() + rng.randint(0, 70_000)
    start, end = date.fromordinal(first), date.fromordinal(first + days)
    params: Params = {"from": MONTHS[start.month - 1], "d": start.day}
    params |= {"to": MONTHS[end.month - 1], "e": end.day}
    if difficulty <= 3:
        return params
    params |= {"year": start.year, "until": end.year}
    return params if start.year < end.year else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Python's calendar."""
    return str((date(*_second(params)) - date(*_first(params))).days)


def check(params: Params, answer: str) -> bool:
    """Add the lengths of the months from one to the other."""
    (year, month, d), (until, last, e) = _first(params), _second(params)
    days = e - d
    while (year, month) < (until, last):
        days += length(year, month)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return whole(answer) == days


def solve(params: Params, hand: Hand) -> str:
    """From month to month, or by the numbers of the days in their years."""
    first, second = _first(params), _second(params)
    if first > second or second[0] - first[0] > _LONG or not FIRST <= first[0] <= LAST - _LONG:
        raise hand.doubt("The dates are in the wrong order or too far apart to count.")
    return str((_by_months if hand.likes() else _by_years)(hand, first, second))


def _by_months(hand: Hand, first: Day, second: Day) -> Number:
    """To the end of the first month, whole months and years, and into the last month."""
    (year, month, d), (until, last, e) = first, second
    if (year, month) == (until, last):
        hand.say("Both days are in one month, so I subtract.")
        return hand.subtract(e, d)
    hand.say("I go month by month.", f"First to the end of {MONTHS[month - 1]}.")
    total = hand.subtract(length(year, month), d)
    hand.state(f"{MONTHS[month - 1]} has {total} days left.")
    year, month = _after(year, month)
    while (year, month) < (until, last):
        if month == 1 and year < until:
            hand.say(f"The year {year} has {_days(year)} days.")
            total, year = hand.add(total, _days(year)), year + 1
            continue
        if not hand.errs("month left out", load=0.3):
            hand.say(f"{MONTHS[month - 1]} has {length(year, month)} days.")
            total = hand.add(total, length(year, month))
        year, month = _after(year, month)
    hand.state(f"Up to the end of the month before, that makes {total} days.")
    return hand.add(total, e)


def _by_years(hand: Hand, first: Day, second: Day) -> Number:
    """The difference of the days' numbers in their years, and the years between."""
    hand.say("I number the days of the year.", "Which day of its year is each date?")
    start, end = number(hand, *first), number(hand, *second)
    total = hand.subtract(end, start)
    years = range(first[0], second[0])
    if not years:
        return total
    leaps = [str(year) for year in years if is_leap(year)]
    hand.say(f"Leap years from {years[0]} to {years[-1]}: {', '.join(leaps) or 'none'}.")
    days = hand.multiply(365, len(years))
    if leaps and not hand.errs("leap day forgotten", load=1):
        days = hand.add(days, len(leaps))
    hand.state(f"Counting from {years[0]} up to {years[-1]}, these years have {days} days.")
    return hand.add(total, days)


def _first(params: Params) -> Day:
    return int(params.get("year", _ANY)), MONTHS.index(str(params["from"])) + 1, int(params["d"])


def _second(params: Params) -> Day:
    return int(params.get("until", _ANY)), MONTHS.index(str(params["to"])) + 1, int(params["e"])


def _after(year: int, month: int) -> tuple[int, int]:
    return (year, month + 1) if month < 12 else (year + 1, 1)


def _days(year: int) -> int:
    return 366 if is_leap(year) else 365
