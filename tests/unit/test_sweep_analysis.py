"""Sweeps in Python: on files that the test writes itself, by known functions. An argument (reformsim) is ignored."""
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import unittest

if len(sys.argv) > 1 and os.sep in sys.argv[1]:
    sys.argv.pop(1)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "analysis"), os.path.join(ROOT, "tests", "support")]
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("MPLCONFIGDIR", tempfile.gettempdir())

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pandas  # noqa: E402
import reformsim_analysis as analysis  # noqa: E402
import sweep_report  # noqa: E402
from reformsim_analysis import estimators  # noqa: E402
from scipy import stats  # noqa: E402
from scipy.stats import qmc  # noqa: E402
from sweep_fixture import Factor, design, saltelli, write  # noqa: E402

NAME = "true_attainment_mean"
UNIT = [Factor("levers.networks.expectation"), Factor("parameters.clusters.trust_growth"),
        Factor("parameters.learning.decay")]
ANGLES = [Factor(f"parameters.angle.x{number}", -np.pi, np.pi) for number in (1, 2, 3)]


def ishigami(x, a=7.0, b=0.1):
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """(S1, ST, S2 of the first and third), analytic (Ishigami & Homma 1990)."""
    first = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    second, both = a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    total = first + second + both
    return (np.array([first, second, 0]) / total, np.array([first + both, second, both]) / total, both / total, total)


def g_function(u, a):
    return np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1)


def g_indices(a):
    """(S1, ST, S2), analytic (Sobol' 1993)."""
    own = 1 / (3 * (1 + a) ** 2)
    total = np.prod(1 + own) - 1
    return own / total, own * np.prod(1 + own) / (1 + own) / total, np.outer(own, own) / total


def outputs(function, count, points, second_order=True, seed=1):
    both = qmc.Sobol(2 * count, seed=seed).random(points)
    block = (2 if second_order else 1) * count + 2
    y = function(saltelli(both[:, :count], both[:, count:], second_order)).reshape(points, block)
    return y[:, 0], y[:, -1], y[:, 1:count + 1], y[:, count + 1:-1] if second_order else None


