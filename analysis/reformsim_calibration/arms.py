"""An arm of a sweep, to be asked like the results file of a run (reformsim_patterns.arms.Arm), as far as measures of the
system go. Where a results file has replicates, an arm of a sweep has its points, each the mean over its replicates, so
that a statistic is worked out for all points at once. What needs the schools themselves raises NotKept."""
import numpy

LEVEL = "true_attainment_mean"  # a measure that every sweep keeps


class NotKept(Exception):
    """A sweep keeps no schools, districts or clusters."""


class SystemOnly:
    """What every arm of a sweep says no to. `population` are settings of the population that only shift published
    scores, and are added afterwards (against what was simulated); `reach` is the share of schools that a random scope reaches, or None."""

    def __init__(self, last, population, reach):
        self.last, self.population, self.reach = last, population, reach

    def last_year(self):
        return self.last

    def schools(self, measure, year):
        raise NotKept(f"schools' {measure}")

    def districts(self, measure, year):
        raise NotKept(f"districts' {measure}")

    def clusters(self, measure, year):
        raise NotKept(f"clusters' {measure}")

    def fixed(self, name):
        raise NotKept(name)

    def in_districts(self, codes):
        raise NotKept("districts")

    def district_codes(self):
        raise NotKept("districts")

    def replicates(self):
        return len(self.system(LEVEL, 0))

    def system(self, measure, year):
        years = year if isinstance(year, list) else [year]
        return numpy.mean([self.value(measure, one) for one in years], axis=0)

    def value(self, measure, year):
        raise NotImplementedError


class Probe(SystemOnly):
    """Answers with made-up numbers and notes what was asked, to find out what a sweep must keep."""

    def __init__(self, name, asked, *about):
        super().__init__(*about)
        self.name, self.asked = name, asked
        self.luck = numpy.random.default_rng(len(name))

    def value(self, measure, year):
        self.asked.add((self.name, measure, year))
        return self.luck.uniform(0.5, 1, 1)


class SweptArm(SystemOnly):
    """`values` maps (measure, year) to an array over points."""

    def __init__(self, values, *about):
        super().__init__(*about)
        self.values = values

    def value(self, measure, year):
        return self.values[measure, year]
