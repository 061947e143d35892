"""Chances and means: dice, urns with and without replacement, Bayes, and what to expect."""

import math
import random
from fractions import Fraction
from itertools import combinations, product

from factory.world.hand import Hand
from factory.world.notation import Number, plain, tex, tidy
from factory.world.phrasing import Params, numbers
from factory.world.working import PEOPLE, added, choose, multiplied, over

DOMAIN = "probability"
LEVELS = ("elementary", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "A bag holds {red} red, {blue} blue and {green} green marbles. {who:word} takes one without"
    " looking. What is the probability that it is {color:not red|not blue|not green}?",
    "In a box there are {red} red, {blue} blue and {green} green pencils. {who:word} grabs one at"
    " random. How likely is it that the pencil is {color:not red|not blue|not green}? Give a"
    " fraction.",
    "{who:word} spins a wheel with {red} red, {blue} blue and {green} green fields of equal size."
    " Find the probability that it stops at a field that is {color:not red|not blue|not green}.",
    "Two fair dice are rolled, one with {m} sides and one with {n}, numbered from 1. What is the"
    " probability that the sum is {sum}?",
    "A fair {m}-sided die and a fair {n}-sided die, numbered from 1, are thrown together. How"
    " likely is a total of {sum}?",
    "{m} cards numbered 1 to {m} lie in one pile and {n} cards numbered 1 to {n} in another. One"
    " card is drawn from each. Find the probability that the numbers add up to {sum}.",
    "An urn contains {w} white and {b} black balls. {k} balls are drawn without replacement. What"
    " is the probability that at least one is white?",
    "Someone draws {k} balls at once from an urn with {w} white and {b} black balls. How likely is"
    " it to get at least one white ball?",
    "Of {w} ripe and {b} unripe melons {k} are taken at random. Find the probability that at"
    " least one of them is ripe.",
    "An urn contains {w} white and {b} black balls. A ball is drawn and put back, {times} times in"
    " all. What is the probability that {least} or more of the draws are white?",
    "A spinner has {w} white and {b} black fields of equal size and is spun {times} times. Find the"
    " probability of {least} or more white results.",
    "A machine has {w} good and {b} bad outcomes, all equally likely, and runs {times} times,"
    " independently. How likely are {least} or more good outcomes?",
    "Machine A makes {a}% of all parts and machine B the rest. Of A's parts {p}% are faulty, of B's"
    " {q}%. A part is faulty. What is the probability that it comes from A?",
    "{a}% of a town have a flu. A test is positive for {p}% of those who have it and for {q}% of"
    " those who do not. Someone tests positive. How likely is it that this person has the flu?",
    "{a}% of all mail is spam. A filter flags {p}% of the spam and {q}% of the rest. A mail is"
    " flagged. Find the probability that it is spam.",
    "Factories A, B and C make {a}%, {other}% and the remaining part of all lamps. {p}%, {q}% and"
    " {r}% of their lamps are faulty. A lamp is faulty. What is the probability that it comes from"
    " A?",
    "Of all orders {a}% go to shop A, {other}% to shop B and the others to shop C. The shops are"
    " late with {p}%, {q}% and {r}% of their orders. An order is late. How likely is it that it"
    " went to A?",
    "{a}% of the pupils walk, {other}% cycle and the rest take the bus. {p}% of those who walk,"
    " {q}% of those who cycle and {r}% of those on the bus are wet today. A pupil is wet. Find the"
    " probability that this pupil walked.",
    "From an urn with {w} white and {b} black balls {k} are drawn without replacement. Each white"
    " ball wins ${prize}, and {k} white balls win ${bonus} on top. What is the expected win in"
    " dollars?",
    "A player takes {k} of {w} winning and {b} losing tickets. Every winning ticket pays ${prize},"
    " and if all {k} win there is a bonus of ${bonus}. How many dollars can the player expect on"
    " average?",
    "{k} chips are drawn at once out of {w} gold and {b} grey ones. A gold chip is worth ${prize},"
    " and ${bonus} more is paid if all {k} are gold. Find the mean payout in dollars.",
)

MOST_CASES = 12  # nobody goes through more

