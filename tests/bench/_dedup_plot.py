"""A picture of growth: `python _dedup_plot.py POINTS FILE.png`, by the peers' environment.

POINTS is JSON: rows of rollouts, CPU seconds of the first and second run, peaks in MB.
"""
# pyright: reportMissingImports=false, reportMissingModuleSource=false

import json
import sys


def main(points: str, path: str) -> None:
    """Seconds on the left, memory on the right."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    rollouts, *columns = zip(*json.loads(points), strict=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    for axes, unit, pair in (
        (left, "CPU seconds", columns[:2]),
        (right, "MB at the peak", columns[2:]),
    ):
        for name, values in zip(("first run", "run of 1 % more"), pair, strict=True):
            axes.plot([count / 1e3 for count in rollouts], values, marker="o", label=name)
        axes.set(xlabel="thousand rollouts", ylabel=unit, xlim=(0, None), ylim=(0, None))
    left.legend()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:])
