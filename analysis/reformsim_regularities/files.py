"""Reading scenarios/regularities: which systems are simulated, and what was measured in the real ones. Their format:
scenarios/regularities/README.md."""
import glob
import os

from reformsim_patterns.files import PatternError, known_keys, load_yaml

SYSTEM_KEYS = {"system", "title", "about", "replicates", "list", "measured", "given", "runs", "rows", "fast"}
RUN_KEYS = {"scenario", "population", "years", "record", "at", "columns"}
ROW_KEYS = {"id", "says", "unit", "measured", "se", "source", "run", "statistic", "with", "scored", "reason", "cannot"}


class Run:
    """One run of a system, as reformsim_patterns.runs.Runs wants it: a pattern with one arm."""

    def __init__(self, system, name, content):
        self.name, self.folder = f"{system.name} {name}", system.folder
        self.arms = {name: {"scenario": content["scenario"]}}
        self.nation, self.population = content["population"], {}
        self.years, self.record = content["years"], content.get("record", [])
        self.replicates, self.fast = system.replicates, system.fast
        self.at, self.columns = content.get("at", [0, self.years]), content.get("columns", {})


class System:
    """One file: a system, its runs and the rows of the table that stand on them."""

    def __init__(self, path):
        self.path, self.folder = path, os.path.dirname(os.path.abspath(path))
        self.file = os.path.basename(path)
        content = load_yaml(path)
        known_keys(content, SYSTEM_KEYS, self.file)
        self.name, self.title, self.rows = content["system"], content["title"], content["rows"]
        self.replicates, self.fast = content.get("replicates"), content.get("fast", {"population": {}, "replicates": 3})
        self.list = os.path.join(self.folder, content["list"]) if "list" in content else None
        self.measured = content.get("measured", {})  # columns of the real system, from its list
        self.given = content.get("given", [])  # first letters of the rows that the population was drawn from
        self.runs = {}
        for name, said in content.get("runs", {}).items():
            known_keys(said, RUN_KEYS, f"{self.file}: run {name}")
            self.runs[name] = Run(self, name, said)
        seen = set()
        for row in self.rows:
            where = f"{self.file}: row {row.get('id')}"
            known_keys(row, ROW_KEYS, where)
            if row.get("id") is None or row["id"] in seen or "says" not in row:
                raise PatternError(f"{where}: each needs an id of its own and what it says")
            seen.add(row["id"])
            if ("cannot" in row) == ("statistic" in row):
                raise PatternError(f"{where}: either a statistic or why the systems cannot express it")
            if "statistic" in row and row.setdefault("run", next(iter(self.runs))) not in self.runs:
                raise PatternError(f"{where}: no run {row['run']}")
            if row.setdefault("scored", "statistic" in row) and not {"measured", "se", "source"} <= set(row):
                raise PatternError(f"{where}: scored, and no measured value, standard error or source")


def read_systems(folder, only=None):
    """The systems of a folder in the order of their files' names; `only` names those wanted."""
    systems = [System(path) for path in sorted(glob.glob(os.path.join(folder, "*.yaml")))]
    if only:
        missing = set(only) - {system.name for system in systems}
        if missing:
            raise PatternError(f"no such system: {', '.join(sorted(missing))}; "
                               f"there are {', '.join(system.name for system in systems)}")
        systems = [system for system in systems if system.name in only]
    return systems
