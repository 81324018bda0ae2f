"""Results files opened from outside: by xarray, netCDF4, h5netcdf, h5py, ncdump and h5ls, as a user would.

Run with the path of the program: test_results_python.py build/release/reformsim
Warnings count as errors: a reader that warns tells its user that something is wrong with the file.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

import h5netcdf
import h5py
import netCDF4
import numpy as np
import xarray as xr

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "reformsim"
SCENARIO = "scenarios/governance/status_quo.yaml"
OPTIONS = [
    "--replicates", "3", "--set", "horizon.years=2", "--set", "population.schools=60",
    "--set", "population.districts=4", "--set", "record.schools=sample", "--set", "record.districts=true",
    "--set", "record.clusters=true", "--quiet",
]
GROUPS = ["summary/mean", "summary/sd", "summary/se", "summary/quantile", "school", "district", "cluster", "clock"]
TRAJECTORIES = ["school", "district", "cluster"]


def run(output, *more, environment=None):
    subprocess.run([PROGRAM, "run", SCENARIO, "-o", output, *OPTIONS, *more], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})


def info(path):
    return json.loads(subprocess.run([PROGRAM, "info", path, "--json"], check=True, capture_output=True).stdout)


def every_dataset(group):
    for name, item in group.items():
        if isinstance(item, h5py.Group):
            yield from every_dataset(item)
        else:
            yield item


class ResultsFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.folder.name, "results.h5")
        run(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        warnings.simplefilter("error")

    def test_xarray_opens_the_root_without_options(self):
        with xr.open_dataset(self.path) as data:
            self.assertEqual(dict(data.sizes), {"replicate": 3, "year": 3})
            self.assertEqual(data.year.values.tolist(), [0, 1, 2])
            self.assertEqual(data.year.dtype, np.float64)
            self.assertEqual(data.attrs["Conventions"], "CF-1.8")
            self.assertEqual(data.attrs["file_type"], "reformsim results")
            self.assertEqual(data.attrs["complete"], 1)
            self.assertIn("reformsim: 1", data.attrs["scenario"])
            self.assertTrue((data.schools == 60).all())
            for name, variable in data.data_vars.items():
                self.assertEqual(variable.dims, ("replicate", "year"), name)
                self.assertEqual(variable.dtype, np.float64, name)
            self.assertTrue(np.isfinite(data.true_attainment_mean).all())

    def test_both_engines_of_xarray_see_the_same(self):
        for group in [None, *GROUPS]:
            with self.subTest(group=group), \
                    xr.open_dataset(self.path, group=group, engine="netcdf4") as one, \
                    xr.open_dataset(self.path, group=group, engine="h5netcdf") as other:
                xr.testing.assert_equal(one, other)
                self.assertEqual(list(one), list(other))

    def test_groups_have_coordinates_of_their_own(self):
        with xr.open_dataset(self.path, group="school") as school:
            self.assertEqual(school.energy.dims, ("replicate", "year", "school"))
            self.assertEqual(school.energy.dtype, np.float32)
            self.assertEqual(set(school.coords), {"replicate", "year", "school", "name", "district", "phase",
                                                  "enrolment", "deprivation", "cluster"})
            code = str(school.school.values[0])
            self.assertTrue(np.isfinite(school.energy.sel(school=code, year=2, replicate=0)))
        with xr.open_dataset(self.path, group="district") as district:
            self.assertEqual(district.sizes["district"], 4)
            self.assertTrue(np.isin(district.district_disposition, (0, 1, 2)).all())
            self.assertGreater(district.district_disposition.values.max(), 0)
            self.assertIn("district_capacity", district)
        with xr.open_dataset(self.path, group="cluster") as cluster:
            self.assertIn("cluster_trust", cluster)

    def test_summaries_are_those_of_the_replicates(self):
        with xr.open_dataset(self.path) as data, xr.open_dataset(self.path, group="summary/mean") as mean, \
                xr.open_dataset(self.path, group="summary/sd") as sd, \
                xr.open_dataset(self.path, group="summary/se") as se, \
                xr.open_dataset(self.path, group="summary/quantile") as quantile, \
                warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # what has no value in a year has no SD either
            for name in data.data_vars:
                np.testing.assert_allclose(mean[name], data[name].mean("replicate"), atol=1e-12, rtol=1e-12)
                np.testing.assert_allclose(sd[name], data[name].std("replicate", ddof=1), atol=1e-9, rtol=1e-9)
                np.testing.assert_allclose(se[name], sd[name] / np.sqrt(3), atol=1e-12, rtol=1e-12)
                np.testing.assert_allclose(
                    quantile[name], data[name].quantile([0.05, 0.25, 0.5, 0.75, 0.95], "replicate"), atol=1e-9,
                    rtol=1e-9)

    def test_every_dimension_has_a_scale_and_every_variable_a_unit(self):
        with h5py.File(self.path) as file:
            checked = 0
            for dataset in every_dataset(file):
                with self.subTest(dataset=dataset.name):
                    self.assertIn("units", dataset.attrs)
                    self.assertIn("long_name", dataset.attrs)
                    self.assertTrue(dataset.dtype.kind in "fiu" or h5py.check_string_dtype(dataset.dtype))
                    if dataset.attrs.get("CLASS") != b"DIMENSION_SCALE":
                        for dimension in dataset.dims:
                            self.assertEqual(len(dimension), 1)
                    checked += 1
            self.assertGreater(checked, 300)
            self.assertIsInstance(file.attrs["scenario"], str)
            chunked = file["school/energy"]
            self.assertTrue(chunked.shuffle and chunked.compression == "gzip")

    def test_each_replicate_of_a_synthetic_system_has_phases_of_its_own(self):
        path = os.path.join(self.folder.name, "two.h5")
        run(path, "--set", "record.replicates=2")
        with xr.open_dataset(path, group="school") as school:
            self.assertEqual(set(np.unique(school.phase.values)), {"primary", "secondary"})
            self.assertFalse((school.phase[0] == school.phase[1]).all())

    def test_netcdf4_and_h5netcdf_read_numbers_and_texts(self):
        with netCDF4.Dataset(self.path) as file:
            self.assertEqual(file.data_model, "NETCDF4")
            self.assertEqual(set(file.groups), {"summary", "school", "district", "cluster", "clock"})
            names = file["school"]["name"][:]
            self.assertTrue(all(isinstance(name, str) and name for name in names))
            self.assertEqual(file["school"]["energy"].units, "share")
            self.assertEqual(file["clock"].threads > 0, True)
            mean = file["energy_mean"][:]
        with h5netcdf.File(self.path) as file:
            np.testing.assert_array_equal(file["energy_mean"][...], mean)
            self.assertEqual(file["school"]["name"].dimensions, ("school",))
            self.assertEqual(file["school"]["phase"].dimensions, ("replicate", "school"))
            self.assertEqual(file.attrs["program"], "reformsim")

    def test_command_line_tools_read_it(self):
        for command in (["ncdump", "-h"], ["ncdump", "-v", "year,energy_mean"], ["h5ls", "-r"], ["h5dump", "-H"]):
            with self.subTest(command=command):
                done = subprocess.run([*command, self.path], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("energy_mean", done.stdout)

    def test_equal_runs_are_equal_bytes_whatever_was_in_memory(self):
        digest = info(self.path)["results_digest"]
        images = []
        for filling, threads in (("85", "1"), ("170", "2")):
            other = os.path.join(self.folder.name, f"other{filling}.h5")
            run(other, "--threads", threads, environment={"MALLOC_PERTURB_": filling})
            self.assertEqual(info(other)["results_digest"], digest)
            with open(other, "rb") as file:
                images.append(np.frombuffer(file.read(), np.uint8))
        self.assertEqual(images[0].size, images[1].size)
        # All that may differ is the clock: three values and the sum over their group's header.
        self.assertLess((images[0] != images[1]).sum(), 40)

    def test_info_reads_well(self):
        text = subprocess.run([PROGRAM, "info", self.path], check=True, capture_output=True, text=True).stdout
        self.assertIn("Status quo", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80 + len(self.path))
        self.assertEqual(info(self.path)["replicates_written"], [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