class Estimators(unittest.TestCase):
    def test_sobol_indices_of_the_ishigami_function(self):
        first, total, pair, _ = ishigami_indices()
        for second_order in (True, False):
            parts = outputs(lambda u: ishigami(np.pi * (2 * u - 1)), 3, 4096, second_order)
            of = estimators.sobol_indices(*parts)
            np.testing.assert_allclose(of["S1"], first, atol=0.02)
            np.testing.assert_allclose(of["ST"], total, atol=0.02)
        self.assertNotIn("S2", of)
        of = estimators.sobol_indices(*outputs(lambda u: ishigami(np.pi * (2 * u - 1)), 3, 4096))
        self.assertAlmostEqual(of["S2"][0, 2], pair, delta=0.02)
        self.assertAlmostEqual(of["S2"][0, 1], 0, delta=0.02)
        self.assertTrue(np.isnan(of["S2"][np.tril_indices(3)]).all())

    def test_sobol_indices_of_the_g_function(self):
        a = np.array([0, 1, 4.5, 9, 99])
        first, total, pairs = g_indices(a)
        of = estimators.sobol_indices(*outputs(lambda u: g_function(u, a), 5, 8192))
        np.testing.assert_allclose(of["S1"], first, atol=0.012)
        np.testing.assert_allclose(of["ST"], total, atol=0.012)
        above = np.triu_indices(5, 1)
        np.testing.assert_allclose(of["S2"][above], pairs[above], atol=0.012)

    def test_sobol_indices_do_not_depend_on_the_output_s_unit(self):
        parts = outputs(lambda u: ishigami(np.pi * (2 * u - 1)), 3, 256)
        one = estimators.sobol_indices(*parts)
        other = estimators.sobol_indices(*[1e-3 * part + 50 for part in parts])
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-6, atol=1e-9)
        constant = estimators.sobol_indices(*[0 * part + 0.3 for part in parts])
        self.assertTrue(np.isnan(constant["S1"]).all())

    def test_bootstrap_intervals_hold_the_truth_as_often_as_they_say(self):
        first, total, _, _ = ishigami_indices()
        held = []
        for seed in range(60):
            both = np.random.default_rng(seed).random((256, 6))
            y = ishigami(np.pi * (2 * saltelli(both[:, :3], both[:, 3:]) - 1)).reshape(256, 5)

            def of(rows, y=y):
                indices = estimators.sobol_indices(y[rows, 0], y[rows, -1], y[rows, 1:4])
                return np.concatenate([indices["S1"], indices["ST"]])

            low, high = estimators.bootstrap(of, 256, 200, 0.9, seed)
            held.append((low <= np.r_[first, total]) & (np.r_[first, total] <= high))
        share = np.mean(held, axis=0)
        # 60 trials: the standard error of a share of 0.9 is 0.04.
        self.assertTrue((share > 0.9 - 4 * 0.04).all() and share.mean() < 0.97, share)

    def test_bootstrap_of_a_mean_agrees_with_its_standard_error(self):
        values = np.random.default_rng(1).normal(3, 2, 400)
        low, high = estimators.bootstrap(lambda rows: values[rows].mean(), 400, 2000, 0.95, 1)
        self.assertAlmostEqual((high - low) / (2 * 1.96 * values.std() / 20), 1, delta=0.08)
        again = estimators.bootstrap(lambda rows: values[rows].mean(), 400, 2000, 0.95, 1)
        self.assertEqual((low, high), again)

    def test_morris_is_exact_on_a_linear_function(self):
        weight = np.array([2.0, -3.0, 0.0, 0.5])
        unit, _ = design("morris", [Factor(f"a.b{n}") for n in range(4)], trajectories=7)
        unit = unit.reshape(7, 5, 4)
        of = estimators.morris_measures(estimators.elementary_effects(unit, 1 + unit @ weight))
        np.testing.assert_allclose(of["mu"], weight, atol=1e-12)
        np.testing.assert_allclose(of["mu_star"], np.abs(weight), atol=1e-12)
        np.testing.assert_allclose(of["sigma"], 0, atol=1e-12)

    def test_morris_on_an_interaction_and_a_turning_point(self):
        unit, _ = design("morris", [Factor("a.b"), Factor("a.c"), Factor("a.d")], trajectories=4000, seed=3)
        unit = unit.reshape(4000, 4, 3)
        u, v, w = np.moveaxis(unit, 2, 0)
        of = estimators.morris_measures(estimators.elementary_effects(unit, u * v + 4 * (w - 0.5) ** 2))
        # u's effect is v, which is 0, 1/3, 2/3 or 1; w's is 4 ((w + 2/3 - 1/2)^2 - (w - 1/2)^2) / (2/3), w = 0 or 1/3.
        self.assertAlmostEqual(of["mu"][0], 0.5, delta=4 * 0.373 / np.sqrt(4000))
        self.assertAlmostEqual(of["sigma"][0], np.sqrt(5 / 36), delta=0.01)
        self.assertAlmostEqual(of["mu"][2], 0, delta=4 * (4 / 3) / np.sqrt(4000))
        self.assertAlmostEqual(of["mu_star"][2], 4 / 3, delta=1e-9)
        with self.assertRaises(ValueError):
            estimators.elementary_effects(unit[:, ::2], u[:, ::2])

    def test_distances_of_groups(self):
        random = np.random.default_rng(2)
        one, other = random.normal(size=80), random.normal(0.7, 1, 120)
        every = np.concatenate([one, other])
        by_hand = max(abs(np.mean(one <= at) - np.mean(other <= at)) for at in every)
        distance, p = estimators.set_apart(one, other)
        self.assertAlmostEqual(distance, by_hand)
        self.assertLess(p, 0.01)
        distance, p = estimators.set_apart(np.repeat(["a", "b", "c"], [6, 3, 1]), np.repeat(["a", "b"], [3, 7]), True)
        self.assertAlmostEqual(distance, 0.4)
        self.assertTrue(0.1 < p < 0.5)
        np.testing.assert_allclose(estimators.holm([0.01, 0.04, 0.03, np.nan])[:3], [0.03, 0.06, 0.06])


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(plt.close, "all")
        self.folder = folder.name

    def sweep(self, kind="random", factors=UNIT, effect=None, name="sweep.h5", **options):
        """A sweep whose baseline is 5 x the first factor, and whose reform adds effect(value) per ten years."""
        effect = effect or (lambda x: x[:, 0] + 2 * x[:, 1])

        def measure(x, scenario, year):
            return 5 * x[:, 0] + (0 if scenario == "as_is" else effect(x) * year / 10)

        self.path = os.path.join(self.folder, name)
        self.unit, self.value = write(self.path, kind, factors, {NAME: measure, "value_added_mean": measure}, **options)
        return analysis.open_sweep(self.path)


