"""Knights, who always tell the truth, and knaves, who always lie: how many are knights?"""

import random
import re
from itertools import product

from factory.world.hand import Hand
from factory.world.notation import whole
from factory.world.phrasing import Params

DOMAIN = "logic"
LEVELS = ("middle", "middle", "high_school", "high_school", "college")
PHRASINGS = (
    "On an island knights always tell the truth and knaves always lie. {said:said} How many of the"
    " speakers are knights?",
    "Each of these speakers is a knight, who never lies, or a knave, who always does. {said:said}"
    " Count the knights.",
    "Knights speak only the truth, knaves only lies. {said:said} How many knights are among those"
    " who spoke?",
)

Claim = tuple[str, str]  # who speaks, and what
Reading = dict[str, bool]  # whether each speaker is a knight

_SPEAKERS = (3, 3, 4, 4, 5)
_CLAIM = re.compile(
    r"(?P<who>[A-F]) is a (?P<kind>knight|knave)"
    r"|(?P<one>[A-F]) and (?P<two>[A-F]) are of (?P<how>the same kind|different kinds)"
    r"|(?P<bound>exactly|at least) (?P<count>[1-6]) of us (?:is a knight|are knights)"
)


def draw(rng: random.Random, difficulty: int) -> Params:
    """Three to five speakers, with one consistent reading; at 1 and 3 in the case tried first."""
    people = "ABCDE"[: _SPEAKERS[difficulty - 1]]
    kinds = (0, 1, 2) if difficulty == 1 else (0, 1, 1, 2, 3)
    said = " ".join(f"{who} says: {_claim(rng, who, people, kinds)}." for who in people)
    readings = _readings(_claims(said))
    fits = len(readings) == 1 and (difficulty > 4 or readings[0]["A"] == (difficulty in (1, 3)))
    return {"said": said} if fits else draw(rng, difficulty)


def answer(params: Params) -> str:
    """Every reading is tried."""
    (reading,) = _readings(_claims(str(params["said"])))
    return str(sum(reading.values()))


def check(params: Params, answer: str) -> bool:
    """Speakers and claims agree for one set of knights, of this size: counted with bits."""
    claims = _claims(str(params["said"]))
    places = {who: place for place, (who, _) in enumerate(claims)}
    sizes = []
    for bits in range(2 ** len(claims)):
        knight = {who: bool(bits >> place & 1) for who, place in places.items()}
        if not any(_holds(claim, knight) ^ knight[who] for who, claim in claims):
            sizes.append(bits.bit_count())
    return sizes == [whole(answer)]


def solve(params: Params, hand: Hand) -> str:
    """Case by case: from one speaker to the next, or by the number of knights."""
    claims = _claims(str(params["said"]))
    people = [who for who, _ in claims]
    known = all(_CLAIM.fullmatch(claim) and _named(claim) <= {*people} for _, claim in claims)
    if not known or len({*people}) < len(people):
        raise hand.doubt("Somebody speaks twice, or of a stranger; I cannot tell.")
    cases = _cases(people)
    hand.say("For each case I look which claims are true.", "A knight's claim must be true.")
    if hand.likes():
        hand.say("I try every number of knights.", "How many knights could there be?")
        cases.sort(key=lambda case: sum(case.values()))
    else:
        hand.say("I try the cases, first with A as a knight.", "Suppose first that A is a knight.")
    for case in cases:
        if _stands(hand, claims, case):
            hand.state(f"Everything fits if {_spell(case)}.")
            return str(sum(case.values()))
    raise hand.doubt("No case is left, so I must have misjudged one of them.")


def _stands(hand: Hand, claims: list[Claim], case: Reading) -> bool:
    """Whether each claim is as true as its speaker is; stops at the first contradiction."""
    seen: list[str] = []
    for who, claim in claims:
        holds, kind = _holds(claim, case), "knight" if case[who] else "knave"
        if hand.errs("a lie taken for the truth", load=2.0):
            holds = not holds
        seen.append(f"{who} {'true' if holds else 'false'}")
        if holds != case[who]:
            contradiction = f"{', '.join(seen)}, but {who} is a {kind}"
            hand.say(
                f"Suppose {_spell(case)}: {contradiction}. A contradiction.",
                f"What if {_spell(case)}? Then {contradiction}. Back.",
            )
            return False
    hand.say(f"Suppose {_spell(case)}: {', '.join(seen)}. That fits.")
    return True


def _claim(rng: random.Random, who: str, people: str, kinds: tuple[int, ...]) -> str:
    one, two = sorted(rng.sample(people, 2))
    other = rng.choice(people.replace(who, ""))
    count = rng.randint(1, len(people) - 1)
    knights = "is a knight" if count == 1 else "are knights"
    return (
        f"{other} is a {rng.choice(('knight', 'knave'))}",
        f"{one} and {two} are of {rng.choice(('the same kind', 'different kinds'))}",
        f"exactly {count} of us {knights}",
        f"at least {count} of us {knights}",
    )[rng.choice(kinds)]


def _claims(said: str) -> list[Claim]:
    parts = (sentence.strip().partition(" says: ") for sentence in said.split("."))
    return [(who, claim) for who, says, claim in parts if says]


def _named(claim: str) -> set[str]:
    return {word for word in claim.split() if len(word) == 1 and word.isupper()}


def _holds(claim: str, case: Reading) -> bool:
    found = _CLAIM.fullmatch(claim)
    assert found is not None, claim
    if found["who"]:
        return case[found["who"]] == (found["kind"] == "knight")
    if found["one"]:
        return (case[found["one"]] == case[found["two"]]) == (found["how"] == "the same kind")
    knights, count = sum(case.values()), int(found["count"])
    return knights == count if found["bound"] == "exactly" else knights >= count


def _readings(claims: list[Claim]) -> list[Reading]:
    return [
        case
        for case in _cases([who for who, _ in claims])
        if all(_holds(claim, case) == case[who] for who, claim in claims)
    ]


def _cases(people: list[str]) -> list[Reading]:
    kinds = product((True, False), repeat=len(people))
    return [dict(zip(people, case, strict=True)) for case in kinds]


def _spell(case: Reading) -> str:
    knights = [who for who, knight in case.items() if knight]
    return f"the knights are {', '.join(knights)}" if knights else "nobody is a knight"
