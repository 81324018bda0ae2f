"""The cases are in order, told of with their sources, and their tables are those of their commands.

Argument: the path of reformsim. The tables themselves are compared by scenarios/cases/figures.py --check, in minutes.
"""
import glob
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import PROGRAM, call  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CASES = os.path.join(TOP, "scenarios", "cases")
sys.path.insert(0, CASES)
import figures  # noqa: E402

figures.PROGRAM = PROGRAM
SMALL = ["--set", "population.schools=160", "--set", "population.districts=20",
         "--set", "horizon.burn_in_years=0"]
# A source: words and a year; or that there is none.
SOURCE = re.compile(r"[A-Z]\w+[^;]{0,60}?\b(19|20)\d\d\b|assumed|as in the status quo|as in (governance|drivers)/\w+")
PARTS = ["Documents", "Evidence", "Model", "Where they disagree", "Cannot be shown"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


README = read(os.path.join(CASES, "README.md"))
FILES = sorted(glob.glob(os.path.join(CASES, "*.yaml")) + glob.glob(os.path.join(CASES, "systems", "*.yaml")))


def name(path):
    return os.path.basename(path)[:-5]


def sections():
    """Heading and text of each case of the README."""
    parts = re.split(r"^## (.*)$", README, flags=re.M)
    return {heading: text for heading, text in zip(parts[1::2], parts[2::2]) if "**Documents.**" in text}


def block(case):
    """Command and table of a case, as the README has them."""
    return figures.block(case).search(README)[2]


class Cases(unittest.TestCase):
    def test_all_are_in_order(self):
        self.assertGreater(len(FILES), 35)
        done = call("check", *FILES)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_none_touches_the_model(self):
        for path in FILES:
            with self.subTest(name(path)):
                text = read(path)
                self.assertNotRegex(text, r"(?m)^\s*[\"']?parameters\b")
                if "leader" not in name(path) or "exceptional" in name(path):
                    self.assertNotIn("mechanisms:", text)

    def test_each_rests_on_a_shipped_baseline(self):
        for path in FILES:
            with self.subTest(name(path)):
                seen = path
                while name(seen) != "status_quo":
                    (base,) = re.findall(r"(?m)^extends: (.*)$", read(seen))
                    seen = os.path.join(os.path.dirname(seen), base.strip("[]").split(",")[0])
                    self.assertTrue(os.path.exists(seen), seen)

    def test_levels_have_sources_or_say_assumed(self):
        for path in FILES:
            with self.subTest(name(path)):
                text = read(path)
                comments = " ".join(re.findall(r"#\s*(.*)", text))
                if "extends: [" not in text:  # one that only joins others has no levels of its own
                    self.assertRegex(comments, SOURCE)
                if not SOURCE.search(comments.replace("assumed", "")) and os.path.dirname(path) == CASES:
                    # Without a number from anywhere. Contrasts may inherit their base's.
                    self.assertIn("Illustrative", text)

    def test_readme_tells_of_each(self):
        for path in FILES:
            self.assertIn(f"`{name(path)}`", README)
        for path in glob.glob(os.path.join(TOP, "scenarios", "drivers", "*.yaml")):
            if name(path) in ("external_accountability", "individualistic_policies", "technology", "ad_hoc_policies",
                              "capacity_building", "collaboration", "pedagogy", "coordinated_policy"):
                self.assertIn(f"`{name(path)}`", README)

    def test_sections_have_all_parts_with_sources(self):
        found = sections()
        self.assertEqual(len(found), 20)
        for heading, text in found.items():
            with self.subTest(heading):
                self.assertEqual(re.findall(r"\*\*([^*]+)\.\*\*", text), PARTS)
                for part in PARTS[:2]:
                    told = re.search(rf"\*\*{part}\.\*\*(.*?)\n\n", text, re.S)[1]
                    if "None was gathered" not in told:
                        self.assertRegex(told, r"\b(19|20)\d\d\b")
                self.assertIn("<!-- figures: ", text)
                link = re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
                self.assertIn(f"](#{link})", README)

    def test_figures_are_those_of_their_commands(self):
        self.assertEqual(sorted(re.findall(r"<!-- figures: (\w+) -->", README)), sorted(figures.CASES))
        for case, what in figures.CASES.items():
            with self.subTest(case):
                text = block(case)
                if "sets" not in what:
                    self.assertIn("```sh\n" + figures.written(figures.commands(case)[0]) + "\n```", text)
                for path in what["scenarios"]:
                    self.assertTrue(os.path.exists(os.path.join(TOP, path)), path)
                    if path != what["scenarios"][0]:
                        self.assertIn(f"| `{name(path)}` |", text)
                cells = re.findall(r"([+-]?[\d.]+) \(([+-]?[\d.]+) to ([+-]?[\d.]+)\)", text)
                self.assertGreater(len(cells), 5)
                for cell in cells:
                    middle, low, high = map(float, cell)
                    self.assertTrue(low <= middle <= high, cell)

    def test_every_case_has_figures(self):
        told = {path for what in figures.CASES.values() for path in what["scenarios"]}
        for path in FILES:
            self.assertIn(os.path.relpath(path, TOP), told)

    def test_commands_run(self):
        done_already = set()
        for case in figures.CASES:
            for words in figures.commands(case):
                words = words[:words.index("-o")]
                words.remove("--replicates")
                words = [word for word in words if not word.isdigit()]
                if tuple(words) in done_already:
                    continue
                done_already.add(tuple(words))
                with self.subTest(case):
                    extra = ["--set", "horizon.years=1"] if "horizon.years" not in " ".join(words) else []
                    done = call(*words, *SMALL, *extra, "--replicates", "2", "--quiet", cwd=TOP)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_readme_lines_and_links(self):
        for line in README.splitlines():
            if not line.startswith("|"):
                self.assertLessEqual(len(line), 120, line)
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README):
            self.assertTrue(os.path.exists(os.path.join(CASES, target)), target)

    # ---- the script

    def test_table_tells_of_groups_what_their_schools_did(self):
        """Much is done in two districts, and elsewhere next to nothing."""
        text = figures.table("hackney_and_tower_hamlets",
                             [*SMALL, "--set", "horizon.years=15"], replicates=3)
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[2:]]
        self.assertEqual(len(rows), 2 + 2 + 3 + 2)
        self.assertTrue(rows[2][0].startswith("true effect, the two"))
        nothing = float(rows[7][2].split()[0])  # true effect, rest of England, year 3
        something = float(rows[2][2].split()[0])
        self.assertLess(abs(nothing), 0.02)
        self.assertGreater(something, abs(nothing))

    def test_intervals(self):
        mean, low, high = figures.interval([1.0, 2.0, 3.0])
        self.assertAlmostEqual(mean, 2)
        self.assertAlmostEqual(high - mean, 4.3027 / 3 ** 0.5, places=3)  # t with 2 degrees of freedom, SD 1
        self.assertAlmostEqual(mean - low, high - mean)

    def test_cells(self):
        self.assertEqual(figures.cell(0.0123, 0.0004, 0.02), "+0.012 (0.000 to +0.020)")
        self.assertEqual(figures.cell(0.5, -0.25, 1, 100), "+50.0 (-25.0 to +100.0)")
        self.assertEqual(figures.cell(3.004, 2, 4, sign=False, digits=2), "3.00 (2.00 to 4.00)")


if __name__ == "__main__":
    unittest.main()
