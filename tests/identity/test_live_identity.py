"""What the live page shows is what `reformsim run` gives for the scenario it saves: sliders at random values, every measure,
every year, bit for bit (with sets of parameters, whose means are means of means, to twelve digits). Argument: the path of reformsim."""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import h5py

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "support"), os.path.join(TOP, "analysis")]
from command_line import PROGRAM  # noqa: E402
from live_client import Client, Server  # noqa: E402

PAIRS = 5
SMALL = ["--set", "population.schools=40", "--set", "population.districts=4", "--set", "horizon.years=4",
         "--set", "horizon.burn_in_years=2", "--replicates", str(PAIRS), "--seed", "11"]
TURNS = 6


def random_policy(luck, welcome):
    """As a room would leave the sliders: a preset perhaps, some levers moved, some with a timeline or for a part of the
    schools."""
    levers = {}
    for lever in luck.sample(welcome["levers"], luck.randrange(1, 12)):
        if lever["type"] == "choice":
            levers[lever["path"]] = luck.choice(lever["choices"])
            continue
        value = luck.uniform(lever["low"], lever["high"])
        if lever["path"].startswith("funding."):
            value = lever["status_quo"] * luck.uniform(0.9, 1.1)
        kind = luck.randrange(4 if lever["scope"] else 3)
        start = luck.randrange(0, 3)
        levers[lever["path"]] = [
            value, [{"value": value, "from": start, "ramp": luck.randrange(0, 2)}],
            [{"value": value, "from": start, "to": start + 1}, {"value": lever["status_quo"], "from": start + 1}],
            [{"value": value, "from": start, "scope": {"where": {"deprivation": {"max": 0.95}}, "share": 0.5}}]][kind]
    preset = luck.choice([None] + [one["name"] for one in welcome["presets"]])
    return {"preset": preset, "levers": levers}


