"""One table of schools for each replicate of a run, and one for a real list: the rows that statistics work on."""
import h5py
import numpy
import pandas

PHASES = {"primary": 0, "middle": 1, "high": 2, "secondary": 2}


def read_list(path):
    """A shipped list of schools with its own columns; phase as a number, the district's code as `district`."""
    table = pandas.read_csv(path, dtype={"school_id": str, "district_id": str})
    return table.assign(phase=table["phase"].map(PHASES), district=table["district_id"])


def define(frame, columns):
    """Adds columns one after the other, each an expression of those there are and of a few functions."""
    functions = {"log": numpy.log, "where": numpy.where, "isnan": numpy.isnan,
                 "rank": lambda values: pandas.Series(values).rank(pct=True).to_numpy(), "__builtins__": {}}
    for name, expression in columns.items():
        known = {column: frame[column].to_numpy() for column in frame if frame[column].dtype.kind in "if"}
        frame[name] = eval(expression, functions, known)
    return frame


def measured(system):
    """The real schools of a system, where their list is shipped."""
    return define(read_list(system.list), system.measured)


def of_run(system, run, path):
    """A frame for each replicate. Columns: `phase`, `district`, `enrolment`, `deprivation` at year 0 (shares), each
    recorded measure at each year of `at` as measure_year, those of the list, and those that the run defines."""
    listed = read_list(system.list).set_index("school_id").drop(columns=["phase", "district"]) if system.list else None
    with h5py.File(path, "r") as file:
        schools = file["school"]
        years, codes = file["year"][...], schools["school"].asstr()[...]
        rows = {year: int(numpy.nonzero(numpy.isclose(years, year))[0][0]) for year in run.at}

        def each(name, replicate):  # of a list the same in all replicates, of a drawn system by replicate
            values = schools[name]
            values = values.asstr()[...] if values.dtype.kind in "SO" else values[...]
            return values[replicate] if values.ndim == 2 else values

        frames = []
        for replicate in range(len(file["replicate"])):
            phase = numpy.array([PHASES[text] for text in each("phase", replicate)])
            frame = pandas.DataFrame({"phase": phase, "district": each("district", replicate),
                                      "enrolment": each("enrolment", replicate).astype(float)})
            for measure in run.record:
                values = schools[measure]
                for year, row in rows.items():
                    frame[f"{measure}_{year}"] = values[replicate, row].astype(float)
            if "deprivation" in run.record:
                frame["deprivation"] = frame["deprivation_0"]
            frame["log_enrolment"] = numpy.log(frame["enrolment"])
            if listed is not None:
                extra = listed.loc[codes].reset_index(drop=True)
                frame = frame.join(extra[[name for name in extra if name not in frame]])
            frames.append(define(frame, run.columns))
    return frames
