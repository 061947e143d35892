"""Rectangles, paths around them, boxes, and boxes with walls."""

import random

from factory.world.hand import Hand
from factory.world.notation import Number, plain, whole
from factory.world.phrasing import Params, numbers

DOMAIN = "geometry"
LEVELS = ("elementary", "middle", "middle", "high_school", "high_school")

_BOX = "{what:surface area|volume}"
_FLAT = "{what:area|perimeter}"
PHRASINGS = (
    f"A rectangle is {{w:count}} cm long and {{v:count}} cm wide. What is its {_FLAT}, in cm or"
    " square cm?",
    f"Find the {_FLAT} of a rectangle with sides {{w:count}} cm and {{v:count}} cm, without units.",
    f"The sides of a rectangle measure {{w:count}} cm and {{v:count}} cm. Determine its {_FLAT}.",
    "A lawn of {w:count} m by {v:count} m has a path {p:count} m wide all around it. How many"
    " square metres does the path cover?",
    "Around a pool that measures {w:count} m by {v:count} m runs a border {p:count} m wide. What"
    " is the area of the border in square metres?",
    "A picture of {w:count} cm by {v:count} cm gets a frame {p:count} cm wide on every side. Find"
    " the area of the frame in square cm.",
    f"A box measures {{w:count}} cm by {{v:count}} cm by {{t:count}} cm. What is its {_BOX}, in"
    " square or cubic cm?",
    f"Find the {_BOX} of a cuboid with edges {{w:count}} cm, {{v:count}} cm and {{t:count}} cm.",
    f"The edges of a cuboid are {{w:count}} cm, {{v:count}} cm and {{t:count}} cm. Determine its"
    f" {_BOX}.",
    "A closed box is {w:count} cm by {v:count} cm by {t:count} cm inside, and its walls are"
    " {p:count} cm thick. How many cubic cm of material are in the walls?",
    "The inside of a chest measures {w:count} cm by {v:count} cm by {t:count} cm. All its walls,"
    " bottom and lid are {p:count} cm thick. What volume do they have in cubic cm?",
    "A hollow block of stone encloses a space of {w:count} cm by {v:count} cm by {t:count} cm. The"
    " stone is {p:count} cm thick everywhere. Find the volume of the stone in cubic cm.",
)

_EDGES = ((3, 30), (4, 30), (6, 40), (5, 15), (12, 60))


def draw(rng: random.Random, difficulty: int) -> Params:
    """One figure a difficulty; walls at 4 and 5."""
    names = ("wv", "wv", "wvt", "wvt", "wvt")[difficulty - 1]
    params: Params = {name: rng.randint(*_EDGES[difficulty - 1]) for name in names}
    if difficulty in (1, 3):
        whats = ("area", "perimeter") if difficulty == 1 else ("surface area", "volume")
        return {"what": rng.choice(whats), **params}
    return {**params, "p": rng.randint(1, 2 + difficulty)}


def answer(params: Params) -> str:
    """The formulas."""
    w, v, t, p = (int(params.get(name, 0)) for name in "wvtp")
    if p:
        around = (w + 2 * p) * (v + 2 * p)
        return str(around * (t + 2 * p) - w * v * t if t else around - w * v)
    if params["what"] in ("volume", "area"):
        return str(w * v * (t or 1))
    return str(2 * (w * v + w * t + v * t) if t else 2 * (w + v))


def check(params: Params, answer: str) -> bool:
    """Count a layer of unit cubes at a time, or go back to an edge."""
    value = whole(answer)
    if value is None:
        return False
    w, v, t, p = (int(params.get(name, 0)) for name in "wvtp")
    if p and t:  # slices: bottom and lid are full, the others are frames
        frame = 2 * p * (w + v) + 4 * p * p
        return value == 2 * p * (frame + w * v) + t * frame
    if p:
        return value == 2 * p * (w + v) + 4 * p * p
    if params["what"] in ("volume", "area"):
        return value % w == 0 and value // w == v * (t or 1)
    return value - 2 * w * v == 2 * t * (w + v) if t else value - 2 * w == 2 * v


