"""Reading the pattern files: what each asks for, checked before anything is run. Their format:
scenarios/patterns/README.md."""
import glob
import os

import yaml

PATTERN_KEYS = {"pattern", "title", "sources", "about", "nation", "population", "years", "replicates", "record", "fast",
                "arms", "statistics", "core", "stored"}
ARM_KEYS = {"scenario", "levers_of", "levers", "scope", "parts", "population", "parameters", "from", "to"}
PART_KEYS = {"levers_of", "levers", "scope", "from", "to"}
LINE_KEYS = {"id", "says", "unit", "statistic", "with", "bracket", "scored", "stretch", "cannot", "reason"}
BRACKET_KEYS = {"from", "to", "above", "below"}
ENTRY_KEYS = {"value", "from", "ramp", "to", "scope"}


class PatternError(Exception):
    """A pattern file that cannot be used, and why."""


def known_keys(found, known, where):
    """PatternError where a key is not among those known."""
    unknown = set(found) - known
    if unknown:
        raise PatternError(f"{where}: unknown {', '.join(sorted(map(str, unknown)))}")


def load_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def district_codes(said):
    """Codes of a synthetic nation's districts: a list stays, {first, last, step} is counted out."""
    if isinstance(said, dict):
        return [f"D{number:05d}" for number in range(said["first"], said["last"] + 1, said.get("step", 1))]
    return said


def _scope(scope):
    return {**scope, "districts": district_codes(scope["districts"])} if "districts" in scope else dict(scope)


def lever_entries(levers):
    """{path: [entries]} of a `levers` section, nested or dotted."""
    found = {}

    def walk(value, path):
        if isinstance(value, dict) and (not path or not set(value) <= ENTRY_KEYS):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key)
        else:
            entries = value if isinstance(value, list) else [value]
            found[path] = [dict(e) if isinstance(e, dict) else {"value": e} for e in entries]

    walk(levers or {}, "")
    return found


def _within(entry, part):
    """The entry inside the years and the schools of its part."""
    entry, start = dict(entry), part.get("from", 0)
    if start or "to" in part:
        entry["from"] = entry.get("from", 0) + start
    if "to" in part:
        entry["to"] = min(entry.get("to", part["to"]), part["to"])
        if entry.get("ramp", 0) > part["to"] - entry["from"]:  # a ramp ends with its part
            entry["ramp"] = part["to"] - entry["from"]
    if "scope" in part or "scope" in entry:
        entry["scope"] = _scope({**part.get("scope", {}), **entry.get("scope", {})})
    return entry


def arm_levers(arm, folder):
    """The levers of an arm as {path: [entries]}: those of the files it names, then its own, part after part."""
    levers = {}
    for part in arm.get("parts", [arm]):
        merged = {}
        for name in part.get("levers_of", []):
            merged.update(lever_entries(load_yaml(os.path.join(folder, name)).get("levers")))
        merged.update(lever_entries(part.get("levers")))
        for path, entries in merged.items():
            levers.setdefault(path, []).extend(_within(entry, part) for entry in entries)
    return levers


class Pattern:
    """One pattern file. `arms` are as written; `lines` are the sub-statistics in their order."""

    def __init__(self, path):
        self.path, self.folder = path, os.path.dirname(os.path.abspath(path))
        content = load_yaml(path)
        name = os.path.basename(path)
        known_keys(content, PATTERN_KEYS, name)
        for key in ("pattern", "title", "sources", "statistics"):
            if key not in content:
                raise PatternError(f"{name}: no {key}")
        self.name, self.title = content["pattern"], content["title"]
        self.sources, self.about = content["sources"], content.get("about", "")
        self.core = content.get("core", True)
        self.nation = content.get("nation")
        self.population = content.get("population", {})
        self.years, self.replicates = content.get("years", 10), content.get("replicates")
        self.stored = content.get("stored", False)
        self.record, self.fast = content.get("record", []), content.get("fast", {})
        self.arms, self.lines = content.get("arms") or {}, content["statistics"]
        for arm_name, arm in self.arms.items():
            known_keys(arm, ARM_KEYS, f"{name}: arm {arm_name}")
            for part in arm.get("parts", []):
                known_keys(part, PART_KEYS, f"{name}: a part of arm {arm_name}")
        seen = set()
        for line in self.lines:
            where = f"{name}: statistic {line.get('id')}"
            known_keys(line, LINE_KEYS, where)
            known_keys(line.get("bracket", {}), BRACKET_KEYS, where)
            if line.get("id") is None or line["id"] in seen or "says" not in line:
                raise PatternError(f"{where}: each needs an id of its own and what it says")
            seen.add(line["id"])
            if ("cannot" in line) == ("statistic" in line):
                raise PatternError(f"{where}: either a statistic or why it cannot be measured")
            if line.get("scored", True) and "cannot" not in line:
                if "bracket" not in line:
                    raise PatternError(f"{where}: scored, and no bracket")
                other = [a for a in self.arms_of(line) if "parameters" in self.arms[a]]
                if other:
                    raise PatternError(f"{where}: scored, and arm {other[0]} has parameters of its own")

    def arms_of(self, line):
        """The arms a line names anywhere in its arguments."""
        found = []

        def walk(value):
            if isinstance(value, dict):
                for inner in value.values():
                    walk(inner)
            elif isinstance(value, list):
                for inner in value:
                    walk(inner)
            elif isinstance(value, str) and value in self.arms and value not in found:
                found.append(value)

        walk(line.get("with", {}))
        return found

    def measurable(self):
        return any("statistic" in line for line in self.lines)


def read_patterns(folder, only=None):
    """The pattern files of a folder, P01 to P20 first, then N1 to N7; `only` names those wanted."""
    paths = [p for kind in ("P", "N") for p in sorted(glob.glob(os.path.join(folder, kind + "[0-9]*.yaml")))]
    patterns = [Pattern(path) for path in paths]
    if only:
        wanted = {short(name) for name in only}
        missing = wanted - {short(pattern.name) for pattern in patterns}
        if missing:
            raise PatternError(f"no such pattern: {', '.join(sorted(missing))}")
        patterns = [pattern for pattern in patterns if short(pattern.name) in wanted]
    return patterns


def short(name):
    """P06 and p6 are P6."""
    name = name.strip().upper()
    return name[:1] + (name[1:].lstrip("0") or "0")
