"""Counting: arrangements, choices, paths on a grid, sharing out, and inclusion-exclusion."""

import math
import random

from factory.world.counts import coefficients, groups, paths, walked
from factory.world.hand import Hand
from factory.world.notation import Number, plain
from factory.world.phrasing import Params, numbers
from factory.world.working import PEOPLE, added, choose, multiplied

DOMAIN = "combinatorics"
LEVELS = ("elementary", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "{who:word} has {hats} hats, {shirts} shirts and {shoes} pairs of shoes. How many different"
    " outfits with one of each are there?",
    "A menu offers {hats} starters, {shirts} main dishes and {shoes} desserts. How many"
    " three-course meals can {who:word} put together?",
    "To get home {who:word} takes one of {hats} buses, then one of {shirts} trains, then one of"
    " {shoes} trams. In how many ways can the trip be made?",
    "{n} runners race. In how many ways can the first {k} places be taken, without ties?",
    "How many ways are there to put {k} of {n} different books in a row on a shelf?",
    "How many codes of {k} different symbols can be formed from an alphabet of {n} symbols?",
    "{who:word} picks {pick} of {of} songs for a playlist; the order does not matter. How many"
    " choices are there?",
    "A pizzeria has {of} toppings, and {who:word} wants {pick} different ones. How many pizzas are"
    " possible?",
    "{who:word} may invite {pick} of {of} friends. How many guest lists are there?",
    "Walking only right and up along grid lines, how many shortest paths lead from (0, 0) to"
    " ({x}, {y}) through the point ({u}, {v})?",
    "A robot goes from (0, 0) to ({x}, {y}) on a grid, each step one to the right or one up, and"
    " passes ({u}, {v}) on the way. How many routes are there?",
    "How many sequences of unit steps right and up go from (0, 0) to ({x}, {y}) and visit"
    " ({u}, {v})?",
    "In how many ways can {who:word} share {coins} equal coins among {kids} children if each child"
    " gets at least {low}?",
    "{who:word} puts {coins} identical marbles into {kids} labelled boxes, at least {low} in each."
    " How many ways are there?",
    "A florist sells {kids} kinds of flowers. {who:word} orders {coins} flowers with at least {low}"
    " of every kind. How many different orders are possible?",
    "A committee of {size} is chosen from {men} teachers and {women} parents. How many committees"
    " have {least} or more parents?",
    "From {men} red and {women} blue cards, all different, {size} are taken at once. How many"
    " selections hold {least} or more blue cards?",
    "A team of {size} is put together from {men} juniors and {women} seniors. In how many ways can"
    " it be done with {least} or more seniors on the team?",
    "Walking only right and up along grid lines, how many shortest paths from (0, 0) to ({x}, {y})"
    " avoid both ({p}, {q}) and ({r}, {s})?",
    "A courier goes from (0, 0) to ({x}, {y}) on a grid of streets, each step one to the right or"
    " one up. The crossings ({p}, {q}) and ({r}, {s}) are closed. How many routes are left?",
    "How many sequences of unit steps right and up go from (0, 0) to ({x}, {y}) without visiting"
    " ({p}, {q}) or ({r}, {s})?",
    "How many integers from 1 to {top} are divisible by at least one of {d}, {e} and {f}?",
    "Every number from 1 to {top} that is a multiple of {d}, of {e} or of {f} is marked. How many"
    " numbers are marked?",
    "Of the lockers numbered 1 to {top}, those divisible by {d}, by {e} or by {f} are open. How"
    " many are open?",
)

LONGEST_LIST = 12  # cases; nobody goes through more

_KINDS = (
    ("outfits",), ("row", "choice"), ("through", "shares"), ("committee",), ("multiples", "closed"),
)  # fmt: skip


