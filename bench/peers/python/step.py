"""What the peers' steps share: the files that the benchmark made, the clock, the answer.

A step is timed without the start of the interpreter and without reading its input; the
benchmark measures the memory of the whole process from outside.
"""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

DAYS_PER_WEEK = 7
HORIZON_MONTHS = 60  # five years

_LOG = np.dtype([("customer", "<i4"), ("day", "<i4"), ("cents", "<i4")])
_HISTORY = np.dtype([("x", "<i4"), ("tx", "<i4"), ("t", "<i4")])


def read_log(path):
    """Read the transactions: customer, day, amount."""
    raw = np.fromfile(path, dtype=_LOG)
    return pd.DataFrame(
        {
            "customer": raw["customer"].astype(np.int64),
            "day": pd.to_datetime(raw["day"], unit="D"),
            "amount": raw["cents"] / 100,
        }
    )


def read_histories(path):
    """Read one purchase history per customer, in weeks."""
    raw = np.fromfile(path, dtype=_HISTORY)
    return pd.DataFrame(
        {
            "frequency": raw["x"].astype(np.int64),
            "recency": raw["tx"] / DAYS_PER_WEEK,
            "T": raw["t"] / DAYS_PER_WEEK,
        }
    )


def grouped(histories):
    """Count the customers of every distinct history."""
    return histories.groupby(["frequency", "recency", "T"]).size().reset_index(name="weights")


def monthly(yearly):
    """Turn a yearly discount rate into a monthly one."""
    return (1 + yearly) ** (1 / 12) - 1


def counted(summary):
    """Say what a summary in days found: what every side must agree on."""
    return {
        "customers": len(summary),
        "repeats": float(summary["frequency"].sum()),
        "recency days": float(summary["recency"].sum()),
        "age days": float(summary["T"].sum()),
    }


class Timed:
    """Measures the wall and CPU seconds of a block."""

    def __enter__(self):
        self._wall, self._cpu = time.perf_counter(), _cpu()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self._wall, _cpu() - self._cpu


def _cpu():
    """CPU seconds of this process and of the compilers it has run."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(steps):
    """Run the step that the command line names and print its answer."""
    timed, answer = steps[sys.argv[1]](*sys.argv[2:])
    json.dump({"wall": timed.wall, "cpu": timed.cpu, **answer}, sys.stdout)
