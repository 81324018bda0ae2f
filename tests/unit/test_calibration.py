"""Emulators, history matching, brackets and widths on made-up systems with a known answer, and the cheap lines of the
pattern files. An argument (reformsim) is ignored: nothing is simulated here."""
import os
import sys
import tempfile
import unittest
import warnings

if len(sys.argv) > 1 and os.sep in sys.argv[1]:
    sys.argv.pop(1)
sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "analysis"))

import numpy as np  # noqa: E402
import pandas  # noqa: E402
from reformsim_calibration import cheap, identified, outcome, page, rule, study  # noqa: E402
from reformsim_calibration.arms import NotKept, SweptArm  # noqa: E402
from reformsim_calibration.brackets import Bracket, usual_scale  # noqa: E402
from reformsim_calibration.chance import Bank, Chance, chains, thin, together  # noqa: E402
from reformsim_calibration.emulator import Emulator  # noqa: E402
from reformsim_calibration.matching import Matcher  # noqa: E402
from reformsim_calibration.priors import Prior  # noqa: E402
from reformsim_calibration.stand_ins import evaluate  # noqa: E402
from reformsim_patterns.files import PatternError  # noqa: E402
from reformsim_patterns.page import put  # noqa: E402

PATTERNS = os.path.join(ROOT, "scenarios", "patterns")


def prior(n):
    return Prior([{"name": f"parameters.m.p{k}", "role": "free", "range": [0, 10], "default": 2}
                  for k in range(n)] + [{"name": "parameters.m.fixed", "role": "constant", "range": [0, 1],
                                         "default": 0}])


class Priors(unittest.TestCase):
    def test_free_parameters_alone_in_their_own_units_and_back(self):
        some = prior(3)
        self.assertEqual(some.names, ["m.p0", "m.p1", "m.p2"])
        np.testing.assert_allclose(some.values([[0, 0.5, 1]]), [[0, 5, 10]])
        unit = some.random(50, 1)
        np.testing.assert_allclose(some.unit(some.values(unit)), unit, atol=1e-4)

    def test_a_latin_hypercube_has_one_point_in_each_layer(self):
        points = prior(4).latin_hypercube(20, 3)
        for k in range(4):
            self.assertEqual(sorted((points[:, k] * 20).astype(int)), list(range(20)))


class Brackets(unittest.TestCase):
    def test_ends_are_alike_on_the_common_scale(self):
        two = Bracket({"from": 0.2, "to": 0.8})
        np.testing.assert_allclose(two.outside(two.scaled([0.2, 0.5, 0.8])), 0, atol=1e-12)
        self.assertAlmostEqual(float(two.outside(two.scaled(1.1))), np.arcsinh(2) - np.arcsinh(1))
        one = Bracket({"above": 3}, scale=2)
        self.assertEqual(float(one.outside(one.scaled(4))), 0)
        self.assertAlmostEqual(float(one.outside(one.scaled(1))), np.arcsinh(1))
        self.assertEqual(float(one.outside(one.scaled(np.nan))), np.inf)

    def test_errors_are_those_of_small_steps(self):
        some = Bracket({"from": 1, "to": 2})
        for value in (0.0, 1.5, 7.0):
            step = some.scaled(value + 1e-6) - some.scaled(value)
            self.assertAlmostEqual(float(some.error_scaled(value, 1e-6)), float(step), places=10)

    def test_the_usual_scale_is_the_sd_of_a_normal(self):
        self.assertAlmostEqual(usual_scale(np.random.default_rng(1).normal(5, 3, 20000)), 0.967 * 3, delta=0.06)


class Emulators(unittest.TestCase):
    def setUp(self):
        self.luck = np.random.default_rng(2)
        self.x = self.luck.random((400, 20))

    def test_a_quadratic_with_a_product_is_learnt_nearly_exactly(self):
        truth = lambda x: 3 * x[:, 2] - 2 * x[:, 5] ** 2 + 1.5 * x[:, 2] * x[:, 7]
        found = Emulator().fit(self.x, truth(self.x), process=False)
        new = self.luck.random((200, 20))
        self.assertGreater(found.explained, 0.995)
        self.assertLess(np.sqrt(np.mean((found.predict(new) - truth(new)) ** 2)), 2 * found.error)
        self.assertEqual(set(found.quadratic.order[:3]), {2, 5, 7})

    def test_its_error_leaves_the_luck_of_replicates_out(self):
        y = self.x[:, 0] + self.luck.normal(0, 0.3, 400)
        found = Emulator().fit(self.x, y, np.full(400, 0.3), process=False)
        self.assertLess(found.error, 0.2)
        self.assertLess(found.explained, 0.6)  # of what was seen, luck included
        blind = Emulator().fit(self.x, y, process=False)
        self.assertGreater(blind.error, 0.25)

    def test_a_process_takes_what_no_quadratic_can(self):
        y = np.sin(9 * self.x[:, 3]) + 0.5 * self.x[:, 1]
        found = Emulator().fit(self.x, y)
        self.assertIsNotNone(found.process)
        self.assertGreater(found.explained, Emulator().fit(self.x, y, process=False).explained + 0.2)

    def test_noise_is_not_explained(self):
        found = Emulator().fit(self.x, self.luck.normal(0, 1, 400))
        self.assertLess(found.explained, 0.05)