def draw(rng: random.Random, difficulty: int) -> Params:
    """Products, arrangements and choices, paths and shares, committees, inclusion-exclusion."""
    who, kind = rng.choice(PEOPLE), rng.choice(_KINDS[difficulty - 1])
    if kind == "outfits":
        return {"who": who} | {name: rng.randint(2, 12) for name in ("hats", "shirts", "shoes")}
    if kind == "row":
        return {"n": rng.randint(5, 40), "k": rng.randint(2, 4)}
    if kind == "choice":
        return {"who": who, "pick": rng.randint(2, 5), "of": rng.randint(7, 20)}
    if kind == "shares":
        kids, low = rng.randint(3, 5), rng.randint(1, 4)
        return {"who": who, "coins": kids * low + rng.randint(5, 15), "kids": kids, "low": low}
    if kind == "committee":
        men, women, size = rng.randint(3, 15), rng.randint(3, 12), rng.randint(3, 4)
        return {"size": size, "men": men, "women": women, "least": rng.randint(1, 2)}
    if kind == "multiples":
        d, e, f = sorted(rng.sample(range(2, 16), 3))
        return {"top": rng.randint(300, 3000), "d": d, "e": e, "f": f}
    x, y = rng.randint(4, 7), rng.randint(4, 7)
    u, v, r, s = rng.randint(1, 2), rng.randint(1, 2), rng.randint(3, x - 1), rng.randint(3, y - 1)
    if kind == "through":
        return {"x": x, "y": y, "u": rng.choice((u, r)), "v": rng.choice((v, s))}
    return {"x": x, "y": y, "p": u, "q": v, "r": r, "s": s}