_KINDS = (("one",), ("sum",), ("draws", "bayes"), ("times", "three"), ("win", "times"))


def draw(rng: random.Random, difficulty: int) -> Params:
    """One marble; two dice; draws or Bayes; repeated trials or three sources; expectations."""
    kind = rng.choice(_KINDS[difficulty - 1])
    if kind == "one":
        color = rng.choice(("not red", "not blue", "not green"))
        counts: Params = {name: rng.randint(2, 12) for name in ("red", "blue", "green")}
        return {**counts, "who": rng.choice(PEOPLE), "color": color}
    if kind == "sum":
        m, n = rng.sample(range(4, 21), 2)
        return {"m": m, "n": n, "sum": rng.randint(3, min(m, n) + 6)}
    if kind in ("bayes", "three"):
        p, q, r = rng.sample(range(2, 30), 3)
        if kind == "bayes":
            return {"a": rng.randint(1, 12) * 5, "p": p + 60, "q": q}
        a, other = rng.randint(4, 9) * 5, rng.randint(4, 9) * 5
        return {"a": a, "other": other, "p": p, "q": q, "r": r}
    w, b = rng.randint(3, 9), rng.randint(4, 9)
    if kind == "draws":
        return {"w": w, "b": b, "k": rng.randint(2, 3)}
    if kind == "win":
        prize = rng.randint(2, 12)
        bonus = prize * rng.randint(3, 9)
        return {"w": w, "b": b, "k": rng.randint(2, 3), "prize": prize, "bonus": bonus}
    size = 9 if difficulty == 4 else 6
    w, b = rng.randint(1, size), rng.randint(2, size)
    return {"w": w, "b": b, "times": difficulty - 1, "least": rng.randint(1, 2) + difficulty - 4}


def answer(params: Params) -> str:
    """The formulas."""
    if "color" in params:
        total = sum(numbers(params, "red", "blue", "green"))
        return tex(tidy(1 - Fraction(int(params[str(params["color"])[4:]]), total)))
    if "sum" in params:
        m, n, total = numbers(params, "m", "n", "sum")
        return tex(tidy(Fraction(max(0, min(m, total - 1) - max(1, total - n) + 1), m * n)))
    if "a" in params:
        parts = [share * rate for share, rate in _sources(params)]
        return tex(tidy(Fraction(parts[0], sum(parts))))
    w, b = numbers(params, "w", "b")
    if "times" in params:
        times, least = numbers(params, "times", "least")
        good = sum(math.comb(times, k) * w**k * b ** (times - k) for k in range(least, times + 1))
        return tex(tidy(Fraction(good, (w + b) ** times)))
    k = int(params["k"])
    if "prize" not in params:
        return tex(tidy(1 - Fraction(math.comb(b, k), math.comb(w + b, k))))
    prize, bonus = numbers(params, "prize", "bonus")
    mean = Fraction(k * w * prize, w + b)
    return tex(tidy(mean + bonus * Fraction(math.comb(w, k), math.comb(w + b, k))))


def check(params: Params, answer: str) -> bool:
    """Go through every outcome and count, or weigh, the ones that matter."""
    if "color" in params:
        kinds = [name for name in ("red", "blue", "green") for _ in range(int(params[name]))]
        return answer == _share([f"not {kind}" != params["color"] for kind in kinds])
    if "sum" in params:
        m, n, total = numbers(params, "m", "n", "sum")
        rolls = product(range(1, m + 1), range(1, n + 1))
        return answer == _share([one + two == total for one, two in rolls])
    if "a" in params:
        (share, rate), *others = _sources(params)
        against = Fraction(sum(s * r for s, r in others), share * rate)  # the odds, turned round
        return answer == tex(tidy(1 / (1 + against)))
    balls = [1] * int(params["w"]) + [0] * int(params["b"])
    if "times" in params:
        rolls = product(balls, repeat=int(params["times"]))
        return answer == _share([sum(roll) >= int(params["least"]) for roll in rolls])
    draws = [sum(hand) for hand in combinations(balls, int(params["k"]))]
    if "prize" not in params:
        return answer == _share([white > 0 for white in draws])
    k, prize, bonus = numbers(params, "k", "prize", "bonus")
    wins = sum(white * prize + bonus * (white == k) for white in draws)
    return answer == tex(tidy(Fraction(wins, len(draws))))


