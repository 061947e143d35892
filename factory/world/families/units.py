"""Units of length, time, mass and volume; speeds, and the mean speed of a journey."""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, plain, rational, tex, tidy
from factory.world.phrasing import Params, numbers

DOMAIN = "measurement"
LEVELS = ("elementary", "elementary", "middle", "middle", "high_school")

LARGER = {
    "kilometres": 1000,
    "metres": 100,
    "kilograms": 1000,
    "litres": 1000,
    "days": 24,
    "weeks": 7,
}
SMALLER = {
    "kilometres": "metres", "metres": "centimetres", "kilograms": "grams",
    "litres": "millilitres", "days": "hours", "weeks": "days",
}  # fmt: skip

_BIG, _SMALL = "{big:" + "|".join(LARGER) + "}", "{small:" + "|".join(SMALLER.values()) + "}"
PHRASINGS = (
    f"How many {_SMALL} are there in {{n:count}} {_BIG}?",
    f"Convert {{n:count}} {_BIG} to {_SMALL}.",
    f"Express {{n:count}} {_BIG} in {_SMALL}, as a number without a unit.",
    "How many seconds are {h:count} hours, {k:count} minutes and {s:count} seconds?",
    "A film lasts {h:count} hours, {k:count} minutes and {s:count} seconds. Give its length in"
    " seconds.",
    "Convert {h:count} hours {k:count} minutes {s:count} seconds to seconds.",
    "A train covers {d:count} km in {h:count} h {k:count} min. What is its mean speed in km/h?",
    "It takes {h:count} h {k:count} min to drive {d:count} km. What is the speed in km/h?",
    "Find the mean speed in km/h of a car that needs {h:count} h {k:count} min for {d:count} km.",
    "A runner keeps a speed of {v:count} km/h for {k:count} minutes and {s:count} seconds. How many"
    " metres is that?",
    "How many metres does a boat travel at {v:count} km/h in {k:count} minutes and {s:count}"
    " seconds?",
    "A tram rolls at {v:count} km/h. How far does it get in {k:count} minutes and {s:count}"
    " seconds, in metres?",
    "A cyclist rides {d:count} km at {v:count} km/h and then {e:count} km at {w:count} km/h."
    " What is the mean speed of the whole ride in km/h?",
    "A trip has two parts: {d:count} km at {v:count} km/h, then {e:count} km at {w:count} km/h."
    " Find the mean speed in km/h over both.",
    "Someone drives {d:count} km at {v:count} km/h and returns by a road of {e:count} km at"
    " {w:count} km/h. Determine the mean speed in km/h of the whole journey.",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """One conversion, a sum of them, a speed, a way, a mean speed."""
    if difficulty == 1:
        big = rng.choice(tuple(LARGER))
        return {"n": rng.randint(2, 60), "big": big, "small": SMALLER[big]}
    if difficulty == 2:
        return {"h": rng.randint(1, 5), "k": rng.randint(1, 59), "s": rng.randint(1, 59)}
    if difficulty == 3:
        minutes = rng.choice((12, 15, 20, 24, 30, 36, 40, 45, 48))
        return {"d": rng.randint(30, 400), "h": rng.randint(1, 4), "k": minutes}
    if difficulty == 4:
        return {"v": rng.randint(5, 60), "k": rng.randint(2, 30), "s": rng.randint(1, 11) * 5}
    d, e, v, w = (rng.randint(2, 20) * 6 for _ in range(4))
    return {"d": d, "v": v, "e": e, "w": w} if v != w else draw(rng, difficulty)


def answer(params: Params) -> str:
    """The formulas."""
    return tex(tidy(_value(params)))


def check(params: Params, answer: str) -> bool:
    """Convert back; as long at the mean speed as on the two parts."""
    value = rational(answer)
    if value is None or value <= 0:
        return False
    if "n" in params:
        return value / LARGER[str(params["big"])] == int(params["n"])
    if "h" in params and "s" in params:
        minutes, seconds = divmod(value, 60)
        return [*divmod(minutes, 60), seconds] == numbers(params, "h", "k", "s")
    if "w" in params:
        d, v, e, w = numbers(params, "d", "v", "e", "w")
        return (d + e) * v * w == value * (d * w + e * v)
    if "d" in params:
        d, h, k = numbers(params, "d", "h", "k")
        return value * h + value * Fraction(k, 60) == d
    v, k, s = numbers(params, "v", "k", "s")
    return value / Fraction(60 * k + s, 3600) == 1000 * v


def solve(params: Params, hand: Hand) -> str:
    """Step by step through the units between, or with one factor for all."""
    if "n" in params:
        return tex(_converted(hand, int(params["n"]), str(params["big"]), str(params["small"])))
    if "h" in params and "s" in params:
        return tex(_seconds(hand, *numbers(params, "h", "k", "s")))
    if "w" in params:
        return tex(_mean_speed(hand, *numbers(params, "d", "v", "e", "w")))
    if "d" in params:
        return tex(_speed(hand, *numbers(params, "d", "h", "k")))
    return tex(_way(hand, *numbers(params, "v", "k", "s")))


def _converted(hand: Hand, n: int, big: str, small: str) -> Number:
    if SMALLER[big] != small:
        raise hand.doubt(f"{big} and {small} do not fit together.")
    factor = LARGER[big]
    hand.say(f"There are {factor} {small} in one of the {big}.", f"One is {factor} {small}.")
    if hand.errs("divided instead of multiplied", load=0.5):
        return hand.divide(n, factor)
    if n > 10 and hand.likes():
        tens, ones = hand.multiply(n // 10 * 10, factor), hand.multiply(n % 10, factor)
        hand.state(f"{n // 10 * 10} {big} are {tens} {small}, {n % 10} are {ones}.")
        return hand.add(tens, ones)
    return hand.multiply(n, factor)


def _seconds(hand: Hand, h: int, k: int, s: int) -> Number:
    if hand.likes():
        hand.say("I turn hours into minutes, then minutes into seconds.", "First all minutes.")
        minutes = hand.add(hand.multiply(h, 60), k)
        hand.state(f"That is {plain(minutes)} minutes and {s} seconds.")
        return hand.add(hand.multiply(minutes, 60), s)
    hand.say("An hour has 3600 seconds, a minute 60.", "I turn each part into seconds.")
    factor = 60 if hand.errs("hours taken for minutes", load=0.5) else 3600
    hours, minutes = hand.multiply(h, factor), hand.multiply(k, 60)
    hand.state(f"The hours are {plain(hours)} seconds, the minutes {plain(minutes)}.")
    return hand.add(hand.add(hours, minutes), s)


def _speed(hand: Hand, d: int, h: int, k: int) -> Number:
    if hand.likes():
        hand.say("How far in one minute? Then 60 times that.", "First the way in one minute.")
        minutes = hand.add(hand.multiply(h, 60), k)
        hand.state(f"The time is {plain(minutes)} minutes.")
        minute = hand.divide(d, minutes)
        hand.state(f"In one minute it is {plain(minute)} km.")
        return hand.multiply(minute, 60)
    hand.say("Speed is distance over time, with the time in hours.", "I need the time in hours.")
    hours = hand.add(h, hand.divide(k, 60))
    hand.state(f"The time is {plain(hours)} hours.")
    speed = hand.divide(d, hours)
    way = tidy(Fraction(speed * hours))
    hand.confirm(f"{plain(speed)} km/h for {plain(hours)} hours is {plain(way)} km", way == d)
    return speed


def _way(hand: Hand, v: int, k: int, s: int) -> Number:
    hand.say(f"First the time: {k} minutes and {s} seconds.", "I put the time into seconds.")
    seconds = hand.add(hand.multiply(k, 60), s)
    hand.state(f"The time is {plain(seconds)} seconds.")
    hand.say("Next I need the speed in metres.", f"Now {v} km/h, in metres and seconds.")
    if hand.likes():
        hour = hand.multiply(v, 1000)
        hand.state(f"That is {plain(hour)} metres an hour, and an hour has 3600 seconds.")
        second = hand.divide(hour, 3600)
        hand.state(f"In one second it is {plain(second)} metres.")
        return hand.multiply(second, seconds)
    hand.say("1 km/h is 5/18 of a metre a second.", "The factor from km/h to m/s is 5/18.")
    factor = Fraction(18, 5) if hand.errs("factor upside down", load=0.5) else Fraction(5, 18)
    metres = hand.multiply(v, seconds)
    hand.state(f"Speed times time is {plain(metres)}, before the factor.")
    return hand.multiply(metres, factor)


def _mean_speed(hand: Hand, d: int, v: int, e: int, w: int) -> Number:
    if hand.errs("mean of the speeds taken"):
        hand.say("I take the mean of the two speeds.")
        return hand.divide(hand.add(v, w), 2)
    hand.say("The mean speed is the whole way over the whole time.", "Way and time, both whole.")
    way = hand.add(d, e)
    hand.state(f"The whole way is {plain(way)} km.")
    if hand.likes():
        first, second = hand.divide(d, v), hand.divide(e, w)
        hand.state(f"The parts take {plain(first)} and {plain(second)} hours.")
        time = hand.add(first, second)
        hand.state(f"The whole time is {plain(time)} hours.")
        return hand.divide(way, time)
    hand.say("In minutes the times are easier to add.", "I count the time in minutes.")
    first = hand.divide(hand.multiply(d, 60), v)
    hand.state(f"The first part takes {plain(first)} minutes.")
    second = hand.divide(hand.multiply(e, 60), w)
    hand.state(f"The second part takes {plain(second)} minutes.")
    minutes = hand.add(first, second)
    hand.state(f"Together that is {plain(minutes)} minutes.")
    return hand.divide(hand.multiply(way, 60), minutes)


def _value(params: Params) -> Fraction:
    if "n" in params:
        return Fraction(int(params["n"]) * LARGER[str(params["big"])])
    if "h" in params and "s" in params:
        h, k, s = numbers(params, "h", "k", "s")
        return Fraction(3600 * h + 60 * k + s)
    if "w" in params:
        d, v, e, w = numbers(params, "d", "v", "e", "w")
        return (d + e) / (Fraction(d, v) + Fraction(e, w))
    if "d" in params:
        d, h, k = numbers(params, "d", "h", "k")
        return Fraction(60 * d, 60 * h + k)
    v, k, s = numbers(params, "v", "k", "s")
    return Fraction(1000 * v * (60 * k + s), 3600)
