#!/usr/bin/python3
"""Every broken scenario here must be refused with exactly the message beside it.

    test_faults.py path/to/reformsim [--update]

For each NAME.yaml with its NAME.expected: `check` exits with 2 and prints the expected lines to standard
error and nothing else, and `run` exits with 2 as well and leaves no results file behind. --update writes what
`check` prints into the .expected files; read the difference before you commit it.
"""

import os
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))


def call(program, *arguments):
    return subprocess.run(
        [program, *arguments],
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
    )


def complaints(program, name, update):
    """What is wrong with the program's answer to one broken scenario."""
    found = []
    scenario = name + ".yaml"
    expected_file = os.path.join(FOLDER, name + ".expected")
    checked = call(program, "check", scenario)
    if checked.returncode != 2:
        found.append(f"check: exit code {checked.returncode}, expected 2")
    if checked.stdout:
        found.append(f"check: wrote to standard output: {checked.stdout[:200]!r}")
    if update and checked.returncode == 2:
        with open(expected_file, "wb") as file:
            file.write(checked.stderr)
    if os.path.exists(expected_file):
        with open(expected_file, "rb") as file:
            expected = file.read()
        if not expected.strip():
            found.append("the expected message is empty")
        if checked.stderr != expected:
            found.append("check: other messages than expected")
            for sign, text in (("-", expected), ("+", checked.stderr)):
                for line in text.decode("utf-8", "replace").splitlines():
                    found.append(f"  {sign} {line}")
    else:
        found.append(f"there is no {name}.expected")

    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results.h5")
        ran = call(program, "run", scenario, "-o", results)
        if ran.returncode != 2:
            found.append(f"run: exit code {ran.returncode}, expected 2")
        left = os.listdir(folder)
        if left:
            found.append(f"run: left {', '.join(left)} behind")
    return found


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    program = os.path.abspath(arguments[0])
    update = "--update" in sys.argv[1:]
    names = sorted(f[: -len(".yaml")] for f in os.listdir(FOLDER) if f.endswith(".yaml"))
    orphans = sorted(
        f for f in os.listdir(FOLDER)
        if f.endswith(".expected") and f[: -len(".expected")] not in names
    )
    bad = 0
    for name in names:
        try:
            found = complaints(program, name, update)
        except subprocess.TimeoutExpired:
            found = ["no answer within a minute"]
        if found:
            bad += 1
            print(f"{name}.yaml")
            for line in found:
                print(f"  {line}")
    for orphan in orphans:
        bad += 1
        print(f"{orphan}: there is no scenario of that name")
    print(f"{len(names)} broken scenarios, {bad} not answered as they should be")
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
