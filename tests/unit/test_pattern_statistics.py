"""The statistics that patterns are judged by, on made-up schools with a known answer. An argument (reformsim) is
ignored: nothing is simulated here."""
import os
import sys
import tempfile
import unittest
from unittest import mock

if len(sys.argv) > 1 and os.sep in sys.argv[1]:
    sys.argv.pop(1)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "analysis"))

import numpy as np  # noqa: E402
from reformsim_patterns import (estimators, files, page, statistics_general, statistics_system, suite,  # noqa: E402
                                table, tournament)
from reformsim_patterns.arms import Arm  # noqa: E402

assert suite  # whose import makes all statistics known
USED = set()


def value(arms, name, **arguments):
    """The statistic over replicates."""
    USED.add(name)
    return statistics_general.evaluate(arms, name, arguments)


class MadeUp(Arm):
    """An arm in memory, under the names of a results file. School measures are given as (replicate, year, school)."""

    def __init__(self, system=None, district=None, cluster=None, groups=None, clusters_of=None, second=None,
                 **school):
        super().__init__("made up")
        some = next(iter({**(system or {}), **school}.values()))
        self.data = {"year": np.arange(some.shape[1], dtype=float), "replicate": np.arange(some.shape[0])}
        self.data.update(system or {})
        self.data.update({"school/" + name: values for name, values in school.items()})
        self.data.update({"district/" + name: values for name, values in (district or {}).items()})
        self.data.update({"cluster/" + name: values for name, values in (cluster or {}).items()})
        if groups is not None:
            self.data["school/district"] = np.array([f"D{g + 1:05d}" for g in groups])
            self.data["district/district"] = np.array(sorted(set(self.data["school/district"])))
        if second is not None:
            self.data["school/phase"] = np.where(second, "secondary", "primary")
        if clusters_of is not None:
            self.data["school/cluster"] = np.tile(clusters_of, (some.shape[0], 1))
        n = next(iter(school.values())).shape[2] if school else 1
        self.data["school/enrolment"] = np.tile(np.arange(n), (some.shape[0], 1))

    def _read(self, name):
        return self.data[name]


def system(**measures):
    """Two replicates of measures given by year; the second replicate is twice the first."""
    return {name: np.array([values, np.multiply(values, 2)], float) for name, values in measures.items()}


def schools(*by_year):
    """One replicate: rows of schools by year."""
    return np.array([by_year], float)


class Estimators(unittest.TestCase):
    def setUp(self):
        self.luck = np.random.default_rng(1)

    def test_components_find_planted_variances(self):
        group = np.repeat(np.arange(3000), self.luck.integers(3, 9, 3000))
        values = 0.3 * self.luck.normal(size=3000)[group] + 0.4 * self.luck.normal(size=len(group))
        between, within = estimators.components(values, group)
        self.assertAlmostEqual(between, 0.09, delta=0.006)
        self.assertAlmostEqual(within, 0.16, delta=0.005)
        alone, _ = estimators.components(self.luck.normal(size=len(group)), group)
        self.assertLess(alone, 0.02)  # the variance of the groups' means would be about 0.2

    def test_correlation_and_slope(self):
        x = np.array([0.0, 1, 2, 3])
        self.assertAlmostEqual(estimators.correlation(x, 5 - 2 * x), -1)
        self.assertAlmostEqual(estimators.correlation([0, 1, 0, 1], [0, 0, 1, 1]), 0)
        self.assertAlmostEqual(estimators.slope(x, 5 - 2 * x), -2)
        self.assertTrue(np.isnan(estimators.correlation(x, x * 0)))

    def test_quantiles_take_each_school_once(self):
        values = self.luck.normal(size=103)
        parts = [estimators.between_quantiles(values, k / 10, (k + 1) / 10) for k in range(10)]
        np.testing.assert_array_equal(np.sum(parts, axis=0), 1)
        self.assertEqual(parts[0].sum(), 10)
        self.assertLess(values[parts[0]].max(), values[parts[1]].min())

    def test_regression_to_the_mean_is_that_of_the_closed_form(self):
        n, share, drift, reliability, rho = 400_000, 0.2, 0.15, 0.8, 0.95
        quality = np.sqrt(reliability) * self.luck.normal(size=n)
        later = rho**3 * quality + np.sqrt(reliability * (1 - rho**6)) * self.luck.normal(size=n)
        noise = np.sqrt(1 - reliability) * self.luck.normal(size=(2, n))
        start, end = quality + noise[0], later + noise[1] + 3 * drift
        chosen = estimators.between_quantiles(start, 0, share)
        expected = (3 * drift + 1.3998 * (1 - reliability * rho**3)) / (3 * drift)
        self.assertAlmostEqual(estimators.regression_to_mean(start, end, chosen), expected, delta=0.03)

    def test_group_means(self):
        means = estimators.group_means([1.0, 3, 5, 7], np.array([0, 0, -1, 2]), 3)
        np.testing.assert_array_equal(means, [2, np.nan, 7])

    def test_adjusted_effects_take_off_what_would_have_come(self):
        before = self.luck.normal(size=200)
        treated = np.arange(200) % 2 == 0
        after = 0.5 * before + 1 + 0.2 * treated
        np.testing.assert_allclose(estimators.adjusted_effects(before, after, treated), 0.2 * treated, atol=1e-12)

    def test_spillover_is_that_planted(self):
        cluster = np.repeat(np.arange(2000), 4)
        leader = self.luck.normal(size=8000)
        others = (np.bincount(cluster, leader)[cluster] - leader) / 3
        control = self.luck.normal(size=8000)
        gain = 0.1 * leader + 0.05 * others - 0.3 * control + 0.02 * self.luck.normal(size=8000)
        self.assertAlmostEqual(estimators.spillover_ratio(gain, leader, cluster, [control]), 1.5, delta=0.02)
        self.assertTrue(np.isnan(estimators.spillover_ratio(-gain, leader, cluster, [control])))

    def test_ratio_and_wrong_closure(self):
        np.testing.assert_array_equal(estimators.ratio([1, 2], [4, 0]), [0.25, np.nan])
        self.assertEqual(estimators.wrongly_closed([-1, 1, -1, -1], [1, 1, 1, -1]), 2 / 3)
        self.assertTrue(np.isnan(estimators.wrongly_closed([1], [-1])))