class Exact:
    """An emulator that knows."""

    def __init__(self, function, error=0.01):
        self.predict, self.error = function, error


class Matching(unittest.TestCase):
    def line(self, k, low, high):
        some = Bracket({"from": low, "to": high})
        return (Exact(lambda x: some.scaled(x[:, k])), some, 0.0)

    def test_what_is_not_ruled_out_is_the_box(self):
        box = Matcher([self.line(0, 0.2, 0.4), self.line(1, 0.5, 1.0)], cut=0)
        x, share = box.sample(3000, 5, seed=4)
        self.assertAlmostEqual(share, 0.1, delta=0.01)
        self.assertTrue(((x[:, 0] >= 0.2) & (x[:, 0] <= 0.4) & (x[:, 1] >= 0.5)).all())
        for k in range(2, 5):  # the rest stays as it was
            self.assertAlmostEqual(x[:, k].mean(), 0.5, delta=0.03)

    def test_chains_reach_all_of_a_small_region_evenly(self):
        small = Matcher([self.line(k, 0.45, 0.5) for k in range(3)], cut=0)  # 1 in 8000
        x, share = small.sample(4000, 5, seed=5)
        self.assertAlmostEqual(share, 0.05 ** 3, delta=0.00003)
        for k in range(3):
            spread = (x[:, k] - 0.45) / 0.05
            self.assertAlmostEqual(spread.mean(), 0.5, delta=0.05)
            self.assertAlmostEqual(spread.std(), 12 ** -0.5, delta=0.04)
        self.assertAlmostEqual(x[:, 4].std(), 12 ** -0.5, delta=0.02)

    def test_what_is_unknown_widens(self):
        line = self.line(0, 0.2, 0.4)
        strict, lenient = Matcher([line], cut=3), Matcher([(line[0], line[1], 1.0)], cut=3)
        at = np.array([[0.6, 0.0]])
        self.assertFalse(strict.allowed(at)[0])
        self.assertTrue(lenient.allowed(at)[0])

    def test_contradictions_are_said(self):
        with self.assertRaises(ValueError):
            Matcher([self.line(0, 0, 0.1), self.line(0, 0.9, 1.0)], cut=0).sample(10, 2, seed=1)


