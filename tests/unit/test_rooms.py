"""The rooms of sim/: who may include whom, who may name which library, and that no preset is named in the code.

Reads the sources only. Argument (as of every Python test): the path of reformsim, which is not used.
"""
import os
import re
import sys
import unittest

if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
    sys.argv.pop(1)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOMS = ["base", "scenario", "population", "model", "engine", "record", "decide", "experiment", "report", "serve", "cli"]
LONGEST = 500  # lines; what is longer is more than one thing

# Who may name what: a pattern of what including or calling it looks like, and the files that may.
DEPENDENCIES = {
    "oneTBB": (r"[<\"](oneapi/)?tbb|\btbb::", r"base/parallel\.[hc]pp$"),
    "HDF5": (r"[<\"]hdf5(_hl)?\.h\b|\bH5[A-Z]{1,2}[a-z]\w*\s*\(", r"record/hdf5(_\w+)?\.[hc]pp$"),
    "yaml-cpp": (r"[<\"]yaml-cpp|\bYAML::", r"scenario/tree\.cpp$"),
    "CLI11": (r"[<\"]CLI/|\bCLI::", r"cli/"),
    "Random123": (r"[<\"]Random123|\br123::", r"base/random\.cpp$"),
    "xxHash": (r"[<\"]xxhash|\bXXH\w*_", r"base/hash\.cpp$"),
    "libcsv": (r"[<\"]csv\.h\b|\bcsv_(init|parse|fini|free)\b", r"scenario/csv\.cpp$"),
    "Boost.Beast and Asio": (r"[<\"]boost/(beast|asio)|\b(beast|asio)::", r"serve/"),
    # Sources of randomness or of time beside our own: the same run would not be the same twice.
    "the standard library's random numbers": (r"<random>|\bstd::(mt19937|random_device|rand)\b", r"$^"),
}


def sources():
    """Every source file of the rooms, as a path below sim/ with its text."""
    found = []
    for room in ROOMS:
        folder = os.path.join(ROOT, "sim", room)
        for name in sorted(os.listdir(folder)):
            if name.endswith((".cpp", ".hpp")):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found.append((f"{room}/{name}", file.read()))
    return found


# A comment, or a text in quotes (which may hold what looks like a comment).
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*\"""", re.DOTALL)


def without_comments(text):
    """The same lines without comments."""
    def keep(match):
        token = match.group()
        return token if token.startswith('"') else re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(keep, text)


def lines_with(pattern, text):
    return [number for number, line in enumerate(text.split("\n"), 1) if re.search(pattern, line)]


def presets():
    """The governance presets by file name without ending, and their titles."""
    folder = os.path.join(ROOT, "scenarios", "governance")
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                title = re.search(r"^title: *(.*)$", file.read(), re.MULTILINE)
            found[name[:-5]] = title.group(1).strip()
    return found


class Rooms(unittest.TestCase):
    def setUp(self):
        self.sources = sources()
        self.assertGreater(len(self.sources), 60)

    def report(self, faults):
        self.assertFalse(faults, "\n  " + "\n  ".join(faults))

    def test_every_folder_is_a_room(self):
        folders = [name for name in os.listdir(os.path.join(ROOT, "sim"))
                   if os.path.isdir(os.path.join(ROOT, "sim", name))]
        self.assertEqual(sorted(folders), sorted(ROOMS))
        self.assertEqual({path.split("/")[0] for path, _ in self.sources}, set(ROOMS))

    def test_includes_point_upstream(self):
        faults, upstream = [], 0
        for path, text in self.sources:
            here = ROOMS.index(path.split("/")[0])
            for number, line in enumerate(text.split("\n"), 1):
                include = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                if not include:
                    continue
                room = include.group(1).split("/")[0]
                if room not in ROOMS:
                    faults.append(f"sim/{path}:{number}: {include.group(1)} names no room")
                elif ROOMS.index(room) > here:
                    faults.append(f"sim/{path}:{number}: {ROOMS[here]} includes from {room}, downstream of it")
                upstream += 1
        self.assertGreater(upstream, 150)
        self.report(faults)

    def test_one_room_for_each_library(self):
        faults = []
        for library, (pattern, allowed) in DEPENDENCIES.items():
            named = 0
            for path, text in self.sources:
                for number in lines_with(pattern, without_comments(text)):
                    named += 1
                    if not re.match(allowed, path):
                        faults.append(f"sim/{path}:{number}: names {library}")
            if allowed != r"$^" and not named:
                faults.append(f"nothing names {library}; is its pattern still right?")
        self.report(faults)

    def test_no_preset_is_named(self):
        # Presets are files of levers, not branches in the code. `status_quo` is also a word of the scenario
        # language, and "autonomous" one of English: those count only as a file name, an identifier or a whole text.
        # The help of a command may show files in an example of a command line.
        faults = []
        names = presets()
        self.assertIn("status_quo", names)
        self.assertGreaterEqual(len(names), 4)
        for path, text in self.sources:
            for number, line in enumerate(without_comments(text).split("\n"), 1):
                if path.startswith("cli/") and re.search(r'"  reformsim [a-z]+ ', line):
                    continue
                outside_texts = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
                for name, title in names.items():
                    words = name.split("_")
                    joined = r"[ _-]?".join(map(re.escape, words))
                    patterns = [(re.escape(name) + r"\.ya?ml", line)]
                    if name != "status_quo":
                        patterns.append((joined, outside_texts))
                        patterns.append((rf'"({joined}|{re.escape(title)})"', line))
                        if len(words) > 1:
                            patterns.append((joined, line))
                    for pattern, where in patterns:
                        if re.search(pattern, where, re.IGNORECASE):
                            faults.append(f"sim/{path}:{number}: names the preset {name}")
                            break
        self.report(faults)

    def test_no_source_file_is_too_long(self):
        faults = []
        for path, text in self.sources:
            lines = text.count("\n")
            if lines > LONGEST:
                faults.append(f"sim/{path}: {lines} lines; at most {LONGEST}")
        self.report(faults)


if __name__ == "__main__":
    unittest.main()