class Sweeps(Folder):
    def test_open_sweep(self):
        factors = UNIT[:2] + [Factor("levers.networks.participation", names=("voluntary", "expected", "mandated"))]
        sweep = self.sweep(factors=factors, points=40)
        self.assertEqual(analysis.measures(sweep), [NAME, "value_added_mean"])
        self.assertEqual(sweep[NAME].dims, ("scenario", "point", "replicate", "year"))
        self.assertEqual(sweep[NAME].attrs["units"], "pupil SD")
        np.testing.assert_array_equal(sweep["levers.networks.expectation"], self.value[:, 0])
        kinds = np.array(["voluntary", "expected", "mandated"])[self.value[:, 2].astype(int)]
        self.assertEqual(list(sweep["levers.networks.participation"].values), list(kinds))
        np.testing.assert_array_equal(analysis.design(sweep, unit=True).values, self.unit)

    def test_what_is_no_sweep(self):
        with self.assertRaises(FileNotFoundError):
            analysis.open_sweep(os.path.join(self.folder, "absent.h5"))
        text = os.path.join(self.folder, "text.h5")
        with open(text, "w", encoding="utf-8") as file:
            file.write("no HDF5 at all\n")
        with self.assertRaisesRegex(analysis.SweepError, "not a readable HDF5 file"):
            analysis.open_sweep(text)
        with self.assertRaisesRegex(analysis.SweepError, "not a sweep"):
            self.sweep(changes={"file_type": np.bytes_("reformsim results")})
        with self.assertRaisesRegex(analysis.SweepError, "format 2.0"):
            self.sweep(changes={"format_version": np.bytes_("2.0")})

    def test_short_names_are_unlike(self):
        self.assertEqual(analysis.short_names(["a.b.c", "z.b.c", "q.r.s", "k"]),
                         {"a.b.c": "a.b.c", "z.b.c": "z.b.c", "q.r.s": "r.s", "k": "k"})

    def test_table_has_a_row_for_each_run(self):
        sweep = self.sweep(points=6, failed=[(2, 1)], unasked=[(4, 3)])
        table = analysis.table(sweep, [NAME])
        self.assertEqual(list(table), ["scenario", "point", "replicate"] + analysis.factors(sweep)
                         + ["status", NAME + "@0", NAME + "@5", NAME + "@10"])
        self.assertEqual(len(table), 2 * (6 * 4 - 1))
        row = table[(table.scenario == "reform") & (table.point == 3) & (table.replicate == 2)].iloc[0]
        self.assertEqual(row[NAME + "@5"], sweep[NAME].sel(scenario="reform", point=3, replicate=2, year=5).item())
        self.assertEqual(row["parameters.learning.decay"], self.value[3, 2])
        failed = table[table.status == "failed"]
        self.assertEqual([*zip(failed.point, failed.replicate)], [(2, 1)] * 2)
        self.assertTrue(failed[NAME + "@10"].isna().all())
        self.assertEqual((table.attrs["failed"], table.attrs["not_asked"], table.attrs["runs"]), (2, 2, 44))
        self.assertEqual(analysis.failures(sweep)["reason"].tolist(), ["teachers ran out"])
        self.assertEqual(analysis.failures(sweep)["replay"].tolist(),
                         ["reformsim replay sweep.h5 --point 2 --replicate 1"])
        self.assertEqual(list(analysis.failures(self.sweep(points=6))), ["point", "replicate", "reason", "replay"])

    def test_tidy_sweep(self):
        sweep = self.sweep(points=5, failed=[(2, 1)])
        tidy = analysis.tidy_sweep(sweep)
        self.assertEqual(list(tidy), ["scenario", "point", "replicate", "year"] + analysis.factors(sweep)
                         + ["measure", "unit", "value"])
        self.assertEqual(len(tidy), 2 * 2 * (5 * 4 - 1) * 3)
        row = tidy[(tidy.scenario == "reform") & (tidy.point == 4) & (tidy.replicate == 0) & (tidy.year == 10)
                   & (tidy.measure == NAME)].iloc[0]
        self.assertAlmostEqual(row.value, 6 * self.value[4, 0] + 2 * self.value[4, 1])
        self.assertFalse(((tidy.point == 2) & (tidy.replicate == 1)).any())
        with self.assertRaises(KeyError):
            analysis.tidy_sweep(sweep, ["no_such_measure"])


