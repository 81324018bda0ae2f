"""What the figures of sweeps share: their size, their title, and names beside points."""

import textwrap

import numpy

from .sweeps import short_names


def new_axes(ax):
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7, 4.5), layout="constrained")[1] if ax is None else ax


def upwards(ax, paths, most):
    """Factors on the y axis by short name, the first on top; those shown."""
    short, shown = short_names(paths), list(paths)[:most]
    ax.set_yticks(range(len(shown))[::-1], [short[path] for path in shown], fontsize=9 if len(shown) < 15 else 7.5)
    ax.set_ylim(-0.6, len(shown) - 0.4)
    if len(shown) < len(short):
        ax.annotate(f"{len(short) - len(shown)} factors with less are not shown", (0, 0), (4, 4), "axes fraction",
                    textcoords="offset points", fontsize=8, color="0.35")
    ax.tick_params(axis="y", length=0)
    return shown


def quantity_label(about):
    difference = "difference to the baseline" if about["against_baseline"] else "value"
    return f"{about['measure'].replace('_', ' ')}\n{difference} ({about['units']})"


def finished(ax, about, what, count, left_out, bars, quantity=True):
    """Title and frame: what is shown, then how many points it rests on, what the bars are, and what failed."""
    failed = f"{about.get('failed', 0)} runs failed"
    failed += f", {left_out} left out" if left_out else ""
    title = ": ".join(part for part in (what, about["label"] if quantity else "") if part)
    below = "; ".join(part for part in (count, bars, failed) if part)
    wrapped = textwrap.wrap(title, 88) + textwrap.wrap(below, 96)
    ax.set_title("\n".join(wrapped), fontsize=9, loc="left")
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def name_points(ax, x, y, names):
    """Names beside their points, where they cover neither another name nor another point; thin lines lead to them."""
    ax.figure.draw_without_rendering()
    scale = 72 / ax.figure.dpi
    points = ax.transData.transform(numpy.column_stack([x, y])) * scale
    frame = ax.get_window_extent().extents * scale
    taken = [(px - 3, py - 3, px + 3, py + 3) for px, py in points]
    for (px, py), place, name in zip(points, zip(x, y), names):
        wide, high, best = 4.5 * len(name), 9, None
        for reach in (5, 14, 24, 36, 50):
            for right, up in ((1, 0), (0, 1), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)):
                left = px + right * reach - (0 if right > 0 else wide if right < 0 else wide / 2)
                low = py + up * reach - (0 if up > 0 else high if up < 0 else high / 2)
                box = (left, low, left + wide, low + high)
                out = box[0] < frame[0] or box[2] > frame[2] + 40 or box[1] < frame[1] or box[3] > frame[3]
                if not out and not any(_overlap(box, other) for other in taken):
                    best = best or (box, reach)
        box, reach = best or ((px + 5, py - 4, px + 5 + wide, py + 5), 5)
        taken.append(box)
        ax.annotate(name, place, (box[0] - px, box[1] - py + 1.5), textcoords="offset points", fontsize=8,
                    arrowprops={"arrowstyle": "-", "lw": 0.5, "color": "0.5"} if reach > 5 else None)


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
