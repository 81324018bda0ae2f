"""The program against a second model, written in NumPy from the ODD description alone (model.py).

Run with the path of the program: test_rebuild.py build/release/reformsim
Both run three presets on systems of their own, with luck of their own, so that only distributions
can agree. What differs is an error in the program, in the description, or in the second model.
"""

import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build/release/reformsim"

import description  # noqa: E402
import model  # noqa: E402

SCENARIOS = {name: os.path.join(HERE, "..", "..", "scenarios", "governance", f"{name}.yaml")
             for name in ("status_quo", "networked", "top_down")}
SETTINGS = {"population.schools": 300, "population.districts": 12, "horizon.years": 10}
YEARS = SETTINGS["horizon.years"]
REPLICATES, BATCH = 200, 100
PROGRAM_SEED, REBUILD_SEED = 20, 10
# Means may differ by 3.3 standard errors of the difference, and by no more than this, in the
# measure's unit.
MAIN = {"true_attainment_mean": 0.01, "true_attainment_between_school_sd": 0.01,
        "real_participation": 0.02, "declared_participation": 0.02}
EFFECT_ON, EFFECT_BOUND = "true_attainment_mean", 0.006  # pupil SD, at the end, on status_quo
# The statistics that follow schools from year 0 are worked out again by tests/unit/test_school_statistics.py instead.
FOLLOWING = """
    cohort_gain_lowest_fifth cohort_gain_mean cohort_gain_poorest_fifth deprivation_attainment_r
    deprivation_value_added_r district_entry_growth_r energy_weakest_third leader_exit_gain new_leaders
    reported_score_poor_less_rich teacher_skill_low_scores teacher_turnover_poor_to_rich
    teacher_turnover_weakest_third true_score_ablest_third true_score_poor_less_rich
    true_score_weakest_third value_added_ablest_third value_added_between_district_sd
    value_added_persistence value_added_persistence_large value_added_persistence_small
    value_added_weakest_third value_added_within_district_sd
""".split()
NOT_REBUILT = {"schools", "spending_per_pupil", *FOLLOWING}


def run_program(name):
    """Measures of the program: {measure: [replicate, year]}."""
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results.h5")
        changed = {**SETTINGS, "population.seed": PROGRAM_SEED, "ensemble.seed": PROGRAM_SEED,
                   "ensemble.replicates": REPLICATES}
        options = [f"--set={path}={value}" for path, value in changed.items()]
        subprocess.run([PROGRAM, "run", SCENARIOS[name], "-o", results, "--quiet", *options],
                       check=True, stdout=subprocess.DEVNULL)
        with h5py.File(results) as file:
            return {measure: data[:] for measure, data in file.items()
                    if isinstance(data, h5py.Dataset) and data.ndim == 2}


def run_rebuild(pasts, name):
    """Measures of the rebuild, its batches of replicates one after the other."""
    reform = description.Reform(SCENARIOS[name])
    batches = [model.future(past, reform, YEARS) for past in pasts]
    return {measure: np.concatenate([batch[measure] for batch in batches])
            for measure in batches[0]}


def difference(program, rebuild):
    """Means over replicates, their difference, and its standard error."""
    error = np.sqrt(program.var(ddof=1) / len(program) + rebuild.var(ddof=1) / len(rebuild))
    return program.mean(), rebuild.mean(), rebuild.mean() - program.mean(), error


def effect(side, name):
    """Effect of a reform at the end, against status_quo, by replicate."""
    return side[name][EFFECT_ON][:, YEARS] - side["status_quo"][EFFECT_ON][:, YEARS]


class RebuildTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        settings = {**description.settings(), **SETTINGS}
        cls.pasts = [model.past(settings, BATCH, [REBUILD_SEED, batch])
                     for batch in range(REPLICATES // BATCH)]
        cls.program = {name: run_program(name) for name in SCENARIOS}
        cls.rebuild = {name: run_rebuild(cls.pasts, name) for name in SCENARIOS}

    def agree(self, label, found, bound):
        """Prints a line of the table and holds it to both bounds."""
        program, rebuild, apart, error = found
        print(f"{label:44}{program:9.4f}{rebuild:9.4f}{apart:9.4f}{error:8.4f}")
        with self.subTest(label):
            self.assertLess(abs(apart), 3.3 * error + 1e-9, "more than luck makes")
            self.assertLess(abs(apart), bound, "more than may be")

    def test_main_measures(self):
        print(f"\n{'networked':44}{'program':>9}{'rebuild':>9}{'apart':>9}{'s.e.':>8}")
        sides = self.program["networked"], self.rebuild["networked"]
        for measure, bound in MAIN.items():
            for year in (0, YEARS):
                pair = (side[measure][:, year] for side in sides)
                self.agree(f"{measure}, {year}", difference(*pair), bound)
            pair = (side[measure][:, YEARS] - side[measure][:, 0] for side in sides)
            self.agree("  change from year 0", difference(*pair), bound)

    def test_effects_of_reforms(self):
        print(f"\n{EFFECT_ON}, against status_quo")
        for name in ("networked", "top_down"):
            pair = (effect(side, name) for side in (self.program, self.rebuild))
            self.agree(f"  {name}", difference(*pair), EFFECT_BOUND)

    def test_every_measure(self):
        """Wider bounds, as there are many: 4.2 standard errors, and rounding."""
        for name in SCENARIOS:
            program, rebuild = self.program[name], self.rebuild[name]
            self.assertEqual(set(program) - set(rebuild), NOT_REBUILT)
            for measure in sorted(set(program) & set(rebuild)):
                with self.subTest(f"{name}: {measure}"):
                    pair = (side[measure][:, YEARS] for side in (program, rebuild))
                    mean, _, apart, error = difference(*pair)
                    self.assertLess(abs(apart), 4.2 * error + 1e-6 * max(1, abs(mean)))

    def test_is_not_blind(self):
        """A rebuild without diffusion from year 0 on is seen to differ."""
        reform = description.Reform(SCENARIOS["networked"])
        blind = model.future(self.pasts[0], reform, YEARS, without=["diffusion"])[EFFECT_ON]
        usual = self.rebuild["status_quo"][EFFECT_ON][:BATCH]
        found = difference(effect(self.program, "networked"), blind[:, YEARS] - usual[:, YEARS])
        print(f"\nwithout diffusion it is {found[2]:.4f} away, {abs(found[2]) / found[3]:.1f} s.e.")
        self.assertGreater(abs(found[2]), max(EFFECT_BOUND, 3.3 * found[3]))


if __name__ == "__main__":
    unittest.main()
