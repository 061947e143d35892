"""A picture of growth: `python _scale_plot.py POINTS.json FILE.png`, where there is matplotlib.

Both axes are logarithmic: what grows as the data does has the slope of the grey line.
"""
# pyright: reportMissingImports=false, reportMissingModuleSource=false

import json
import sys
from pathlib import Path

STEPS = ("ingest", "verify", "dedup", "tag", "status", "compact", "sql: by difficulty")


def main(points: str, path: str) -> None:
    """CPU seconds on the left, memory on the right."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    stores = json.loads(Path(points).read_text())
    rollouts = [store["rollouts"] for store in stores]
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for ax, unit, which, scale in (
        (axes[0], "CPU seconds", 1, 1),
        (axes[1], "MB at the peak", 2, 1e6),
    ):
        for name in STEPS:
            values = [store["costs"][name][which] / scale for store in stores]
            ax.plot(rollouts, values, marker="o", label=name)
        top = max(store["costs"][name][which] / scale for store in stores for name in STEPS)
        line = [top * count / rollouts[-1] for count in rollouts]
        ax.plot(rollouts, line, color="grey", linestyle=":", label="as the data")
        low = min(store["costs"][name][which] / scale for store in stores for name in STEPS)
        ax.set(xscale="log", yscale="log", xlabel="rollouts", ylabel=unit, ylim=(low / 1.5, None))
        ax.grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(*sys.argv[1:])