class Chances(unittest.TestCase):
    """Two lines that are parameters 0 and 1 with noise that both share."""

    def setUp(self):
        self.luck = np.random.default_rng(6)
        self.x = self.luck.random((500, 6))
        noise = self.luck.normal(0, 0.1, 500)
        self.lines = [Emulator().fit(self.x, self.x[:, k] + noise, process=False) for k in (0, 1)]
        self.residuals = np.column_stack([line.residual for line in self.lines])

    def test_a_bank_says_what_its_emulators_say(self):
        y = np.sin(9 * self.x[:, 3]) + self.x[:, 1] * self.x[:, 2]
        lines = [*self.lines, Emulator().fit(self.x, y)]
        self.assertIsNotNone(lines[2].process)
        new = self.luck.random((50, 6))
        np.testing.assert_allclose(Bank(lines).predict(new), np.column_stack([line.predict(new) for line in lines]),
                                   atol=1e-9)

    def test_residuals_are_those_of_points_not_seen(self):
        self.assertAlmostEqual(np.std(self.residuals[:, 0]), 0.1, delta=0.02)
        gap = Emulator().fit(self.x[:40], np.where(np.arange(40) == 3, np.nan, self.x[:40, 0]), process=False).residual
        self.assertEqual(list(np.flatnonzero(np.isnan(gap))), [3])

    def test_lines_that_miss_together_are_met_together(self):
        at = np.full((1, 6), 0.5)  # each line is inside half of the time, and always with the other
        half = Chance(self.lines, [[0.5, 0.5], [9, 9]], self.residuals)
        self.assertAlmostEqual(half(at)[0], 0.5, delta=0.08)
        one = Chance(self.lines, [[0.5, 5], [9, 9]], self.residuals, share=0.5)  # the other never
        self.assertAlmostEqual(one(at)[0], 0.5, delta=0.08)
        never = Chance(self.lines, [[0.5, 5], [9, 9]], self.residuals)(at)[0]
        self.assertTrue(0 < never < 0.01)

    def test_chains_have_the_density_of_the_chance(self):
        first = lambda x: np.where(x[:, 0] < 0.2, 0.8, 0.2)  # twenty per cent of the cube, half of the points
        second = lambda x: np.where(x[:, 1] < 0.5, 0.9, 0.3)
        x, taken = chains([first, second], self.luck.random((4000, 6)), 40, seed=7)
        self.assertAlmostEqual((x[:, 0] < 0.2).mean(), 0.5, delta=0.03)
        self.assertAlmostEqual((x[:, 1] < 0.5).mean(), 0.75, delta=0.03)
        self.assertAlmostEqual(x[:, 4].std(), 12 ** -0.5, delta=0.01)
        self.assertTrue(0.3 < taken < 1)

    def test_thinned_points_are_even(self):
        chances = [lambda x: np.where(x[:, 0] < 0.2, 0.8, 0.2)]
        x, _ = chains(chances, self.luck.random((4000, 6)), 40, seed=7)
        kept, worth = thin(together(chances, x), 1000, seed=8)
        self.assertEqual(len(set(kept)), 1000)
        self.assertAlmostEqual((x[kept, 0] < 0.2).mean(), 0.2, delta=0.03)
        self.assertAlmostEqual(worth, 1000)

    def test_what_a_thinned_sample_is_worth(self):
        kept, worth = thin([0.1, 0.4, 0.4, 0.4, 0.4], 5, seed=1)  # nothing to spare: weights 4 and 1, 1, 1, 1
        self.assertEqual(sorted(kept), [0, 1, 2, 3, 4])
        self.assertAlmostEqual(worth, 64 / 20)


class Known:
    """A line of a rule."""

    def __init__(self, name, pattern, bracket):
        self.id, self.pattern, self.bracket = name, pattern, bracket


