"""A Slurm cluster of its own on this machine: munged, slurmctld and three slurmd in a private folder,
on ports of its own. Each node has its own host name, processes and /dev/shm where this machine lets
us make such namespaces, so that MPI sees three hosts. Whatever ends this program ends the cluster."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
NODES = ("n1", "n2", "n3")
# Names of the daemons, and the packages of Debian that they are in.
NEEDED = {"munged": "munge", "slurmctld": "slurmctld", "slurmd": "slurmd", "sbatch": "slurm-client"}
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
START_PATIENCE = 60  # seconds; a cluster takes less than one

# More CPUs than there are, so that all jobs of the tests run at once. `low` can be preempted, and only by
# `urgent`. A requeued job waits cred_expire seconds more, of which 5 are the least.
CONFIGURATION = """
ClusterName=starmap
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
TmpFS={folder}/tmp/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/%n.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog={folder}/task_prolog
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=2
MpiDefault=none
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
JobRequeue=1
KillWait=5
MinJobAge=3600
SlurmdTimeout=300
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
{nodes}
PartitionName=batch Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF State=UP
PartitionName=low Nodes=ALL MaxTime=INFINITE PriorityTier=1 GraceTime=30 State=UP
PartitionName=urgent Nodes=ALL MaxTime=INFINITE PriorityTier=20 PreemptMode=OFF State=UP
"""
NODE = ("NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=64 RealMemory=1000000 "
        "State=UNKNOWN\n")
# What it prints becomes the environment of tasks and of batch scripts.
TASK_PROLOG = """#!/bin/sh
# The ranks of all nodes share few cores, and the files of mpirun are called after host and pid.
echo export OMPI_MCA_orte_tmpdir_base={folder}/tmp/$SLURMD_NODENAME
echo export OMPI_MCA_hwloc_base_binding_policy=none
echo export OMPI_MCA_mpi_yield_when_idle=1
echo export OMPI_ALLOW_RUN_AS_ROOT=1
echo export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
{more}
"""
NAMESPACE = ["unshare", "--uts", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]


def missing_packages():
    missing = [package for program, package in NEEDED.items()
               if shutil.which(program, path=SYSTEM_PATH) is None]
    # Slurm's plugin loads libpmix.so by a name that only the -dev package has.
    if not list(pathlib.Path("/usr/lib").glob("*/pmix2/lib/libpmix.so")):
        missing.append("libpmix-dev")
    return missing


def has_namespaces():
    made = subprocess.run([*NAMESPACE, "sh", "-c", "hostname x && mount -t tmpfs none /dev/shm"],
                          capture_output=True, check=False)
    return made.returncode == 0


def die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def free_ports(count):
    """Ports that nobody listens on, below those that Linux gives to connections."""
    start = 20000 + os.getpid() * 37 % 10000
    found = []
    for port in range(start, start + 2000):
        with socket.socket() as attempt:
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports")


class Cluster:
    def __init__(self):
        # A short path, as it holds sockets.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="starmap_slurm_", dir="/tmp"))
        self.folder.chmod(0o755)
        self.daemons = {}
        self.environment = {**os.environ, "PATH": f"{SYSTEM_PATH}:{os.environ['PATH']}",
                            "SLURM_CONF": str(self.folder / "slurm.conf")}
        for name in [name for name in self.environment if name.startswith("STARMAP_")]:
            del self.environment[name]
        self.one_at_a_time = threading.Lock()
        self.seen_at = 0.0
        self.seen = {}

    def start(self):
        """To be called by the main thread, with which the daemons die."""
        self.namespaces = has_namespaces()
        self.configure()
        munge = self.folder / "munge"
        self.launch("munged", ["munged", "--foreground", "--force", f"--socket={munge}/socket",
                               f"--key-file={munge}/key", f"--pid-file={munge}/pid",
                               f"--log-file={munge}/log", f"--seed-file={munge}/seed"])
        self.wait_for("munged", ["munge", "-S", f"{munge}/socket", "-n"])
        self.launch("slurmctld", ["slurmctld", "-D"])
        self.wait_for("slurmctld", ["scontrol", "ping"])
        for node in NODES:
            self.start_node(node)
        for node in NODES:
            self.wait_for_node(node)

    def configure(self):
        for name in ("log", "munge", "state", "spool", "tmp"):
            (self.folder / name).mkdir(mode=0o700 if name == "state" else 0o755)
        key = self.folder / "munge/key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        controller_port, *ports = free_ports(1 + len(NODES))
        nodes = "".join(NODE.format(name=name, port=port,
                                    host=name if self.namespaces else socket.gethostname())
                        for name, port in zip(NODES, ports))
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(
            folder=self.folder, controller_port=controller_port, nodes=nodes, user=user))
        # Always loaded; version 1 does nothing until a plugin asks for it, and none does.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        # Of the ways that there are the one that goes wrong most, in 5 to 8 of 80 launches on two busy
        # nodes, which the scripts are to keep away from.
        (self.folder / "mpi.conf").write_text("PMIxCollFence=tree\n")
        prolog = self.folder / "task_prolog"
        # Nodes with one host name would mix up their shared memory.
        more = "" if self.namespaces else "echo export OMPI_MCA_btl=^vader"
        prolog.write_text(TASK_PROLOG.format(folder=self.folder, more=more))
        prolog.chmod(0o755)

    def launch(self, name, words):
        with open(self.folder / f"log/{name}.out", "ab") as log:
            self.daemons[name] = subprocess.Popen(words, env=self.environment, stdout=log, stderr=log,
                                                  stdin=subprocess.DEVNULL, start_new_session=True,
                                                  preexec_fn=die_with_parent)

    def wait_for(self, name, words, answer=""):
        give_up = time.monotonic() + START_PATIENCE
        while True:
            done = self.call(*words, check=False)
            if done.returncode == 0 and answer in done.stdout:
                return
            if self.daemons[name].poll() is not None or time.monotonic() > give_up:
                log = (self.folder / f"log/{name}.out").read_text(errors="replace")
                raise RuntimeError(f"{name} did not start\n{log}\n{done.stdout}{done.stderr}")
            time.sleep(0.05)

    def start_node(self, node):
        for kind in ("spool", "tmp"):  # as after a reboot
            shutil.rmtree(self.folder / kind / node, ignore_errors=True)
            (self.folder / kind / node).mkdir()
        (self.folder / "tmp" / node).chmod(0o1777)
        self.launch(node, [*NAMESPACE, str(HERE / "node.sh"), node] if self.namespaces
                    else ["slurmd", "-D", "-N", node])

    def wait_for_node(self, node):
        self.wait_for(node, ["sinfo", "-h", "-n", node, "-p", "batch", "-t", "idle,mix,alloc", "-o", "up"],
                      "up")

    def kill_node(self, node):
        """All of its processes at once, as when its power fails."""
        if not self.namespaces:
            raise RuntimeError("a node without namespaces cannot be killed")
        self.daemons[node].kill()
        self.daemons[node].wait()

    def give_up_node(self, node):
        """What Slurm does by itself when a node has been silent for SlurmdTimeout seconds."""
        self.call("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=killed")

    def call(self, *words, check=True, env=None, cwd=None):
        done = subprocess.run(words, env={**self.environment, **(env or {})}, cwd=cwd,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"exit code {done.returncode} of {words}\n{done.stdout}{done.stderr}")
        return done

    def jobs(self):
        """State of each job by its number; those of an array are called A_T. Slurm is asked at most five
        times a second, whoever asks."""
        with self.one_at_a_time:
            if time.monotonic() - self.seen_at > 0.2:
                listed = self.call("squeue", "-h", "-r", "-t", "all", "-o", "%i %T").stdout
                self.seen = dict(line.split() for line in listed.splitlines())
                self.seen_at = time.monotonic()
            return self.seen

    def details(self, job):
        """What scontrol tells of a job."""
        text = self.call("scontrol", "show", "job", "-o", job).stdout
        return dict(word.split("=", 1) for word in text.split() if "=" in word)

    def end_jobs(self):
        """Where they do not end with their nodes."""
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            listed = self.call("squeue", "-h", "-t", "pending,running,completing", "-o", "%A", check=False)
            if listed.returncode != 0 or not listed.stdout:
                return
            self.call("scancel", *set(listed.stdout.split()), check=False)
            time.sleep(0.5)

    def stop(self):
        if "slurmctld" in self.daemons and not self.namespaces:
            self.end_jobs()
        # The controller first, so that it does not see the nodes vanish.
        for name in ["slurmctld", *NODES, "munged"]:
            daemon = self.daemons.pop(name, None)
            if daemon is None:
                continue
            daemon.terminate() if name == "slurmctld" else daemon.kill()
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
