"""One finished run of an arm, as arrays. Axes are (replicate, year) for the system and (replicate, year, school) for
schools; years count from 0, the start of the reform, and are those of the ends of school years."""
import functools

import h5py
import numpy


class Arm:
    def __init__(self, path):
        self.path = path

    @functools.lru_cache(maxsize=None)
    def _read(self, name):
        with h5py.File(self.path, "r") as file:
            if name not in file:
                raise KeyError(f"{name} is not in {self.path}")
            data = file[name]
            return data.asstr()[...] if data.dtype.kind in "SO" else data[...]

    def place(self, year):
        """Row of a year."""
        (found,) = numpy.nonzero(numpy.isclose(self._read("year"), year))[0]
        return int(found)

    def system(self, measure, year):
        """The measure of the system, one value a replicate, in its own unit; of several years the mean."""
        years = year if isinstance(year, list) else [year]
        return numpy.mean([self._read(measure)[:, self.place(y)] for y in years], axis=0)

    def replicates(self):
        return len(self._read("replicate"))

    def last_year(self):
        return int(round(self._read("year")[-1]))

    def schools(self, measure, year):
        """The measure of each school (replicate, school); of several years the mean. `capital` is the mean of the three
        kinds of professional capital."""
        if measure == "capital":
            return numpy.mean([self.schools(kind + "_capital", year)
                               for kind in ("human", "social", "decisional")], axis=0)
        years = year if isinstance(year, list) else [year]
        values = self._read("school/" + measure)
        return numpy.mean([values[:, self.place(y)].astype(float) for y in years], axis=0)

    def fixed(self, name):
        """What a replicate's schools are from the start, (replicate, school): `cluster` as row numbers (-1 none),
        `district` as numbers from 0 in the order of their codes, `phase`, `enrolment`."""
        values = self._read("school/" + name)
        if values.ndim == 1:
            values = numpy.broadcast_to(values, (self.replicates(), len(values)))
        if name == "district":
            codes, numbers = numpy.unique(values, return_inverse=True)
            del codes
            return numbers.reshape(values.shape)
        return values

    def in_districts(self, codes):
        """True for the schools of these districts."""
        values = self._read("school/district")
        if values.ndim == 1:
            values = numpy.broadcast_to(values, (self.replicates(), len(values)))
        return numpy.isin(values.astype(str), codes)

    def districts(self, measure, year):
        """The measure of each district (replicate, district)."""
        return self._read("district/" + measure)[:, self.place(year)].astype(float)

    def district_codes(self):
        return self._read("district/district").astype(str)

    def clusters(self, measure, year):
        """The measure of each cluster (replicate, cluster); NaN where a replicate has no such cluster."""
        return self._read("cluster/" + measure)[:, self.place(year)].astype(float)
