"""The program against a second model, written in NumPy from the ODD description alone (model.py).

Run with the path of the program: test_rebuild.py build/release/reformsim
Both run three presets on systems of their own, with luck of their own, so that only distributions
can agree; then levers that no preset uses, and an imported list, which both share. What differs is
an error in the program, in the description, or in the second model.
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
import imported  # noqa: E402
import model  # noqa: E402

SCENARIOS = {name: os.path.join(HERE, "..", "..", "scenarios", "governance", f"{name}.yaml")
             for name in ("status_quo", "networked", "top_down")}
OTHER_LEVERS = os.path.join(HERE, "heads_and_grants.yaml")
SETTINGS = {"population.schools": 300, "population.districts": 12, "horizon.years": 10}
YEARS = SETTINGS["horizon.years"]
REPLICATES, BATCH = 200, 100
PROGRAM_SEED, REBUILD_SEED = 20, 10
# Means may differ by 3.3 standard errors of the difference, and by no more than this, in the
# measure's unit.
MAIN = {"true_attainment_mean": 0.01, "true_attainment_between_school_sd": 0.01,
        "real_participation": 0.02, "declared_participation": 0.02}
EFFECT_ON, EFFECT_BOUND = "true_attainment_mean", 0.006  # pupil SD, at the end, on status_quo
# What follows schools from year 0 is worked out again by tests/unit/test_school_statistics.py instead.
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


def run_program(scenario, replicates=REPLICATES, listed=None):
    """Measures of the program: {measure: [replicate, year]}; on a list where one is given."""
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results.h5")
        changed = {**({"horizon.years": YEARS} if listed else SETTINGS),
                   "population.seed": PROGRAM_SEED, "ensemble.seed": PROGRAM_SEED,
                   "ensemble.replicates": replicates}
        options = [f"--set={path}={value}" for path, value in changed.items()]
        if listed:
            options.append(f"--with={imported.write_list(listed, folder)}")
        subprocess.run([PROGRAM, "run", scenario, "-o", results, "--quiet", *options],
                       check=True, stdout=subprocess.DEVNULL)
        with h5py.File(results) as file:
            return {measure: data[:] for measure, data in file.items()
                    if isinstance(data, h5py.Dataset) and data.ndim == 2}


def run_rebuild(pasts, scenario):
    """Measures of the rebuild, its batches of replicates one after the other."""
    reform = description.Reform(scenario)
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
        cls.program = {name: run_program(path) for name, path in SCENARIOS.items()}
        cls.rebuild = {name: run_rebuild(cls.pasts, path) for name, path in SCENARIOS.items()}

    def agree(self, label, found, bound):
        """Prints a line of the table and holds it to both bounds."""
        program, rebuild, apart, error = found
        print(f"{label:44}{program:9.4f}{rebuild:9.4f}{apart:9.4f}{error:8.4f}")
        with self.subTest(label):
            self.assertLess(abs(apart), 3.3 * error + 1e-9, "more than luck makes")
            self.assertLess(abs(apart), bound, "more than may be")

    def agree_on_main(self, title, sides, looser=1):
        """Prints the table of the main measures and holds each of its lines."""
        print(f"\n{title:44}{'program':>9}{'rebuild':>9}{'apart':>9}{'s.e.':>8}")
        for measure, bound in MAIN.items():
            bound *= looser
            for year in (0, YEARS):
                pair = (side[measure][:, year] for side in sides)
                self.agree(f"{measure}, {year}", difference(*pair), bound)
            pair = (side[measure][:, YEARS] - side[measure][:, 0] for side in sides)
            self.agree("  change from year 0", difference(*pair), bound)

    def agree_on_every(self, title, sides):
        """Wider bounds, as there are many: 4.2 standard errors, and rounding."""
        program, rebuild = sides
        self.assertEqual(set(program) - set(rebuild), NOT_REBUILT)
        for measure in sorted(set(program) & set(rebuild)):
            with self.subTest(f"{title}: {measure}"):
                mean, _, apart, error = difference(*(side[measure][:, YEARS] for side in sides))
                self.assertLess(abs(apart), 4.2 * error + 1e-6 * max(1, abs(mean)))

    def test_main_measures(self):
        self.agree_on_main("networked", (self.program["networked"], self.rebuild["networked"]))

    def test_effects_of_reforms(self):
        print(f"\n{EFFECT_ON}, against status_quo")
        for name in ("networked", "top_down"):
            pair = (effect(side, name) for side in (self.program, self.rebuild))
            self.agree(f"  {name}", difference(*pair), EFFECT_BOUND)

    def test_every_measure(self):
        for name in SCENARIOS:
            self.agree_on_every(name, (self.program[name], self.rebuild[name]))

    def test_heads_and_grants(self):
        """On half of the replicates, so luck makes more."""
        sides = run_program(OTHER_LEVERS, BATCH), run_rebuild(self.pasts[:1], OTHER_LEVERS)
        self.agree_on_main("exceptional heads, grants to districts", sides, 2)
        self.agree_on_every("exceptional heads, grants to districts", sides)

    def test_imported_list(self):
        """What scores say of schools and districts, and anchoring to them."""
        listed = imported.drawn_list()
        past = model.past(description.settings(), BATCH, [REBUILD_SEED, 99], listed=listed)
        scored = ~np.isnan(past.score)
        np.testing.assert_allclose(past.reported_score[scored], past.score[scored], atol=1e-9)
        path = SCENARIOS["networked"]
        sides = run_program(path, BATCH, listed), run_rebuild([past], path)
        self.agree_on_main("networked, on an imported list", sides, 2)
        self.agree_on_every("networked, on an imported list", sides)

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
