"""Compared pairs -> clusters: the closest pair speaks first, and mathematics before all.

The mutex watershed (Wolf et al. 2018) over pairs: of three texts the two that are most alike tell
best whether they are one, since little is left to differ.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Edge(NamedTuple):
    """Two texts, how alike they are, and whether they are the same."""

    one: str
    other: str
    score: float
    reason: str
    same: bool = True


class Member(NamedTuple):
    """A text in a cluster, with the best edge that holds it there."""

    key: str
    cluster: str
    score: float
    reason: str


def joined(edges: Iterable[Edge], apart: Iterable[tuple[str, str]] = ()) -> list[Member]:
    """The members of all clusters of two and more, by key; a cluster's name is its smallest key.

    Pairs come by likeness: one that is the same joins two clusters, unless pairs before it forbade
    that; one that is not forbids its clusters to join later. No cluster holds a pair of `apart`. So
    the clusters depend on the pairs alone, not on the order they come in.
    """
    ranked = sorted(edges, key=lambda edge: (-edge.score, edge.same, edge.one, edge.other))
    home = {key: key for edge in ranked if edge.same for key in edge[:2]}
    members = {key: {key} for key in home}
    barred: dict[str, set[str]] = {key: set() for key in home}  # a cluster -> texts it may not hold
    held: dict[str, Edge] = {}
    for one, other in apart:
        _bar(one, other, home, barred)
    for edge in ranked:
        if not edge.same:
            _bar(edge.one, edge.other, home, barred)
        elif _join(edge, home, members, barred):
            for key in edge[:2]:
                held.setdefault(key, edge)
    names = {name: min(found) for name, found in members.items()}
    return [
        Member(key, names[home[key]], held[key].score, held[key].reason) for key in sorted(held)
    ]


def _bar(one: str, other: str, home: dict[str, str], barred: dict[str, set[str]]) -> None:
    """Two texts that are not in one cluster shall never be."""
    if one in home and other in home and home[one] != home[other]:
        barred[home[one]].add(other)
        barred[home[other]].add(one)


def _join(
    edge: Edge, home: dict[str, str], members: dict[str, set[str]], barred: dict[str, set[str]]
) -> bool:
    """Whether both ends are in one cluster now."""
    large, small = home[edge.one], home[edge.other]
    if large == small:
        return True
    if len(members[large]) < len(members[small]):
        large, small = small, large
    if not barred[large].isdisjoint(members[small]):
        return False
    home.update(dict.fromkeys(members[small], large))
    members[large] |= members.pop(small)
    barred[large] |= barred.pop(small)
    return True
