"""Tables, figures and a summary of a sweep: python3 analysis/sweep_report.py sweep.h5 -o folder

What it makes depends on the sweep's design: Sobol' indices (saltelli), elementary effects (morris), changes one at a
time, regional sensitivity and scenario discovery (random, latin_hypercube, sobol), lines (grid and the rest).
"""
import argparse
import os
import re
import sys
import textwrap

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy

import reformsim_analysis as analysis
from reformsim_analysis.sweeps import counted

SPACE_FILLING = ("random", "latin_hypercube", "sobol")


def parse(arguments):
    parser = argparse.ArgumentParser(description="Tables, figures and a summary of a sweep.")
    parser.add_argument("sweep", help="file written by reformsim sweep or merge")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="where tables and figures go")
    parser.add_argument("--measure", help="the outcome; standard: the plan's first measure")
    parser.add_argument("--year", type=float, help="the outcome's year; standard: the last")
    parser.add_argument("--scenario", help="one scenario; standard: each, but the baseline")
    parser.add_argument("--absolute", action="store_true",
                        help="the measure itself, not its difference to the baseline")
    parser.add_argument("--interest", metavar="CONDITION",
                        help='search a box of points with this: "true_attainment_mean<0"')
    parser.add_argument("--threshold", type=float,
                        help="regional sensitivity: points below this against the rest; standard: the median")
    parser.add_argument("--no-runs", action="store_true", help="without runs.csv, which has a row for each run")
    parser.add_argument("--resamples", type=int, default=1000, help="of the bootstrap; standard: 1000")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap; standard: 0")
    return parser.parse_args(arguments)


