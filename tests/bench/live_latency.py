"""How long the live page waits: from a slider's move to the first fan and to the settled one.

    /usr/bin/python3 tests/bench/live_latency.py build/release/reformsim [--asks 40] [any argument of `serve` ...]

Starts a server, lets it burn in, then moves random levers to random values, one after the other, over the page's own
protocol. Prints medians and 95th percentiles of wall time, and the processor time of the server per ask (all threads), which
a busy machine disturbs less. Needs python3-websocket.
"""
import argparse
import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from live_client import Client, Server  # noqa: E402

MEASURES = ["true_attainment_mean", "value_added_mean", "disadvantage_gap", "value_added_between_school_sd", "inflation_mean",
            "spending_per_pupil", "lever_spending_per_pupil", "teacher_turnover", "real_participation"]


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(name, values, unit, scale=1.0):
    values = sorted(value * scale for value in values)
    high = values[min(len(values) - 1, int(0.95 * len(values)))]
    print(f"  {name:<42} median {statistics.median(values):8.1f} {unit}   95th percentile {high:8.1f} {unit}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--asks", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options, serve = parser.parse_known_args()
    luck = random.Random(options.seed)
    with Server(options.program, *serve) as server:
        begun = time.monotonic()
        with Client(server, timeout=600) as client:
            client.ask(measures=MEASURES)
            client.settled()
        ready = time.monotonic() - begun
        while True:  # until no world is made in advance any more: it would count as the asks' time
            before = processor_seconds(server.process)
            time.sleep(1.0)
            if processor_seconds(server.process) - before < 0.02:
                break
        client = Client(server, timeout=600)
        facts = client.welcome["scenario"]
        levers = [lever for lever in client.welcome["levers"]
                  if lever["type"] == "number" and not lever["path"].startswith("funding.")]
        presets = [preset["name"] for preset in client.welcome["presets"]]
        first, settled, processor, pairs = [], [], [], []
        for n in range(options.asks):
            lever = luck.choice(levers)
            value = luck.uniform(lever["low"], lever["high"])
            used, at = processor_seconds(server.process), time.monotonic()
            number = client.ask({lever["path"]: value}, preset=presets[n % len(presets)], measures=MEASURES)
            while True:
                fan = client.hear("fan")
                if fan["id"] != number or not fan["replicates"]:
                    continue
                if len(first) == n:
                    first.append(time.monotonic() - at)
                    pairs.append(fan["replicates"])
                if fan["settled"]:
                    break
            settled.append(time.monotonic() - at)
            time.sleep(0.05)
            processor.append(processor_seconds(server.process) - used)
        print(f"{facts['schools']} schools, {client.welcome['years'][-1]} years, {client.welcome['replicates']} pairs, "
              f"{options.asks} asks; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"  the first answer of all, burn-in included: {ready:.1f} s")
        show(f"first fan (of {statistics.median(pairs):g} pairs)", first, "ms", 1000)
        show("settled fan", settled, "ms", 1000)
        show("processor time of an ask, all threads", processor, "ms", 1000)


if __name__ == "__main__":
    main()
