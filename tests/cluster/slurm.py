"""A Slurm of one's own for tests: munged, slurmctld and slurmd on loopback, in a folder of their own.

    with LocalSlurm(folder, cpus=2) as slurm:
        job = slurm.sbatch("#!/bin/sh\\necho $SLURM_ARRAY_TASK_ID\\n", array="0-3")
        slurm.wait(job, 30)                    # {"1_0": "COMPLETED", ...}

Needs root and the Debian packages of `packages_cluster` in tests/setup.sh; no systemd, no cgroups, no accounting.
LocalSlurm.unavailable() is the reason why it cannot run here, or None. Inside the block SLURM_CONF of this process
names the private configuration, so that whatever it starts asks this Slurm and none that the machine may have. What
is stopped at the end is what carries that SLURM_CONF, process by process.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from signal import SIGKILL, SIGTERM, Signals

from processes import Warden, command_of, kill, marked

NODE = "local"
UP = ("idle", "mixed", "allocated")
FINAL = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "TIMEOUT",
}
# What a job leaves in the environment of what it starts: a Slurm around this test must not show through.
FOREIGN = ("SLURM", "SBATCH_", "SRUN_", "SQUEUE_", "SCANCEL_", "SALLOC_", "SINFO_", "MUNGE_")

# The options that differ from a cluster's are the ones about time:
#   cred_expire      a requeued job waits this long (and one second) before it may start again; Slurm's own is 120 s
#   sched_interval   how often the queue is looked at when nothing happens; its own is 60 s
#   batch_sched_delay  how long the start of a batch job may be put off; its own is 3 s
#   KillWait         from SIGTERM to SIGKILL; its own is 30 s
#   MinJobAge        how long a job that ended is still known: here as on a cluster, since there is no accounting
SETTINGS = {
    "AuthType": "auth/munge",
    "AuthInfo": "socket={socket},cred_expire=5",
    "ClusterName": "reformsim",
    "SlurmctldHost": "{host}(127.0.0.1)",
    "SlurmctldPort": "{controller_port}",
    "SlurmdPort": "{node_port}",
    "SlurmUser": "root",
    "SlurmdUser": "root",
    "StateSaveLocation": "{folder}/state",
    "SlurmdSpoolDir": "{folder}/spool",
    "SlurmctldPidFile": "{folder}/slurmctld.pid",
    "SlurmdPidFile": "{folder}/slurmd.pid",
    "SlurmctldLogFile": "{folder}/slurmctld.log",
    "SlurmdLogFile": "{folder}/slurmd.log",
    "ProctrackType": "proctrack/linuxproc",
    "TaskPlugin": "task/none",
    "JobAcctGatherType": "jobacct_gather/none",
    "AccountingStorageType": "accounting_storage/none",
    "MpiDefault": "none",
    "PropagateResourceLimits": "NONE",
    "SelectType": "select/cons_tres",
    "SelectTypeParameters": "CR_CPU",
    "SchedulerType": "sched/builtin",
    "SchedulerParameters": "sched_interval=1,batch_sched_delay=0",
    "SlurmdParameters": "config_overrides",
    "ReturnToService": "2",
    "JobRequeue": "1",
    "KillWait": "2",
    "MinJobAge": "300",
    "MessageTimeout": "10",
    "SlurmdTimeout": "10",
    "SlurmctldDebug": "verbose",
    "SlurmdDebug": "verbose",
}


def _find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin")


def wait_until(condition, timeout, what, pause=0.02):
    """The first true answer of condition()."""
    end = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout} s for {what() if callable(what) else what}")
        time.sleep(pause)


class LocalSlurm:
    """settings adds lines to slurm.conf or replaces them: {"MinJobAge": "2"}. `times` has the seconds of each step of
    the start and the stop, `environment` what commands and jobs are started with."""

    def __init__(self, folder, cpus=2, settings=None):
        self.folder = os.path.join(os.path.abspath(folder), "slurm")
        self.cpus = cpus
        self.settings = {**SETTINGS, **(settings or {})}
        self.conf = os.path.join(self.folder, "slurm.conf")
        self.daemons = {}
        self.times = {}
        self._socket_folder = None
        self._warden = None
        self._before = None

    @staticmethod
    def unavailable():
        if os.geteuid() != 0:
            return "a Slurm of one's own needs root"
        programs = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
        missing = [program for program in programs if not _find(program)]
        if missing:
            return f"not installed: {', '.join(missing)} (packages munge slurmctld slurmd slurm-client)"
        if not os.path.exists("/proc/self/environ"):
            return "no /proc"
        return None

    # ----------------------------------------------------------------------------------------------------------------
    # Starting and stopping

    def __enter__(self):
        reason = self.unavailable()
        if reason:
            raise RuntimeError(reason)
        self._before = os.environ.get("SLURM_CONF")
        os.environ["SLURM_CONF"] = self.conf
        try:
            for attempt in range(3):
                try:
                    self._start()
                    return self
                except (OSError, RuntimeError):
                    # Between the choice of a port and its use somebody else may have taken it.
                    if attempt == 2 or "already in use" not in self.log():
                        raise
                    self._stop()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        try:
            self._stop()
        finally:
            if self._before is None:
                os.environ.pop("SLURM_CONF", None)
            else:
                os.environ["SLURM_CONF"] = self._before

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        kept["PATH"] = kept.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        kept["SLURM_CONF"] = self.conf
        return kept

    def _timed(self, step, start):
        self.times[step] = round(time.monotonic() - start, 3)

    def _start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("state", "spool"):
            os.makedirs(os.path.join(self.folder, name), mode=0o755)
        # The path of a socket has at most 107 bytes, and the folder given may be deep. munged refuses a socket
        # whose folder not everybody may enter, and a key that anybody else may read.
        self._socket_folder = tempfile.mkdtemp(prefix="munge-", dir="/tmp")
        os.chmod(self._socket_folder, 0o711)
        self._warden = Warden("SLURM_CONF", self.conf, self._socket_folder)
        key = os.path.join(self._socket_folder, "key")
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        os.write(descriptor, os.urandom(128))
        os.close(descriptor)
        munge_socket = os.path.join(self._socket_folder, "socket")

        self._write_conf(munge_socket)
        start = time.monotonic()
        self._daemon(
            "munged",
            "--foreground",
            "--force",
            "--num-threads=2",
            f"--key-file={key}",
            f"--socket={munge_socket}",
            f"--pid-file={self._socket_folder}/pid",
            f"--seed-file={self._socket_folder}/seed",
            f"--log-file={self._socket_folder}/log",
        )
        self._until(lambda: os.path.exists(munge_socket), 10, "munged")
        self._timed("munged", start)

        start = time.monotonic()
        self._daemon("slurmctld", "-D", "-c", "-f", self.conf)
        self._until(lambda: self.call("scontrol", "ping", check=False).returncode == 0, 20, "slurmctld")
        self._timed("slurmctld", start)

        self._start_node()
        self._timed("start", start)

    def _start_node(self):
        start = time.monotonic()
        self._daemon("slurmd", "-D", "-N", NODE, "-f", self.conf)
        self._until(lambda: self.node_state() in UP, 30, lambda: f"the node, {self.node_state()}")
        self._timed("slurmd", start)

    def _write_conf(self, munge_socket):
        ports = [socket.socket() for _ in range(2)]
        for port in ports:
            port.bind(("127.0.0.1", 0))
        values = {
            "folder": self.folder,
            "socket": munge_socket,
            "host": socket.gethostname().split(".")[0],
            "controller_port": ports[0].getsockname()[1],
            "node_port": ports[1].getsockname()[1],
        }
        for port in ports:
            port.close()
        communication = []
        if self._resolves(values["host"]) == "127.0.0.1":
            # The daemons listen on the address that the host name has; without these, on all addresses.
            communication = ["NoCtldInAddrAny", "NoInAddrAny"]
        if not self._resolves(None):
            communication.append("EnableIPv6")  # not for its sake, see _resolves
        if communication:
            self.settings.setdefault("CommunicationParameters", ",".join(communication))
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
        lines = [f"{name}={str(value).format(**values)}" for name, value in self.settings.items()]
        lines += [
            f"NodeName={NODE} NodeHostname={values['host']} NodeAddr=127.0.0.1 CPUs={self.cpus}"
            f" RealMemory={memory} State=UNKNOWN",
            f"PartitionName=all Nodes={NODE} Default=YES MaxTime=INFINITE State=UP",
        ]
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    @staticmethod
    def _resolves(host):
        """As Slurm asks for an address: where there is no interface but loopback, it gets none at all, unless it may
        have those of IPv6 too."""
        try:
            flags = socket.AI_ADDRCONFIG | socket.AI_PASSIVE
            return socket.getaddrinfo(host, 1, socket.AF_INET, socket.SOCK_STREAM, flags=flags)[0][4][0]
        except OSError:
            return None

    def _daemon(self, name, *arguments):
        with open(os.path.join(self.folder, name + ".out"), "ab") as out:
            self.daemons[name] = subprocess.Popen(
                [_find(name), *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # an interrupt from the keyboard is for the test, which stops them in order
            )

    def _until(self, condition, timeout, what):
        def answer():
            for name, daemon in self.daemons.items():
                if daemon.poll() is not None:
                    raise RuntimeError(f"{name} ended with {daemon.returncode}\n{self.log()}")
            return condition()

        try:
            wait_until(answer, timeout, what)
        except TimeoutError as error:
            raise RuntimeError(f"{error}\n{self.log()}") from None

    def _stop(self):
        start = time.monotonic()
        if "slurmctld" in self.daemons and self.daemons["slurmctld"].poll() is None:
            try:
                self.call("scancel", "--quiet", "--user=root", check=False, timeout=5)
                wait_until(lambda: not self.squeue(), 4, "the jobs to end")
            except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
                pass  # what is left gets SIGKILL below
            self._timed("cancel", start)
        # slurmctld has no state worth the seconds that it waits for steps that died without its doing.
        for name, patience in (("slurmd", 5), ("slurmctld", 1), ("munged", 5)):
            start = time.monotonic()
            self._stop_daemon(name, SIGTERM, patience)
            self._timed("stop " + name, start)
        if self._warden:
            self._warden.end()
            self._warden = None

    def _stop_daemon(self, name, number, patience=5):
        daemon = self.daemons.pop(name, None)
        if daemon is None:
            return
        daemon.send_signal(number)
        try:
            daemon.wait(patience)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def own_processes(self):
        """Everything that was started with our configuration: daemons, slurmstepd, the processes of jobs."""
        return sorted(marked("SLURM_CONF", self.conf))

    def log(self, lines=15):
        """The last lines of what the daemons wrote."""
        text = []
        for name in ("munged", "slurmctld", "slurmd"):
            # A daemon that comes up writes the same into both; before that, only the first has anything.
            for path in (f"{self.folder}/{name}.log", f"{self.folder}/{name}.out"):
                if os.path.exists(path) and os.path.getsize(path) > 0:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        text += [f"--- {name}", *file.read().splitlines()[-lines:]]
                    break
        return "\n".join(text)

    # ----------------------------------------------------------------------------------------------------------------
    # Jobs. A job is "7"; one task of an array is "7_0".

    def call(self, *command, check=True, timeout=20, **options):
        done = subprocess.run(
            [_find(command[0]) or command[0], *command[1:]],
            env=self.environment,
            stdin=None if "input" in options else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=timeout,
            **options,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def sbatch(self, script, array=None, extra=(), cwd=None):
        """script is a path, or the text of a script that starts with "#!". Gives the id of the job."""
        command = ["sbatch", "--parsable", *([f"--array={array}"] if array is not None else []), *extra]
        options = {"cwd": cwd or self.folder}
        if script.startswith("#!"):
            options["input"] = script
        else:
            command.append(os.path.abspath(script))
        return self.call(*command, **options).stdout.strip().split(";")[0]

    def squeue(self, *arguments):
        """{"7_0": "RUNNING", ...} of what has not ended, as a user sees it; ("--states=all",) also what has."""
        out = self.call("squeue", "--noheader", "--array", "--format=%i %T", *arguments).stdout
        return dict(line.split() for line in out.splitlines())

    def states(self, job):
        """{"7_0": state, ...} of all tasks, also those that ended; empty when Slurm has forgotten the job."""
        done = self.call("squeue", "-h", "-r", "-o", "%i %T", "--states=all", f"--jobs={job}", check=False)
        if done.returncode != 0 and "Invalid job id" not in done.stderr:
            raise RuntimeError(done.stderr)
        return dict(line.split() for line in done.stdout.splitlines())

    def state(self, job_task):
        return self.states(job_task).get(job_task)

    def details(self, job_task):
        """What `scontrol show job` says of one task: Restarts, ExitCode, Reason, StartTime, ..."""
        out = self.call("scontrol", "--oneliner", "show", "job", job_task).stdout.splitlines()[0]
        return dict(word.split("=", 1) for word in out.split() if "=" in word)

    def wait(self, job, timeout, states=FINAL):
        """Until every task of the job is in one of these states; gives the states."""
        seen = {}

        def there():
            seen.clear()
            seen.update(self.states(job))
            return seen and all(state in states for state in seen.values())

        wait_until(there, timeout, lambda: f"job {job}: {seen}\n{self.log()}", pause=0.1)
        return dict(seen)

    def requeue(self, job_task, at_once=True):
        """Also while it runs (it gets SIGTERM, SIGKILL after KillWait) and after it ended. Slurm lets a requeued job
        wait for cred_expire and one second more; at_once takes that from it."""
        self.call("scontrol", "requeue", job_task)
        if at_once:
            wait_until(lambda: self.state(job_task) == "PENDING", 20, f"{job_task} to be pending")
            self.call("scontrol", "update", f"jobid={job_task}", "starttime=now")

    def signal(self, job_task, number, whom="--batch"):
        """--batch: the shell of the batch script. --full: that and all it started. "": the steps of srun only."""
        name = Signals(number).name[3:]
        self.call("scancel", f"--signal={name}", *([whom] if whom else []), job_task)

    def cancel(self, job_task):
        self.call("scancel", job_task)

    def jobs_processes(self, job_task=None):
        """{pid: command line} of what the job (or any job) runs on this machine, without slurmstepd; the batch
        script's shell first."""
        found = {}
        for pid, own in sorted(marked("SLURM_CONF", self.conf).items()):
            names = {own.get("SLURM_JOB_ID"), own.get("SLURM_ARRAY_JOB_ID")}
            names.add(f"{own.get('SLURM_ARRAY_JOB_ID')}_{own.get('SLURM_ARRAY_TASK_ID')}")
            if "SLURM_JOB_ID" in own and job_task in names | {None}:
                found[pid] = command_of(pid)
        return found

    def kill(self, job_task, number=SIGKILL, only=None):
        """From outside, behind Slurm's back: every process of the task, or those with `only` in the command line."""
        found = [pid for pid, command in self.jobs_processes(job_task).items() if only is None or only in command]
        if not found:
            raise RuntimeError(f"no process of {job_task} runs here ({self.state(job_task)})")
        kill(found, number)
        return found

    # ----------------------------------------------------------------------------------------------------------------
    # The node

    def node_state(self):
        """idle, mixed, allocated, down, ...; a * behind it says that the node does not answer."""
        return self.call("sinfo", "--noheader", "--Node", "--format=%T", check=False).stdout.strip()

    def fail_node(self):
        """The node goes down as the administrators' tools would say it: its jobs end at once, and are queued again
        or end as NODE_FAIL."""
        self.call("scontrol", "update", f"nodename={NODE}", "state=down", "reason=test")

    def resume_node(self):
        if self.node_state() not in UP:  # since ReturnToService=2 lets a node that answers come back by itself
            self.call("scontrol", "update", f"nodename={NODE}", "state=resume", check=False)
        wait_until(lambda: self.node_state() in UP, 10, self.node_state)

    def crash_node(self):
        """As if the machine lost its power: slurmd and all that it started get SIGKILL."""
        self._stop_daemon("slurmd", SIGKILL)
        daemons = {daemon.pid for daemon in self.daemons.values()}
        kill(pid for pid in self.own_processes() if pid not in daemons)

    def boot_node(self):
        self._start_node()
