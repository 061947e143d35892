"""Parameters <-> statement text: a phrasing writes a problem and reads the same parameters back.

A phrasing is a format string such as `"Solve for x: {a:coef}x{b:signed} = {c}."`. The part after
the colon names a slot: how a value is spelled and which text it accepts (`larger|smaller` is a slot
of its own: one of these words). Every slot accepts a bounded run of fixed character classes, so
reading is linear in the text.
"""

import re
from collections.abc import Callable
from functools import cache
from string import Formatter
from typing import NamedTuple

Params = dict[str, int | str]

LONGEST_STATEMENT = 600  # characters; anything longer was not written by a phrasing

_COUNT = "[1-9][0-9]{0,5}"
_TERM = f"(?:(?:{_COUNT})?x(?:\\^[2-9])?|{_COUNT})"
_ENTRY = "-?(?:0|[1-9][0-9]{0,2})"
_ROW = f"\\[{_ENTRY}(?:, {_ENTRY}){{1,3}}\\]"
_TEX_ROW = f"{_ENTRY}(?: & {_ENTRY}){{1,3}}"


class Slot(NamedTuple):
    """One way to spell a parameter."""

    accepts: str
    write: Callable[[int | str], str]
    read: Callable[[str], int | str]


def _coefficient(value: int | str) -> str:
    return {1: "", -1: "-"}.get(int(value), str(value))


def _signed(value: int | str) -> str:
    return f" {'-' if int(value) < 0 else '+'} {abs(int(value))}"


def _signed_coefficient(value: int | str) -> str:
    return f" {'-' if int(value) < 0 else '+'} {_coefficient(abs(int(value)))}"


def _read_signed(text: str) -> int:
    digits = text.replace(" ", "")
    return int(f"{digits}1" if digits in ("", "+", "-") else digits)


def _tex_matrix(value: int | str) -> str:
    rows = str(value)[2:-2].replace(", ", " & ").replace("] & [", r" \\ ")
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _read_tex_matrix(text: str) -> str:
    rows = text.removeprefix(r"\begin{pmatrix} ").removesuffix(r" \end{pmatrix}")
    return f"[[{rows.replace(' & ', ', ')}]]".replace(r" \\ ", "], [")


SLOTS = {
    "": Slot(f"-?(?:0|{_COUNT})", str, int),  # -3
    "count": Slot(_COUNT, str, int),  # 3, never 0 or below
    "coef": Slot(f"-?(?:{_COUNT})?", _coefficient, _read_signed),  # 3x, -x
    "signed": Slot(f" [-+] {_COUNT}", _signed, _read_signed),  # x + 3
    "term": Slot(f" [-+] (?:{_COUNT})?", _signed_coefficient, _read_signed),  # x^2 - x
    "word": Slot("[A-Za-z]{1,20}", str, str),
    "said": Slot("(?:[A-F] says: [A-Za-z0-9 ]{5,50}\\. ?){2,6}(?<=\\.)", str, str),
    "chain": Slot(f"{_COUNT}(?: [-+×] {_COUNT}){{1,9}}", str, str),  # 3 + 4 × 5
    "poly": Slot(f"(?:0|-?{_TERM}(?: [-+] {_TERM}){{0,8}})", str, str),  # 3x^2 - x + 4
    "matrix": Slot(f"\\[{_ROW}(?:, {_ROW}){{1,3}}\\]", str, str),  # [[1, 2], [3, 4]]
    "pmatrix": Slot(
        rf"\\begin{{pmatrix}} {_TEX_ROW}(?: \\\\ {_TEX_ROW}){{1,3}} \\end{{pmatrix}}",
        _tex_matrix,
        _read_tex_matrix,
    ),
    "digits": Slot("[0-9A-F]{1,16}", str, str),  # 2F, in some base
    "ratios": Slot(f"{_COUNT}/{_COUNT}(?: [-+×÷] {_COUNT}/{_COUNT}){{1,5}}", str, str),
}


@cache
def slots(phrasing: str) -> dict[str, Slot]:
    """The slot of each parameter the phrasing names."""
    parsed = Formatter().parse(phrasing)
    return {name: _slot(spec or "") for _, name, spec, _ in parsed if name is not None}


def render(phrasing: str, params: Params) -> str:
    """The statement."""
    parts = []
    for literal, name, spec, _ in Formatter().parse(phrasing):
        parts.append(literal)
        if name is not None:
            parts.append(_slot(spec or "").write(params[name]))
    return "".join(parts)


def parse(phrasing: str, statement: str) -> Params | None:
    """The parameters of a statement this phrasing could have written, else None."""
    found = _pattern(phrasing).fullmatch(statement)
    if found is None:
        return None
    return {name: slot.read(found[name]) for name, slot in slots(phrasing).items()}


def numbers(params: Params, *names: str) -> list[int]:
    """The named parameters, as the ints they are."""
    return [int(params[name]) for name in names]


@cache
def _pattern(phrasing: str) -> re.Pattern[str]:
    parts, seen = [], set[str]()
    for literal, name, spec, _ in Formatter().parse(phrasing):
        parts.append(re.escape(literal))
        if name is not None:
            accepts = _slot(spec or "").accepts
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{accepts})")
            seen.add(name)
    return re.compile("".join(parts))


def _slot(spec: str) -> Slot:
    return Slot(spec, str, str) if "|" in spec else SLOTS[spec]