class Rules(unittest.TestCase):
    def test_required_lines_are_widened_and_others_counted(self):
        lines = [Known("P1a", "P1", {"from": 0, "to": 1}), Known("P6a", "P6", {"above": 0}),
                 Known("P7a", "P7", {"above": 0})]
        table = pandas.DataFrame({"luck": [0.3, 0, 0], "small": [0.4, 0, 0], "scale": 1.0},
                                 index=["P1a", "P6a", "P7a"])
        some = rule.Rule(lines, table, ["P1"], widened=2, share=0.5)
        values = [[1.9, 1, -1], [2.1, 1, 1], [0, -1, -1], [0, np.nan, 1]]  # the widened bracket ends at 2
        self.assertEqual(list(some.meets_required(values)), [True, False, True, True])
        self.assertEqual(list(some.share_inside(values)), [0.5, 1, 0, 0.5])
        self.assertEqual(list(some.survives(values)), [True, False, False, True])

    def test_controls_are_required_too_and_not_counted_among_the_rest(self):
        lines = [Known("P1a", "P1", {"from": 0, "to": 1}), Known("N1a", "N1", {"to": 0}), Known("P6a", "P6", {"above": 0})]
        table = pandas.DataFrame({"luck": [0, 0.3, 0], "small": [0, 0.4, 0], "scale": 1.0}, index=["P1a", "N1a", "P6a"])
        some = rule.Rule(lines, table, ["P1"], widened=2, share=1, controls=["N1"])
        values = [[0.5, 0.9, 1], [0.5, 1.1, 1], [0.5, np.nan, 1], [2, 0, 1], [0.5, 0, -1]]  # the widened bracket ends at 1
        self.assertEqual(list(some.meets_controls(values)), [True, False, False, True, True])
        self.assertEqual(list(some.share_inside(values)), [1, 1, 1, 1, 0])
        self.assertEqual(list(some.survives(values)), [True, False, False, False, False])

    def test_values_are_anchored_and_a_small_world_is_judged_by_differences(self):
        lines = [Known("P1a", "P1", {"from": 0, "to": 1}), Known("P6a", "P6", {"above": 0})]
        here, there = np.array([[1., 1], [2, 2], [3, 3]]), np.array([[1.5, 1.2], [2.5, 2.1], [3.5, 3.3]])
        np.testing.assert_allclose(rule.anchored(here, [7, 0.5])[:, 0], [7, 8, 9])
        table = rule.line_table(lines, [7, 0.5], here, np.array([[0, 0], [.1, .2], [.1, .2]]), 3, there)
        self.assertAlmostEqual(table.at["P1a", "small"], 0)
        self.assertAlmostEqual(table.at["P6a", "small"], 0.1 / 0.4549 ** 0.5, places=4)
        np.testing.assert_allclose(table["luck"], np.array([0.1, 0.2]) / np.log(2) ** 0.5)

    def test_luck_is_what_few_replicates_show_of_it_and_no_less(self):
        draws = np.random.default_rng(8).normal(0, 0.7, (4000, 3, 2))
        for replicates in (2, 3):
            errors = draws[:, :replicates].std(axis=1, ddof=1)
            np.testing.assert_allclose(rule.typical(errors, replicates - 1), 0.7, rtol=0.05)

    def test_how_far_a_small_world_is_off_is_no_noise(self):
        x = np.random.default_rng(5).random((300, 5))
        y = x[:, 0] + np.random.default_rng(6).normal(0, 0.2, 300)
        errors = []
        for small in (0.0, 0.5):
            some = rule.Rule([Known("P1a", "P1", {"from": -9, "to": 9})],
                             pandas.DataFrame({"luck": [0.1], "small": [small], "scale": 1.0}, index=["P1a"]), [], 0, 0)
            scaled, unknown = some.scaled(y[:, None])
            self.assertAlmostEqual(some.noise(unknown)[0], 0.1 / 9, delta=1e-4)
            errors.append(Emulator().fit(x, scaled[:, 0], np.full(300, some.noise(unknown)[0]), process=False).error)
        self.assertAlmostEqual(errors[0], errors[1], places=12)
        self.assertAlmostEqual(errors[0], (0.2 ** 2 - 0.1 ** 2) ** 0.5 / 9, delta=0.004)

    def test_ends_on_the_common_scale_are_widened_in_the_lines_own(self):
        table = pandas.DataFrame({"luck": [0.5], "small": [0], "scale": 1.0}, index=["P1a"])
        some = rule.Rule([Known("P1a", "P1", {"from": 0, "to": 2})], table, [], 0, 0)
        np.testing.assert_allclose(some.ends(2), np.arcsinh([[-2], [2]]))
        single = rule.Rule([Known("P1a", "P1", {"above": 3})], table, [], 0, 0)
        np.testing.assert_allclose(single.ends(0)[:, 0], [0, np.inf])

    def test_points_that_miss_what_is_required_at_once_go_no_further(self):
        line = Known("P1a", "P1", {"from": 0, "to": 2})
        with tempfile.TemporaryDirectory() as folder:
            pandas.DataFrame({"line": ["P1a"], "luck": [0.1], "small": [0.0], "scale": [1.0]}).to_csv(
                os.path.join(folder, "lines.csv"), index=False)
            some = object.__new__(study.Study)
            some.kept, some.alone, some.large, some.patterns = folder, [line], (1500, 60), PATTERNS
            some.plan = {"rule": {"required": ["P1"], "controls": [], "widened": 2, "share": 0.75,
                                  "replicates": [4, 1]}}
            some.official = lambda: {"P1a": 1.0}
            asked = {}

            def simulate(name, values, replicates, *_):
                asked[name] = (values[:, 0].tolist(), replicates)
                return values + (0.5 if replicates == 1 else 0.3), np.full(values.shape, 0.1 / replicates)

            some.simulate = simulate
            # The default is at 10, so that a bracket of 0 to 2 is one of 9 to 11, widened by two SDs: 0.2, and 0.4 in one
            # replicate instead of four.
            values = np.array([[10.0], [11.3], [11.5], [8.7], [8.5]])
            found, errors = some.status_quo("w", values, 4, screen=1)
        self.assertEqual(asked, {"w_screen": ([10, 11.3, 11.5, 8.7, 8.5], 1), "w": ([10, 11.3, 8.7], 4)})
        np.testing.assert_allclose(found[:, 0] - found[0, 0], values[:, 0] - 10)
        self.assertEqual(errors[:, 0].tolist(), [0.025, 0.025, 0.1, 0.025, 0.1])

    def test_waves_of_another_program_are_refused_unless_accepted(self):
        with tempfile.TemporaryDirectory() as folder:
            some = object.__new__(study.Study)
            some.kept, some.version, some.accept, some.prior = folder, "reformsim (b)", False, prior(1)
            some.lines = [Known("P1a", "P1", {})]
            some.official = lambda: {"P1a": 5.0}
            pandas.DataFrame({"m.p0": [2, 4], "P1a": [1, 3]}).to_csv(os.path.join(folder, "w.csv"), index=False)
            for made in (None, "reformsim (a)"):  # one that is not known, and another one
                if made:
                    some.note("w", {"program": made})
                with self.assertRaises(PatternError) as wrong:
                    some.stored("w")
                self.assertIn("reformsim (b)", str(wrong.exception))
            some.accept = True
            self.assertEqual(some.stored("w")[1]["P1a"].tolist(), [7])
            some.accept = False
            some.note("w", {"program": some.version})
            self.assertEqual(some.stored("w")[0].tolist(), [[0.4]])

    def test_waves_are_thinned_by_their_own_chances_and_put_together(self):
        class Fake:
            plan = {"survivors": {"wanted": 200, "kept": 0.5, "seed": 3},
                    "waves": [{"name": "a"}, {"name": "b", "likely": "required"}, {"name": "c", "likely": "all"},
                              {"name": "d", "likely": "all"}]}
            chances = {"c": np.tile([0.1, 0.3], 100), "d": np.full(100, 0.02)}
            chance = chances.get

        self.assertEqual(outcome.sources(Fake), ["c", "d"])
        alive = {"c": np.arange(200) >= 40, "d": np.arange(100) < 60}
        kept, worth = outcome.sample(Fake, alive)
        self.assertEqual((len(kept), len(set(kept))), (110, 110))
        first = kept[kept < 200]
        self.assertEqual((len(first), min(first) >= 40, max(kept) < 260), (80, True, True))
        self.assertAlmostEqual((first % 2 == 0).sum(), 60, delta=6)  # three times as likely to be kept as the odd ones
        self.assertAlmostEqual(worth, 110)

    def test_the_best_meet_controls_first_then_most_and_are_near_the_centre(self):
        scores = pandas.DataFrame({"set": list("abcd"), "controls_inside": [.8, 1, 1, 1], "share_inside": [1, .9, .8, .9],
                                   "from_centre": [0, 2, 0, 1]})
        self.assertEqual(outcome.finalists(scores, 4), ["d", "b", "c", "a"])