class Outcomes(Folder):
    def test_effects_are_paired(self):
        random = np.random.default_rng(1)
        sweep = self.sweep(points=20, luck=random.normal(size=(20, 4)), failed=[(3, 0)],
                           scenarios=("as_is", "one", "two"))
        effects = analysis.effects(sweep, NAME, 10)
        self.assertEqual(list(effects["scenario"].values), ["one", "two"])
        expected = (sweep[NAME].sel(scenario="two", year=10) - sweep[NAME].sel(scenario="as_is", year=10)).values
        np.testing.assert_array_equal(effects.sel(scenario="two"), expected)
        self.assertTrue(np.isnan(effects.sel(point=3, replicate=0)).all())
        self.assertEqual(effects.attrs["failed"], 1)
        self.assertIn("1 run failed (at 1 point)", effects.attrs["note"])
        with self.assertRaisesRegex(analysis.SweepError, "which scenario"):
            analysis.outcome(sweep, NAME)
        with self.assertRaisesRegex(analysis.SweepError, "no year 7"):
            analysis.outcome(sweep, NAME, 7, "one")
        with self.assertRaises(KeyError):
            analysis.outcome(sweep, "no_such_measure", 10, "one")

    def test_point_means(self):
        luck = np.random.default_rng(1).normal(size=(8, 4))
        sweep = self.sweep(points=8, luck=luck, failed=[(3, 0)] + [(5, number) for number in range(4)])
        means = analysis.point_means(sweep, NAME, 10)
        truth = self.value[:, 0] + 2 * self.value[:, 1]
        self.assertAlmostEqual(means["mean"][0], truth[0] + luck[0].mean())
        self.assertAlmostEqual(means["se"][0], luck[0].std(ddof=1) / 2)
        self.assertAlmostEqual(means["mean"][3], truth[3] + luck[3, 1:].mean())
        self.assertAlmostEqual(means["se"][3], luck[3, 1:].std(ddof=1) / np.sqrt(3))
        self.assertNotIn(5, means.index)
        self.assertEqual((means.attrs["points"], means.attrs["points_left_out"], means.attrs["failed"]), (7, 1, 5))
        own = analysis.point_means(sweep, NAME, 10, relative_to_baseline=False)
        self.assertAlmostEqual(own["mean"][0], means["mean"][0] + 5 * self.value[0, 0])

    def test_a_sweep_of_one_scenario(self):
        sweep = self.sweep(points=8, scenarios=("as_is",))
        with self.assertRaisesRegex(analysis.SweepError, "only scenario"):
            analysis.outcome(sweep, NAME)
        np.testing.assert_allclose(analysis.outcome(sweep, NAME, against_baseline=False).values,
                                   5 * self.value[:, [0]] * np.ones(4))

    def test_share_of_luck(self):
        random = np.random.default_rng(4)
        signal, own, shared = random.normal(0, 2, (3000, 1)), random.normal(0, 1.5, (3000, 4)), random.normal(0, 3, 4)
        of = analysis.luck_share(signal + own + shared, common=True)
        self.assertAlmostEqual(of["of_means"], 1.5**2 / 4 / (4 + 1.5**2 / 4), delta=0.01)
        self.assertAlmostEqual(of["se"], 0.75, delta=0.02)
        within = 1.5**2 + shared.var(ddof=1)
        self.assertAlmostEqual(of["of_runs"], within / (within + 4), delta=0.02)
        apart = random.normal(0, 3, (3000, 4))
        of = analysis.luck_share(signal + apart, common=False)
        self.assertAlmostEqual(of["of_means"], (9 / 4) / (4 + 9 / 4), delta=0.02)
        values = signal + own
        values[:1500, 3] = np.nan
        self.assertAlmostEqual(analysis.luck_share(values, common=True)["se"] ** 2,
                               1.5**2 * (1 / 4 + 1 / 3) / 2, delta=0.03)
        self.assertTrue(np.isnan(analysis.luck_share(values[:, :1], common=True)["of_means"]))
        # Two points and two replicates, by hand: residuals of +-1 with one degree of freedom, so 4 / 1, over two.
        of = analysis.luck_share([[1.0, 3.0], [9.0, 7.0]], common=True)
        self.assertAlmostEqual(of["se"], np.sqrt(4 / 2))
        self.assertAlmostEqual(of["of_means"], 2 / 18)


