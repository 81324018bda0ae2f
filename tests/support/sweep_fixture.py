"""Sweep files for tests: a known function on a design, in the layout of sim/experiment/sweep_file.md."""
import dataclasses
import itertools

import h5py
import numpy
from scipy.stats import qmc


@dataclasses.dataclass
class Factor:
    path: str
    low: float = 0.0
    high: float = 1.0
    names: tuple = ()  # of a choice; low and high do not count then
    levels: tuple = ()  # of a grid or one_at_a_time, in the values' own units

    def value(self, unit):
        """Values at places in unit space; of a choice the numbers of its names, from 0."""
        if self.names:
            return numpy.minimum(numpy.floor(unit * len(self.names)), len(self.names) - 1)
        return self.low + (self.high - self.low) * unit


def design(kind, factors, points=64, second_order=False, trajectories=10, levels=4, seed=1):
    """(unit or None, value), float arrays (point, factor), in the orders that the page of the file states."""
    count, random = len(factors), numpy.random.default_rng(seed)
    unit = None
    if kind == "saltelli":
        both = qmc.Sobol(2 * count, seed=seed).random(points)
        unit = saltelli(both[:, :count], both[:, count:], second_order)
    elif kind == "morris":
        unit = morris(count, trajectories, levels, random)
    elif kind == "random":
        unit = random.random((points, count))
    elif kind == "latin_hypercube":
        unit = qmc.LatinHypercube(count, seed=seed).random(points)
    elif kind == "sobol":
        unit = qmc.Sobol(count, seed=seed).random(points)
    elif kind == "grid":
        return None, numpy.array(list(itertools.product(*[factor.levels for factor in factors])), float)
    elif kind == "one_at_a_time":
        base = [factor.levels[0] for factor in factors]
        rows = [base] + [base[:at] + [level] + base[at + 1:]
                         for at, factor in enumerate(factors) for level in factor.levels[1:]]
        return None, numpy.array(rows, float)
    return unit, numpy.column_stack([factor.value(unit[:, at]) for at, factor in enumerate(factors)])


def saltelli(a, b, second_order=False):
    """For each row: A, AB_1 .. AB_d, [BA_1 .. BA_d,] B."""
    blocks = []
    for one, other in zip(a, b):
        blocks.append(one)
        for whole, part in ((one, other), (other, one))[:2 if second_order else 1]:
            for at in range(len(one)):
                mixed = whole.copy()
                mixed[at] = part[at]
                blocks.append(mixed)
        blocks.append(other)
    return numpy.array(blocks)


def morris(count, trajectories, levels, random):
    delta = levels / (2 * (levels - 1))
    rows = []
    for _ in range(trajectories):
        start = random.integers(0, levels // 2, count) / (levels - 1)
        point = numpy.where(random.random(count) < 0.5, start, start + delta)
        rows.append(point.copy())
        for at in random.permutation(count):
            point[at] += delta if point[at] < delta - 1e-9 else -delta
            rows.append(point.copy())
    return numpy.array(rows)


def write(path, kind, factors, measures, scenarios=("as_is", "reform"), replicates=4, years=(0.0, 5.0, 10.0),
          luck=None, failed=(), unasked=(), common=True, baseline=None, changes=None, **settings):
    """Write a sweep file.

    measures : dict of name to a function of (value (point, factor), scenario, year) -> (point)
    luck : array (point, replicate), added to every measure of every scenario but the first; none when None
    failed, unasked : lists of (point, replicate)
    changes : dict of attribute to value, in the place of the standard ones (None takes it away)
    settings : as for design()
    Returns (unit, value).
    """
    unit, value = design(kind, factors, **settings)
    count = len(value)
    status = numpy.ones((count, replicates), numpy.int32)
    for place in failed:
        status[place] = 2
    for place in unasked:
        status[place] = 0
    with h5py.File(path, "w") as file:
        text = h5py.string_dtype()
        _scale(file, "scenario", numpy.array(scenarios, object), "scenario", text)
        _scale(file, "point", numpy.arange(count, dtype=numpy.int32), "design point")
        _scale(file, "replicate", numpy.arange(replicates, dtype=numpy.int32), "replicate")
        _scale(file, "year", numpy.array(years, float), "time since the start of the reform", units="year")
        _scale(file, "factor", numpy.array([factor.path for factor in factors], object), "factor", text)
        for name, function in measures.items():
            values = numpy.empty((len(scenarios), count, replicates, len(years)))
            for (at, scenario), (when, year) in itertools.product(enumerate(scenarios), enumerate(years)):
                values[at, :, :, when] = numpy.asarray(function(value, scenario, year))[:, None]
                if luck is not None and at > 0:
                    values[at, :, :, when] += luck
            values[:, status != 1] = numpy.nan
            dims = ("scenario", "point", "replicate", "year")
            _variable(file, name, values, dims, name.replace("_", " "), "pupil SD")
        _variable(file, "design_value", value, ("point", "factor"), "value of the factor")
        if unit is not None:
            _variable(file, "design_unit", unit, ("point", "factor"), "value of the factor in unit space")
        names = numpy.array([",".join(factor.names) for factor in factors], object)
        _variable(file, "design_names", names, ("factor",), "names of a choice or switch", dtype=text)
        kinds = numpy.array([f"uniform {factor.low:g} to {factor.high:g}" for factor in factors], object)
        _variable(file, "design_distribution", kinds, ("factor",), "distribution of the factor", dtype=text)
        _variable(file, "status", status, ("point", "replicate"), "1 done, 2 failed, 0 not asked for")
        texts = numpy.array([f"title: {scenario}\n" for scenario in scenarios], object)
        _variable(file, "scenario_text", texts, ("scenario",), "resolved scenario", dtype=text)
        if len(failed):
            _scale(file, "failure", numpy.arange(len(failed), dtype=numpy.int32), "failure")
            for column, name in enumerate(("failure_point", "failure_replicate")):
                numbers = numpy.array([place[column] for place in failed], numpy.int32)
                _variable(file, name, numbers, ("failure",), name)
            reasons = numpy.array(["teachers ran out"] * len(failed), object)
            _variable(file, "failure_reason", reasons, ("failure",), "why", dtype=text)
        attributes = {
            "Conventions": numpy.bytes_("CF-1.8"), "file_type": numpy.bytes_("reformsim sweep"),
            "format_version": numpy.bytes_("1.0"), "title": "A test", "plan": "reformsim_plan: 1\n",
            "design": numpy.bytes_(kind), "design_points": numpy.int64(settings.get("points", 64)),
            "design_second_order": numpy.int64(settings.get("second_order", False)),
            "design_trajectories": numpy.int64(settings.get("trajectories", 10)),
            "design_levels": numpy.int64(settings.get("levels", 4)),
            "baseline": scenarios[0] if baseline is None else baseline,
            "common_random_numbers": numpy.int32(common), "seed": numpy.int64(1),
            "runs": numpy.int64(len(scenarios) * count * replicates),
            "failed": numpy.int64(len(scenarios) * len(failed)), **(changes or {})}
        for name, attribute in attributes.items():
            if attribute is not None:
                file.attrs[name] = attribute
    return unit, value


def _scale(file, name, values, long_name, dtype=None, units="1"):
    file.create_dataset(name, data=values, dtype=dtype).make_scale(name)
    file[name].attrs.update({"units": units, "long_name": long_name})


def _variable(file, name, values, dims, long_name, units="1", dtype=None):
    variable = file.create_dataset(name, data=values, dtype=dtype)
    for at, dim in enumerate(dims):
        variable.dims[at].attach_scale(file[dim])
    variable.attrs.update({"units": units, "long_name": long_name})