def solve(params: Params, hand: Hand) -> str:
    """Each figure in one of two ways."""
    w, v = numbers(params, "w", "v")
    t, p = (int(params.get(name, 0)) for name in "tp")
    if p:
        return plain((_inside_out if hand.likes() else _in_pieces)(hand, w, v, t, p))
    if t:
        return plain(_box(hand, w, v, t, str(params["what"])))
    return plain(_rectangle(hand, w, v, str(params["what"])))


def _rectangle(hand: Hand, w: int, v: int, what: str) -> Number:
    if hand.errs("area and perimeter mixed up", load=1):
        what = "area" if what == "perimeter" else "perimeter"
    if what == "area":
        if w >= 10 and hand.likes():
            hand.say("I cut the rectangle in two.", f"A piece {w // 10 * 10} long, then the rest.")
            left = hand.multiply(w // 10 * 10, v)
            return hand.add(left, hand.multiply(w % 10, v))
        hand.say("The area is length times width.", "A rectangle's area: multiply the sides.")
        return hand.multiply(w, v)
    if hand.likes():
        hand.say("The perimeter is twice the sum of the sides.", "Add the two sides and double.")
        return hand.multiply(2, hand.add(w, v))
    hand.say("I go around: two lengths and two widths.", "Each side appears twice.")
    return hand.add(hand.multiply(2, w), hand.multiply(2, v))


def _box(hand: Hand, w: int, v: int, t: int, what: str) -> Number:
    if what == "volume":
        hand.say("The volume is the product of the three edges.", "Multiply base area and height.")
        w, t = (w, t) if hand.likes() else (t, w)
        base = hand.multiply(w, v)
        hand.state(f"One face has {plain(base)} square cm.")
        return hand.multiply(base, t)
    if hand.likes():
        hand.say("Top and bottom first, then the four faces around.", "I unfold the sides.")
        base = hand.multiply(w, v)
        around = hand.multiply(2, hand.add(w, v))
        hand.state(f"The base is {plain(base)}, the way around it {plain(around)}.")
        return hand.add(hand.multiply(2, base), hand.multiply(around, t))
    hand.say("There are three pairs of equal faces.", "Opposite faces are equal.")
    faces = [hand.multiply(*pair) for pair in ((w, v), (w, t), (v, t))]
    hand.state(f"The faces have {', '.join(map(plain, faces))} square cm.")
    half = hand.add(hand.add(faces[0], faces[1]), faces[2])
    return half if hand.errs("each face counted once", load=1) else hand.multiply(2, half)


def _inside_out(hand: Hand, w: int, v: int, t: int, p: int) -> Number:
    """The whole less what it encloses."""
    hand.say("I take the whole and subtract the inside.", "Outside minus inside.")
    wider = p if hand.errs("border counted on one side only", load=1) else hand.multiply(2, p)
    edges: list[Number] = [w, v, t] if t else [w, v]
    outer = [hand.add(edge, wider) for edge in edges]
    hand.state(f"From outside it measures {' by '.join(map(plain, outer))}.")
    whole, hollow = outer[0], edges[0]
    for large, small in zip(outer[1:], edges[1:], strict=True):
        whole, hollow = hand.multiply(whole, large), hand.multiply(hollow, small)
    hand.state(f"The whole has {plain(whole)}, the inside {plain(hollow)}.")
    return hand.subtract(whole, hollow)


def _in_pieces(hand: Hand, w: int, v: int, t: int, p: int) -> Number:
    """The border's four sides with its corners; for walls also bottom and lid."""
    hand.say("I cut the border into pieces.", "Four sides and four corners make the border.")
    sides = hand.multiply(hand.multiply(2, p), hand.add(w, v))
    corners = 0 if hand.errs("corners left out", load=1) else hand.multiply(4, hand.multiply(p, p))
    border = hand.add(sides, corners)
    hand.state(f"The border has {plain(border)} squares.")
    if not t:
        return border
    full = hand.add(border, hand.multiply(w, v))
    hand.state(f"Bottom and lid have {plain(full)} squares each and are {p} thick.")
    lids = hand.multiply(hand.multiply(2, p), full)
    return hand.add(lids, hand.multiply(border, t))