class Sensitivity(Folder):
    def test_sobol_of_a_file(self):
        sweep = self.sweep("saltelli", ANGLES, ishigami, points=1024, second_order=True)
        table = analysis.sobol(sweep, NAME, 10, resamples=200)
        first, total, pair, variance = ishigami_indices()
        self.assertEqual(list(table), ["factor", "with", "index", "value", "low", "high"])
        for index, truth in (("S1", first), ("ST", total)):
            rows = table[table["index"] == index]
            self.assertEqual(list(rows.factor), [factor.path for factor in ANGLES])
            np.testing.assert_allclose(rows.value, truth, atol=0.05)
            self.assertTrue(((rows.low < truth) & (truth < rows.high)).all())
        row = table[(table["index"] == "S2") & (table["with"] == ANGLES[2].path)].iloc[0]
        self.assertEqual(row.factor, ANGLES[0].path)
        self.assertAlmostEqual(row.value, pair, delta=0.05)
        self.assertAlmostEqual(table.attrs["sd"] ** 2, variance, delta=0.5)
        self.assertLess(table.attrs["luck_of_means"], 1e-9)
        # At half the time all differences are half as large, and shares of their variance the same.
        np.testing.assert_allclose(analysis.sobol(sweep, NAME, 5, resamples=2).value, table.value)
        # Of the scenario itself the baseline's factor is a part: another answer.
        own = analysis.sobol(sweep, NAME, 10, "reform", against_baseline=False, resamples=2)
        self.assertGreater(own.value[0], table.value[0] + 0.2)

    def test_sobol_leaves_out_base_points_with_failures(self):
        sweep = self.sweep("saltelli", ANGLES, ishigami, points=64, failed=[(0, 1), (3, 0), (5 * 7 + 4, 2)])
        table = analysis.sobol(sweep, NAME, 10, resamples=10)
        self.assertEqual((table.attrs["base_points"], table.attrs["base_points_left_out"]), (62, 2))
        self.assertIn("2 of 64 left out whole", table.attrs["note"])
        y = ishigami(self.value).reshape(64, 5)[[row for row in range(64) if row not in (0, 7)]]
        np.testing.assert_allclose(table[table["index"] == "S1"].value,
                                   estimators.sobol_indices(y[:, 0], y[:, -1], y[:, 1:4])["S1"])
        part = analysis.sobol(sweep.isel(point=slice(5, 5 * 60)), NAME, 10, resamples=10)  # a part of the sweep
        self.assertEqual((part.attrs["base_points"], part.attrs["base_points_left_out"]), (58, 6))
        with self.assertRaisesRegex(analysis.SweepError, "at least two"):
            analysis.sobol(self.sweep("saltelli", ANGLES, ishigami, points=2, failed=[(0, 0)]), NAME)
        with self.assertRaisesRegex(analysis.SweepError, "needs a saltelli design"):
            analysis.sobol(self.sweep("random"), NAME)

    def test_sobol_says_what_luck_does(self):
        luck = np.random.default_rng(3).normal(0, 2, (512 * 5, 4))
        sweep = self.sweep("saltelli", ANGLES, ishigami, points=512, luck=luck)
        table = analysis.sobol(sweep, NAME, 10, resamples=10)
        variance = ishigami_indices()[3]
        self.assertAlmostEqual(table.attrs["luck_of_means"], 1 / (variance + 1), delta=0.015)
        self.assertAlmostEqual(table.attrs["luck_of_runs"], 4 / (variance + 4), delta=0.04)
        # The variance of the output is that over A and B.
        ends = np.arange(512 * 5) % 5 % 4 == 0
        of = analysis.luck_share((ishigami(self.value)[:, None] + luck)[ends], common=True)
        self.assertAlmostEqual(table.attrs["luck_of_means"], of["of_means"])

    def test_morris_of_a_file(self):
        factors = [Factor("a.b", 0, 10), Factor("a.c", -1, 1), Factor("a.d")]
        sweep = self.sweep("morris", factors, lambda x: 0.3 * x[:, 0] - x[:, 1] * x[:, 2], trajectories=40,
                           failed=[(9, 1)])
        table = analysis.morris(sweep, NAME, 10, resamples=200)
        self.assertEqual((table.attrs["trajectories"], table.attrs["trajectories_left_out"]), (39, 1))
        of = table.set_index(["factor", "index"])
        for name in ("low", "value", "high"):
            self.assertAlmostEqual(of.loc[("a.b", "mu_star"), name], 3)
        self.assertAlmostEqual(of.loc[("a.b", "sigma"), "value"], 0)
        row = of.loc[("a.c", "mu")]
        self.assertTrue(row.low < -1 < row.high and row.low < row.value < row.high, row)
        self.assertAlmostEqual(table.attrs["luck"], 0, delta=1e-9)

    def test_morris_says_what_luck_gives(self):
        luck = np.random.default_rng(5).normal(0, 0.2, (4 * 200, 4))
        sweep = self.sweep("morris", UNIT, lambda x: x[:, 0], trajectories=200, luck=luck)
        table = analysis.morris(sweep, NAME, 10, resamples=2).set_index(["factor", "index"])
        nothing = table.loc[(UNIT[2].path, "mu_star"), "value"]
        self.assertAlmostEqual(table.attrs["luck"], nothing, delta=4 * 0.75 * nothing / np.sqrt(200))

    def test_regional(self):
        kinds = Factor("levers.networks.participation", names=("voluntary", "expected", "mandated"))
        sweep = self.sweep("latin_hypercube", UNIT + [kinds], lambda x: 2 * (x[:, 1] > 0.6) - (x[:, 3] == 2),
                           points=300, failed=[(4, number) for number in range(4)])
        table = analysis.regional(sweep, NAME, 10, threshold=0.5)
        self.assertEqual(table.factor[0], UNIT[1].path)
        below = (2 * (self.value[:, 1] > 0.6) - (self.value[:, 3] == 2)) < 0.5
        keep = np.arange(300) != 4
        test = stats.ks_2samp(self.value[below & keep, 1], self.value[~below & keep, 1])
        self.assertAlmostEqual(table.distance[0], test.statistic)
        self.assertAlmostEqual(table.p[0], test.pvalue)
        self.assertEqual((table.attrs["below"], table.attrs["rest"]), (below[keep].sum(), (~below[keep]).sum()))
        self.assertEqual(table.attrs["points_left_out"], 1)
        rows = table.set_index("factor")
        self.assertGreater(rows.p_adjusted[UNIT[0].path], 0.05)
        self.assertEqual(rows.test[kinds.path], "chi-squared")
        halves = analysis.regional(sweep, NAME, 10, quantile=0.25)
        self.assertLess(halves.attrs["below"], 110)
        with self.assertRaisesRegex(analysis.SweepError, "no points"):
            analysis.regional(sweep, NAME, 10, threshold=-50)

    def test_regional_takes_independent_points_of_a_saltelli_design(self):
        sweep = self.sweep("saltelli", UNIT, points=64)
        table = analysis.regional(sweep, NAME, 10)
        self.assertEqual(table.attrs["below"] + table.attrs["rest"], 2 * 64)

    def test_one_at_a_time(self):
        factors = [Factor("a.b", levels=(0.5, 0, 1)), Factor("a.c", names=("no", "yes"), levels=(0, 1))]
        luck = np.random.default_rng(1).normal(0, 0.1, (4, 4))
        for common in (True, False):
            sweep = self.sweep("one_at_a_time", factors, lambda x: 3 * x[:, 0] + x[:, 1], luck=luck, common=common)
            table = analysis.one_at_a_time(sweep, NAME, 10)
            self.assertEqual(list(table.to), [0, 1, "yes"])
            change = luck[1:] - luck[0]
            np.testing.assert_allclose(table.value, np.array([-1.5, 1.5, 1]) + change.mean(axis=1))
            half = table.high - table.value
            if common:
                np.testing.assert_allclose(half, stats.t.ppf(0.975, 3) * change.std(axis=1, ddof=1) / 2)
            else:
                each = np.sqrt(luck[1:].var(axis=1, ddof=1) + luck[0].var(ddof=1)) / 2
                np.testing.assert_allclose(half, stats.t.ppf(0.975, 3) * each)