def solve(params: Params, hand: Hand) -> str:
    """Each kind directly or by the complement, by counting or by multiplying along a branch."""
    if "color" in params:
        return tex(_one(hand, params))
    if "sum" in params:
        return tex(_sum(hand, *numbers(params, "m", "n", "sum")))
    if "a" in params:
        return tex(_bayes(hand, _sources(params)))
    w, b = numbers(params, "w", "b")
    if w < 1 or b < 1 or not 1 <= int(params.get("k", params.get("times", 0))) <= MOST_CASES:
        raise hand.doubt("That is nothing I can go through by hand.")
    if "times" in params:
        return tex(_repeated(hand, w, b, *numbers(params, "times", "least")))
    k = int(params["k"])
    if "prize" in params:
        return tex(_expected(hand, w, b, k, *numbers(params, "prize", "bonus")))
    if hand.likes(0.7):
        hand.say("The opposite is that all come from the others.", f"Complement: all from the {b}.")
        none = _in_a_row(hand, b, w + b, k)
        hand.state(f"All of them come from the {b} with probability {plain(none)}.")
        return tex(none if hand.errs("stopped at the complement") else hand.subtract(1, none))
    hand.say(f"I count the cases with 1, 2, ... out of the {w}.")
    good = added(hand, [_drawn_exactly(hand, w, b, j, k) for j in range(1, k + 1)])
    hand.state(f"{plain(good)} choices have at least one of the {w}.")
    return tex(over(hand, good, choose(hand, w + b, k)))


def _one(hand: Hand, params: Params) -> Number:
    counts = {name: int(params[name]) for name in ("red", "blue", "green")}
    unwanted = str(params["color"])[4:]
    total = added(hand, list(counts.values()))
    hand.state(f"There are {plain(total)} in all.", f"All together that is {plain(total)}.")
    if hand.likes(0.4):
        hand.say(f"The chance of {unwanted} is {counts[unwanted]}/{plain(total)}; I want the rest.")
        share = over(hand, counts[unwanted], total)
        return share if hand.errs("stopped at the complement") else hand.subtract(1, share)
    fitting = added(hand, [count for name, count in counts.items() if name != unwanted])
    hand.state(f"{plain(fitting)} of them are not {unwanted}.")
    return over(hand, fitting, total)


def _sum(hand: Hand, m: int, n: int, total: int) -> Number:
    low, high = max(1, total - n), min(m, total - 1)
    every = hand.multiply(m, n)
    hand.state(f"There are {plain(every)} equally likely pairs.")
    if high < low or every == 0:
        hand.say("No pair adds up to that.")
        return 0
    if high - low < 6 and hand.likes(0.5):
        pairs = [(k, total - k) for k in range(low, high + 1)]
        hand.say(f"I list the pairs: {', '.join(f'({one}, {two})' for one, two in pairs)}.")
        fitting: Number = len(pairs) - hand.errs("pair forgotten in the list")
    else:
        hand.say(f"The first number can be {low} to {high}; the second is then fixed.")
        gap = hand.subtract(high, low)
        fitting = gap if hand.errs("counted the steps instead of the numbers") else hand.add(gap, 1)
    hand.state(f"{plain(fitting)} pairs have the sum {total}.")
    return over(hand, fitting, every)


def _bayes(hand: Hand, sources: list[tuple[int, int]]) -> Number:
    """In people out of 10,000, or in probabilities."""
    if any(not 0 <= value <= 100 for pair in sources for value in pair):
        raise hand.doubt("A share outside 0% to 100% makes no sense.")
    parts: list[Number] = []
    if hand.likes():
        hand.say("Imagine 10000 cases in all.", "I count in a total of 10000 cases.")
        for at, (share, rate) in enumerate(sources):
            hand.say(f"{share * 100} of them belong to group {at + 1}, {rate}% of which count.")
            parts.append(hand.multiply(share, rate))
    else:
        hand.say("I multiply along each branch of the tree.", "Each branch: share times rate.")
        for share, rate in sources:
            parts.append(hand.multiply(Fraction(share, 100), Fraction(rate, 100)))
    hand.state(f"The branches give {', '.join(map(plain, parts))}.")
    if hand.errs("rate taken for its reverse"):
        return tidy(Fraction(sources[0][1], 100))
    whole = added(hand, parts)
    hand.state(f"Together they make {plain(whole)}, and {plain(parts[0])} of that is wanted.")
    return hand.divide(parts[0], whole)


