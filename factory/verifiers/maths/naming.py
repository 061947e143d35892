r"""What one side says and the other leaves out: "x =", a base subscript, the letter of a point."""

import re

from factory.verifiers.maths.shape import outermost, shape_of

_NAME = re.compile(
    r"((?:[A-Za-z]{1,2}|\([a-z](?:,[a-z]){1,4}\)"
    r"|\\[a-z]{1,9}|[a-zA-Z]\([a-zA-Z\d]{1,3}\)|[a-z](?::[a-z]){1,3}|[a-z]/[a-z]"
    r"|\\(?:vec|overrightarrow|overline|hat|widehat)(?: ?[a-z]|\{[a-zA-Z]{1,3}\})"
    r"|m?\\angle ?[A-Z]{1,3}|\\triangle ?[A-Z]{1,3}|[A-Z]{2,4}|\|[A-Z]{2}\||[A-Za-z][A-Za-z ]{2,40}"
    r"|[a-zA-Z](?:\^\{?-1\}?|'{1,2})(?:\([a-z]\))?|\\frac\{d[a-z]?\}\{d[a-z]\}"
    r"|\\frac\{[a-zA-Z]\}\{[a-zA-Z]\}|\\nabla ?[a-zA-Z]"
    r"|\\(?:max|min|gcd|lcm))"
    r"(?:_(?:\w|\{[^{}=]{1,24}\}))?)(?:=|\\in ?)"
)
_POINT = re.compile(r"[A-Z]'?(?=\()")
_BASED = re.compile(r"(-?[\da-fA-F]+)_(?:(\d)|\{(\d\d)\})")
_ASKED_BASE = re.compile(r"\bbase[- ](\w{1,9})", re.IGNORECASE)
_PREFIXED = re.compile(r"0([bx])([\da-fA-F]{1,40})")
_FUNCTION = re.compile(r"([a-zA-Z])\(([a-z])\)=")


def unbased(gold: str, given: str) -> tuple[str, str]:
    """An omitted base is accepted; two bases must agree, so both are kept."""
    gold, given = _subscripted(gold), _subscripted(given)
    one, other = _BASED.fullmatch(gold), _BASED.fullmatch(given)
    if one and not other:
        return one[1].upper(), given
    return (gold, other[1].upper()) if other and not one else (gold, given)


def _subscripted(text: str) -> str:
    """0b101 as 101_2, and letters of digits large."""
    if found := _PREFIXED.fullmatch(text):
        return f"{found[2].upper()}_{'2' if found[1] == 'b' else '{16}'}"
    found = _BASED.fullmatch(text)
    return found[1].upper() + text[found.end(1) :] if found else text


def in_base_ten(given: str, question: str | None) -> str:
    """The value of 12_8 where the question, at its end, asks for base ten."""
    asked = _ASKED_BASE.findall(question or "")
    found = _BASED.fullmatch("".join(given.split()))
    if not asked or asked[-1].lower() not in ("ten", "10") or not found:
        return given
    try:
        return str(int(found[1], int(found[2] or found[3])))
    except ValueError:
        return given


def based(text: str) -> bool:
    """Whether it is a number with a base subscript."""
    return bool(_BASED.fullmatch(text) or _PREFIXED.fullmatch(text))


def unnamed(gold: str, given: str) -> tuple[str, str]:
    """x=5 against 5, or against x=5 with another right side; two different names are kept."""
    gold, given = _pointed(gold, given)
    given = _in_letter_of(gold, given)
    one, other = _NAME.match(gold), _NAME.match(given)
    if one and other and ({one[0], other[0]} == {"y=", "f(x)="} or _indexed(one[0], other[0])):
        return _right_side(gold, one), _right_side(given, other)
    if one and other and one[0] != other[0]:
        sides = _right_side(gold, one), _right_side(given, other)
        return sides if all(map(_bracketed, sides)) else (gold, given)
    if one and "=" in given and not other:
        return gold, given
    if other and "=" in gold and not one:
        return gold, given
    return _right_side(gold, one), _right_side(given, other)


def _pointed(gold: str, given: str) -> tuple[str, str]:
    """(1,2) of P(1,2), where the other side does not name another point."""
    one, other = _POINT.match(gold), _POINT.match(given)
    if one and other and one[0] != other[0]:
        return gold, given
    bare = gold[one.end() :] if one else gold, given[other.end() :] if other else given
    return bare if all(map(_tuple, bare)) else (gold, given)


def _tuple(text: str) -> bool:
    shape = shape_of(text)
    return shape is not None and shape[0] == "()" and len(shape[1]) > 1


def _in_letter_of(gold: str, given: str) -> str:
    """f(n)=n+1 as f(x)=x+1, where the gold is about f(x)."""
    one, other = _FUNCTION.match(gold), _FUNCTION.match(given)
    if not one or not other or one[1] != other[1] or one[2] == other[2] or one[2] in given[4:]:
        return given
    return re.sub(rf"(?<![\\a-zA-Z]){other[2]}(?![a-zA-Z])", one[2], given)


def _indexed(one: str, other: str) -> bool:
    """x_1= and x=, where the index counts solutions; y(x)= and y=."""
    bare = [re.sub(r"_\d|\([a-z]\)", "", name) for name in (one, other)]
    return one != other and bare[0] == bare[1] and min(len(one), len(other)) == 2


def _bracketed(text: str) -> bool:
    """Whether a name in front says nothing: v = (1,2) and P = (1,2)."""
    shape = shape_of(text)
    return shape is not None and shape[0] not in ("list", "union")


def _right_side(text: str, name: re.Match[str] | None) -> str:
    rest = text[name.end() :] if name else ""
    return outermost(rest, "=")[-1] if rest and len(outermost(rest, ",")) == 1 else text