class Discovery(Folder):
    def planted(self, count=1500, seed=1):
        random = np.random.default_rng(seed)
        factors = pandas.DataFrame(random.random((count, 5)), columns=[f"p.x{number}" for number in range(5)])
        factors["p.kind"] = random.choice(["a", "b", "c"], count).astype(object)
        inside = (factors["p.x1"] < 0.4) & (factors["p.x3"] > 0.55) & (factors["p.kind"] != "b")
        return factors, inside.values, random

    def test_a_planted_box_is_found(self):
        factors, inside, _ = self.planted()
        peeling = analysis.prim(factors, inside)
        box = peeling.box()
        self.assertEqual(set(box.limits), {"p.x1", "p.x3", "p.kind"})
        self.assertAlmostEqual(box.limits["p.x1"][1], 0.4, delta=0.02)
        self.assertAlmostEqual(box.limits["p.x3"][0], 0.55, delta=0.02)
        self.assertEqual((box.limits["p.x1"][0], box.limits["p.x3"][1]), (-np.inf, np.inf))
        self.assertEqual(set(box.limits["p.kind"]), {"a", "c"})
        self.assertGreater(box.density, 0.97)
        self.assertGreater(box.coverage, 0.97)
        self.assertLess(max(box.quasi_p.values()), 1e-6)
        words = peeling.words(box)
        everywhere = f"of all points, {inside.mean():.0%}"
        for part in ("p.x1 is below 0.399", "p.x3 is above 0.55", "p.kind is a or c", everywhere):
            self.assertIn(part, words)

    def test_numbers_of_the_trajectory(self):
        factors, inside, random = self.planted()
        interest = np.where(inside, random.random(len(inside)) < 0.9, random.random(len(inside)) < 0.1)
        peeling = analysis.prim(factors, interest, least=0.04)
        rows = peeling.trajectory
        self.assertEqual(tuple(rows.loc[0, ["coverage", "mass"]]), (1, 1))
        self.assertAlmostEqual(rows.density[0], interest.mean())
        self.assertTrue((np.diff(rows.points) < 0).all())
        self.assertGreaterEqual(rows.mass.min(), 0.04)
        np.testing.assert_allclose(rows.coverage * interest.sum(), rows.density * rows.points)
        box = peeling.box()
        self.assertEqual(set(box.limits), {"p.x1", "p.x3", "p.kind"})
        self.assertAlmostEqual(box.density, 0.9, delta=0.06)
        # A quasi-p-value by its definition.
        one, kind = factors["p.x1"] < box.limits["p.x1"][1], factors["p.kind"].isin(box.limits["p.kind"])
        one &= factors["p.x1"] > box.limits["p.x1"][0]
        without = interest[one & kind].mean()
        by_hand = stats.binom.sf(box.interest - 1, box.points, without)
        np.testing.assert_allclose(box.quasi_p["p.x3"], by_hand, rtol=1e-6)

    def test_pasting_raises_density(self):
        factors, inside, _ = self.planted(600)
        peeling = analysis.prim(factors, inside, peel=0.2)
        for step in range(2, len(peeling.boxes)):
            before, after = peeling.boxes[step], peeling.box(step, drop_above=1)
            self.assertGreaterEqual(after.density, before.density)
        # From a small pure box nothing can be won; from one cut too far on one side, that side is pasted on again.
        limits = {"p.x1": (0.1, 0.4), "p.x3": (0.55, np.inf), "p.x0": (0.2, np.inf)}
        peeling.boxes[1] = peeling._measured(limits)
        self.assertGreaterEqual(peeling.box(1, drop_above=1).density, peeling.boxes[1].density)

    def test_luck_gives_no_box(self):
        factors, _, random = self.planted()
        interest = random.random(len(factors)) < 0.4
        box = analysis.prim(factors, interest).box(drop_above=1e-4)
        self.assertLess(len(box.limits), 2)
        whole = analysis.prim(factors, interest)
        self.assertIn("No part of the space stands out: 39%", whole.words(whole._measured({})))
        with self.assertRaises(ValueError):
            analysis.prim(factors, np.ones(len(factors), bool))

    def test_discover(self):
        sweep = self.sweep("sobol", UNIT, lambda x: np.where((x[:, 1] > 0.5) & (x[:, 2] < 0.3), -1.0, 1.0), points=512,
                           failed=[(7, number) for number in range(4)])
        peeling = analysis.discover(sweep, NAME + " < 0", 10)
        box = peeling.box()
        self.assertEqual(set(box.limits), {UNIT[1].path, UNIT[2].path})
        self.assertEqual(len(peeling.interest), 511)
        self.assertEqual(peeling.about["points_left_out"], 1)
        self.assertIn("clusters.trust_growth is above 0.499", peeling.words(box))
        self.assertIn("reform - as_is, < 0 pupil SD", peeling.words(box))
        other = analysis.discover(sweep, NAME + ">=1", 10)
        np.testing.assert_array_equal(other.interest, ~peeling.interest)
        for bad in ("no condition", NAME + "<0.1.2", NAME + "<-99"):
            with self.assertRaises(analysis.SweepError):
                analysis.discover(sweep, bad)


