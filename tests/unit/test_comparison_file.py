"""comparison.h5 from outside: its numbers worked out again in NumPy from the results files beside it, its layout, the
same bytes for any number of threads, and what a synthetic system or other beliefs change. Argument: the path of
reformsim."""
import os
import shutil
import sys
import unittest

import h5py
import numpy

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "support"))
from command_line import CommandLineTest, call  # noqa: E402

sys.path.insert(0, os.path.join(TOP, "analysis"))
from reformsim_analysis import ComparisonError, open_comparison, open_results  # noqa: E402
from scipy import stats  # noqa: E402

LIST = """reformsim: 1
title: List
population:
  kind: list
  file: schools.csv
  columns: {school_id: id, school_name: name, district_id: district, phase: phase, enrolment: pupils,
    deprivation: poor, score: score}
  phases: {primary: [primary], middle: [middle], secondary: [secondary]}
  score_pupil_sd: 100
  score_centre: all
horizon: {years: 3, burn_in_years: 1}
ensemble: {replicates: 5, seed: 5}
record: {schools: all, districts: true, replicates: 5}
"""
REFORM = """reformsim: 1
extends: list.yaml
title: A reform
levers: {external_accountability.stakes: 0.9, external_accountability.publication: 0.9, capacity_building.coaching: 0.3}
"""


def everything(path):
    """Every value and attribute of the file but /clock."""
    found = {}

    def take(name, item):
        if name.split("/")[0] == "clock":
            return
        for key, value in item.attrs.items():
            if key not in ("DIMENSION_LIST", "REFERENCE_LIST"):
                found[f"{name}@{key}"] = str(value)
        if isinstance(item, h5py.Dataset):
            found[name] = item[()].tobytes() if item.dtype.kind in "fiu" else str(item[()].tolist())

    with h5py.File(path) as file:
        take("", file)
        file.visititems(take)
    return found


