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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
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


if __name__ == "__main__":
    unittest.main()
