"""The scenarios that ship are in order, and are what they say they are.
Argument: the path of reformsim."""
import glob
import json
import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import call  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENARIOS = os.path.join(TOP, "scenarios")
STATUS_QUO = os.path.join(SCENARIOS, "governance", "status_quo.yaml")

# Each driver and the sections of levers it may touch.
DRIVERS = {
    "external_accountability": {"external_accountability"},
    "report_cards": {"external_accountability.publication"},
    "individualistic_policies": {"individualistic_policies"},
    "merit_pay": {"individualistic_policies.merit_pay"},
    "dismissal": {"individualistic_policies.appraisal", "individualistic_policies.dismissal"},
    "technology": {"technology"},
    "ad_hoc_policies": {"ad_hoc_policies"},
    "choice_and_competition": {"governance.choice", "governance.competition"},
    "capacity_building": {"capacity_building"},
    "collaboration": {"collaboration"},
    "pedagogy": {"pedagogy"},
    "coordinated_policy": {"coordinated_policy"},
    "networks_only": {"networks"},
    "brokered_support": {"networks.hubs"},
    "reacting_centre_impatient": {"system_leadership", "mechanisms.reacting_centre"},
    "reacting_centre_patient": {"system_leadership", "mechanisms.reacting_centre"},
}


def read(*names):
    with open(os.path.join(SCENARIOS, *names), encoding="utf-8") as file:
        return file.read()


def names_in(folder):
    return {os.path.basename(path)[:-5] for path in glob.glob(os.path.join(SCENARIOS, folder, "*.yaml"))}


def driver(name):
    return os.path.join(SCENARIOS, "drivers", name + ".yaml")


def differences(file, *options):
    """What a scenario changes against the status quo: paths of levers and other fields."""
    done = call("diff", STATUS_QUO, file, "--json", *options)
    assert done.returncode == 0, done.stderr
    paths = [entry["path"] for entry in json.loads(done.stdout)["differences"]]
    return {re.sub("^levers[.]", "", path) for path in paths} - {"title", "description"}