class Report:
    """What is written about one sweep: files in a folder, and lines of a summary."""

    def __init__(self, sweep, options):
        self.sweep, self.options, self.files = sweep, options, []
        self.short = analysis.short_names(analysis.factors(sweep))
        baseline = str(sweep.attrs.get("baseline", ""))
        names = [str(name) for name in sweep["scenario"].values]
        self.absolute = options.absolute or names == [baseline] or baseline not in names
        self.names = [options.scenario] if options.scenario else [
            name for name in names if self.absolute or name != baseline]
        self.measure = options.measure or (
            analysis.discovery.parse_interest(options.interest)[0] if options.interest
            else analysis.measures(sweep)[0])

    def make(self):
        about, sizes = self.sweep.attrs, self.sweep.sizes
        every = analysis.table(self.sweep)
        if not self.options.no_runs:
            self.write(every, "runs.csv")
        self.say(f"{about.get('title', '-')}: {about.get('design')} design, {counted(sizes['point'], 'point')}, "
                 f"{counted(len(self.short), 'factor')}, {counted(sizes['replicate'], 'replicate')}, "
                 f"{counted(sizes['scenario'], 'scenario')}. "
                 f"{every.attrs['note'].capitalize()}"
                 + ("; see failures.csv." if every.attrs["failed"] else "."))
        if every.attrs["failed"]:
            self.write(analysis.failures(self.sweep), "failures.csv")
        for name in self.names:
            self.of_scenario(name)
        self.say("Written to " + self.options.output + ": " + ", ".join(self.files))

    def of_scenario(self, name):
        kind = self.sweep.attrs.get("design")
        what = (self.sweep, self.measure, self.options.year, name, not self.absolute)
        means = analysis.point_means(*what)
        self.write(means.reset_index(), self.file("points", name, "csv"))
        mean = means["mean"]
        print()
        self.say(f"{means.attrs['label']} ({means.attrs['units']}): mean over points {mean.mean():.3g}, from "
                 f"{mean.min():.3g} to {mean.max():.3g}; {(mean > 0).mean():.0%} of points above 0.")
        if means.attrs["points_left_out"]:
            self.say(f"Left out for want of any run: {counted(means.attrs['points_left_out'], 'point')}.")
        if kind == "saltelli":
            self.sobol(name, what)
        elif kind == "morris":
            self.morris(name, what)
        elif kind == "one_at_a_time":
            self.one_at_a_time(name, what)
        elif kind in SPACE_FILLING:
            self.regional(name, what)
        else:
            self.lines(name, what, means)
        if self.options.interest:
            self.discover(name)

    def sobol(self, name, what):
        table = analysis.sobol(*what, resamples=self.options.resamples, seed=self.options.seed)
        about = table.attrs
        self.write(table, self.file("sobol", name, "csv"))
        self.draw(analysis.sobol_plot(table), "sobol", name)
        total = table[table["index"] == "ST"].sort_values("value", ascending=False)
        self.say(f"Sobol' indices from {about['note']}. With all its interactions, a factor accounts for this share "
                 f"of the variance over points ({about['level']:.0%} intervals):")
        self.rank(total, 100, "%")
        first = table[table["index"] == "S1"]["value"].sum()
        self.say(f"Alone, the factors account for {100 * first:.0f}% together"
                 + (f"; about {100 * (1 - first):.0f}% is interactions." if first < 0.97 else "."))
        self.luck(about)
        top = total["factor"].iloc[0]
        self.draw(analysis.scatter_effects(*what[:3], top, *what[3:]), "scatter", name)

    def morris(self, name, what):
        table = analysis.morris(*what, resamples=self.options.resamples, seed=self.options.seed)
        about = table.attrs
        self.write(table, self.file("morris", name, "csv"))
        self.draw(analysis.morris_plot(table), "morris", name)
        star = table[table["index"] == "mu_star"].sort_values("value", ascending=False)
        self.say(f"Elementary effects from {about['note']}. Moving a factor over its range changes the outcome by so "
                 f"much on average, up or down ({about['units']}; {about['level']:.0%} intervals):")
        self.rank(star, 1, "")
        if numpy.isfinite(about["luck"]):
            self.say(f"Luck of the replicates alone would give a factor about {about['luck']:.2g}.")
        else:
            self.say("With one replicate, nobody knows how much of this is luck.")

    def one_at_a_time(self, name, what):
        table = analysis.one_at_a_time(*what)
        self.write(table, self.file("one_at_a_time", name, "csv"))
        self.draw(analysis.tornado_plot(table), "tornado", name)
        largest = table.loc[table["value"].abs().groupby(table["factor"]).idxmax()]
        largest = largest.reindex(largest["value"].abs().sort_values(ascending=False).index)
        self.say(f"The largest change that each factor alone makes from the base point "
                 f"({table.attrs['units']}; {table.attrs['level']:.0%} intervals; {table.attrs['note']}):")
        self.rank(largest, 1, "")

    def regional(self, name, what):
        table = analysis.regional(*what, threshold=self.options.threshold)
        about = table.attrs
        self.write(table, self.file("regional", name, "csv"))
        self.draw(analysis.regional_plot(table), "regional", name)
        sure = table[table["p_adjusted"] <= 0.05]
        self.say(f"Regional sensitivity: {about['below']} points below {about['threshold']:.3g} against "
                 f"{about['rest']} others. Factors that differ between them by more than chance (adjusted p up to "
                 f"0.05): {len(sure)} of {len(table)}.")
        if len(sure):
            self.say("Distance; typical value below the threshold / in the rest:")
        self.columns([(f"{row.distance:.2f}", f"{_short(row.median_below)} / {_short(row.median_rest)}",
                       self.short[row.factor]) for row in sure.head(10).itertuples()])
        self.luck(analysis.luck_share(analysis.outcome(*what).values,
                                      bool(self.sweep.attrs.get("common_random_numbers", 1))))
        self.draw(analysis.scatter_effects(*what[:3], table["factor"].iloc[0], *what[3:]), "scatter", name)

    def lines(self, name, what, means):
        if not self.short:
            return
        spread = {factor: means.groupby(factor)["mean"].mean().std(ddof=0) for factor in self.short}
        order = sorted(self.short, key=lambda factor: -spread[factor])
        by = [factor for factor in order[1:] if means[factor].nunique() <= 7][:1]
        self.draw(analysis.lines_plot(*what[:3], order[0], by[0] if by else None, *what[3:]), "lines", name)
        self.say(f"Mean at each value of {self.short[order[0]]}, the factor with the largest differences between its "
                 f"values ({means.attrs['note']}):")
        for value, mean in means.groupby(order[0])["mean"].mean().head(12).items():
            self.say(f"  {_short(value)}: {mean:.3g}")

    def discover(self, name):
        peeling = analysis.discover(self.sweep, self.options.interest, self.options.year, name, not self.absolute)
        box = peeling.box()
        self.write(peeling.trajectory, self.file("prim", name, "csv"))
        self.draw(analysis.prim_plot(peeling, box), "prim", name)
        self.draw(analysis.box_plot(peeling, box), "box", name)
        self.say(peeling.words(box))
        for factor, chance in sorted(box.quasi_p.items(), key=lambda item: item[1]):
            self.say(f"  {self.short[factor]}: quasi-p-value {chance:.2g}")

    def rank(self, rows, scale, sign):
        form = ".1f" if sign else ".3g"
        self.columns([(f"{scale * row.value:{form}}{sign}",
                       f"({scale * row.low:{form}} to {scale * row.high:{form}})", self.short[row.factor])
                      for row in rows.head(10).itertuples()])
        if len(rows) > 10:
            self.say(f"  and {counted(len(rows) - 10, 'factor')} with less")

    def columns(self, rows):
        """Lines of three columns each; the last one may be long."""
        wide = [max([len(row[at]) for row in rows], default=0) for at in (0, 1)]
        for first, second, third in rows:
            self.say(f"  {first:>{wide[0]}}  {second:{wide[1]}}  {third}")

    def luck(self, of):
        share = of["luck_of_means"] if "luck_of_means" in of else of["of_means"]
        runs = of["luck_of_runs"] if "luck_of_runs" in of else of["of_runs"]
        if not numpy.isfinite(share):
            self.say("With one replicate, nobody knows how much of the variance is luck.")
            return
        self.say(f"Luck: {share:.1%} of the variance over points is luck that more replicates would average out, and "
                 f"no factor explains; of single runs it is {runs:.0%}.")

    def say(self, text):
        indent = "    " if text.startswith("  ") else ""
        print(textwrap.fill(text, 80, subsequent_indent=indent, break_on_hyphens=False,
                            break_long_words=False, replace_whitespace=False) if len(text) > 80 else text)

    def file(self, what, name, kind):
        several = f"_{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)}" if len(self.names) > 1 else ""
        return f"{what}{several}.{kind}"

    def write(self, table, name):
        table.to_csv(os.path.join(self.options.output, name), index=False)
        self.files.append(name)

    def draw(self, ax, what, name):
        for kind in ("png", "pdf"):
            ax.figure.savefig(os.path.join(self.options.output, self.file(what, name, kind)), dpi=200)
        self.files.append(self.file(what, name, "png"))
        plt.close(ax.figure)


def _short(value):
    return value if isinstance(value, str) else f"{value:.3g}"


def main(arguments=None):
    options = parse(arguments)
    try:
        sweep = analysis.open_sweep(options.sweep)
        os.makedirs(options.output, exist_ok=True)
        Report(sweep, options).make()
    except (analysis.SweepError, OSError) as error:
        missing = isinstance(error, FileNotFoundError)
        print(f"sweep_report: {'there is no file ' if missing else ''}{error}", file=sys.stderr)
        return 2
    except KeyError as error:
        print(f"sweep_report: {error.args[0]}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
