"""Measures that look at schools among each other and against year 0, worked out again with NumPy from the schools of a
results file. Argument: the path of reformsim."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/reformsim")
sys.path.insert(0, os.path.join(ROOT, "analysis"))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from reformsim_patterns.estimators import between_quantiles, components, correlation  # noqa: E402

COLUMNS = ["deprivation", "true_score", "value_added", "reported_score", "reported_value_added", "cohort_value_added",
           "teacher_turnover", "leader_tenure", "energy", "teacher_skill", "human_capital", "social_capital",
           "decisional_capital"]
OPTIONS = ["--quiet", "--replicates", "1", "--set", "horizon.years=4", "--set", "population.schools=240", "--set",
           "population.districts=8", "--set", "record.schools=all", "--set",
           "record.school_measures=[" + ", ".join(COLUMNS) + "]"]


class SchoolStatistics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path, half = os.path.join(folder, "run.h5"), os.path.join(folder, "half.h5")
            scenario = os.path.join(ROOT, "scenarios/drivers/external_accountability.yaml")
            kept, rest = os.path.join(folder, "year2.checkpoint"), os.path.join(folder, "rest.h5")
            subprocess.run([PROGRAM, "run", scenario, "-o", path, *OPTIONS], check=True, stdout=subprocess.DEVNULL)
            subprocess.run([PROGRAM, "run", scenario, "-o", half, "--until", "2", "--checkpoint", kept, *OPTIONS],
                           check=True, stdout=subprocess.DEVNULL)
            subprocess.run([PROGRAM, "run", scenario, "-o", rest, "--from", kept, *OPTIONS], check=True,
                           stdout=subprocess.DEVNULL)
            cls.system, cls.school, cls.district, cls.phase, cls.size = cls.read(path)
            cls.continued = cls.read(rest)[0]

    @staticmethod
    def read(path):
        with h5py.File(path, "r") as file:
            system = {name: data[0] for name, data in file.items()
                      if isinstance(data, h5py.Dataset) and data.ndim == 2 and data.shape[0] == 1}
            school = {name: file["school/" + name][0].astype(float) for name in COLUMNS}
            place = file["school/district"]
            district = place.asstr()[...] if place.dtype.kind in "SO" else place[...]
            phase = file["school/phase"]
            phase = phase.asstr()[...] if phase.dtype.kind in "SO" else phase[...]
            return system, school, np.ravel(district), np.ravel(phase), np.ravel(file["school/enrolment"][...])

    def same(self, name, year, value, places=4):
        self.assertAlmostEqual(float(self.system[name][year]), float(value), places=places, msg=f"{name}, year {year}")

    def test_gradients_and_components(self):
        for year in range(5):
            added, score = self.school["value_added"][year], self.school["true_score"][year]
            poor = self.school["deprivation"][0]
            self.same("deprivation_attainment_r", year, correlation(poor, score))
            self.same("deprivation_value_added_r", year, correlation(poor, added))
            between, within = components(added, self.district)
            self.same("value_added_within_district_sd", year, within ** 0.5)
            self.same("value_added_between_district_sd", year, between ** 0.5)
            primary = self.phase != "secondary"
            self.assertTrue(0 < primary.sum() < len(primary))
            _, group = np.unique(self.district[primary], return_inverse=True)
            size = np.bincount(group)
            self.same("district_entry_growth_r", year,
                      correlation(np.bincount(group, (score - added)[primary]) / size,
                                  np.bincount(group, added[primary]) / size))

    def test_groups_are_those_of_year_0(self):
        poor = self.school["deprivation"][0]
        poorest, richest = between_quantiles(poor, 0.8, 1), between_quantiles(poor, 0, 0.2)
        capital = np.sum([self.school[kind + "_capital"][0] for kind in ("human", "social", "decisional")], axis=0)
        weakest, ablest = between_quantiles(capital, 0, 1 / 3), between_quantiles(capital, 2 / 3, 1)
        low = between_quantiles(self.school["reported_score"][0], 0, 0.2)
        for year in range(5):
            value = {name: self.school[name][year] for name in COLUMNS}
            turnover = value["teacher_turnover"]
            self.same("teacher_turnover_poor_to_rich", year, turnover[poorest].mean() / turnover[richest].mean())
            for kind in ("true", "reported"):
                score = value[kind + "_score"]
                self.same(kind + "_score_poor_less_rich", year, score[poorest].mean() - score[richest].mean())
            for name in ("teacher_turnover", "energy", "true_score", "value_added"):
                self.same(name + "_weakest_third", year, value[name][weakest].mean())
            for name in ("true_score", "value_added"):
                self.same(name + "_ablest_third", year, value[name][ablest].mean())
            skill = value["teacher_skill"]
            self.same("teacher_skill_low_scores", year, skill[low].mean() - skill.mean())

    def test_persistence_and_regression_to_the_mean(self):
        before, cohort = self.school["reported_value_added"][0], self.school["cohort_value_added"]
        lowest = between_quantiles(cohort[0], 0, 0.2)
        poorest = between_quantiles(self.school["deprivation"][0], 0.8, 1)
        for year in range(5):
            now = self.school["reported_value_added"][year]
            self.same("value_added_persistence", year, correlation(before, now))
            gain = cohort[year] - cohort[0]
            self.same("cohort_gain_mean", year, gain.mean())
            self.same("cohort_gain_lowest_fifth", year, gain[lowest].mean())
            self.same("cohort_gain_poorest_fifth", year, gain[poorest].mean())
        self.assertGreater(gain[lowest].mean(), gain.mean() + 0.02)  # there is something to see

    def test_small_and_large_schools(self):
        small, large = between_quantiles(self.size, 0, 0.25), between_quantiles(self.size, 0.75, 1)
        before, now = self.school["reported_value_added"][0], self.school["reported_value_added"][3]
        self.same("value_added_persistence_small", 3, correlation(before[small], now[small]))
        self.same("value_added_persistence_large", 3, correlation(before[large], now[large]))

    def test_leaders_who_came(self):
        tenure, added = self.school["leader_tenure"], self.school["value_added"]
        self.assertTrue(np.isnan(self.system["leader_exit_gain"][0]))
        for year in range(1, 5):
            self.same("new_leaders", year, (tenure[year] < 1.01).mean())
            came = (tenure[1] < 1.01) & (tenure[year] > year - 1 + 0.01)
            self.assertGreater(came.sum(), 5)
            gain = added[year] - added[0]
            self.same("leader_exit_gain", year, gain[came].mean() - gain[~came].mean())

    def test_a_run_that_was_continued_remembers_year_0(self):
        for name, values in self.system.items():
            np.testing.assert_array_equal(values, self.continued[name], err_msg=name)


if __name__ == "__main__":
    unittest.main()
