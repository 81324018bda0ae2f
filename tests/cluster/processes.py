"""Processes by what their environment says of them: what was started for a test carries a mark in it."""

import os
import shutil
import signal
import subprocess
import sys
import time


def environment_of(pid):
    """What it was started with; empty for one that has ended or is not ours to read."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            pairs = file.read().split(b"\0")
    except OSError:
        return {}
    return dict(pair.decode(errors="replace").split("=", 1) for pair in pairs if b"=" in pair)


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode(errors="replace").rstrip("\0").replace("\0", " ")
    except OSError:
        return ""


def marked(name, value):
    """{pid: environment} of all others that were started with this."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            environment = environment_of(entry)
            if environment.get(name) == value:
                found[int(entry)] = environment
    return found


def kill(pids, number=signal.SIGKILL):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Warden:
    """Ends all processes with a mark and removes their folders: when told to, or when the test ends in whatever way,
    SIGKILL included. Itself a process, which notices that nobody holds the other end of its standard input."""

    def __init__(self, name, value, *folders):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.abspath(__file__), name, value, *folders],
            env={},  # it has no mark itself
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def _ward(name, value, *folders):
    sys.stdin.read()
    # One look may miss a process whose parent ends while it is begun.
    nothing = 0
    while nothing < 4:
        left = marked(name, value)
        kill(left)
        nothing = 0 if left else nothing + 1
        time.sleep(0.01)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _ward(*sys.argv[1:])
