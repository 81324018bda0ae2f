"""For tests of sweeps: small plans, starting and stopping, and whether two sweep files are the same but for /clock."""
import os
import shutil
import struct
import subprocess
import time

import h5py
import numpy

from command_line import PROGRAM, CommandLineTest, call

MPI_PROGRAM = PROGRAM + "-mpi"
# Tests run as root in containers, and with more ranks than processors.
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe"]

TINY = """reformsim: 1
title: As it is
population: {schools: 6, districts: 2}
horizon: {years: 2, burn_in_years: 1}
ensemble: {replicates: 3, seed: 5}
"""
TINY_REFORM = """reformsim: 1
extends: tiny.yaml
title: A reform
levers:
  external_accountability.stakes: 0.9
  capacity_building.coaching: {value: 0.5, from: 0, ramp: 1}
"""
# Half of its runs change what holds before the reform, half only the reform itself.
PLAN = """reformsim_plan: 1
title: Small
scenarios: {base: tiny.yaml, reform: tiny_reform.yaml}
baseline: base
factors:
  capacity_building.coaching: {low: 0, high: 1, in: reform}
  population.districts: [1, 3]
  networks.participation: {levels: [none, voluntary, mandated], in: reform}
design: {kind: sobol, points: POINTS, seed: 2}
replicates: REPLICATES
measures: [true_attainment_mean, disadvantage_gap, teacher_turnover]
years: [1, 2]
"""


def why_no_mpi():
    """None when ranks can be tested."""
    if not os.path.exists(MPI_PROGRAM):
        return "reformsim-mpi is not built"
    if shutil.which("mpirun") is None:
        return "mpirun is missing"
    return None


def records(journal):
    """The finished records of a journal, read without the program's help: {(point, replicate): [bytes]}."""
    with open(journal, "rb") as file:
        data = file.read()
    found, at = {}, 56
    while at + 32 <= len(data):
        size, point, replicate = struct.unpack_from("<III", data, at)
        if size < 40 or at + size > len(data):
            break
        found.setdefault((point, replicate), []).append(data[at:at + size])
        at += size
    return found


def all_records(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".journal"):
            for unit, those in records(os.path.join(folder, name)).items():
                found.setdefault(unit, []).extend(those)
    return found


def without_clock(record):
    """Seconds of a record, and its checksum, differ from sweep to sweep."""
    return record[:24] + record[32:-8]


def contents(path):
    """Everything outside /clock: {name: (type, shape, values in bytes)}, and attributes likewise."""
    found = {}

    def plain(value):
        if isinstance(value, numpy.ndarray):
            if value.dtype.kind == "O":
                return repr([plain(one) for one in value.reshape(-1)])
            return (str(value.dtype), value.shape, value.tobytes())
        return repr(value)

    def attributes(name, thing, file):
        for key, value in thing.attrs.items():
            if key == "REFERENCE_LIST":  # kept by HDF5: where a scale is used
                continue
            if key == "DIMENSION_LIST":
                value = [file[part[0]].name for part in value]
            found[f"{name}@{key}"] = plain(value)

    with h5py.File(path, "r") as file:
        attributes("/", file, file)

        def visit(name, thing):
            if name.split("/")[0] == "clock":
                return
            attributes(name, thing, file)
            if isinstance(thing, h5py.Dataset):
                text = h5py.check_string_dtype(thing.dtype) is not None
                found[name] = (str(thing.dtype), thing.shape, thing.chunks,
                               repr(thing[()].tolist()) if text else thing[()].tobytes())
        file.visititems(visit)
    return found


def bytes_without_clock(path):
    """The raw bytes, blank where /clock keeps its seconds."""
    with h5py.File(path, "r") as file:
        wall = file["clock/wall_s"].id
        begin, size = wall.get_offset(), wall.get_storage_size()
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[begin:begin + size] = bytes(size)
    return bytes(data)


class SweepTest(CommandLineTest):
    """A folder with a small plan; plan() writes others."""

    def setUp(self):
        super().setUp()
        self.write("tiny.yaml", TINY)
        self.write("tiny_reform.yaml", TINY_REFORM)
        self.plan()

    def plan(self, name="plan.yaml", points=5, replicates=3, more="", change=()):
        text = PLAN.replace("POINTS", str(points)).replace("REPLICATES", str(replicates))
        for old, new in change:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write(name, text + more)

    def sweep(self, folder, *options, plan="plan.yaml", code=0, **more):
        return self.ends(call("sweep", self.path(plan), "-o", self.path(folder), *options, **more), code)

    def ranks(self, count, folder, *options, plan="plan.yaml", code=0):
        command = [*MPIRUN, "-n", str(count), MPI_PROGRAM, "sweep", self.path(plan), "-o", self.path(folder), *options]
        return self.ends(subprocess.run(command, capture_output=True, text=True, timeout=120), code)

    def begun(self, folder, *options, plan="plan.yaml", program=(PROGRAM,)):
        """A sweep in the background; it is ended with the test."""
        process = subprocess.Popen([*program, "sweep", self.path(plan), "-o", self.path(folder), *options],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def wait_for_records(self, folder, count, process, name="sweep.journal"):
        """Until so many units are in the journal."""
        path = self.path(folder, name)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if os.path.exists(path) and len(records(path)) >= count:
                return
            if process.poll() is not None:
                self.fail(f"the sweep ended too early: {process.communicate()}")
            time.sleep(0.002)
        self.fail("the sweep makes no progress")

    def same(self, one, other, raw=True):
        """Two sweep files, by the names of their folders, are the same but for /clock."""
        paths = [self.path(name) if name.endswith(".h5") else self.path(name, "sweep.h5") for name in (one, other)]
        first, second = (contents(path) for path in paths)
        self.assertEqual(sorted(first), sorted(second))
        for name in first:
            self.assertEqual(first[name], second[name], name)
        if raw:
            self.assertEqual(bytes_without_clock(paths[0]), bytes_without_clock(paths[1]), "raw bytes")

    def each_once(self, folder, units):
        found = all_records(self.path(folder))
        self.assertEqual(len(found), units)
        self.assertEqual({unit: len(those) for unit, those in found.items() if len(those) != 1}, {})
