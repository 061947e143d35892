"""Compared pairs -> clusters: joined by what is the same, kept apart by what is known to differ."""

from collections.abc import Iterable
from typing import NamedTuple


class Edge(NamedTuple):
    """Two texts that are the same, and how sure that is."""

    one: str
    other: str
    score: float
    reason: str


class Member(NamedTuple):
    """A text in a cluster, with the best edge that holds it there."""

    key: str
    cluster: str
    score: float
    reason: str


def joined(edges: Iterable[Edge], apart: Iterable[tuple[str, str]]) -> list[Member]:
    """The members of all clusters of two and more, by key; a cluster's name is its smallest key.

    The best edge comes first; one that would bring two texts known to differ into one cluster is
    left out. So the clusters depend on the pairs alone, not on the order they come in.
    """
    ranked = sorted(edges, key=lambda edge: (-edge.score, edge.one, edge.other))
    home = {key: key for edge in ranked for key in edge[:2]}
    differ: dict[str, set[str]] = {}
    for one, other in apart:
        if one in home and other in home:
            differ.setdefault(one, set()).add(other)
            differ.setdefault(other, set()).add(one)
    members = {key: {key} for key in home}
    held: dict[str, Edge] = {}
    for edge in ranked:
        large, small = members[home[edge.one]], members[home[edge.other]]
        if large is not small:
            if len(large) < len(small):
                large, small = small, large
            if any(differ.get(key, _NONE) & large for key in small):
                continue
            large |= small
            name = home[next(iter(large - small))]
            members[name] = large
            home.update(dict.fromkeys(small, name))
        for key in edge[:2]:
            held.setdefault(key, edge)
    names = {name: min(found) for name, found in members.items()}
    return [
        Member(key, names[home[key]], held[key].score, held[key].reason) for key in sorted(held)
    ]


_NONE: set[str] = set()