class Identified(unittest.TestCase):
    def test_widths_of_a_known_and_of_an_unknown_parameter(self):
        luck = np.random.default_rng(3)
        sets = np.column_stack([luck.uniform(2, 4, 800), luck.uniform(0, 10, 800)])
        found = identified.widths(prior(2), sets, len(sets))
        self.assertAlmostEqual(found["width"][0], 0.2, delta=0.01)
        self.assertAlmostEqual(found["width"][1], 1.0, delta=0.03)
        self.assertEqual(list(found["identified"]), ["yes", "no"])

    def test_sets_that_are_worth_few_identify_less(self):
        sets = np.random.default_rng(3).uniform(2, 8, (60, 1))
        self.assertEqual(list(identified.widths(prior(1), sets, 60)["identified"]), ["yes"])
        self.assertEqual(list(identified.widths(prior(1), sets, 10)["identified"]), ["no"])

    def test_identified_is_what_weighted_survivors_show_as_well(self):
        x = np.random.default_rng(4).random((4000, 1)) ** 2  # drawn with a density of 1 / (2 sqrt(x))
        weights = np.sqrt(x[:, 0])
        even = weights / weights.sum() * identified.kish(weights)
        sets = prior(1).values(x[:200])
        self.assertEqual(list(identified.widths(prior(1), sets, 200)["identified"]), ["yes"])
        self.assertEqual(list(identified.widths(prior(1), sets, 200, (x, even))["identified"]), ["no"])
        self.assertEqual(list(identified.widths(prior(1), sets, 200, (x, np.ones(4000)))["identified"]), ["yes"])
        self.assertAlmostEqual(identified.kish(np.array([1, 1, 2])), 16 / 6)

    def test_of_many_parameters_about_which_nothing_is_known_none_looks_identified(self):
        sets = np.random.default_rng(9).uniform(0, 10, (60, 100))
        found = identified.widths(prior(100), sets, len(sets))
        self.assertEqual(set(found["identified"]), {"no"})
        mean, low, high = identified.chance_widths(60)
        self.assertAlmostEqual(found["width"].mean(), mean, delta=0.02)
        self.assertAlmostEqual(((found["width"] >= low) & (found["width"] <= high)).mean(), 0.9, delta=0.09)

    def test_points_that_were_not_looked_at_tell_nothing(self):
        unit = np.random.default_rng(4).random((600, 2))
        known = unit[:, [1]] < 0.5  # not looked at where b is large
        inside = (unit[:, [0]] > 0.4) & known
        found = identified.constraints(unit, inside, ["a", "b"], [Known("P1a", "P1", {})], known)
        self.assertAlmostEqual(found.at["P1a", "a"], 1.0)
        self.assertEqual(found.at["P1a", "b"], 0)

    def test_a_line_constrains_the_parameter_it_hangs_on(self):
        unit = np.random.default_rng(4).random((600, 3))
        inside = np.column_stack([unit[:, 1] > 0.4, np.ones(600, bool)])
        found = identified.constraints(unit, inside, ["a", "b", "c"], [Known("P1a", "P1", {}), Known("P2a", "P2", {})])
        self.assertAlmostEqual(found.at["P1a", "b"], 1.0)
        self.assertEqual(found.to_numpy().astype(bool).sum(), 1)