class Figures(Folder):
    def test_sobol_plot(self):
        luck = np.random.default_rng(3).normal(0, 2, (128 * 5, 4))
        table = analysis.sobol(self.sweep("saltelli", ANGLES, ishigami, points=128, luck=luck, failed=[(0, 0)]), NAME)
        ax = analysis.sobol_plot(table)
        total = table[table["index"] == "ST"].sort_values("value", ascending=False)
        np.testing.assert_allclose(ax.get_lines()[0].get_xdata(), total.value)
        self.assertEqual([text.get_text() for text in ax.get_yticklabels()], ["angle.x1", "angle.x2", "angle.x3"])
        bars = np.array([path.vertices[:, 0] for path in ax.collections[0].get_paths()])
        np.testing.assert_allclose(bars, total[["low", "high"]])
        title = ax.figure._suptitle.get_text()
        for part in ("127 base points", "95% bootstrap", "1 run failed", "1 base point left out"):
            self.assertIn(part, title)
        self.assertEqual(tuple(ax.figure.get_size_inches()), (7, 4.5))

    def test_morris_plot_names_what_is_more_than_luck(self):
        luck = np.random.default_rng(5).normal(0, 0.1, (4 * 30, 4))
        sweep = self.sweep("morris", UNIT, lambda x: x[:, 0] + x[:, 0] * x[:, 1], trajectories=30, luck=luck)
        ax = analysis.morris_plot(analysis.morris(sweep, NAME, resamples=100))
        texts = [text.get_text() for text in ax.texts]
        self.assertIn("networks.expectation", texts)
        self.assertNotIn("learning.decay", texts)

    def test_scatter_effects_draws_the_means(self):
        sweep = self.sweep("random", UNIT, points=200)
        ax = analysis.scatter_effects(sweep, NAME, 10, UNIT[1].path, bins=5)
        dots, line = ax.get_lines()[:2]
        np.testing.assert_allclose(dots.get_ydata(), self.value[:, 0] + 2 * self.value[:, 1])
        lowest = np.argsort(self.value[:, 1])[:40]
        self.assertAlmostEqual(line.get_ydata()[0], dots.get_ydata()[lowest].mean())
        self.assertEqual(ax.get_xlabel(), UNIT[1].path)
        self.assertIn("difference to the baseline (pupil SD)", ax.get_ylabel())

    def test_lines_plot(self):
        factors = [Factor("a.b", levels=(0, 1, 2)), Factor("a.c", names=("yes", "no"), levels=(0, 1))]
        sweep = self.sweep("grid", factors, lambda x: x[:, 0] * (1 + x[:, 1]))
        ax = analysis.lines_plot(sweep, NAME, 10, "a.b", "a.c")
        lines = [line for line in ax.get_lines() if len(line.get_xdata()) == 3]
        drawn = [list(line.get_ydata()) for line in lines if line.get_linestyle() != "None"]
        np.testing.assert_allclose(drawn,
                                   [[0, 1, 2], [0, 2, 4]])
        self.assertEqual([text.get_text() for text in ax.get_legend().get_texts()], ["yes", "no"])

    def test_prim_and_box_plots(self):
        sweep = self.sweep("sobol", UNIT, lambda x: (x[:, 1] > 0.5) - 0.5, points=128)
        peeling = analysis.discover(sweep, NAME + "<0")
        box = peeling.box()
        ax = analysis.prim_plot(peeling, box)
        np.testing.assert_allclose(ax.get_lines()[0].get_xydata(), peeling.trajectory[["coverage", "density"]])
        ax = analysis.box_plot(peeling, box)
        self.assertEqual(ax.get_xlabel(), UNIT[1].path)
        self.assertAlmostEqual(ax.patches[0].get_x() + ax.patches[0].get_width(), 0.5, delta=0.02)


