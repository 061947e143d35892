"""Ages of two people: sums, differences and multiples, now and at another time."""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, plain, tex, tidy, whole
from factory.world.phrasing import Params, numbers
from factory.world.words import PEOPLE

DOMAIN = "algebra"
LEVELS = ("elementary", "middle", "middle", "high_school", "high_school")
PHRASINGS = (
    "{who:word} is {d:count} years older than {other:word}. Together they are {s:count} years old."
    " How old is {who:word}?",
    "The ages of {who:word} and {other:word} add up to {s:count}. {who:word} is older by {d:count}"
    " years. What is the age of {who:word}?",
    "{other:word} was born {d:count} years after {who:word}, and their ages now sum to {s:count}."
    " Find the age of {who:word}.",
    "{who:word} is {k:count} times as old as {other:word}. Together they are {s:count} years old."
    " How old is {who:word}?",
    "The ages of {who:word} and {other:word} add up to {s:count}, and {who:word} is {k:count} times"
    " as old. What is the age of {who:word}?",
    "{other:word} is younger: {who:word} has {k:count} times the age of {other:word}, and the sum"
    " of both ages is {s:count}. Find the age of {who:word}.",
    "{who:word} is {d:count} years older than {other:word}. In {n:count} years {who:word} will be"
    " {k:count} times as old as {other:word}. How old is {who:word} now?",
    "In {n:count} years the age of {who:word} will be {k:count} times that of {other:word}, who is"
    " {d:count} years younger. What is the present age of {who:word}?",
    "{other:word} was born {d:count} years after {who:word}. {n:count} years from now, {who:word}"
    " will be {k:count} times as old as {other:word}. Find the present age of {who:word}.",
    "{who:word} is {k:count} times as old as {other:word}. In {n:count} years {who:word} will be"
    " only {j:count} times as old. How old is {who:word} now?",
    "Today {who:word} has {k:count} times the age of {other:word}; {n:count} years from now it will"
    " be {j:count} times. What is the present age of {who:word}?",
    "The age of {who:word} is {k:count} times that of {other:word}, and in {n:count} years it will"
    " be {j:count} times that of {other:word}. Find the present age of {who:word}.",
    "{m:count} years ago {who:word} was {k:count} times as old as {other:word}. In {n:count} years"
    " {who:word} will be {j:count} times as old. How old is {who:word} now?",
    "{who:word} was {k:count} times as old as {other:word} {m:count} years ago and will be"
    " {j:count} times as old in {n:count} years. What is the present age of {who:word}?",
    "The age of {who:word} was {k:count} times that of {other:word} {m:count} years ago; {n:count}"
    " years from now it will be {j:count} times. Find the present age of {who:word}.",
)

_MULTIPLES = ((3, 2), (4, 2), (5, 2), (4, 3), (5, 3), (7, 3), (6, 4), (7, 4))
OLDEST = 110


def draw(rng: random.Random, difficulty: int) -> Params:
    """Sum and difference, sum and multiple, one later time, two times, a time on either side."""
    who, other = rng.sample(PEOPLE, 2)
    params: Params = {"who": who, "other": other}
    young, k = rng.randint(3, 20 if difficulty > 1 else 40), rng.randint(2, 6)
    if difficulty == 1:
        d = rng.randint(2, 30)
        return {**params, "d": d, "s": 2 * young + d}
    if difficulty == 2:
        return {**params, "k": k, "s": young * (k + 1)}
    n = rng.randint(2, 20)
    if difficulty == 3:
        return {**params, "d": (k - 1) * (young + n), "n": n, "k": k}
    k, j = rng.choice(_MULTIPLES)
    m = rng.randint(2, 15) if difficulty == 5 else 0
    past = Fraction((j - 1) * (m + n), k - j)  # solves k past + m + n = j(past + m + n)
    if past.denominator > 1 or k * past + m > OLDEST:
        return draw(rng, difficulty)
    params |= {"k": k, "j": j, "n": n}
    return {**params, "m": m} if m else params


def answer(params: Params) -> str:
    """Solved for the older one by hand, once for each kind."""
    d, s, k, n, j, m = (int(params.get(name, 0)) for name in "dsknjm")
    if s:
        return tex(tidy(Fraction(s + d, 2) if d else Fraction(s * k, k + 1)))
    if d:
        return tex(tidy(Fraction(d * k, k - 1) - n))
    return tex(tidy(k * Fraction((j - 1) * (m + n), k - j) + m))


def check(params: Params, answer: str) -> bool:
    """Find the other's age from one condition; the second must hold too."""
    older = whole(answer)
    if older is None:
        return False
    d, s, k, n, j, m = (int(params.get(name, 0)) for name in "dsknjm")
    if s:
        younger = s - older
        return older - younger == d if d else older == k * younger
    if d:
        return older + n == k * (older - d + n)
    before = Fraction(older - m, k) + m
    return older + n == j * (before + n) and before > m


def solve(params: Params, hand: Hand) -> str:
    """With an equation, or by cutting a line into equal parts."""
    if "s" in params:
        return tex((_parts if "k" in params else _pair)(params, hand))
    return tex((_one_time if "d" in params else _two_times)(params, hand))


