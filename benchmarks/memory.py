"""Every shipped network: is the estimated memory of its pass an upper bound, and a near one?

    python benchmarks/memory.py [NETWORK …] [--threads 2]

One pass of each, in a process of its own, one after the other. The measured peak may not exceed
the estimate, and the estimate may not exceed twice the measured peak and 32 MiB. The exit code
says whether that holds; Linux only, which alone knows the peak of a stretch of a process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from cnncalc.zoo import catalogue as zoo

SLACK = 32 << 20
SCRIPT = """
import json, sys, cnncalc
peak = cnncalc.verify(sys.argv[1], threads=int(sys.argv[2])).peak
print(json.dumps([peak.planned, peak.measured]))
"""


def peaks(name: str, threads: int) -> tuple[int, int]:
    """Return the estimated and the measured peak of a network, in bytes."""
    command = [sys.executable, "-c", SCRIPT, name, str(threads)]
    alone = {"OPENBLAS_NUM_THREADS": "1"}  # as the command line sets it
    done = subprocess.run(command, capture_output=True, check=True, env=os.environ | alone)
    planned, measured = json.loads(done.stdout)
    return planned, measured


def main() -> int:
    """Print one line for each network; return 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    wrong = 0
    for name in options.networks or zoo.names():
        planned, measured = peaks(name, options.threads)
        fits = measured <= planned <= 2 * measured + SLACK
        wrong += not fits
        mib = f"estimated {planned / 2**20:7.1f} MiB, measured {measured / 2**20:7.1f} MiB"
        print(f"{'ok   ' if fits else 'WRONG'} {name:24} {mib}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