class Report(Folder):
    def report(self, *arguments):
        out = os.path.join(self.folder, "out")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.assertEqual(sweep_report.main([self.path, "-o", out, *arguments]), 0)
        text = printed.getvalue()
        self.assertLessEqual(max(map(len, text.replace(out, "out").splitlines())), 80, text)
        for name in os.listdir(out):
            self.assertGreater(os.path.getsize(os.path.join(out, name)), 20, name)
        return text, sorted(os.listdir(out))

    def test_saltelli(self):
        self.sweep("saltelli", ANGLES, ishigami, points=64, failed=[(0, 1)])
        text, files = self.report("--resamples", "50", "--measure", NAME, "--year", "5")
        self.assertEqual(files, ["failures.csv", "points.csv", "runs.csv", "scatter.pdf", "scatter.png", "sobol.csv",
                                 "sobol.pdf", "sobol.png"])
        self.assertIn("63 base points; 1 of 64 left out whole", " ".join(text.split()))
        written = pandas.read_csv(os.path.join(self.folder, "out", "sobol.csv"))
        table = analysis.sobol(analysis.open_sweep(self.path), NAME, 5, resamples=50)
        np.testing.assert_allclose(written["value"], table["value"])

    def test_morris_and_one_at_a_time_and_grid(self):
        self.sweep("morris", UNIT, trajectories=5)
        self.assertIn("clusters.trust_growth", self.report()[0])
        for kind, levels in (("one_at_a_time", (0, 1)), ("grid", (0, 1, 2))):
            self.sweep(kind, [Factor(factor.path, levels=levels) for factor in UNIT])
            text, files = self.report()
            self.assertIn("tornado.png" if kind == "one_at_a_time" else "lines.png", files)

    def test_space_filling_with_two_reforms(self):
        self.sweep("latin_hypercube", UNIT, lambda x: (x[:, 1] > 0.5) - 0.5, points=100,
                   scenarios=("as_is", "deep one", "wide"))
        text, files = self.report("--interest", NAME + "<0")
        for name in ("regional_deep_one.csv", "prim_wide.png", "box_deep_one.pdf", "scatter_wide.png"):
            self.assertIn(name, files)
        self.assertIn("clusters.trust_growth is below 0.", " ".join(text.split()))

    def test_from_the_command_line(self):
        self.sweep(points=20, replicates=1, scenarios=("as_is",))
        script = os.path.join(ROOT, "analysis", "sweep_report.py")
        out = os.path.join(self.folder, "out")
        done = subprocess.run([sys.executable, "-B", script, self.path, "-o", out], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        self.assertIn("With one replicate, nobody knows", done.stdout)
        for arguments, message in (((self.path, "--measure", "nothing"), "there is no measure 'nothing'"),
                                   ((self.path, "--year", "3"), "no year 3"),
                                   ((self.path + "x",), "there is no file")):
            errors = io.StringIO()
            with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(sweep_report.main([*arguments, "-o", out]), 2)
            self.assertIn(message, errors.getvalue())


if __name__ == "__main__":
    unittest.main()
