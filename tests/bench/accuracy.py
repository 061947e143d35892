"""Strict accuracy of our verifier on the metamorphic set, per kind: `python -m tests.bench.accuracy`."""

import sys
import time
from collections import Counter, defaultdict

from factory.verifiers import Claim
from factory.verifiers.maths import verify_many
from tests.bench.metamorphic import hacks, pairs


def main(seed: int, rounds: int, shown: int) -> None:
    rows = [*pairs(seed, rounds), *hacks()]
    claims = [Claim(row.completion, row.gold, row.question) for row in rows]
    started, cpu = time.perf_counter(), time.process_time()
    verdicts = list(verify_many(claims, deadline_s=5.0))
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    table: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        good = verdict.outcome == "correct"
        fault = "" if good == row.same else "false accept" if good else "false reject"
        for kind in (row.kind, "all"):
            table[kind].update([fault or "right", "tier " + verdict.tier])
        if fault:
            wrong[row.kind].append(
                (fault, row.gold, row.completion, verdict.outcome, verdict.tier, verdict.reason)
            )
    for kind, faults in wrong.items():
        for fault in faults[:shown]:
            print(kind, *map(repr, fault), sep=" | ")
    for kind, counts in table.items():
        total = counts["right"] + counts["false accept"] + counts["false reject"]
        print(
            f"{kind:22} {total:6} {100 * counts['right'] / total:7.2f}  FA {counts['false accept']:4}  FR {counts['false reject']:4}",
            {k[5:]: v for k, v in counts.items() if k.startswith("tier")},
        )
    print(
        f"{len(rows)} rows, wall {wall:.1f} s, cpu here {cpu:.1f} s, slowest {max(v.ms for v in verdicts):.0f} ms"
    )


if __name__ == "__main__":
    main(*[int(a) for a in sys.argv[1:4]] or (0, 12, 3))