def _repeated(hand: Hand, w: int, b: int, times: int, least: int) -> Number:
    """Count the sequences with enough successes, or those without."""
    every = hand.power(int(hand.add(w, b)), times)
    hand.state(f"There are {every} equally likely sequences.")
    whole = hand.likes(0.7) if 2 * least <= times + 1 else hand.likes(0.25)
    if whole:
        hand.say("I count the sequences with too few and take them away.", "Use the complement.")
    cases = range(least) if whole else range(least, times + 1)
    counts: list[Number] = []
    for k in cases:
        ways = 1 if hand.errs("order of successes not counted", load=1) else choose(hand, times, k)
        single = hand.multiply(hand.power(w, k), hand.power(b, times - k))
        counts.append(hand.multiply(ways, single))
        hand.state(f"Exactly {k}: {plain(counts[-1])} sequences.")
    total = added(hand, counts)
    return over(hand, hand.subtract(every, total) if whole else total, every)


def _expected(hand: Hand, w: int, b: int, k: int, prize: int, bonus: int) -> Number:
    """By linearity, or case by case."""
    if hand.likes(0.6):
        hand.say("Expectations add up, so each draw counts for itself.")
        each = hand.multiply(over(hand, w, hand.add(w, b)), prize)
        plain_win = hand.multiply(k, each)
        hand.state(f"Without the bonus that is {plain(plain_win)} on average.")
        if hand.errs("bonus forgotten"):
            return plain_win
        full = _in_a_row(hand, w, w + b, k)
        hand.state(f"The bonus is paid with probability {plain(full)}.")
        return hand.add(plain_win, hand.multiply(bonus, full))
    hand.say("I go through the cases, each with its number of choices.")
    every, wins = choose(hand, w + b, k), list[Number]()
    for j in range(1, k + 1):
        ways = _drawn_exactly(hand, w, b, j, k)
        win = hand.multiply(j, prize)
        if j == k and not hand.errs("bonus forgotten"):
            win = hand.add(win, bonus)
        wins.append(hand.multiply(ways, win))
        hand.state(f"{j} of them: {plain(ways)} choices at {plain(win)} dollars.")
    return hand.divide(added(hand, wins), every)


def _in_a_row(hand: Hand, some: int, every: int, k: int) -> Number:
    """The chance that k draws without replacement all come from `some`."""
    put_back = hand.errs("drawn as if put back")
    chance: Number = 1
    for at in range(0 if put_back else k):
        hand.say(f"Draw {at + 1}: {max(some - at, 0)} of {every - at} fit.")
        if every - at < 1:
            raise hand.doubt("There are not that many to draw.")
        chance = hand.multiply(chance, Fraction(max(some - at, 0), every - at))
    return chance if not put_back else multiplied(hand, [Fraction(some, every)] * k)


def _drawn_exactly(hand: Hand, w: int, b: int, j: int, k: int) -> Number:
    hand.say(f"With {j} of the {w} and {k - j} of the {b}:")
    return hand.multiply(choose(hand, w, j), choose(hand, b, k - j))


def _sources(params: Params) -> list[tuple[int, int]]:
    """Share and rate of each source, the wanted one first, in percent."""
    a, p, q = numbers(params, "a", "p", "q")
    if "other" not in params:
        return [(a, p), (100 - a, q)]
    other = int(params["other"])
    return [(a, p), (other, q), (100 - a - other, int(params["r"]))]


def _share(hits: list[bool]) -> str:
    return tex(tidy(Fraction(sum(hits), len(hits))))