class Live(unittest.TestCase):
    def run_of(self, text, folder):
        path, results = os.path.join(folder, "saved.yaml"), os.path.join(folder, "saved.h5")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([PROGRAM, "run", path, "-o", results, "--quiet", "--threads", "1"], cwd=folder,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr + text)
        with h5py.File(results) as file:
            return {name: file[name][...] for name in self.measures}

    def test_sliders_at_random(self):
        luck = random.Random(20)
        with Server(PROGRAM, *SMALL) as server, Client(server) as client, tempfile.TemporaryDirectory() as folder:
            welcome = client.welcome
            self.measures = [measure["name"] for measure in welcome["measures"]]
            beliefs = [belief["name"] for belief in welcome["beliefs"]]
            compared = 0
            for turn in range(TURNS):
                policy = random_policy(luck, welcome)
                belief = beliefs[turn % len(beliefs)]
                client.say({"type": "save", "id": 1000 + turn, "policy": policy, "belief": belief,
                            "title": f"Turn {turn}: \"sliders\" at # random", "description": "one\ntwo: #"})
                saved = client.hear()
                if saved["type"] == "problem":  # a combination that the language refuses
                    self.fail(json.dumps([policy, saved]))
                self.assertRegex(saved["name"], r"^turn_\d_sliders_at_random\.yaml$")
                in_sets = "  sets: " in saved["text"]
                expected = {"reform": self.run_of(saved["text"], folder), "baseline": self.run_of(saved["baseline"], folder)}
                for start in range(0, len(self.measures), 32):
                    names = self.measures[start:start + 32]
                    client.ask(policy["levers"], policy["preset"], belief, names)
                    for fan in client.settled():
                        pairs = fan["replicates"]
                        if not pairs:
                            continue
                        for name in names:
                            for side, values in expected.items():
                                rows = values[name][:pairs]
                                for t in range(len(fan["year"])):
                                    column = [float(row[t]) for row in rows if row[t] == row[t]]
                                    if len(column) < pairs:
                                        continue
                                    shown = fan["measures"][name][side]["mean"][t]
                                    where = (turn, belief, name, side, t, pairs, policy)
                                    if in_sets:  # each set of parameters counts the same; two replicates simulate it
                                        sets = [column[at:at + 2] for at in range(0, pairs, 2)]
                                        mean = sum(sum(one) / len(one) for one in sets) / len(sets)
                                        self.assertAlmostEqual(shown, mean, None, where, delta=1e-12 * max(1, abs(mean)))
                                    else:
                                        self.assertEqual(shown, sum(column) / pairs, where)
                                    compared += 1
                    self.assertEqual(pairs, PAIRS)
            self.assertGreater(compared, TURNS * 2 * 5 * 60)

    def test_who_gains_is_what_compare_says(self):
        """For schools that are drawn anew in each replicate and for those of a list, with sets of parameters and without."""
        from reformsim_analysis import open_comparison
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "schools.csv"), "w", encoding="utf-8") as file:
                file.write("id,district,phase,pupils,poor,score\n")
                for i in range(40):
                    file.write(f"s{i},d{i // 10},{('primary', 'middle', 'secondary')[i % 3]},{150 + 13 * i},"
                               f"{(7 * i % 40) / 40},{700 - 200 * (7 * i % 40) / 40 + 5 * (i % 9)}\n")
            schools = os.path.join(folder, "schools.yaml")
            with open(schools, "w", encoding="utf-8") as file:
                file.write("reformsim: 1\npopulation:\n  kind: list\n  file: schools.csv\n  columns: {school_id: id, district_id: district,"
                           " phase: phase, enrolment: pupils, deprivation: poor, score: score}\n"
                           "  phases: {primary: [primary], middle: [middle], secondary: [secondary]}\n"
                           "  score_pupil_sd: 100\n  score_centre: all\n")
            for more in ([], ["--with", schools]):
                with Server(PROGRAM, *SMALL, *more) as server, Client(server) as client:
                    beliefs = [belief["name"] for belief in client.welcome["beliefs"]]
                    self.assertIn("calibrated", beliefs)
                    for belief in (beliefs[0], "calibrated"):
                        client.ask(preset="networked", belief=belief)
                        fan = client.settled()[-1]
                        client.say({"type": "save", "id": 1, "policy": {"preset": "networked"}, "belief": belief})
                        saved = client.hear("scenario")
                        files = [os.path.join(folder, name) for name in ("without.yaml", "with.yaml")]
                        for path, text in zip(files, (saved["baseline"], saved["text"])):
                            with open(path, "w", encoding="utf-8") as file:
                                file.write(text)
                        out = os.path.join(folder, f"{belief}{len(more)}")
                        subprocess.run([PROGRAM, "compare", *files, "-o", out, "--quiet", "--threads", "1"], check=True,
                                       cwd=folder, stdout=subprocess.DEVNULL)
                        balance = open_comparison(out, "balance").sel(scenario="with", effect="value_added",
                                                                      counted="schools")
                        pairs = [(fan["winners"][key][way], float(balance[name + way])) for way in ("better", "worse")
                                 for key, name in (("average", ""), ("one", "one_"))]
                        groups = open_comparison(out, "group").sel(scenario="with", measure="value_added").isel(year=-1)
                        for k, fifth in enumerate(fan["fifths"], 1):
                            there = groups.sel(group=f"deprivation_{k}")
                            pairs += [(fifth[mine], float(there[theirs])) for mine, theirs in
                                      (("mean", "difference"), ("low", "low"), ("high", "high"))]
                        self.assertEqual(len(pairs), 4 + 15)
                        for mine, theirs in pairs:
                            if mine is None:
                                self.assertNotEqual(theirs, theirs, (belief, more))
                            else:
                                self.assertAlmostEqual(mine, theirs, 8, (belief, more))
                        self.assertEqual(fan["winners"]["average"]["better"] is None, not more)


if __name__ == "__main__":
    unittest.main()
