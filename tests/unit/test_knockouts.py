"""The command `knockouts` from outside: its numbers are those of comparisons made by hand, and it ends as it should.
Argument: the path of reformsim."""
import csv
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from command_line import BASE, LONG, PROGRAM, CommandLineTest, call  # noqa: E402


class Knockouts(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.base, self.reform = self.path("base.yaml"), self.path("reform.yaml")

    def effect(self, *options):
        """The mean difference of reform and baseline in attainment, by `compare`."""
        done = self.ends(call("compare", self.base, self.reform, "--json", *options), 0)
        (reform,) = (entry for entry in json.loads(done.stdout)["scenarios"] if entry["name"] == "reform")
        measure = reform["measures"]["true_attainment_mean"]
        return measure["difference"][-1], measure["mean"][-1]

    def test_numbers_are_those_of_comparisons(self):
        done = self.ends(call("knockouts", self.base, self.reform, "--mechanisms", "capacity_building,accountability",
                              "--mechanisms", "labour_market", "--json"), 0)
        document = json.loads(done.stdout)
        self.assertEqual(document["baseline"], "base")
        self.assertEqual(document["replicates"], [0, 1, 2, 3])
        reform = document["scenarios"][1]
        # In the order of the term, not of the command.
        self.assertEqual([entry["name"] for entry in reform["mechanisms"]],
                         ["accountability", "capacity_building", "labour_market"])
        whole, with_it = self.effect()
        self.assertAlmostEqual(reform["effect"]["true_attainment_mean"]["difference"], whole, 7)
        for entry in reform["mechanisms"]:
            rest, without = self.effect("--set", f"mechanisms.{entry['name']}=off")
            measure = entry["measures"]["true_attainment_mean"]
            self.assertAlmostEqual(measure["contribution"]["difference"], whole - rest, 7)
            self.assertAlmostEqual(measure["change"]["difference"], with_it - without, 7)
        self.assertNotEqual(measure["change"]["difference"], 0)  # people leave: their market matters

    def test_table_and_data(self):
        data = self.path("k.csv")
        done = self.ends(call("knockouts", self.base, self.reform, "--mechanisms", "accountability,labour_market", "-o",
                              data, "--quiet"), 0)
        self.assertEqual(done.stderr, "")
        for line in done.stdout.splitlines():
            if data not in line:
                self.assertLessEqual(len(line), 80, line)
        self.assertIn("the whole effect", done.stdout)
        with open(data, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["mechanism"] for row in rows}, {"accountability", "labour_market"})
        self.assertEqual({row["scenario"] for row in rows}, {"base", "reform"})
        self.assertEqual({row["year"] for row in rows}, {"3"})
        self.assertTrue(all(row["contribution"] == "" for row in rows if row["scenario"] == "base"))
        self.assertTrue(all(float(row["pairs"]) == 4 for row in rows if row["measure"] == "energy_mean"))
        self.assertGreater(len({row["measure"] for row in rows}), 60)

    def test_one_scenario_has_no_baseline(self):
        done = self.ends(call("knockouts", self.reform, "--mechanisms", "accountability", "--json"), 0)
        document = json.loads(done.stdout)
        self.assertIsNone(document["baseline"])
        measure = document["scenarios"][0]["mechanisms"][0]["measures"]["pressure_mean"]
        self.assertIsNone(measure["contribution"])
        self.assertGreater(measure["change"]["difference"], 0.1)
        self.assertTrue(measure["change_counts"])

    def test_baseline_from_elsewhere(self):
        done = self.ends(call("knockouts", self.reform, "--baseline", self.base, "--mechanisms", "ties", "--json"), 0)
        document = json.loads(done.stdout)
        self.assertEqual([entry["name"] for entry in document["scenarios"]], ["base", "reform"])
        self.assertEqual(document["baseline"], "base")

    def test_what_is_off_is_switched_on(self):
        done = self.ends(call("knockouts", self.reform, "--mechanisms", "accountability,reacting_centre", "--set",
                              "mechanisms.accountability=off", "--json"), 0)
        accountability, centre = json.loads(done.stdout)["scenarios"][0]["mechanisms"]
        self.assertFalse(accountability["at_work"])
        self.assertFalse(centre["at_work"])
        # Still the scenario with it minus the scenario without it.
        self.assertGreater(accountability["measures"]["pressure_mean"]["change"]["difference"], 0.1)

    def test_years(self):
        options = ("--mechanisms", "accountability", "--json")
        early = json.loads(self.ends(call("knockouts", self.base, self.reform, "--years", "1", *options), 0).stdout)
        self.assertEqual(early["year"], 1)
        late = json.loads(self.ends(call("knockouts", self.base, self.reform, *options), 0).stdout)
        self.assertEqual(late["year"], 3)
        self.assertNotEqual(early["scenarios"][1]["effect"], late["scenarios"][1]["effect"])
        self.fails(call("knockouts", self.base, self.reform, "--years", "9"), "--years 9", "1 to 3")
        self.fails(call("knockouts", self.base, self.reform, "--years", "1.5"), "whole number")

    def test_mistakes(self):
        self.fails(call("knockouts", self.base, "--mechanisms", "accountabilty,ties,learning"),
                   "did you mean 'accountability'?", "'learning' cannot be switched off")
        self.fails(call("knockouts", self.base, self.write("other.yaml", BASE.replace("seed: 5", "seed: 6"))),
                   "ensemble.seed")
        self.fails(call("knockouts", self.base, self.path("absent.yaml")), "absent.yaml", "no such file")
        self.fails(call("knockouts", self.base, "-o", self.base), "overwrite an input")
        self.fails(call("knockouts", self.base, "-o", self.path("none/k.csv")), "does not exist")
        self.fails(call("knockouts"), "reformsim knockouts --help")

    def test_threads_change_nothing(self):
        outputs = {self.ends(call("knockouts", self.base, self.reform, "--mechanisms", "accountability,ties", "--json",
                                  "--threads", threads), 0).stdout for threads in ("1", "4")}
        self.assertEqual(len(outputs), 1)

    def test_a_signal_stops_it(self):
        data = self.path("k.csv")
        running = subprocess.Popen([PROGRAM, "knockouts", self.write("long.yaml", LONG), "-o", data],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("Simulating", running.stderr.readline())
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130, stderr)
        self.assertEqual(stdout, "")
        self.assertIn("Stopped. Nothing was written", stderr)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["base.yaml", "long.yaml", "reform.yaml"])


if __name__ == "__main__":
    unittest.main()
