"""Days of the week: some days from now, of another date of the year, of any date."""

import random
from datetime import date

from factory.world.calendar import A_DATE, A_DAY, ANOTHER, DAYS, MONTHS, number
from factory.world.hand import Hand
from factory.world.phrasing import Params

DOMAIN = "calendar"
LEVELS = ("elementary", "elementary", "middle", "high_school", "high_school")
PHRASINGS = (
    f"Today is {A_DAY}. What day of the week is it {{n:count}} days {{way:after|before}} today?",
    f"Which day of the week is {{n:count}} days {{way:after|before}} a {A_DAY}?",
    f"A calendar shows a {A_DAY}. Name the day of the week {{n:count}} days {{way:after|before}}"
    " it.",
    f"In a year that is not a leap year, {A_DATE} is a {A_DAY}. What day of the week is {ANOTHER}?",
    f"If {A_DATE} of an ordinary year falls on a {A_DAY}, on which day of the week does {ANOTHER}"
    " of that year fall?",
    f"A year has no February 29, and its {A_DATE} is a {A_DAY}. Name the day of the week of its"
    f" {ANOTHER}.",
    f"What day of the week is {A_DATE}, {{year:count}}?",
    f"On which day of the week does {A_DATE}, {{year:count}}, fall?",
    f"Find the day of the week of {A_DATE}, {{year:count}}, in the Gregorian calendar.",
)

_ANY = 2001  # stands for a year that is not a leap year


def draw(rng: random.Random, difficulty: int) -> Params:
    """Some days away, within a year, within this century, in any century."""
    if difficulty <= 2:
        n = rng.randint(*((8, 60), (100, 3000))[difficulty - 1])
        return {"day": rng.choice(DAYS), "n": n, "way": rng.choice(("after", "before"))}
    if difficulty == 3:
        params: Params = {"day": rng.choice(DAYS)}
        first, second = sorted(rng.sample(range(150), 2))
        for names, at in ((("from", "d"), first), (("to", "e"), second)):
            found = date.fromordinal(date(_ANY, 1, 1).toordinal() + at)
            params |= {names[0]: MONTHS[found.month - 1], names[1]: found.day}
        return params
    low, high = (2001, 2041) if difficulty == 4 else (1700, 2299)
    year = rng.randint(low, high)
    day = date.fromordinal(date(year, 1, 1).toordinal() + rng.randint(31, 364))
    return {"from": MONTHS[day.month - 1], "d": day.day, "year": year}


def answer(params: Params) -> str:
    """Python's calendar."""
    if "n" in params:
        shift = int(params["n"]) * (1 if params["way"] == "after" else -1)
        return DAYS[(DAYS.index(str(params["day"])) + shift) % 7]
    first = date(int(params.get("year", _ANY)), *_month_and_day(params, "from", "d"))
    if "year" in params:
        return DAYS[first.weekday()]
    days = (date(_ANY, *_month_and_day(params, "to", "e")) - first).days
    return DAYS[(DAYS.index(str(params["day"])) + days) % 7]


def check(params: Params, answer: str) -> bool:
    """Walk back to the day that is given; Sakamoto's table for a date."""
    if answer not in DAYS:
        return False
    found = DAYS.index(answer)
    if "n" in params:
        back = int(params["n"]) * (-1 if params["way"] == "after" else 1)
        return DAYS[(found + back) % 7] == params["day"]
    start = _weekday(int(params.get("year", _ANY)), *_month_and_day(params, "from", "d"))
    if "year" in params:
        return found == start
    moved = _weekday(_ANY, *_month_and_day(params, "to", "e")) - start
    return (found - moved) % 7 == DAYS.index(str(params["day"]))


def solve(params: Params, hand: Hand) -> str:
    """Whole weeks are taken off; a date is counted from an anchor day or put into a formula."""
    if "n" in params:
        return _shifted(hand, str(params["day"]), int(params["n"]), params["way"] == "after")
    month, d = _month_and_day(params, "from", "d")
    if "day" in params:
        hand.say("I number the days of the year.", "How many days lie between the two?")
        start, end = (
            number(hand, _ANY, *_month_and_day(params, *names))
            for names in (("from", "d"), ("to", "e"))
        )
        apart = int(hand.subtract(end, start))
        return _shifted(hand, str(params["day"]), abs(apart), apart >= 0)
    return (_from_anchor if hand.likes() else _by_formula)(hand, int(params["year"]), month, d)


