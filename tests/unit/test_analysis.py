"""The Python package in analysis/, on a real results file. Argument: the path of reformsim."""
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "build/release/reformsim"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "analysis"))
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("MPLCONFIGDIR", tempfile.gettempdir())

import numpy  # noqa: E402
import reformsim_analysis as analysis  # noqa: E402

SCENARIO = """reformsim: 1
title: A small system
population: {schools: 24, districts: 3}
horizon: {years: 3, burn_in_years: 1}
ensemble: {replicates: 5, seed: 3}
record: {schools: sample, school_sample: 6, replicates: 2}
"""


class Analysis(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "small.h5")
        scenario = os.path.join(cls.folder.name, "small.yaml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        subprocess.run([PROGRAM, "run", scenario, "-o", cls.path, "--quiet"], check=True,
                       stdout=subprocess.DEVNULL, timeout=120)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_open_results(self):
        data = analysis.open_results(self.path)
        self.assertEqual(dict(data.sizes), {"replicate": 5, "year": 4})
        self.assertEqual(list(data["year"].values), [0, 1, 2, 3])
        self.assertEqual(data["value_added_mean"].attrs["units"], "pupil SD")
        self.assertEqual(data.attrs["seed"], 3)
        self.assertIn("schools: 24", analysis.scenario_text(self.path))

    def test_trajectories(self):
        schools = analysis.open_results(self.path, group="school")
        self.assertEqual(schools.sizes["school"], 6)
        self.assertEqual(schools.sizes["replicate"], 2)
        self.assertEqual(schools.attrs["seed"], 3)
        with self.assertRaisesRegex(analysis.ResultsError, "no group 'cluster'"):
            analysis.open_results(self.path, group="cluster")

    def test_what_is_no_results_file(self):
        with self.assertRaises(FileNotFoundError):
            analysis.open_results(os.path.join(self.folder.name, "absent.h5"))
        text = os.path.join(self.folder.name, "text.h5")
        with open(text, "w", encoding="utf-8") as file:
            file.write("no HDF5 at all\n")
        with self.assertRaises(analysis.ResultsError):
            analysis.open_results(text)
        import h5py
        other = os.path.join(self.folder.name, "other.h5")
        with h5py.File(other, "w") as file:
            file["x"] = [1.0]
        with self.assertRaisesRegex(analysis.ResultsError, "not a results file"):
            analysis.open_results(other)

    def test_summary_agrees_with_numpy_and_with_the_program(self):
        data = analysis.open_results(self.path)
        of = analysis.summary(data, 0.05, 0.95)["value_added_mean"]
        values = data["value_added_mean"].transpose("replicate", "year").values
        self.assertGreater(values.std(axis=0)[-1], 0)
        numpy.testing.assert_allclose(of.sel(statistic="mean"), values.mean(axis=0))
        numpy.testing.assert_allclose(of.sel(statistic="sd"), values.std(axis=0, ddof=1))
        numpy.testing.assert_allclose(of.sel(statistic="low"), numpy.quantile(values, 0.05, axis=0))
        mean = analysis.open_results(self.path, group="summary/mean")["value_added_mean"]
        numpy.testing.assert_allclose(of.sel(statistic="mean"), mean)
        quantile = analysis.open_results(self.path, group="summary/quantile")["value_added_mean"]
        numpy.testing.assert_allclose(of.sel(statistic="high"), quantile.sel(quantile=0.95))
        self.assertEqual(of.attrs["units"], "pupil SD")
        with self.assertRaises(ValueError):
            analysis.summary(data, 0.9, 0.1)

    def test_tidy(self):
        table = analysis.tidy(self.path, ["value_added_mean", "teacher_turnover"])
        self.assertEqual(list(table.columns), ["title", "replicate", "year", "measure", "unit", "value"])
        self.assertEqual(len(table), 2 * 5 * 4)
        data = analysis.open_results(self.path)
        row = table[(table.measure == "teacher_turnover") & (table.replicate == 2) & (table.year == 3)]
        self.assertEqual(row.value.item(), data["teacher_turnover"].sel(replicate=2, year=3).item())
        self.assertEqual(row.unit.item(), data["teacher_turnover"].attrs["units"])
        self.assertEqual(set(table.title), {"A small system"})
        with self.assertRaises(KeyError):
            analysis.tidy(self.path, ["no_such_measure"])

    def test_fan_chart(self):
        ax = analysis.fan_chart([self.path, self.path], "value_added_mean", labels=["one", "two"])
        self.assertEqual([line.get_label() for line in ax.get_lines()], ["one", "two"])
        self.assertEqual(len(ax.collections), 2)
        self.assertIn("pupil SD", ax.get_ylabel())
        self.assertIn("year", ax.get_xlabel())
        mean = analysis.open_results(self.path)["value_added_mean"].mean("replicate")
        numpy.testing.assert_allclose(ax.get_lines()[0].get_ydata(), mean)
        with self.assertRaises(ValueError):
            analysis.fan_chart([self.path] * 8)
        with self.assertRaises(KeyError):
            analysis.fan_chart(self.path, "no_such_measure")

    def test_the_example_draws(self):
        picture = os.path.join(self.folder.name, "figure.png")
        done = subprocess.run([sys.executable, os.path.join(ROOT, "analysis", "example.py"), self.path, picture],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.strip(), picture)
        with open(picture, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")

    def test_the_readme_shows_the_example(self):
        with open(os.path.join(ROOT, "analysis", "README.md"), encoding="utf-8") as file:
            readme = file.read()
        with open(os.path.join(ROOT, "analysis", "example.py"), encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith(("measure =", "axes", "data =")) and "sys.argv" not in line \
                        and "savefig" not in line:
                    self.assertIn(line, readme)


if __name__ == "__main__":
    unittest.main()