def answer(params: Params) -> str:
    """The formulas."""
    if "hats" in params:
        return str(math.prod(numbers(params, "hats", "shirts", "shoes")))
    if "n" in params:
        return str(math.perm(*numbers(params, "n", "k")))
    if "pick" in params:
        return str(math.comb(*numbers(params, "of", "pick")))
    if "kids" in params:
        coins, kids, low = numbers(params, "coins", "kids", "low")
        return str(math.comb(coins - kids * low + kids - 1, kids - 1))
    if "size" in params:
        size, men, women, least = numbers(params, "size", "men", "women", "least")
        ways = (math.comb(women, k) * math.comb(men, size - k) for k in range(least, size + 1))
        return str(sum(ways))
    if "top" in params:
        top, d, e, f = numbers(params, "top", "d", "e", "f")
        return str(sum(top // math.lcm(*group) * sign for group, sign in groups(d, e, f)))
    x, y = numbers(params, "x", "y")
    if "u" in params:
        u, v = numbers(params, "u", "v")
        return str(paths(u, v) * paths(x - u, y - v))
    p, q, r, s = numbers(params, "p", "q", "r", "s")
    one, two = paths(p, q) * paths(x - p, y - q), paths(r, s) * paths(x - r, y - s)
    both = paths(p, q) * paths(r - p, s - q) * paths(x - r, y - s)
    return str(paths(x, y) - one - two + both)


def check(params: Params, answer: str) -> bool:
    """Count them: one by one, point by point on the grid, or by building up step by step."""
    if "hats" in params:
        hats, shirts, shoes = numbers(params, "hats", "shirts", "shoes")
        return answer == str(sum(shirts for _ in range(hats) for _ in range(shoes)))
    if "n" in params:
        n, k = numbers(params, "n", "k")
        return answer == str(math.factorial(n) // math.factorial(n - k))
    if "pick" in params:
        of, pick = numbers(params, "of", "pick")
        return answer == str(coefficients([1, 1] + [0] * of, of)[pick])
    if "kids" in params:
        coins, kids, low = numbers(params, "coins", "kids", "low")
        each = [int(k >= low) for k in range(coins + 1)]
        return answer == str(coefficients(each, kids)[coins])
    if "size" in params:
        size, men, women, least = numbers(params, "size", "men", "women", "least")
        few = sum(math.comb(women, k) * math.comb(men, size - k) for k in range(least))
        return answer == str(math.comb(men + women, size) - few)
    if "top" in params:
        top, *steps = numbers(params, "top", "d", "e", "f")
        return answer == str(sum(any(n % step == 0 for step in steps) for n in range(1, top + 1)))
    return answer == str(walked(params))


def solve(params: Params, hand: Hand) -> str:
    """Each kind in one of two ways."""
    if "hats" in params:
        return plain(_outfits(hand, *numbers(params, "hats", "shirts", "shoes")))
    if "n" in params:
        return plain(_arranged(hand, *numbers(params, "n", "k")))
    if "pick" in params:
        hand.say("The order does not matter, so these are combinations.")
        return plain(choose(hand, *numbers(params, "of", "pick")))
    if "kids" in params:
        return plain(_shared(hand, *numbers(params, "coins", "kids", "low")))
    if "size" in params:
        return plain(_committees(hand, *numbers(params, "size", "men", "women", "least")))
    if "top" in params:
        return plain(_marked(hand, *numbers(params, "top", "d", "e", "f")))
    if "u" in params:
        u, v, x, y = numbers(params, "u", "v", "x", "y")
        hand.say("I count the paths to the point and the paths on from it, and multiply.")
        return plain(_leg_by_leg(hand, [(u, v), (x - u, y - v)]))
    return plain(_avoiding(hand, *numbers(params, "x", "y", "p", "q", "r", "s")))


def _outfits(hand: Hand, a: int, b: int, c: int) -> Number:
    hand.say("Each choice goes with each of the others, so I multiply.", "The choices are free.")
    if hand.errs("choices added instead of multiplied"):
        return added(hand, (a, b, c))
    pairs = (b, c, a) if hand.likes(0.4) else (a, b, c)
    two = hand.multiply(pairs[0], pairs[1])
    hand.state(f"Two of the choices make {two} pairs.", f"That is {two} for two of them.")
    return hand.multiply(two, pairs[2])


def _arranged(hand: Hand, n: int, k: int) -> Number:
    hand.say(
        f"For the first place there are {n} possibilities, for the next {n - 1}, and so on.",
        f"Order matters: {n} possibilities, then {n - 1}, for {k} places.",
    )
    if not 0 <= k <= n:
        raise hand.doubt("There are more places than things.")
    if hand.likes(0.25):
        hand.say("I first choose which ones, then put them in order.")
        return hand.multiply(choose(hand, n, k), multiplied(hand, range(k, 0, -1)))
    places = [n] * k if hand.errs("used again what was already placed") else range(n, n - k, -1)
    ways = multiplied(hand, places)
    hand.state(f"That makes {plain(ways)} arrangements.", f"So there are {plain(ways)} ways.")
    return ways


def _shared(hand: Hand, coins: int, kids: int, low: int) -> Number:
    hand.say(f"I give {low} to each of the {kids} first; what is left is free.")
    free = hand.subtract(coins, hand.multiply(kids, low))
    if hand.errs("minimum not set aside"):
        free = coins
    if free < 0 or kids < 1:
        raise hand.doubt("There is not enough to go round.")
    hand.state(f"{plain(free)} are left to share freely.", f"So {plain(free)} remain.")
    if kids == 3 and free <= LONGEST_LIST and hand.likes(0.5):
        hand.say(f"If one takes k, the other two split the rest in {plain(free)} - k + 1 ways.")
        return added(hand, range(int(free) + 1, 0, -1))
    bars = kids if hand.errs("one bar too many") else kids - 1
    hand.say(f"Stars and bars: {plain(free)} stars and {bars} bars in a row.")
    return choose(hand, int(hand.add(free, bars)), bars)


def _committees(hand: Hand, size: int, men: int, women: int, least: int) -> Number:
    """The cases that count, or all without the cases that do not."""
    if size > LONGEST_LIST:
        raise hand.doubt("That is too many cases to go through.")
    whole = hand.likes(0.5) if least <= 2 else hand.likes(0.2)
    if whole:
        hand.say("I count all selections and take away those with too few.", "By the complement.")
        everyone = choose(hand, int(hand.add(men, women)), size)
        skipped = range(least - 1) if hand.errs("boundary case left out", load=1) else range(least)
    else:
        hand.say(f"I go through the cases {least}, {least + 1}, ... one by one.")
        skipped = range(least + hand.errs("boundary case left out", load=1), size + 1)
        everyone = 0
    cases: list[Number] = []
    for k in skipped:
        if k > women or size - k > men:
            continue
        hand.say(f"Exactly {k} of the {women} and {size - k} of the {men}:")
        ways = hand.multiply(choose(hand, women, k), choose(hand, men, size - k))
        cases.append(ways)
    total = added(hand, cases)
    hand.state(f"These cases add up to {plain(total)}.", f"Together {plain(total)}.")
    return hand.subtract(everyone, total) if whole else total


def _marked(hand: Hand, top: int, d: int, e: int, f: int) -> Number:
    if 0 in (d, e, f):
        raise hand.doubt("Nothing is divisible by 0.")
    counts: list[Number] = []
    hand.say("Inclusion and exclusion: single divisors, minus pairs, plus all three.")
    for group, sign in groups(d, e, f):
        step = math.lcm(*group)
        if len(group) > 1:
            if hand.errs("product instead of least common multiple", load=1):
                step = math.prod(group)
            hand.say(f"Divisible by {', '.join(map(str, group))} means divisible by {step}.")
        if hand.errs("off by one in counting multiples", load=0.5):
            counts.append(sign * (top // step + 1))
        else:
            counts.append(sign * (top // step))
        hand.state(f"Up to {top} there are {abs(counts[-1])} multiples of {step}.")
    if hand.errs("pairs not taken away"):
        return added(hand, counts[:3])
    if hand.likes():
        single, pairs = added(hand, counts[:3]), added(hand, [abs(n) for n in counts[3:6]])
        hand.state(f"Singles: {plain(single)}. Pairs: {plain(pairs)}.")
        return added(hand, (single, -pairs, counts[6]))
    return added(hand, counts)


def _avoiding(hand: Hand, x: int, y: int, p: int, q: int, r: int, s: int) -> Number:
    """All paths without those through a closed point; or a table of the grid."""
    if not (0 <= p <= r <= x <= LONGEST_LIST and 0 <= q <= s <= y <= LONGEST_LIST):
        raise hand.doubt("The points are not in the order or of the size I can handle.")
    if hand.likes(0.4):
        return _table(hand, x, y, {(p, q), (r, s)})
    hand.say("All paths, minus those through each closed point, plus those through both.")
    every = _leg_by_leg(hand, [(x, y)])
    one = _leg_by_leg(hand, [(p, q), (x - p, y - q)])
    two = _leg_by_leg(hand, [(r, s), (x - r, y - s)])
    hand.state(f"All: {plain(every)}; through ({p}, {q}): {plain(one)}; ({r}, {s}): {plain(two)}.")
    if hand.errs("paths through both points taken away twice"):
        return added(hand, (every, -one, -two))
    both = _leg_by_leg(hand, [(p, q), (r - p, s - q), (x - r, y - s)])
    hand.state(f"Through both points: {plain(both)}.")
    return added(hand, (every, -one, -two, both))


def _leg_by_leg(hand: Hand, legs: list[tuple[int, int]]) -> Number:
    ways: Number = 1
    for right, up in legs:
        if right < 0 or up < 0:
            raise hand.doubt("That point does not lie on the way.")
        if right and up:
            hand.say(f"{right} right and {up} up can come in C({right + up}, {up}) orders.")
            ways = hand.multiply(ways, choose(hand, right + up, up))
    return ways


def _table(hand: Hand, x: int, y: int, closed: set[tuple[int, int]]) -> Number:
    hand.say("I fill in the grid: each point is the sum of the points left of it and below it.")
    below: list[int] = [0] * (x + 1)
    for row in range(y + 1):
        line: list[int] = []
        for column in range(x + 1):
            here = below[column] + (line[-1] if line else 0) if row or column else 1
            line.append(0 if (column, row) in closed else here)
        if hand.errs("wrong sum in the table", load=1.5):
            line[-1] += 1
        hand.state(f"Height {row}: {', '.join(map(str, line))}.")
        below = line
    return below[-1]