class General(unittest.TestCase):
    def setUp(self):
        self.arms = {"usual": MadeUp(system(score=[0, 1, 2, 4])), "reform": MadeUp(system(score=[0, 2, 6, 7])),
                     "other": MadeUp(system(score=[0, 1.5, 2, 5]))}

    def test_levels_and_effects(self):
        pair = {"arm": "reform", "base": "usual", "measure": "score"}
        np.testing.assert_array_equal(value(self.arms, "level", arm="usual", measure="score", year=2), [2, 4])
        np.testing.assert_array_equal(value(self.arms, "effect", **pair, year=[1, 2]), [2.5, 5])
        np.testing.assert_array_equal(value(self.arms, "relative_effect", **pair, year=3), [0.75, 0.75])
        np.testing.assert_array_equal(value(self.arms, "level_ratio", **pair, year=2), [3, 3])

    def test_ratios_and_differences_of_effects(self):
        top = {"arm": "reform", "base": "usual", "measure": "score", "year": 2}
        bottom = {"arms": ["reform", "other"], "base": "usual", "measure": "score", "year": 3}
        np.testing.assert_array_equal(value(self.arms, "effect_ratio", top=top, bottom=bottom), [2, 2])
        one = {"statistic": "effect", "with": top}
        two = {"statistic": "effect", "with": {**top, "year": 1}}
        np.testing.assert_array_equal(value(self.arms, "less", first=one, second=two), [3, 6])
        np.testing.assert_array_equal(value(self.arms, "over", first=one, second=two), [4, 4])

    def test_steps_and_bends(self):
        of = {"arm": "reform", "base": "usual", "measure": "score"}  # effects 0, 1, 4, 3
        of = {"statistic": "effect", "of": of, "along": "year", "values": [0, 1, 2, 3]}
        np.testing.assert_array_equal(value(self.arms, "largest_step", **of), [3, 6])
        np.testing.assert_array_equal(value(self.arms, "smallest_step", **of), [-1, -2])
        np.testing.assert_array_equal(value(self.arms, "mean_bend", arms_pooled=["reform"], base="usual",
                                            measure="score", years=[0, 1, 2]), [2, 4])

    def test_over_replicates(self):
        of = {"arm": "usual", "measure": "score", "year": 1}  # 1 and 2
        np.testing.assert_array_equal(value(self.arms, "mean_over_replicates", statistic="level", of=of), [1.5, 1.5])
        np.testing.assert_array_equal(value(self.arms, "quantile_of", statistic="level", of=of, q=1), [2, 2])
        lower = {"statistic": "level", "with": of}
        upper = {"statistic": "level", "with": {**of, "arm": "reform"}}
        np.testing.assert_array_equal(value(self.arms, "share_of_replicates", less_one=lower, more_one=upper), [1, 1])
        np.testing.assert_array_equal(value(self.arms, "share_of_replicates", less_one=upper, more_one=lower), [0, 0])

    def test_adoption_is_the_mean_over_practices(self):
        few = MadeUp(system(**{f"adoption_{k}": [0, 0.1] for k in range(1, 9)}))
        more = MadeUp(system(**{f"adoption_{k}": [0, 0.1 + (0.4 if k <= 2 else 0)] for k in range(1, 9)}))
        found = value({"a": more, "b": few}, "adoption_effect", arm="a", base="b", year=1)
        np.testing.assert_allclose(found, [0.1, 0.2])

    def test_groups_of_schools(self):
        start, n = np.arange(10.0), 10
        usual = MadeUp(score=schools(start, start), who=schools(start, start[::-1]))
        reform = MadeUp(score=schools(start, start + np.arange(n) ** 2), who=schools(start, (start + 5) % 10))
        arms = {"usual": usual, "reform": reform}
        pair = {"arm": "reform", "base": "usual", "measure": "score", "year": 1}
        self.assertEqual(value(arms, "group_effect", **pair, by="score", low=0.8, high=1), (64 + 81) / 2)
        self.assertEqual(value(arms, "group_effect", **pair, by="who", by_year=1, low=0.8, high=1), 0.5)
        self.assertEqual(value(arms, "group_effect_by_arm", **pair, by="who", low=0.8, high=1), (9 + 16) / 2)
        self.assertEqual(value(arms, "share_above", **pair, above=48), 0.3)
        self.assertEqual(value(arms, "share_above", **pair, above=49), 0.2)
        wide, narrow = reform.schools("score", 1)[0], start
        self.assertAlmostEqual(value(arms, "spread_effect", **pair)[0], wide.std() / narrow.std() - 1)
        self.assertAlmostEqual(value(arms, "spread_effect", **pair, low=0, high=1)[0], 90 - 9)
        self.assertAlmostEqual(value(arms, "effect_in_sd", **pair, sd_of="score")[0], 28.5 / start.std(ddof=1))

    def test_capital_is_the_mean_of_its_kinds(self):
        kinds = {f"{kind}_capital": schools([k, 2 * k]) for k, kind in enumerate(("human", "social", "decisional"))}
        np.testing.assert_array_equal(MadeUp(**kinds).schools("capital", 0), [[1, 2]])

    def test_interaction_is_what_goes_beyond_the_sum(self):
        made = {name: MadeUp(score=schools([0, 1, 2], np.array([0, 1, 2]) + add))
                for name, add in (("neither", 0), ("one", 1), ("other", 2), ("both", 7))}
        self.assertEqual(value(made, "interaction", both="both", one="one", other="other", neither="neither",
                               measure="score", year=1, by="score", low=0, high=1), 4)

    def test_scoped_effect_finds_whom_the_lever_reached(self):
        usual = MadeUp(score=schools([0] * 4, [0] * 4), money=schools([1] * 4, [1] * 4))
        reform = MadeUp(score=schools([0] * 4, [5, 9, 1, 1]), money=schools([1] * 4, [3, 3, 1.5, 1]))
        self.assertEqual(value({"u": usual, "r": reform}, "scoped_effect", arm="r", base="u", measure="score", year=1,
                               where="money", above=1, switch_year=1), 7)