def _shifted(hand: Hand, day: str, n: int, forward: bool) -> str:
    left = _divided(hand, n) if hand.likes() else _weeks_off(hand, n)
    if hand.errs("counted in the wrong direction", load=1):
        forward = not forward
    steps = range(left + 1)
    passed = [DAYS[(DAYS.index(day) + (k if forward else -k)) % 7] for k in steps]
    hand.say(f"I count: {', '.join(passed)}.", f"Day by day: {', '.join(passed)}.")
    hand.state(f"{left} days {'after' if forward else 'before'} {day} is {passed[-1]}.")
    return passed[-1]


def _divided(hand: Hand, n: int) -> int:
    hand.say("The days repeat every 7.", "Whole weeks change nothing, so I divide by 7.")
    left = hand.remainder(n, 7)
    hand.state(f"{n} days are {left} days more than whole weeks.")
    return left


def _weeks_off(hand: Hand, n: int) -> int:
    """Take away thousands, hundreds, tens of weeks, then weeks."""
    hand.say("I take off whole weeks, many at a time.", "Off with the big heaps of weeks first.")
    left = n
    for heap in (70_000, 7000, 700, 70, 7):
        if times := left // heap:
            left = int(hand.subtract(left, times * heap)) % (10 * heap)
            hand.state(f"Without {times * heap // 7} weeks, {left} days are left.")
    return left % 7


def _from_anchor(hand: Hand, year: int, month: int, d: int) -> str:
    """Weekdays since January 1, 2000: one for each year, one more for each leap day."""
    hand.say("January 1, 2000 was a Saturday. I count from there.", "I start from 2000.")
    years = hand.subtract(year, 2000)
    leaps = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400 - 484
    hand.say(f"A year moves the weekday by 1, a leap day by 1 more; there are {leaps} leap days.")
    total = hand.add(years, leaps)
    hand.state(f"January 1, {year} is {total} weekdays on from Saturday.")
    passed = hand.subtract(number(hand, year, month, d), 1)
    total = hand.add(total, passed)
    return _shifted(hand, "Saturday", abs(int(total)), total >= 0)


def _by_formula(hand: Hand, year: int, month: int, d: int) -> str:
    """Zeller's congruence: January and February belong to the year before."""
    hand.say("I use Zeller's congruence.", "Zeller's formula gives the weekday directly.")
    if month < 3 and not hand.errs("January not counted to the year before", load=1):
        month, year = month + 12, year - 1
    century, short = divmod(year, 100)
    hand.state(f"Here q = {d}, m = {month}, J = {century} and K = {short}.")
    moved = int(hand.multiply(13, month + 1)) // 5
    hand.say(f"A fifth of that, rounded down, is {moved}.")
    total = hand.add(hand.add(d, moved), short)
    hand.say(f"K/4 and J/4, rounded down, are {short // 4} and {century // 4}.")
    total = hand.add(total, hand.add(short // 4, century // 4))
    total = hand.subtract(total, hand.multiply(2, century))
    hand.state(f"q + 13(m + 1)/5 + K + K/4 + J/4 - 2J = {total}, each rounded down.")
    left = hand.remainder(int(total), 7)
    found = DAYS[(left + 5) % 7]
    hand.state(f"In Zeller's count 0 is Saturday, so {left} is {found}.")
    return found


def _weekday(year: int, month: int, d: int) -> int:
    """Monday is 0; by Sakamoto's table."""
    year -= month < 3
    shift = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)[month - 1]
    return (year + year // 4 - year // 100 + year // 400 + shift + d - 1) % 7


def _month_and_day(params: Params, month: str, day: str) -> tuple[int, int]:
    return MONTHS.index(str(params[month])) + 1, int(params[day])
