"""Open MPI on loopback for tests: programs of several ranks on this machine, and their sudden ends.

    done = mpirun(4, ["./program", "argument"])
    done = mpirun_killed(4, ["./program"], whom=2, file="results.part", size=4096)

Needs the Debian packages of `packages_cluster` in tests/setup.sh. unavailable() is the reason why it cannot run here,
or None. All that a run leaves behind (scratch files, shared memory) is in a folder that goes with it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid

from processes import Warden, kill, marked

# A run inside somebody's job or inside another mpirun must not take itself for a part of it.
FOREIGN = ("OMPI_", "PMIX_", "PMI_", "PRTE_", "SLURM", "PALS_")
MARK = "REFORMSIM_TEST_MPIRUN"

MCA = {
    "plm": "isolated",  # no ssh and no srun
    "pml": "ob1",  # not UCX, which starts slower and gains nothing without an adapter
    "btl": "self,vader",
    "btl_vader_single_copy_mechanism": "none",  # the other ones need ptrace, which containers forbid
    "btl_base_warn_component_unused": "0",
    "oob_tcp_if_include": "lo",
    "mpi_yield_when_idle": "1",  # more ranks than processors: who waits must not spin
}


def unavailable():
    missing = [program for program in ("mpirun", "mpicxx") if not shutil.which(program)]
    if missing:
        return f"not installed: {', '.join(missing)} (packages openmpi-bin libopenmpi-dev)"
    version = subprocess.run(["mpirun", "--version"], stdout=subprocess.PIPE, text=True).stdout
    if "Open MPI" not in version:
        return "mpirun is not Open MPI's"
    if not os.path.exists("/proc/self/environ"):
        return "no /proc"
    return None


def compile_program(source, program, libraries=("boost_mpi", "boost_serialization")):
    command = ["mpicxx", "-std=c++17", "-O1", "-Wall", source, "-o", program]
    done = subprocess.run(
        command + ["-l" + library for library in libraries],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout)


class _Run:
    def __init__(self, ranks, command, mca, options, environment, cwd):
        self.mark = uuid.uuid4().hex
        # Shared memory belongs on a tmpfs, and the paths of sockets are short.
        self.folder = tempfile.mkdtemp(prefix="mpi-", dir="/dev/shm" if os.path.isdir("/dev/shm") else "/tmp")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        kept.update(
            OMPI_ALLOW_RUN_AS_ROOT="1",
            OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
            TMPDIR=self.folder,
            **(environment or {}),
        )
        kept[MARK] = self.mark
        values = {**MCA, "btl_vader_backing_directory": self.folder, "osc_sm_backing_directory": self.folder}
        values.update(mca or {})
        words = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", *options]
        for name, value in values.items():
            if value is not None:
                words += ["--mca", name, str(value)]
        self.words = words + list(command)
        self._warden = Warden(MARK, self.mark, self.folder)
        self.process = subprocess.Popen(
            self.words,
            cwd=cwd,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def processes(self, rank=None):
        found = marked(MARK, self.mark)
        return [pid for pid, own in found.items() if rank is None or own.get("OMPI_COMM_WORLD_RANK") == str(rank)]

    def kill(self, whom, number=signal.SIGKILL):
        if whom == "mpirun":
            pids = [self.process.pid]
        elif whom == "all":
            pids = self.processes()
            # mpirun first: what it sees of the others' ends it would report.
            pids.sort(key=lambda pid: pid != self.process.pid)
        else:
            pids = self.processes(whom)
        kill(pids, number)
        return pids

    def finish(self, timeout):
        try:
            out, err = self.process.communicate(timeout=timeout)
            return subprocess.CompletedProcess(self.words, self.process.returncode, out, err)
        except subprocess.TimeoutExpired as error:
            self.kill("all")
            out, err = self.process.communicate()
            raise subprocess.TimeoutExpired(self.words, error.timeout, out, err) from None

    def end(self):
        """Nothing of it goes on, also when mpirun was killed and its ranks were not."""
        self._warden.end()
        if self.process.returncode is None:
            self.process.communicate()


def mpirun(ranks, command, mca=None, options=(), environment=None, cwd=None, timeout=60):
    """mca changes the parameters of MCA above: {"osc": "pt2pt", "pml": None}; None leaves one to Open MPI."""
    run = _Run(ranks, command, mca, options, environment, cwd)
    try:
        return run.finish(timeout)
    finally:
        run.end()


def mpirun_killed(
    ranks,
    command,
    whom="all",
    after=None,
    file=None,
    size=1,
    number=signal.SIGKILL,
    mca=None,
    options=(),
    environment=None,
    cwd=None,
    timeout=60,
):
    """The same, but when `after` seconds have passed, or when `file` has at least `size` bytes, there is a kill: of a
    rank (whom=2), of mpirun alone ("mpirun"), or of mpirun and all its ranks ("all"). The result has more attributes:
    `killed`, the pids (empty if all was over before); `end`, the seconds from the kill until all was over; `orphans`,
    the ranks that were still there 5 s after mpirun was killed (and were then killed too)."""
    run = _Run(ranks, command, mca, options, environment, cwd)
    begun = time.monotonic()
    killed = []
    when = []

    def due():
        if after is not None:
            return time.monotonic() >= begun + after
        path = os.path.join(cwd or ".", file)
        return os.path.exists(path) and os.path.getsize(path) >= size

    def watch():
        while run.process.poll() is None and time.monotonic() < begun + timeout:
            if due():
                killed.extend(run.kill(whom, number))
                if killed:  # right after the start, a rank may not be there yet
                    when.append(time.monotonic())
                    break
            time.sleep(0.002)
        # Ranks without their mpirun hold its output open, so that reading it would wait for them.
        while when and run.process.poll() is not None and time.monotonic() < when[0] + 5 and run.processes():
            time.sleep(0.01)
        if run.process.poll() is not None:
            orphans.extend(run.kill("all"))

    orphans = []
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        done = run.finish(timeout)
        watcher.join()
        done.killed, done.orphans = killed, orphans
        done.end = time.monotonic() - when[0] if when else None
        return done
    finally:
        run.end()
        watcher.join()
