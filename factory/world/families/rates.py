"""Unit prices, shares in a ratio, and people or pipes that work together."""

import math
import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, money, plain, rational, tex, tidy
from factory.world.phrasing import Params, numbers
from factory.world.words import PEOPLE, THINGS

DOMAIN = "arithmetic"
LEVELS = ("elementary", "middle", "middle", "high_school", "high_school")
PHRASINGS = (
    "{who:word} pays ${c:count} for {n:count} {thing:word}s. How many dollars would {m:count}"
    " {thing:word}s cost?",
    "{n:count} {thing:word}s cost ${c:count}. {who:word} needs {m:count}. What will they cost, in"
    " dollars?",
    "At a price of ${c:count} for {n:count} {thing:word}s, how many dollars does {who:word} pay for"
    " {m:count}?",
    "{who:word} and {other:word} share ${c:count} in the ratio {a:count}:{b:count}. How many"
    " dollars does {who:word} get?",
    "${c:count} is split between {who:word} and {other:word} in the ratio {a:count} to {b:count}."
    " What is the share of {who:word}, in dollars?",
    "For each ${a:count} that {who:word} gets, {other:word} gets ${b:count}. Together they get"
    " ${c:count}. How many dollars does {who:word} get?",
    "One painter needs {x:count} hours for a fence, another {y:count} hours. How many hours do they"
    " need together?",
    "One pipe fills a tank in {x:count} hours, another in {y:count} hours. In how many hours do"
    " they fill it together?",
    "A machine does a job in {x:count} hours, a second one in {y:count} hours. How many hours do"
    " they take side by side?",
    "One baker does a job in {x:count} hours, another in {y:count} hours. The first works alone for"
    " {t:count} hours, then both go on. How many hours do they work together?",
    "A pipe fills a tank in {x:count} hours, a second pipe in {y:count} hours. The first runs alone"
    " for {t:count} hours before the second is opened too. How many more hours does it take?",
    "A job takes one machine {x:count} hours and another {y:count} hours. The first starts"
    " {t:count} hours early. For how many hours do both run?",
    "Two pipes fill a tank in {x:count} and {y:count} hours, a third empties it in {z:count} hours."
    " The first runs alone for {t:count} hours, then all three are open. How many more hours does"
    " it take?",
    "A tank is filled by one pipe in {x:count} hours, by another in {y:count} hours, and drained"
    " in {z:count} hours. The first pipe has run for {t:count} hours when the other and the drain"
    " are opened. After how many more hours is it full?",
    "Pumps A and B fill a basin in {x:count} and {y:count} hours; drain C empties it in {z:count}"
    " hours. A runs for {t:count} hours, then B and C are switched on as well. How many further"
    " hours until it is full?",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Prices, shares, then work: two, one of them first, one that undoes it."""
    size, people = 9 * difficulty, rng.sample(PEOPLE, 2)
    if difficulty == 1:
        n, m = rng.sample(range(2, 13), 2)
        params: Params = {"who": people[0], "thing": rng.choice(THINGS)}
        return {**params, "n": n, "c": n * rng.randint(2, 15), "m": m}
    if difficulty == 2:
        a, b = rng.sample(range(1, 10), 2)
        c = (a + b) * rng.randint(3, 40)
        return {"who": people[0], "other": people[1], "c": c, "a": a, "b": b}
    y, x = sorted(rng.sample(range(2, size), 2))
    if difficulty == 3:
        return {"x": x, "y": y}
    params = {"x": x, "y": y, "t": rng.randint(1, x - 1)}
    return params if difficulty == 4 else {**params, "z": rng.randint(x + 1, 2 * size)}


def answer(params: Params) -> str:
    """The formulas."""
    return tex(tidy(_value(params)))


def check(params: Params, answer: str) -> bool:
    """The price of one is the same; the shares fit; the work done in that time is one job."""
    value = rational(answer)
    if value is None or value <= 0:
        return False
    if "n" in params:
        return value * int(params["n"]) == int(params["c"]) * int(params["m"])
    if "a" in params:
        return value * int(params["b"]) == (int(params["c"]) - value) * int(params["a"])
    x, y, z, t = (int(params.get(name, 0)) for name in "xyzt")
    drained = value / z if z else 0
    return (value + t) / x + value / y - drained == 1


def solve(params: Params, hand: Hand) -> str:
    """By one piece, one part or one hour; or by the ratio, the equation or a job cut up."""
    if "n" in params:
        return _priced(hand, *numbers(params, "n", "c", "m"))
    if "a" in params:
        return _shared(hand, *numbers(params, "c", "a", "b"))
    x, y, z, t = (int(params.get(name, 0)) for name in "xyzt")
    return tex((_in_an_hour if hand.likes() else _cut_up)(hand, x, y, z, t))


def _priced(hand: Hand, n: int, c: int, m: int) -> str:
    if hand.likes():
        hand.say("First the price of one.", f"What does one cost, if {n} cost ${c}?")
        one = hand.divide(c, n)
        hand.state(f"One costs ${money(one)}.")
        return tex(hand.multiply(one, m))
    hand.say(f"{m} are {m}/{n} as many, so they cost {m}/{n} as much.", "The price grows alike.")
    upside_down = hand.errs("ratio upside down", load=1)
    ratio = hand.divide(n, m) if upside_down else hand.divide(m, n)
    hand.state(f"The ratio is {plain(ratio)}.")
    return tex(hand.multiply(c, ratio))


def _shared(hand: Hand, c: int, a: int, b: int) -> str:
    parts = b if hand.errs("ratio to the other taken for the share", load=1) else hand.add(a, b)
    if hand.likes():
        hand.say(f"There are {parts} equal parts.", f"I cut the ${c} into {parts} parts.")
        part = hand.divide(c, parts)
        hand.state(f"One part is ${money(part)}.")
        share = hand.multiply(part, a)
    else:
        hand.say(f"The share is {a} of {parts} parts of ${c}.", f"That is {a}/{parts} of ${c}.")
        whole = hand.multiply(c, a)
        hand.state(f"{a} times ${c} is ${money(whole)}, to be divided by {parts}.")
        share = hand.divide(whole, parts)
    wanted = Fraction(share) * b / a
    both = money(share + wanted)
    hand.confirm(
        f"the other's share is {b}/{a} of that, ${money(wanted)}, together ${both}",
        share + wanted == c,
    )
    return tex(share)


def _in_an_hour(hand: Hand, x: int, y: int, z: int, t: int) -> Number:
    """What is left to do, over what is done in an hour."""
    hand.say("How much is done in one hour?", "I add what each does in an hour.")
    if not z and hand.errs("times added instead of rates", load=1):
        return hand.divide(hand.add(x, y), 2)
    rate = hand.add(hand.divide(1, x), hand.divide(1, y))
    if z:
        rate = hand.subtract(rate, hand.divide(1, z))
    hand.state(f"Together they do {plain(rate)} in an hour.")
    left: Number = 1
    if t:
        done = hand.divide(t, x)
        hand.state(f"In the first {t} hours {plain(done)} of it is done.")
        left = hand.subtract(1, done)
        hand.state(f"That leaves {plain(left)}.")
    return _time(hand, left, rate)


def _cut_up(hand: Hand, x: int, y: int, z: int, t: int) -> Number:
    """The job in as many equal pieces as make every rate whole."""
    pieces = math.lcm(x, y, z or 1)
    hand.say(f"I cut the whole into {pieces} pieces.", f"Say it has {pieces} equal pieces.")
    first, second = hand.divide(pieces, x), hand.divide(pieces, y)
    hand.state(f"In an hour {plain(first)} and {plain(second)} pieces get done.")
    rate = hand.add(first, second)
    if z:
        undone = hand.divide(pieces, z)
        rate = hand.subtract(rate, undone)
        hand.state(f"Of these {plain(undone)} are undone, which leaves {plain(rate)} an hour.")
    left: Number = pieces
    if t:
        early = hand.multiply(t, first)
        left = hand.subtract(left, early)
        hand.state(f"After {t} hours {plain(early)} are done, {plain(left)} are left.")
    return _time(hand, left, rate)


def _time(hand: Hand, left: Number, rate: Number) -> Number:
    if left <= 0 or rate <= 0:
        raise hand.doubt("That would never end, or it would be over before it starts.")
    hand.say("The time is what is left over what is done in an hour.", "Now divide.")
    return hand.divide(left, rate)


def _value(params: Params) -> Fraction:
    if "n" in params:
        return Fraction(int(params["c"]) * int(params["m"]), int(params["n"]))
    if "a" in params:
        c, a, b = numbers(params, "c", "a", "b")
        return Fraction(c * a, a + b)
    x, y, z, t = (int(params.get(name, 0)) for name in "xyzt")
    rate = Fraction(1, x) + Fraction(1, y) - (Fraction(1, z) if z else 0)
    return (1 - Fraction(t, x)) / rate