class Shipped(unittest.TestCase):
    def test_plans_are_in_order_and_the_page_shows_the_first(self):
        plans = [name for name in names_in("sweeps") if read("sweeps", name + ".yaml").startswith("reformsim_plan")]
        self.assertIn("first", plans)
        for name in plans:
            done = call("sweep", os.path.join(SCENARIOS, "sweeps", name + ".yaml"), "--dry-run", "--set",
                        "population.schools=20", "--set", "population.districts=2")
            self.assertEqual(done.returncode, 0, done.stderr)
        page = read("sweeps", "README.md")
        without_description = re.sub("description: >\n(  .*\n)+", "", read("sweeps", "first.yaml"))
        self.assertIn("```yaml\n" + without_description + "```", page)
        for name in set(re.findall("scenarios/sweeps/([a-z_]+)[.]yaml", page)):
            self.assertIn(name, plans)

    def test_all_are_in_order(self):
        files = [path for folder in ("", "governance", "drivers")
                 for path in glob.glob(os.path.join(SCENARIOS, folder, "*.yaml"))]
        self.assertGreater(len(files), 20)
        done = call("check", *files)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_status_quo_names_every_lever_at_its_usual_value(self):
        usual = {entry["name"][len("levers."):]: entry["default"]
                 for entry in json.loads(call("explain", "levers", "--json").stdout)}
        named, section = {}, None
        for line in read("governance", "status_quo.yaml").split("status_quo:\n")[1].splitlines():
            name, value = line.split("#")[0].strip().split(":")
            if line.startswith("    "):
                named[section + "." + name] = value.strip()
            else:
                section = name
        self.assertEqual(set(named), set(usual))
        for name, value in named.items():
            with self.subTest(name):
                self.assertEqual(value if isinstance(usual[name], str) else float(value), usual[name])

    def test_drivers_move_one_driver(self):
        self.assertEqual(names_in("drivers"), set(DRIVERS))
        for name, may in DRIVERS.items():
            with self.subTest(name):
                changed = differences(driver(name))
                self.assertTrue(changed)
                for path in changed:
                    self.assertTrue(path in may or path.split(".")[0] in may, path)
                for section in may:
                    self.assertTrue(any(path == section or path.startswith(section + ".") for path in changed)
                                    or section == "networks.support_ratio", section)
                self.assertIn("extends: ../governance/status_quo.yaml", read("drivers", name + ".yaml"))

    def test_same_money(self):
        for name in sorted(names_in("governance")):
            with self.subTest(name):
                changed = differences(os.path.join(SCENARIOS, "governance", name + ".yaml"))
                self.assertFalse([path for path in changed if path.startswith("funding.")])

    # ---- sets of parameters

    def digest(self, *options, cwd=TOP):
        """What makes two runs the same experiment, as a run of five schools for a year tells it."""
        done = call("run", STATUS_QUO, "-o", os.path.join(self.folder(), "R.h5"), "--replicates", "1", "--set",
                    "population.schools=5", "--set", "population.districts=1", "--set", "horizon.years=1", "--set",
                    "horizon.burn_in_years=0", "--json", *options, cwd=cwd)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["digest"]

    def test_default_set_is_the_default(self):
        self.assertEqual(self.digest("--parameters", "default"), self.digest())

    def test_sets_lie_on_both_sides_of_the_default(self):
        rows = {entry["name"]: entry for entry in json.loads(call("explain", "parameters", "--json").stdout)}
        sets = {}
        for name in ("sceptical", "optimistic"):
            section, sets[name] = None, {}
            for line in read("parameters", name + ".yaml").split("\nparameters:\n")[1].splitlines():
                key, value = line.split("#")[0].strip().split(":")
                if line.startswith("    "):
                    sets[name][f"parameters.{section}.{key}"] = float(value)
                    self.assertIn("  # ", line, "each value says why")
                else:
                    section = key
        self.assertEqual(set(sets["sceptical"]), set(sets["optimistic"]))
        self.assertGreater(len(sets["sceptical"]), 20)
        for name, doubtful in sets["sceptical"].items():
            with self.subTest(name):
                row, hopeful = rows[name], sets["optimistic"][name]
                for value in (doubtful, hopeful):
                    self.assertTrue(row["range"][0] <= value <= row["range"][1])
                self.assertLess((doubtful - row["default"]) * (hopeful - row["default"]), 0)

    def test_sets_are_found_by_name_and_file(self):
        by_file = os.path.join("scenarios", "parameters", "sceptical.yaml")
        digests = {self.digest(*way) for way in
                   (("--parameters", "sceptical"), ("--parameters", by_file), ("--with", by_file))}
        # From elsewhere it is found beside the folders above the scenario.
        digests.add(self.digest("--parameters", "sceptical", cwd=self.folder()))
        self.assertEqual(len(digests), 1)
        self.assertNotIn(self.digest(), digests)
        self.assertNotIn(self.digest("--parameters", "optimistic"), digests)

    def test_unknown_sets(self):
        done = call("check", STATUS_QUO, "--parameters", "skeptical")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--parameters skeptical: there is no file and no set of this name; did you mean 'sceptical'?; "
                      "sets are calibrated, calibrated_central, default, optimistic, sceptical", done.stderr)
        alone = os.path.join(self.folder(), "alone.yaml")
        with open(alone, "w", encoding="utf-8") as file:
            file.write("reformsim: 1\n")
        done = call("check", alone, "--parameters", "sceptical", cwd=os.path.dirname(alone))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no folder scenarios/parameters here or above " + alone, done.stderr)
        done = call("check", alone, "--parameters", "absent.yaml")
        self.assertIn("absent.yaml: no such file", done.stderr)

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def test_readme_tells_of_each(self):
        text = read("README.md")
        for name in names_in("drivers") | names_in("governance") | names_in("parameters"):
            self.assertIn(f"`{name}`", text)


if __name__ == "__main__":
    unittest.main()