class System(unittest.TestCase):
    def setUp(self):
        self.luck = np.random.default_rng(2)

    def test_variances_that_were_planted(self):
        group = np.repeat(np.arange(800), 10)
        values = 0.1 * self.luck.normal(size=800)[group] + 0.2 * self.luck.normal(size=8000)
        arms = {"usual": MadeUp(groups=group, added=schools(values), teaching_basics=schools(values),
                                teacher_skill_spread=schools(np.full(8000, 0.8)))}
        said = {"arm": "usual", "measure": "added", "year": 0}
        self.assertAlmostEqual(value(arms, "school_variance", **said)[0], 0.05, delta=0.002)
        self.assertAlmostEqual(value(arms, "district_variance", **said)[0], 0.01, delta=0.0015)
        self.assertAlmostEqual(value(arms, "district_sd", **said)[0], 0.1, delta=0.008)
        self.assertAlmostEqual(value(arms, "school_to_district_variance", **said)[0], 4, delta=0.6)
        teachers = value(arms, "teacher_to_school_variance", arm="usual", year=0, skill=0.5)
        self.assertAlmostEqual(teachers[0], 4, delta=0.2)

    def test_persistence_and_gradient(self):
        n, rho = 4000, 0.8
        line = [self.luck.normal(size=n)]
        for _ in range(6):
            line.append(rho * line[-1] + np.sqrt(1 - rho**2) * self.luck.normal(size=n))
        noisy = np.array(line) + np.where(np.arange(n) < n / 4, 1, 0) * self.luck.normal(size=(7, n))
        arms = {"usual": MadeUp(added=np.array([line]), noisy=np.array([noisy]))}
        self.assertAlmostEqual(value(arms, "persistence", arm="usual", measure="added", lag=3)[0], rho**3, delta=0.02)
        small = value(arms, "persistence", arm="usual", measure="noisy", lag=1, by="enrolment", low=0, high=0.25)
        self.assertAlmostEqual(small[0], rho / 2, delta=0.03)  # half of the variance is noise
        self.assertAlmostEqual(value(arms, "gradient", arm="usual", x="added", y="added", year=1)[0], rho, delta=0.02)

    def test_early_score_and_growth_are_those_of_primary_schools(self):
        group, second = np.repeat(np.arange(6), 4), np.arange(24) % 4 == 0
        entry = np.arange(6.0)[group]
        added = np.where(second, -50 * entry, 0.1 * entry)
        usual = MadeUp(groups=group, second=second, true_score=schools(entry + added), value_added=schools(added))
        self.assertAlmostEqual(value({"usual": usual}, "early_and_growth", arm="usual", year=0)[0], 1)

    def test_turnaround_without_a_cause(self):
        n, years = 20_000, 6
        true = self.luck.normal(size=n)
        score = true + np.array([0.5 * self.luck.normal(size=n) + 0.1 * t for t in range(years)])
        poor = np.arange(n) / n
        arms = {"usual": MadeUp(score=np.array([score]), deprivation=np.array([[poor] * years])),
                "poor": MadeUp(score=np.array([[0.1 * t * (1 + (poor >= 0.8)) for t in range(years)]]),
                               deprivation=np.array([[poor] * years]))}
        said = {"arm": "usual", "measure": "score", "share": 0.2, "span": 3}
        extra = 1.3998 * np.sqrt(1.25) * (1 - 1 / 1.25)
        self.assertAlmostEqual(value(arms, "turnaround_null", **said, by="score")[0], (0.3 + extra) / 0.3, delta=0.05)
        self.assertAlmostEqual(value(arms, "turnaround_null", **said, by="deprivation")[0], 1, delta=0.06)
        said["arm"] = "poor"  # the poorest fifth gains twice as much
        self.assertAlmostEqual(value(arms, "turnaround_null", **said, by="deprivation")[0], 2 / 1.2)

    def test_staff(self):
        n = 100
        poor = np.arange(n) / n
        leaving = np.where(poor >= 0.8, 0.2, 0.1)
        tenure = np.where(np.arange(n) % 10 == 0, 1.0, 5.0)
        arms = {"usual": MadeUp(deprivation=schools(*[poor] * 3), teacher_turnover=schools(0 * poor, leaving, leaving),
                                leader_tenure=schools(*[tenure] * 3))}
        self.assertAlmostEqual(value(arms, "school_mean", arm="usual", measure="teacher_turnover")[0], 0.12)
        self.assertAlmostEqual(value(arms, "heads_leaving", arm="usual")[0], 0.1)
        self.assertAlmostEqual(value(arms, "poor_to_rich", arm="usual", measure="teacher_turnover", share=0.2)[0], 2)

    def test_what_follows_the_exit_of_a_head(self):
        """Heads leave in year 2; in year 3 the school has lost 0.1, a poor one 0.2, against year 1."""
        n = 400
        left, poor = np.arange(n) % 4 == 0, np.arange(n) >= n / 2
        loss = np.where(poor, -0.2, -0.1) * left
        tenure = np.full((1, 4, n), 9.0)
        tenure[0, 2, left] = 1
        arms = {"usual": MadeUp(value_added=schools(0 * loss, 0 * loss, 0.5 * loss, loss), leader_tenure=tenure,
                                deprivation=schools(*[poor * 1.0] * 4))}
        self.assertAlmostEqual(value(arms, "after_head_exit", arm="usual", after=1)[0], -0.15)
        self.assertAlmostEqual(value(arms, "head_exit_poor_less_rich", arm="usual", after=1)[0], -0.1)

    def test_recovery_is_counted_from_the_exit(self):
        """The effect falls to its worst two years after the exit and is half made up half-way between years 3 and 4."""
        path = {0: -0.1, 1: -0.4, 2: -0.3, 3: -0.1, 4: 0.0}
        arms = {"usual": MadeUp(value_added=np.zeros((2, 3, 4)))}
        with mock.patch.object(statistics_system, "_after_exit", lambda a, k, of: np.array([path[k], -1.0])):
            years = value(arms, "head_exit_recovery", arm="usual", longest=5)
        np.testing.assert_allclose(years, [3.5, 6])  # never: one more than was looked at


