"""Shopping with a discount and, later, several pieces and a tax: how many dollars are paid?"""

import random
from fractions import Fraction

from factory.world.hand import Hand
from factory.world.notation import Number, money, read
from factory.world.phrasing import Params, numbers
from factory.world.words import PEOPLE, THINGS

DOMAIN = "arithmetic"
LEVELS = ("elementary", "middle", "middle", "middle", "high_school")
PHRASINGS = (
    "{who:word} buys a {thing:word} priced at ${price}. It is {off}% off."
    " How many dollars does {who:word} pay?",
    "A {thing:word} costs ${price}, but {who:word} gets a discount of {off}%."
    " What does {who:word} pay, in dollars?",
    "{who:word} wants a {thing:word}. The price tag says ${price} and a sign says {off}% off."
    " What is the price in dollars after the discount?",
    "{who:word} orders {count} {thing:word}s at ${price} each and gets {off}% off the total."
    " How many dollars does {who:word} pay?",
    "One {thing:word} costs ${price}. {who:word} takes {count} of them, with {off}% off everything."
    " What is the bill in dollars?",
    "At a sale everything is {off}% off. {who:word} picks {count} {thing:word}s marked ${price}"
    " each. How many dollars does {who:word} spend?",
    "{who:word} orders {count} {thing:word}s at ${price} each and gets {off}% off the total."
    " Then {tax}% tax is added. How many dollars does {who:word} pay?",
    "One {thing:word} costs ${price} before tax. {who:word} takes {count} of them, with {off}% off"
    " everything, and pays {tax}% tax on the reduced amount. What is the bill in dollars?",
    "At a sale everything is {off}% off. {who:word} picks {count} {thing:word}s marked ${price}"
    " each, and {tax}% tax comes on top. How many dollars does {who:word} spend?",
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Amounts that come out in whole cents."""
    price = rng.randint(2, 20) * 10 if difficulty == 1 else rng.randint(11, 40 * difficulty)
    off = rng.choice((10, 20, 25, 50)) if difficulty == 1 else rng.randint(2, 15) * 5
    who, thing = rng.choice(PEOPLE), rng.choice(THINGS)
    params: Params = {"who": who, "thing": thing, "price": price, "off": off}
    if difficulty >= 3:
        params["count"] = rng.randint(3, 4 * difficulty)
    if difficulty >= 4:
        params["tax"] = rng.randint(2, 4 * difficulty)
    whole = (_paid(params) * 100).denominator == 1
    return params if whole else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Price times count, down by the discount, up by the tax."""
    return money(_paid(params))


def check(params: Params, answer: str) -> bool:
    """Walk back from the amount paid to the price of one piece."""
    paid = read(answer)
    if paid is None:
        return False
    untaxed = paid * 100 / (100 + int(params.get("tax", 0)))
    full = untaxed * 100 / (100 - int(params["off"]))
    return full == int(params["price"]) * int(params.get("count", 1))


def solve(params: Params, hand: Hand) -> str:
    """The full price, then the discount, then the tax."""
    hand.show = money
    price, off = numbers(params, "price", "off")
    full: Number = price
    if "count" in params:
        hand.say("First the price of everything.", "Start with the total before the discount.")
        full = hand.multiply(int(params["count"]), price)
        hand.state(f"Without the discount the total is ${money(full)}.")
    reduced = _after_discount(hand, full, off)
    if "tax" not in params:
        return money(reduced)
    base = full if hand.errs("tax taken on the full price") else reduced
    hand.say(f"Now {params['tax']}% tax on ${money(base)}.", f"The tax is {params['tax']}%.")
    tax = hand.multiply(base, Fraction(int(params["tax"]), 100))
    hand.state(f"The tax is ${money(tax)}.", f"So ${money(tax)} of tax is added.")
    return money(hand.add(reduced, tax))


def _after_discount(hand: Hand, full: Number, off: int) -> Number:
    if hand.likes(0.4):
        rest = hand.subtract(100, off)
        hand.say(f"{off}% off leaves {rest}% to pay.", f"So {rest}% of the price remains.")
        reduced = hand.multiply(full, Fraction(rest) / 100)
        hand.state(f"{rest}% of ${money(full)} is ${money(reduced)}.")
        return reduced
    hand.say(f"I take {off}% of ${money(full)}.", f"The discount is {off}% of ${money(full)}.")
    saved = hand.multiply(full, Fraction(off, 100))
    hand.state(f"The discount is ${money(saved)}.", f"That saves ${money(saved)}.")
    if hand.errs("stopped at the discount"):
        return saved
    reduced = hand.subtract(full, saved)
    hand.state(f"The reduced price is ${money(reduced)}.")
    return reduced


def _paid(params: Params) -> Fraction:
    full = int(params["price"]) * int(params.get("count", 1))
    return Fraction(full * (100 - int(params["off"])) * (100 + int(params.get("tax", 0))), 10000)
