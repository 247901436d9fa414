# SPDX-License-Identifier: GPL-2.0-or-later
"""A throwaway cluster for the benchmarks of this folder."""
import contextlib
import os
import re
import shutil
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLUSTER = os.path.join(TOP, "contrib", "cluster", "cluster")


@contextlib.contextmanager
def cluster(build, *options):
    """Starts one (options: of `cluster up`) in a new folder, as its subfolder "c". Yields that folder and an environment in
    which the cluster and the programs of the build are meant; ends the cluster and removes the folder."""
    folder = tempfile.mkdtemp(prefix="skjob-bench-")
    os.chmod(folder, 0o755)
    where = ["--dir", folder + "/c"]
    try:
        subprocess.run([CLUSTER, "up", *where, *options], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run([CLUSTER, "env", *where], check=True, stdout=subprocess.PIPE, text=True).stdout
        yield folder, dict(os.environ, SLURM_CONF=re.search(r"SLURM_CONF=(\S+)", text)[1], SKJOB_STATE=folder + "/state",
                           SKJOB_LIBEXECDIR=os.path.join(build, "pod"))
    finally:
        subprocess.run([CLUSTER, "down", *where], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)