class Drivers(unittest.TestCase):
    def test_inflation(self):
        usual = MadeUp(system(reported_attainment_mean=[0, 0.0], true_attainment_mean=[0, 0.0]))
        reform = MadeUp(system(reported_attainment_mean=[0, 0.4], true_attainment_mean=[0, 0.1]))
        arms = {"u": usual, "r": reform}
        np.testing.assert_allclose(value(arms, "inflated_share", arm="r", base="u", year=1), [0.75, 0.75])
        np.testing.assert_allclose(value(arms, "published_to_true", arm="r", base="u", year=1), [4, 4])

    def test_gap_closed_on_paper(self):
        poor = np.arange(10.0)
        zero = {name: schools(0 * poor, 0 * poor) for name in ("reported_score", "true_score")}
        reform = MadeUp(reported_score=schools(0 * poor, 0.03 * poor), true_score=schools(0 * poor, 0.01 * poor))
        arms = {"u": MadeUp(**zero, deprivation=schools(poor, poor)), "r": reform}
        found = value(arms, "gap_closed_on_paper", arm="r", base="u", year=1, width=0.2)
        self.assertAlmostEqual(found[0], 0.02 * 8)

    def test_tenths(self):
        score = np.arange(100.0)
        gain = np.select([score < 10, score < 30, score < 70], [1, 2, 8], 3.0)
        arms = {"u": MadeUp(score=schools(score, score)), "r": MadeUp(score=schools(score, score + gain))}
        pair = {"arm": "r", "base": "u", "measure": "score", "year": 1, "by": "score"}
        self.assertAlmostEqual(value(arms, "bottom_to_middle", **pair)[0], 1 / 8)
        self.assertAlmostEqual(value(arms, "middle_less_best_end", **pair)[0], 5)

    def test_time_cut_counts_schools_below_the_bar(self):
        score = np.array([-1.0, -1, 1, 1])
        usual = MadeUp(reported_score=schools(score, score), time_broad=schools([1] * 4, [0.8] * 4))
        reform = MadeUp(time_broad=schools([1] * 4, [0.4, 0.6, 0.1, 0.1]))
        found = value({"u": usual, "r": reform}, "time_cut", arm="r", base="u", year=1, below=0)
        self.assertAlmostEqual(found[0], 0.375)

    def test_labels_and_talent(self):
        score = np.arange(10.0)
        usual = MadeUp(reported_score=schools(score, score), teacher_turnover=schools(0 * score, 0 * score),
                       teacher_skill=schools(0 * score, 0 * score))
        moves = np.array([-2.0, -1, 0, 0, 1, 1, 0, 0, 1, 0])
        reform = MadeUp(teacher_turnover=schools(score, -moves), teacher_skill=schools(score, moves + 0.7))
        arms = {"u": usual, "r": reform}
        self.assertAlmostEqual(value(arms, "label_turnover", arm="r", base="u", year=1, width=0.2)[0], 1.5 + 1)
        self.assertAlmostEqual(value(arms, "talent_flow", arm="r", base="u", year=1, share=0.2)[0], -1.5)

    def test_leader_spillover(self):
        luck, cluster = np.random.default_rng(3), np.repeat(np.arange(1500), 4)
        start, leader = luck.normal(size=(2, 6000))
        leader += start  # the better school has the better leader, which is not what the leader does
        others = (np.bincount(cluster, leader)[cluster] - leader) / 3
        end = 0.7 * start + 0.2 * leader + 0.1 * others
        arms = {"a": MadeUp(clusters_of=cluster, value_added=schools(start, end), leadership=schools(leader, leader))}
        self.assertAlmostEqual(value(arms, "leader_spillover", arm="a", first=0, last=1)[0], 1.5, delta=0.01)

    def test_spillover_of_exceptional_heads(self):
        # Three heads; two have led their schools for two years, whose gain is 1; the third came only now. What others
        # gain counts for the system.
        heads = [[2, 2, 0, 0, 2, 0], [2, 2, 0, 2, 0, 0], [2, 2, 0, 2, 0, 0]]
        gain = np.array([1, 1, 0, 0.5, 0.5, 0.6])
        arms = {"a": MadeUp(head_exceptional=schools(*heads), added=schools(*[gain] * 3)),
                "b": MadeUp(added=schools(*[0 * gain] * 3))}
        said = {"arm": "a", "base": "b", "measure": "added", "year": 2}
        self.assertAlmostEqual(value(arms, "system_per_head", **said)[0], 3.6 / 3)
        self.assertAlmostEqual(value(arms, "head_spillover", **said, settled=3)[0], 3.6 / 3 / 1)
        self.assertAlmostEqual(value(arms, "head_spillover", **said, settled=2)[0], 3.6 / 3 / (2.5 / 3))

    def test_region_over_nation_is_of_secondary_schools(self):
        group = np.repeat([0, 1], 10)
        second = np.arange(20) % 2 == 0
        gain = np.where(group == 0, 2.0, 1.0)
        gain[(group == 0) & (np.arange(20) >= 6)] = 4   # the poorer ones of the region
        gain[~second] = 99
        arm = MadeUp(groups=group, second=second, score=schools(0 * gain, gain),
                     deprivation=schools(*[np.arange(20.0)] * 2))
        said = {"arms_pooled": ["a", "a"], "districts": {"first": 1, "last": 1}, "measure": "score",
                "start": 0, "year": 1}
        mean = gain[second].mean()
        found = value({"a": arm}, "region_to_nation", **said)
        np.testing.assert_allclose(found, [(3 * 2 + 2 * 4) / 5 / mean] * 2)  # one for each arm
        poorest = value({"a": arm}, "region_to_nation", **said, poorest=0.4)
        np.testing.assert_allclose(poorest, [4 / mean] * 2)

    def test_lead_in_time(self):
        usual = MadeUp(system(practice=[0, 0, 0, 0, 0.0], score=[0, 0, 0, 0, 0.0]))
        reform = MadeUp(system(practice=[0, 0.5, 1, 1, 1], score=[0, 0, 0.25, 0.75, 1]))
        found = value({"u": usual, "r": reform}, "lead_in_time", arm="r", base="u", first="practice", second="score",
                      last=4)
        np.testing.assert_allclose(found, [1.5, 1.5])