class ComparisonFile(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.write("list.yaml", LIST)
        self.write("other.yaml", REFORM)
        lines = ["id,name,district,phase,pupils,poor,score"]
        lines += [f"s{i:02},School {i},d{i // 6},{('primary', 'middle', 'secondary')[i % 3]},{100 + 9 * i},"
                  f"{(7 * i % 30) / 30},{600 - 5 * (7 * i % 30) + i % 4}" for i in range(30)]
        self.write("schools.csv", "\n".join(lines) + "\n")

    def compare(self, out="out", *more, scenarios=("list.yaml", "other.yaml")):
        self.ends(call("compare", *(self.path(name) for name in scenarios), "-o", self.path(out), "--quiet", *more), 0)
        return self.path(out)

    def test_numbers_of_the_system_again_from_the_results(self):
        out = self.compare()
        found = open_comparison(out)
        base, reform = open_results(os.path.join(out, "list.h5")), open_results(os.path.join(out, "other.h5"))
        t = stats.t.ppf(0.975, 4)
        for name in ("true_attainment_mean", "teacher_turnover", "lever_spending_per_pupil"):
            a, b = reform[name].values, base[name].values
            at = found.sel(scenario="other", measure=name)
            difference = a - b
            error = difference.std(axis=0, ddof=1) / numpy.sqrt(5)
            numpy.testing.assert_allclose(at["mean"], a.mean(axis=0), rtol=1e-12)
            numpy.testing.assert_allclose(at["difference"], difference.mean(axis=0), atol=1e-9)
            numpy.testing.assert_allclose(at["high"], difference.mean(axis=0) + t * error, atol=1e-9)
            numpy.testing.assert_allclose(at["band_low"], numpy.quantile(a, 0.05, axis=0), rtol=1e-12)
            numpy.testing.assert_allclose(at["difference_band_high"], numpy.quantile(difference, 0.95, axis=0),
                                          rtol=1e-9, atol=1e-12)
            numpy.testing.assert_allclose(at["probability_higher"][1:], ((a > b) + 0.5 * (a == b)).mean(axis=0)[1:])
            if name == "true_attainment_mean":
                self.assertTrue(numpy.isnan(at["ratio"]).all())  # its zero is a convention
                continue
            ratio = a.mean(axis=0) / b.mean(axis=0)
            residual = a - ratio * b
            width = t * numpy.sqrt((residual ** 2).sum(axis=0) / 4 / 5) / b.mean(axis=0)
            numpy.testing.assert_allclose(at["ratio"], ratio, rtol=1e-9)
            numpy.testing.assert_allclose(at["ratio_low"], ratio - width, rtol=1e-9)
            numpy.testing.assert_allclose(at["percent_high"], 100 * (ratio - 1 + width), rtol=1e-6, atol=1e-6)

    def test_schools_districts_and_groups_again_from_trajectories(self):
        out = self.compare()
        base, reform = (open_results(os.path.join(out, name), "school") for name in ("list.h5", "other.h5"))
        schools = open_comparison(out, "school").sel(scenario="other", effect="value_added")
        difference = (reform.value_added - base.value_added).isel(year=-1).values.astype(float)
        numpy.testing.assert_allclose(schools["difference"], difference.mean(axis=0), atol=2e-6)
        error = difference.std(axis=0, ddof=1) / numpy.sqrt(5)
        numpy.testing.assert_allclose(schools["standard_error"], error, atol=2e-6)
        clear = numpy.abs(difference.mean(axis=0)) > stats.t.ppf(0.975, 4) * error
        large = numpy.abs(difference.mean(axis=0)) >= 0.02
        verdict = numpy.where(clear & large, numpy.sign(difference.mean(axis=0)), 0)
        numpy.testing.assert_array_equal(schools["verdict"], verdict)
        self.assertGreater(numpy.abs(verdict).sum(), 0)
        pupils = base.enrolment.values.astype(float)
        balance = open_comparison(out, "balance").sel(scenario="other", effect="value_added")
        self.assertAlmostEqual(float(balance.better.sel(counted="schools")), (verdict > 0).mean())
        self.assertAlmostEqual(float(balance.worse.sel(counted="pupils")), (pupils * (verdict < 0)).sum() / pupils.sum(),
                               places=6)
        self.assertAlmostEqual(float(balance.one_better.sel(counted="schools")), (difference >= 0.02).mean(), places=6)

        districts = open_comparison(out, "district").sel(scenario="other", effect="value_added")
        a, b = (open_results(os.path.join(out, name), "district").value_added.isel(year=-1).values.astype(float)
                for name in ("other.h5", "list.h5"))
        numpy.testing.assert_allclose(districts["difference"], (a - b).mean(axis=0), atol=2e-6)

        # At year 0 pupils on roll are the enrolment; the poorest fifth of 30 schools are six.
        groups = open_comparison(out, "group").sel(measure="value_added")
        poor = base.deprivation.values
        poor = poor if poor.ndim == 1 else poor[0]
        worst = numpy.argsort(poor)[-6:]
        at = base.value_added.isel(year=0).values.astype(float)[:, worst]
        numpy.testing.assert_allclose(float(groups["mean"].sel(scenario="list", group="deprivation_5").isel(year=0)),
                                      (at @ pupils[worst] / pupils[worst].sum()).mean(), atol=1e-5)
        system = open_comparison(out).sel(measure="value_added_mean", scenario="other")
        numpy.testing.assert_allclose(groups["difference"].sel(scenario="other", group="all"), system["difference"],
                                      atol=1e-6)
        shares = open_comparison(out, "distribution").value_added.sum("bin")
        numpy.testing.assert_allclose(shares, 1)

    def test_the_same_for_any_number_of_threads(self):
        one, three = self.compare("one", "--threads", "1"), self.compare("three", "--threads", "3")
        a, b = everything(os.path.join(one, "comparison.h5")), everything(os.path.join(three, "comparison.h5"))
        self.assertEqual(sorted(a), sorted(b))
        self.assertEqual([name for name in a if a[name] != b[name]], [])

    def test_layout(self):
        path = os.path.join(self.compare(), "comparison.h5")

        def check(name, item):
            if isinstance(item, h5py.Dataset):
                self.assertIn("units", item.attrs, name)
                self.assertIn("long_name", item.attrs, name)
                for dimension in range(item.ndim):
                    if not h5py.h5ds.is_scale(item.id):
                        self.assertEqual(len(item.dims[dimension]), 1, name)

        with h5py.File(path) as file:
            file.visititems(check)
            groups = [name for name in file if isinstance(file[name], h5py.Group)]
        self.assertEqual(sorted(groups), ["balance", "clock", "distribution", "district", "group", "level", "money",
                                          "pair", "policy", "school"])
        for group in groups:
            open_comparison(path, group)
        with self.assertRaises(ComparisonError):
            open_comparison(path, "belief")
        with self.assertRaises(ComparisonError):
            open_comparison(os.path.join(os.path.dirname(path), "list.h5"))
        with self.assertRaises(FileNotFoundError):
            open_comparison(self.path("absent"))

    def test_a_synthetic_system_has_no_lasting_schools(self):
        out = self.compare(scenarios=("base.yaml", "reform.yaml"))
        with h5py.File(os.path.join(out, "comparison.h5")) as file:
            self.assertNotIn("school", file)
        balance = open_comparison(out, "balance")
        self.assertTrue(numpy.isnan(balance.better).all())
        self.assertTrue(numpy.isfinite(balance.one_better).all())
        with open(os.path.join(out, "report.html"), encoding="utf-8") as file:
            self.assertIn("The system is synthetic", file.read())

    def test_other_lists_of_schools_are_not_paired(self):
        self.write("more.yaml", "reformsim: 1\nextends: base.yaml\ntitle: More schools\npopulation: {schools: 30}\n")
        out = self.compare(scenarios=("base.yaml", "more.yaml"))
        with h5py.File(os.path.join(out, "comparison.h5")) as file:
            self.assertNotIn("group", file)
        with open(os.path.join(out, "report.html"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("have not the same schools", text)
        self.assertIn("not the effect of policy alone", text)

    def test_one_replicate_has_no_interval_and_the_report_says_so(self):
        out = self.compare("one", "--replicates", "1")
        self.assertTrue(numpy.isnan(open_comparison(out).low).all())
        with open(os.path.join(out, "report.html"), encoding="utf-8") as file:
            self.assertIn("nobody can say how much of that is luck", file.read())

    def test_beliefs(self):
        out = self.compare("out", "--beliefs", "sceptical,optimistic", "--set", "horizon.years=2")
        belief = open_comparison(out, "belief")
        self.assertEqual(belief.belief.values.tolist(), ["sceptical", "optimistic"])
        alone = self.compare("alone", "--parameters", "sceptical", "--set", "horizon.years=2")
        there = open_comparison(alone).sel(scenario="other", measure="true_attainment_mean").isel(year=-1)
        here = belief.sel(belief="sceptical", scenario="other", measure="true_attainment_mean")
        self.assertEqual(float(here.difference), float(there.difference))
        with open(os.path.join(out, "report.html"), encoding="utf-8") as file:
            self.assertIn("Under other beliefs", file.read())
        self.fails(call("compare", self.path("list.yaml"), self.path("other.yaml"), "--beliefs", "scptical"),
                   "did you mean 'sceptical'")

    def sets(self):
        rows = [("set", "teaching.effort", "learning.retention")]
        rows += [(f"s{i}", f"{0.02 + 0.05 * i:.2f}", f"{0.75 - 0.08 * i:.2f}") for i in range(4)]
        self.write("sets.csv", "".join(",".join(row) + "\n" for row in rows))
        return ["--set", "parameters.sets=" + self.path("sets.csv"), "--set", "ensemble.lucks_per_set=3",
                "--replicates", "12"]

    def parts(self, values):
        """SD by parameters and by luck of 4 sets x 3 lucks, and the mean of each set."""
        by_set = values.reshape(4, 3, *values.shape[1:])
        means = by_set.mean(axis=1)
        luck = ((by_set - means[:, None]) ** 2).sum(axis=(0, 1)) / 8
        parameters = numpy.maximum(0, means.var(axis=0, ddof=1) - luck / 3)
        return numpy.sqrt(parameters), numpy.sqrt(luck), means

    def test_luck_and_parameters_apart_again_from_the_results(self):
        out = self.compare("out", *self.sets())
        found = open_comparison(out)
        base, reform = open_results(os.path.join(out, "list.h5")), open_results(os.path.join(out, "other.h5"))
        t = stats.t.ppf(0.975, 3)
        told = 0
        for name in ("true_attainment_mean", "value_added_mean", "teacher_turnover"):
            a, b = reform[name].values, base[name].values
            at = found.sel(scenario="other", measure=name)
            parameters, luck, means = self.parts(a - b)
            numpy.testing.assert_allclose(at["sd_luck"], luck, atol=1e-8)
            numpy.testing.assert_allclose(at["sd_parameters"], parameters, atol=1e-7)
            numpy.testing.assert_allclose(at["standard_error"], means.std(axis=0, ddof=1) / 2, atol=1e-9)
            numpy.testing.assert_allclose(at["low"], means.mean(axis=0) - t * means.std(axis=0, ddof=1) / 2, atol=1e-8)
            numpy.testing.assert_allclose(at["share_of_sets_higher"][1:], ((means > 1e-9) + 0.5 * (abs(means) <= 1e-9)).mean(axis=0)[1:])
            level, own_luck, own = self.parts(a)
            numpy.testing.assert_allclose(at["level_sd_parameters"], level, atol=1e-7)
            numpy.testing.assert_allclose(at["level_sd_luck"], own_luck, atol=1e-9)
            spread = own.std(axis=0, ddof=1)
            drawn = own.mean(axis=0) + (own - own.mean(axis=0)) * numpy.minimum(1, level / numpy.maximum(spread, 1e-300))
            told_from_luck = (level > 0) | (own_luck == 0)
            high = numpy.where(told_from_luck, numpy.quantile(drawn, 0.95, axis=0), numpy.nan)
            numpy.testing.assert_allclose(at["parameters_high"], high, atol=1e-7)
            told += (parameters[1:] > 0).sum()
            if name == "teacher_turnover":
                of_a, of_b = own, self.parts(b)[2]
                ratio = of_a.mean(axis=0) / of_b.mean(axis=0)
                residual = (of_a - ratio * of_b).std(axis=0, ddof=1) / 2
                numpy.testing.assert_allclose(at["ratio_high"], ratio + t * residual / of_b.mean(axis=0), rtol=1e-8)
        self.assertGreater(told, 3)  # the sets do differ

        # Schools: a set counts once.
        schools = open_comparison(out, "school").sel(scenario="other", effect="value_added")
        base, reform = (open_results(os.path.join(out, name), "school") for name in ("list.h5", "other.h5"))
        shown = base.sizes["replicate"]
        self.assertEqual(shown, 5)  # of the twelve: the rest is seen in the districts' means only
        self.assertEqual(int(numpy.isfinite(schools.standard_error).sum()), 30)

    def test_schools_again_with_sets(self):
        out = self.compare("out", *self.sets(), "--set", "record.replicates=12")
        base, reform = (open_results(os.path.join(out, name), "school") for name in ("list.h5", "other.h5"))
        difference = (reform.value_added - base.value_added).isel(year=-1).values.astype(float)
        means = difference.reshape(4, 3, -1).mean(axis=1)
        schools = open_comparison(out, "school").sel(scenario="other", effect="value_added")
        numpy.testing.assert_allclose(schools["difference"], means.mean(axis=0), atol=2e-6)
        numpy.testing.assert_allclose(schools["standard_error"], means.std(axis=0, ddof=1) / 2, atol=2e-6)
        levels = open_comparison(out, "level").sel(scenario="other", effect="value_added")
        at = levels.sel(level="school")
        self.assertEqual(float(at.units), 30)
        numpy.testing.assert_allclose(at["sd"], difference.std(axis=1, ddof=1).mean(), rtol=1e-5)
        numpy.testing.assert_allclose(at["low"], numpy.quantile(difference, 0.05, axis=1).mean(), atol=1e-6)
        numpy.testing.assert_allclose(at["better"], (difference >= 0.02).mean(), atol=1e-9)
        a, b = (open_results(os.path.join(out, name), "district").value_added.isel(year=-1).values.astype(float)
                for name in ("other.h5", "list.h5"))
        numpy.testing.assert_allclose(levels.sel(level="district")["sd"], (a - b)[:5].std(axis=1, ddof=1).mean()
                                      if len(a) == 5 else (a - b).std(axis=1, ddof=1).mean(), rtol=1e-4)
        system = open_comparison(out).sel(scenario="other", measure="value_added_mean").isel(year=-1)
        numpy.testing.assert_allclose(levels.sel(level="system")["mean"], system["difference"], atol=1e-6)
        self.assertTrue(numpy.isnan(levels.sel(level="cluster")["mean"]))  # nobody is in one
        self.assertEqual(float(levels.sel(level="cluster")["units"]), 0)

    def test_clusters(self):
        self.write("net.yaml", "reformsim: 1\nextends: list.yaml\ntitle: Networks\nlevers:\n"
                               "  networks: {participation: mandated, cluster_size: 5}\n")
        out = self.compare("out", scenarios=("list.yaml", "net.yaml"))
        levels = open_comparison(out, "level").sel(scenario="net", effect="value_added", level="cluster")
        self.assertGreaterEqual(float(levels.units), 3)
        # Again from the schools: their clusters in the reform, weighted by the rolls of the end.
        base, net = (open_results(os.path.join(out, name), "school") for name in ("list.h5", "net.h5"))
        self.assertTrue((net.cluster.values >= 0).all())
        spread = []
        for r in range(5):
            means = []
            for cluster in numpy.unique(net.cluster.values[r]):
                within = net.cluster.values[r] == cluster
                own = [numpy.average(one.value_added.values[r, -1, within].astype(float)) for one in (net, base)]
                means.append(own[0] - own[1])
            spread.append(numpy.std(means, ddof=1))
        # Rolls weigh a little differently; the spread is the same to a tenth.
        self.assertLess(abs(float(levels.sd) / numpy.mean(spread) - 1), 0.15)

    def test_sets_are_named_and_threads_change_nothing(self):
        one, three = self.compare("one", *self.sets(), "--threads", "1"), self.compare("three", *self.sets(), "--threads", "3")
        a, b = everything(os.path.join(one, "comparison.h5")), everything(os.path.join(three, "comparison.h5"))
        self.assertEqual([name for name in a if a[name] != b[name]], [])
        names = open_comparison(one, "parameters")
        self.assertEqual(names["set"].values.tolist(), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
        self.assertEqual(names["name"].values.tolist()[::3], ["s0", "s1", "s2", "s3"])
        results = open_results(os.path.join(one, "list.h5"), "parameters")
        numpy.testing.assert_allclose(results["teaching.effort"].values[::3], [0.02, 0.07, 0.12, 0.17])
        # A belief may be sets, and luck and parameters are told apart in it.
        self.write("some.yaml", "parameters: {sets: sets.csv}\n")
        out = self.compare("belief", "--beliefs", self.path("some.yaml"))
        belief = open_comparison(out, "belief")
        self.assertTrue(numpy.isfinite(belief.sd_luck.sel(scenario="other", measure="value_added_mean")).all())

    def test_best_of_all(self):
        self.write("third.yaml", REFORM.replace("0.9,", "0.4,"))
        out = self.compare("out", scenarios=("list.yaml", "other.yaml", "third.yaml"))
        found = open_comparison(out)
        end = numpy.array([open_results(os.path.join(out, name)).disadvantage_gap.values[:, -1]
                           for name in ("list.h5", "other.h5", "third.h5")])
        best = (end == end.min(axis=0)).astype(float)
        numpy.testing.assert_allclose(found.probability_best.sel(measure="disadvantage_gap"),
                                      (best / best.sum(axis=0)).mean(axis=1))

    def test_replicates_until_it_is_settled(self):
        out = self.compare("out", "--replicates", "3", "--until", "true_attainment_mean=0.003", "--batch", "2", "--most",
                           "40")
        found = open_comparison(out)
        count = found.sizes["replicate"]
        end = found.sel(scenario="other", measure="true_attainment_mean").isel(year=-1)
        self.assertLessEqual(float(end.high - end.low) / 2, 0.003)
        self.assertGreater(count, 3)
        self.assertEqual((count - 3) % 2, 0)
        self.assertEqual(int(found.attrs["looks"]), 1 + (count - 3) // 2)
        self.assertIn("looked at", str(found.attrs["notes"]))
        # It is what so many replicates give, and fewer were not enough.
        plain = self.compare("plain", "--replicates", str(count), "--threads", "1")
        a, b = everything(os.path.join(out, "comparison.h5")), everything(os.path.join(plain, "comparison.h5"))
        self.assertEqual([name for name in a if a[name] != b[name]], ["@looks", "@notes"])
        for name in ("list.h5", "other.h5"):
            self.assertEqual(everything(os.path.join(out, name)), everything(os.path.join(plain, name)))
        fewer = open_comparison(self.compare("fewer", "--replicates", str(count - 2)))
        end = fewer.sel(scenario="other", measure="true_attainment_mean").isel(year=-1)
        self.assertGreater(float(end.high - end.low) / 2, 0.003)
        # With sets a batch is whole sets, and there are no more than they are good for.
        sets = self.compare("sets", *self.sets()[:-2], "--replicates", "4", "--until", "true_attainment_mean=1e-9",
                            "--batch", "1")
        found = open_comparison(sets)
        self.assertEqual(found.sizes["replicate"], 12)
        self.assertEqual(int(found.attrs["looks"]), 3)  # six, nine, twelve
        self.assertIn("were not enough", str(found.attrs["notes"]))
        whole = self.compare("whole", *self.sets())
        a, b = everything(os.path.join(sets, "comparison.h5")), everything(os.path.join(whole, "comparison.h5"))
        self.assertEqual([name for name in a if a[name] != b[name]], ["@looks", "@notes"])
        files = [self.path("list.yaml"), self.path("other.yaml")]
        self.fails(call("compare", *files, "--until", "true_atainment_mean"), "did you mean 'true_attainment_mean'")
        self.fails(call("compare", *files, "--batch", "4"), "--until")

    def test_report_command(self):
        out = self.compare()
        before = self.read("out/report.html")
        os.remove(os.path.join(out, "report.html"))
        self.ends(call("report", out), 0)
        self.assertEqual(self.read("out/report.html"), before)
        self.fails(call("report", self.path("absent")), "there is no such folder")
        os.remove(os.path.join(out, "comparison.h5"))
        self.fails(call("report", out), "comparison.h5", "there is no such file")
        shutil.copy(os.path.join(out, "list.h5"), os.path.join(out, "comparison.h5"))
        self.fails(call("report", out), "this is not a comparison")
        with open(os.path.join(out, "comparison.h5"), "wb") as file:
            file.write(b"\x89HDF\r\n\x1a\n and no more")
        self.fails(call("report", out), "comparison.h5")


if __name__ == "__main__":
    unittest.main()