class Cheap(unittest.TestCase):
    def test_what_is_required_can_be_shown_and_single_networks_cannot(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines, policies, measures, years = cheap.collect(PATTERNS, 360)
        names = {line.id for line in lines}
        self.assertGreaterEqual(len(names), 60)
        every = {line.id for line in lines if line.pattern in ("P1", "P2", "P3", "P4")}
        self.assertTrue({"P1a", "P2e", "P3c", "P4f"} <= every)
        self.assertFalse([name for name in names if name.startswith(("P17", "P20", "P8", "N6"))])
        self.assertEqual(next(iter(policies)), cheap.BASE)
        self.assertIn("cohort_gain_poorest_fifth", measures)
        self.assertIn(10, years)
        reach = {policy.reach for policy in policies.values()}
        self.assertEqual(reach, {None, 45 / 360})  # forty-five schools are coached in any world
        for line in lines:
            self.assertNotIn("parameters", str(line.arguments))

    def test_points_take_the_place_of_replicates(self):
        kept = {("true_attainment_mean", 1): np.array([1., 2, 3])}
        for year in range(11):  # the poorest gain 0.02 a year more at the first point
            kept["cohort_gain_poorest_fifth", year] = np.array([0.02 * year, 0, 0])
            kept["cohort_gain_mean", year] = np.zeros(3)
        arms = {"usual": SweptArm(kept, 3, {"reported_drift": 0.1}, None)}
        level = evaluate(arms, "level", {"arm": "usual", "measure": "true_attainment_mean", "year": 1})
        self.assertEqual(list(level), [1, 2, 3])
        null = evaluate(arms, "turnaround_null", {"arm": "usual", "measure": "cohort_value_added", "by": "deprivation",
                                                  "share": 0.2, "span": 3})
        np.testing.assert_allclose(null, [0.36 / 0.3, 1, 1])  # three years of drift on either side
        with self.assertRaises(NotKept):
            evaluate(arms, "group_effect", {"arm": "usual", "base": "usual", "measure": "true_score", "year": 1,
                                            "by": "deprivation", "low": 0, "high": 0.2})


class Page(unittest.TestCase):
    def test_a_table_takes_the_place_of_the_old_one(self):
        text = "a\n<!-- table: x -->\nold\n<!-- end of table -->\nb\n"
        new = page.markdown(pandas.DataFrame({"k": ["u"], "v": [0.12345]}), {"k": "key", "v": "value"})
        self.assertEqual(put(text, "x", new), "a\n<!-- table: x -->\n| key | value |\n|---|---|\n| u | 0.123 |\n"
                                                   "<!-- end of table -->\nb\n")
        with self.assertRaises(ValueError):
            put(text, "y", new)

    def test_parameters_are_nested_by_their_sections(self):
        text = outcome.parameters_text({"a.x": 1.5, "a.y": 2, "b.z": 0.25}, ["About."])
        self.assertEqual(text, "# About.\nreformsim: 1\nparameters:\n  a:\n    x: 1.5\n    y: 2.0\n  b:\n    z: 0.25\n")


if __name__ == "__main__":
    unittest.main()