class Networks(unittest.TestCase):
    """Forty clusters of five in ten districts; every second district has networks. Clusters differ in quality, and the
    effect in year t is their quality times what is planted for the year; the evaluator sees twice of it. In cluster 0
    nobody belongs, in cluster 1 two of five do, and in cluster 4, outside, all say so."""
    GAIN = {0: 0, 1: -0.5, 2: 1, 3: 2}

    def setUp(self):
        luck = np.random.default_rng(4)
        self.cluster = np.repeat(np.arange(40), 5)
        group = self.cluster // 4
        self.quality = luck.normal(0.1, 0.2, 40)
        treated = group % 2 == 0
        before = luck.normal(size=200)
        usual = np.array([before * 0.9**t for t in range(4)])
        effect = np.array([self.GAIN[t] * self.quality[self.cluster] * treated for t in range(4)])
        belongs = (treated & (self.cluster > 1)) | (self.cluster == 4) | np.isin(np.arange(200), [5, 6])
        declared = np.tile(belongs * 1.0, (4, 1))
        self.arms = {
            "usual": MadeUp(value_added=usual[None], groups=group),
            "networks": MadeUp(groups=group, clusters_of=self.cluster, value_added=(usual + effect)[None],
                               reported_value_added=(usual + 2 * effect)[None], engagement_declared=declared[None],
                               cluster={"cluster_quality": np.tile(self.quality, (1, 4, 1))})}
        self.there = np.isin(np.arange(40) // 4 % 2, 0) & (np.arange(40) > 1)
        self.said = {"arm": "networks", "base": "usual", "districts": {"first": 1, "last": 10, "step": 2}, "joined": 2}

    def test_effects_over_networks(self):
        self.assertEqual(value(self.arms, "network_number", **self.said), 18)
        for kind, times in (("seen", 2), ("true", 1)):
            with self.subTest(kind):
                planted = times * self.quality[self.there]
                two = {**self.said, "year": 2, "kind": kind}
                self.assertAlmostEqual(value(self.arms, "network_mean", **two)[0], planted.mean())
                self.assertAlmostEqual(value(self.arms, "network_sd", **two)[0], planted.std(ddof=1))
                self.assertAlmostEqual(value(self.arms, "network_share_without_gain", **two)[0], np.mean(planted <= 0))

    def test_time(self):
        planted = 2 * self.quality[self.there]
        seen = {**self.said, "kind": "seen"}
        self.assertAlmostEqual(value(self.arms, "mean_over_years", **seen, years=[2, 3])[0], 1.5 * planted.mean())
        self.assertAlmostEqual(value(self.arms, "late_less_early", **seen, early=[2], late=[3], times=1.5)[0],
                               0.5 * planted.mean())
        self.assertAlmostEqual(value(self.arms, "early_and_late", **seen, early=1, late=3)[0], -1)
        self.assertAlmostEqual(value(self.arms, "process_and_late", **seen, process="cluster_quality", years=[1, 2],
                                     late=3)[0], 1)
        self.assertAlmostEqual(value(self.arms, "stopped_wrongly", **self.said, early=1, late=3)[0], 1)
        self.assertAlmostEqual(value(self.arms, "stopped_wrongly", **self.said, early=2, late=3)[0], 0)

    def test_members(self):
        arm = MadeUp(engagement_declared=schools([1, 0, 1]), belief=schools([0.6, 0.1, 0.8]))
        self.assertAlmostEqual(value({"a": arm}, "among_members", arm="a", measure="belief", year=0, less=0.5)[0], 0.2)


class Districts(unittest.TestCase):
    def setUp(self):
        group = np.repeat(np.arange(6), 2)
        disposition = np.array([0, 0, 0, 1, 2, 1])
        district = {"district_disposition": np.stack([[disposition, np.maximum(disposition - [0, 0, 0, 0, 1, 0], 0)]]),
                    "takes_grant": np.array([[[0] * 6, [1, 0, 1, 1, 0, 1]]])}
        gain = np.array([0.1, 0.1, 0.1, 0.02, 0.01, 0.1])[group]
        self.arms = {"ten": MadeUp(groups=group, district=district, score=schools(gain, gain),
                                   engagement_declared=schools([1] * 12, [1] * 12),
                                   engagement_real=schools([0.7] * 12, [0.4] * 10 + [0] * 2)),
                     "usual": MadeUp(score=schools(0 * gain, 0 * gain))}
        self.said = {"arm": "ten", "districts": {"first": 1, "last": 5}}

    def test_dispositions(self):
        self.assertEqual(value(self.arms, "districts_disposed", **self.said, year=0, as_=0), 3)
        self.assertEqual(value(self.arms, "districts_disposed", **self.said, year=0, as_=1), 1)
        self.assertEqual(value(self.arms, "districts_disposed", **self.said, year=1, as_=1), 2)  # one has come round
        token = value(self.arms, "effect_in_districts_disposed", **self.said, base="usual", measure="score", year=1,
                      as_of=[0, 1], as_=1)
        self.assertAlmostEqual(token[0], 0.02)  # the one that was token in both years

    def test_districts_that_take_a_grant(self):
        self.assertEqual(value(self.arms, "districts_taking_part", arm="ten", year=1), 4)

    def test_declared_and_real(self):
        found = value(self.arms, "declared_less_real", arm="ten", districts={"first": 1, "last": 5}, year=1)
        self.assertAlmostEqual(found[0], 0.6)

    def test_bridges(self):
        arms = {name: MadeUp(system(tie_weight_mean=[0.2], tie_weight_bridge_mean=[0.2 * 9 * share], added=[gain]))
                for name, share, gain in (("closed", 0, 1), ("ajar", 0.05, 1.6), ("open", 0.15, 2))}
        np.testing.assert_allclose(value(arms, "bridging_share", arm="ajar", year=0), 0.05)
        said = {"isolated": "closed", "some": "ajar", "most": "open", "measure": "added", "year": 0}
        np.testing.assert_allclose(value(arms, "recovered", **said), [0.6, 0.6])
        np.testing.assert_allclose(value(arms, "diminishing", **said), [12 - 4, 24 - 8])

    def test_years_to_half(self):
        arms = {"a": MadeUp(system(adoption=[0.1, 0.3, 0.5])), "b": MadeUp(system(adoption=[0.1, 0.1, 0.2]))}
        np.testing.assert_allclose(value(arms, "years_to_half", arm="a", measure="adoption", reach=0.4), [1.5, 0.5])
        never = value(arms, "years_to_half", arm="b", measure="adoption", reach=0.3)
        np.testing.assert_allclose(never, [3, 2 - 0.1 / 0.2])  # the second replicate is twice the first


class Files(unittest.TestCase):
    def write(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "P01.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("pattern: P1\ntitle: t\nsources: [a]\n" + text)
        return path

    def test_bad_files_are_refused(self):
        line = "statistics: [{id: a, says: b, statistic: level, with: {arm: x}, bracket: {from: 0}}]\n"
        files.Pattern(self.write(line + "arms: {x: {}}\n"))
        for text in (line + "arms: {x: {parameters: p.yaml}}\n", line + "mechanisms: {ties: off}\n",
                     line.replace("from", "form"), line.replace(", bracket: {from: 0}", ""),
                     "statistics: [{id: a, says: b}]\n", line + "arms: {x: {mechanisms: {ties: off}}}\n"):
            with self.subTest(text), self.assertRaises(files.PatternError):
                files.Pattern(self.write(text))

    def test_levers_of_parts(self):
        with open(os.path.join(os.path.dirname(self.write("")), "driver.yaml"), "w", encoding="utf-8") as file:
            file.write("levers: {a: {b: {value: 1, ramp: 4}, c: x}}\n")
            folder = os.path.dirname(file.name)
        only = {"districts": {"first": 1, "last": 2}}
        arm = {"parts": [{"levers_of": ["driver.yaml"], "from": 2, "to": 4, "scope": only},
                         {"levers": {"a.c": "y"}, "from": 4}]}
        scope = {"districts": ["D00001", "D00002"]}
        self.assertEqual(files.arm_levers(arm, folder), {
            "a.b": [{"value": 1, "ramp": 2, "from": 2, "to": 4, "scope": scope}],
            "a.c": [{"value": "x", "from": 2, "to": 4, "scope": scope}, {"value": "y", "from": 4}]})

    def test_names(self):
        self.assertEqual([files.short(name) for name in ("P06", "p6", "N1", "P10")], ["P6", "P6", "N1", "P10"])

    def test_every_statistic_of_the_files_is_known_and_every_known_one_is_used(self):
        used = {"stored"}

        def walk(node):
            if isinstance(node, dict):
                if isinstance(node.get("statistic"), str):
                    used.add(node["statistic"])
                for inner in node.values():
                    walk(inner)
            elif isinstance(node, list):
                for inner in node:
                    walk(inner)

        for pattern in files.read_patterns(os.path.join(ROOT, "scenarios", "patterns")):
            walk(pattern.lines)
        self.assertEqual(used - {"stored"}, set(statistics_general.STATISTICS))


class Judging(unittest.TestCase):
    def test_brackets(self):
        for bracket, inside, outside in (({"from": 1, "to": 2}, [1, 2], [0.99, 2.01]), ({"above": 0}, [1e-9], [0, -1]),
                                         ({"below": 0}, [-1e-9], [0, 1]), ({"to": 0}, [0], [1e-9])):
            for number in inside:
                self.assertEqual(table.verdict(bracket, number), "holds", (bracket, number))
            for number in [*outside, float("nan")]:
                self.assertEqual(table.verdict(bracket, number), "not met", (bracket, number))

    def test_the_median_decides(self):
        class Made:
            name = "P1"
        line = {"id": "a", "says": "b", "bracket": {"from": 0, "to": 1}}
        row = table.judge(Made, line, np.array([0.5, 0.6, 50, 60, 0.4, np.nan]))
        self.assertEqual((row["value"], row["verdict"], row["replicates"]), (0.6, "holds", 5))
        self.assertEqual(table.judge(Made, {**line, "scored": False}, np.array([5.0]))["verdict"], "not scored")
        cannot = table.judge(Made, {"id": "a", "says": "b", "cannot": "no\n lever"}, None)
        self.assertEqual((cannot["verdict"], cannot["note"], cannot["scored"]),
                         ("cannot be measured", "no lever", False))
        self.assertEqual(table.judge(Made, line, np.array([np.nan]))["verdict"], "not met")

    def test_no_line_is_too_long(self):
        rows = [{"pattern": "P1", "id": "P10a", "says": "many words " * 9, "unit": "", "value": -0.01234,
                 "low": -0.01234, "high": -0.01234, "bracket": "-0.85 to -0.6", "verdict": "not met", "scored": True,
                 "stretch": True, "note": ""}]
        for line in table.text(rows, {"P1": "a title " * 20}).splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_a_table_takes_the_place_of_the_old_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write("a\n" + page.block("x", "old\n") + "b\n" + page.block("y", "") + "c\n")
            page.write(path, {"y": "more\n", "x": "new\n"})
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(text, "a\n" + page.block("x", "new\n") + "b\n" + page.block("y", "more\n") + "c\n")
            with self.assertRaises(ValueError):
                page.write(path, {"x": "none\n", "z": "no marks\n"})
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), text)  # and nothing is lost
            self.assertEqual(os.listdir(folder), ["page.md"])

    def test_wins(self):
        share, lead = tournament.wins(np.array([[1.0, 5, 0], [2, 1, 4], [0, 0, 1]]))
        np.testing.assert_allclose(share, [1 / 3, 2 / 3, 0])
        np.testing.assert_allclose(lead[:2], [4, 2])

    def test_what_is_stored_of_the_tournament(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "t.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("belief,field,arm,wins\nprior,sober,a,0.7\nprior,sober,b,0.3\nprior,hopeful,a,0.9\n"
                           "survivors,sober,a,0.2\nsurvivors,sober,b,0.8\n")
            self.assertEqual([tournament.stored(path, "prior", "sober", arm)[0] for arm in ("a", "most", "fewest")],
                             [0.7, 0.7, 0.3])
            self.assertEqual(tournament.stored(path, "survivors", "sober", "most"), [0.8])

    def test_what_a_tournament_finds(self):
        values = np.array([[0.0, 0, 0, 0], [1, -1, -1, np.nan], [0.5, 0.2, -2, 0], [2, 0.1, -3, 1]])
        rows = tournament.found_in(values, "prior", "sober")
        self.assertEqual([row["arm"] for row in rows], tournament.ARMS)
        self.assertEqual([row["draws"] for row in rows], [3] * 4)  # the fourth failed in one arm
        np.testing.assert_allclose([row["wins"] for row in rows], [1 / 3, 0, 1 / 3, 1 / 3])
        np.testing.assert_allclose(rows[0]["standard_error"], np.sqrt(2 / 9 / 3))
        np.testing.assert_allclose(rows[1]["beats_networked"], 1 / 3)
        np.testing.assert_allclose(rows[3]["effect_median"], 0.1)
        self.assertEqual({row["sets"] for row in rows}, {""})
        of_sets = tournament.found_in(np.array([[2.0, 2, 2, 0], [1] * 4, [0] * 4, [0] * 4]), "survivors", "sober", "abc",
                                      2)
        self.assertEqual({row["sets"] for row in of_sets}, {"abc"})
        # Sets 0 and 1 by turns: the first wins in all draws of the one and in half of those of the other.
        np.testing.assert_allclose([row["standard_error"] for row in of_sets], [0.25, 0.25, 0, 0])

    def test_survivors_are_points_of_the_plan(self):
        import pandas
        sets = pandas.DataFrame({"set": ["a", "b", "c"], "teaching.climate": [0.1, 0.2, 0.3]})
        made, points = tournament.plan("none", "scenarios", "hopeful", sets)
        self.assertEqual(len(points), tournament.DRAWS)
        self.assertEqual(list(points["parameters.teaching.climate"][:4]), [0.1, 0.2, 0.3, 0.1])
        self.assertEqual(set(points.columns), set(made["factors"]))
        self.assertGreaterEqual(points["levers.networks.openness"].min(), 0.6)
        self.assertEqual(made["factors"]["levers.networks.openness"]["in"], ["networked"])
        again = tournament.plan("none", "scenarios", "hopeful", sets)[1]
        self.assertTrue(points.equals(again))


class ZLast(unittest.TestCase):
    """Classes run in the order of their names, so this one sees what all others have used."""

    def test_every_statistic_was_tried(self):
        self.assertEqual(set(statistics_general.STATISTICS) - USED, set())


if __name__ == "__main__":
    unittest.main()