def _parts(params: Params, hand: Hand) -> Number:
    """A sum and a multiple."""
    who, other, (s, k) = params["who"], params["other"], numbers(params, "s", "k")
    if hand.likes():
        hand.say(f"Let x be the age of {other}. Then {k}x + x = {s}.")
        younger = hand.divide(s, hand.add(k, 1))
        hand.state(f"{other} is {plain(younger)} years old.", f"x = {plain(younger)}.")
        older = hand.multiply(k, younger)
    else:
        hand.say(f"If {other} is one part, {who} is {k} parts.", f"I draw {k} parts and 1 part.")
        parts = k if hand.errs("one part too few", load=1) else hand.add(k, 1)
        part = hand.divide(s, parts)
        hand.state(f"One part, and so {other}, is {plain(part)} years.")
        older = hand.subtract(s, part)
    rest = tidy(Fraction(older) / k)
    together = tidy(Fraction(older + rest))
    hand.confirm(f"{plain(older)} and {plain(rest)} add up to {plain(together)}", together == s)
    return older


def _pair(params: Params, hand: Hand) -> Number:
    """A sum and a difference."""
    who, other, (s, d) = params["who"], params["other"], numbers(params, "s", "d")
    if hand.likes():
        hand.say(f"Without the {d} years more, both would be the same age.", f"First without {d}.")
        younger = hand.divide(hand.subtract(s, d), 2)
        hand.state(f"{other} is {plain(younger)} years old.")
        return younger if hand.errs("gave the younger one's age") else hand.add(younger, d)
    hand.say(f"Let x be the age of {who}. Then x + (x - {d}) = {s}, so 2x = {s} + {d}.")
    double = hand.add(s, d)
    hand.state(f"2x = {plain(double)}.")
    return hand.divide(double, 2)


def _one_time(params: Params, hand: Hand) -> Number:
    """The difference stays d, and is k - 1 times the younger one's age then."""
    (d, n, k), who, other = numbers(params, "d", "n", "k"), params["who"], params["other"]
    if hand.likes():
        hand.say(f"The difference stays {d}, and then it is {k} - 1 times the age of {other}.")
        then = hand.divide(d, hand.subtract(k, 1))
        hand.state(f"In {n} years {other} will be {plain(then)}.")
        older = hand.multiply(k, then)
        hand.state(f"And {who} will be {plain(older)}.")
    else:
        hand.say(f"Let x be the age of {who} in {n} years. Then x = {k}(x - {d}).")
        product = hand.multiply(k, d)
        hand.state(f"So {k}x - x = {plain(product)}.", f"That is {k}x - x = {plain(product)}.")
        older = hand.divide(product, hand.subtract(k, 1))
        hand.state(f"x = {plain(older)}.")
    if hand.errs("forgot to go back to today", load=4):
        return older
    now = hand.subtract(older, n)
    _put_back(hand, n, now + n, now - d + n, k)
    return now


def _two_times(params: Params, hand: Hand) -> Number:
    """The unknown is the younger one's age at the first of the two times."""
    k, j, n, m = (int(params.get(name, 0)) for name in "kjnm")
    if k == j:
        raise hand.doubt("The multiple cannot stay the same while both get older.")
    between: Number = n
    if m:
        hand.say("How many years lie between the two times?", f"{m} years back and {n} ahead.")
        between = hand.add(m, n)
        hand.state(f"Between the two times lie {plain(between)} years.")
    first = (_by_equation if hand.likes() else _by_difference)(params, hand, between)
    hand.state(f"At the first time {params['other']} was {plain(first)}.")
    older = hand.multiply(k, first)
    if not m or hand.errs("forgot to come back to today", load=4):
        now = older
    else:
        now = hand.add(older, m)
    hand.state(f"So {params['who']} is {plain(now)} today.")
    _put_back(hand, n, now + n, first + m + n, j)
    return now


def _by_equation(params: Params, hand: Hand, between: Number) -> Number:
    k, j = numbers(params, "k", "j")
    hand.say(f"Let x be the age of {params['other']} at the first time; the older one is {k}x.")
    hand.say(f"At the second time {k}x + {plain(between)} = {j}(x + {plain(between)}).")
    right = hand.subtract(hand.multiply(j, between), between)
    slope = hand.subtract(k, j)
    hand.state(f"So {plain(slope)}x = {plain(right)}.")
    return hand.divide(right, slope)


def _by_difference(params: Params, hand: Hand, between: Number) -> Number:
    k, j = numbers(params, "k", "j")
    hand.say(f"The difference is {k} - 1 times the age of {params['other']}, later {j} - 1 times.")
    early, late = hand.subtract(k, 1), hand.subtract(j, 1)
    hand.state(f"So {plain(early)}x = {plain(late)}(x + {plain(between)}).")
    return hand.divide(hand.multiply(late, between), hand.subtract(early, late))


def _put_back(hand: Hand, n: int, older: Number, younger: Number, times: int) -> None:
    finding = f"in {n} years they are {plain(older)} and {plain(younger)}, {times} times as old"
    hand.confirm(finding, older == times * younger)
