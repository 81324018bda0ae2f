"""What the figures of sweeps share: their size, their title, and names beside points."""

import textwrap

import numpy

from .sweeps import counted, short_names


def new_axes(ax):
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7, 4.5), layout="constrained")[1] if ax is None else ax


def upwards(ax, paths, most):
    """Factors on the y axis by short name, the first on top; those shown, and how many are not (for the title)."""
    short, shown = short_names(paths), list(paths)[:most]
    few = len(shown) < 12
    ax.set_yticks(range(len(shown))[::-1], [_two_lines(short[path]) if few else short[path] for path in shown],
                  fontsize=9 if few else 7.5)
    ax.set_ylim(-0.6, len(shown) - 0.4)
    ax.tick_params(axis="y", length=0)
    return shown, f"; {counted(len(short) - len(shown), 'factor')} with less not shown" * (len(shown) < len(short))


def quantity_label(about):
    difference = "difference to the baseline" if about["against_baseline"] else "value"
    return f"{about['measure'].replace('_', ' ')}\n{difference} ({about['units']})"


def _two_lines(name):
    return name if len(name) < 32 else name.replace(".", ".\n", 1)


def finished(ax, about, what, count, left_out, bars, quantity=True):
    """Title and frame: what is shown, then how many points it rests on, what the bars are, and what failed.

    left_out : (int, str) -- how many of what. The title begins at the figure's edge when the axes are alone in it.
    """
    failed = f"{counted(about.get('failed', 0), 'run')} failed"
    failed += f", {counted(*left_out)} left out" if left_out[0] else ""
    title = ": ".join(part for part in (what, about["label"] if quantity else "") if part)
    below = "; ".join(part for part in (count, bars, failed) if part)
    wrapped = "\n".join(textwrap.wrap(title, 98) + textwrap.wrap(below, 98))
    if len(ax.figure.axes) == 1:
        ax.figure.suptitle(wrapped, x=0.01, ha="left", fontsize=9)
    else:
        ax.set_title(wrapped, fontsize=9, loc="left")
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def name_points(ax, x, y, names, bars=()):
    """Names beside their points, clear of other names and points and, where there is room, of bars.

    x, y : float sequences -- the points; only as many as there are names get one, the others are kept clear too
    bars : list of (x, y, x, y) -- lines that names should not lie on, in data units
    """
    ax.figure.draw_without_rendering()
    scale = 72 / ax.figure.dpi
    points = ax.transData.transform(numpy.column_stack([x, y])) * scale
    frame = ax.get_window_extent().extents * scale
    taken = [(px - 4, py - 4, px + 4, py + 4) for px, py in points]
    dots = list(taken)
    lines = [(*(ax.transData.transform(bar[:2]) * scale), *(ax.transData.transform(bar[2:]) * scale)) for bar in bars]
    for (px, py), place, name in zip(points, zip(x, y), names):
        text = ax.annotate(name, place, (0, 0), textcoords="offset points", fontsize=8)
        wide, high, best = text.get_window_extent().width * scale, 9, None
        for reach in (5, 10, 16, 24, 36, 50):
            for right, up in ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)):
                left = px + right * reach - (0 if right > 0 else wide if right < 0 else wide / 2)
                low = py + up * reach * 0.6 - (0 if up > 0 else high if up < 0 else high / 2)
                box = (left, low, left + wide, low + high)
                outside = box[0] < frame[0] or box[2] > frame[2] or box[1] < frame[1] or box[3] > frame[3]
                cost = (reach + 1000 * outside + 300 * sum(_overlap(box, other) for other in taken)
                        + 15 * sum(_overlap(box, line) for line in lines))
                around = (box[0] - 12, box[1] - 10, box[2] + 12, box[3] + 10)  # nearer to another point than its own
                cost += 40 * sum(_overlap(around, other) for other in dots if other[:2] != (px - 4, py - 4))
                if best is None or cost < best[0]:
                    best = (cost, box, reach)
        _, box, reach = best
        taken.append(box)
        near = (min(max(px, box[0]), box[2]) - px, min(max(py, box[1]), box[3]) - py)
        if max(abs(near[0]), abs(near[1])) > 7:
            ax.annotate("", place, near, textcoords="offset points",
                        arrowprops={"arrowstyle": "-", "lw": 0.6, "color": "0.4", "shrinkA": 0, "shrinkB": 3})
        text.set_position((box[0] - px, box[1] - py + 1.5))


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
