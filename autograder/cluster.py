"""Many submissions, run on the machines of a Dask cluster.

The idea: the same function as on one machine (`autograder.schedule.run_work`) is handed to Dask's scheduler, which gives it
to its workers and gives it to another one where a worker dies. A submission travels as bytes, its record comes back as
text; the gradebook is written here, by one process, once for each submission, whoever ran it and however often.

What Dask pickles is ours: the name of our own function, our bytes, our text. It never sees an object of a student's: student
code runs in the jail that each worker starts, without network, and what leaves the jail is JSON that is checked on the
trusted side of that worker (`autograder.job`) and once more here (`autograder.record`). The workers belong to the trusted
side: they get the term's seed and know the reference answers. Whoever reaches the scheduler's port can run programs on the
workers, so let it listen where only your machines are, or use Dask's ``tls://``.

Needed on each worker: this project in the same version, the same Python, the same numerical packages, and bubblewrap.
Where they differ nothing is graded there, and a sentence says what differs. Start a worker for each core, since each has
one jail: ``dask worker ADDRESS --nworkers 8 --nthreads 1``.

What this file does not do: start a cluster, or judge.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

import hlm_teach
from autograder import record, sandbox
from autograder.schedule import Keep, Work, run_work

__all__ = ["ClusterError", "differences", "installed", "run_on_cluster"]

PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "formulaic")
SECONDS = 20  # to find the scheduler


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def run_on_cluster(works: Sequence[Work], address: str, keep: Keep) -> Iterator[tuple[str, str]]:
    """Run works on a cluster; yield (student, record) as they come, each once.

    Parameters
    ----------
    works
        What to run.
    address
        Dask's scheduler, like ``tcp://grading.example.org:8786``.
    keep
        Called with each student and record as soon as it is there, from another thread.

    Raises
    ------
    ClusterError
        If Dask is missing, nobody answers, there are no workers, they are not what is needed, or the scheduler is lost.
    """
    if any(work.isolation != "bwrap" for work in works):
        raise ClusterError(
            "On a cluster student code runs in the sandbox only: without it, it could reach the other machines. "
            "Leave --isolation process away, or grade on this machine."
        )
    client = _connect(address)
    arrived: queue.SimpleQueue[tuple[str, str] | BaseException] = queue.SimpleQueue()
    closing = threading.Event()
    try:
        expects = _same_everywhere(client, address)

        def done(future) -> None:
            if closing.is_set():
                return
            try:
                text = _text(future, address)
                keep(students[future.key], text)
                arrived.put((students[future.key], text))
            except BaseException as problem:
                arrived.put(problem)

        students: dict[str, str] = {}
        for work in works:
            name = f"{work.assignment}-{work.student}-{uuid4().hex}"
            students[name] = work.student
            sent = dataclasses.replace(work, hide="", expects=expects).as_bytes()
            client.submit(run_expected, sent, key=name, pure=False).add_done_callback(done)
        for _ in works:
            if isinstance(one := arrived.get(), BaseException):
                raise one
            yield one
    finally:
        closing.set()
        client.close()


def run_expected(line: bytes) -> str:
    """Run one work on a worker, if what is installed there is what the work expects."""
    if wrong := differences(installed(), json.loads(line)["expects"]):
        return record.fault_text(f"The worker {platform.node()} cannot grade: {wrong}")
    return run_work(line)


def installed() -> dict[str, str]:
    """Return what a mark depends on that is installed here, by name; ``sandbox`` is what is wrong with it, or ''."""
    found = {"the course's code": _code(), "Python": ".".join(platform.python_version_tuple()[:2])}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found | {"sandbox": sandbox.detect() or ""}


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Say what a worker has that is not what is needed, or ''.

    Examples
    --------
    >>> differences({"numpy": "2.1.0", "sandbox": ""}, {"numpy": "2.2.0", "sandbox": ""})
    'numpy is 2.1.0 there and 2.2.0 here. Install the same versions, then grade again.'
    """
    wrong = [
        f"{name} is {there.get(name, 'unknown')} there and {wanted} here"
        for name, wanted in here.items()
        if name != "sandbox" and there.get(name) != wanted
    ]
    if wrong:
        return "; ".join(wrong) + ". Install the same versions, then grade again."
    return there.get("sandbox", "")


# ---- the other machines ----------------------------------------------------------------------------------------------


def _connect(address: str):
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "Grading on a cluster needs Dask, which is not installed here. Run: pip install 'hlm-course[cluster]'"
        ) from None
    try:
        return Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        raise ClusterError(
            f"No Dask scheduler answers at {address} ({problem}). Start one (`dask scheduler`) and workers, and give the address "
            "that it prints."
        ) from None


def _same_everywhere(client, address: str) -> dict[str, str]:
    """Return what is installed here, after a look at every worker."""
    here = installed()
    try:
        workers = client.run(installed)
    except Exception as problem:  # whatever a worker raises when it lacks the module
        raise ClusterError(
            f"A worker of {address} lacks this project ({type(problem).__name__}: {problem}). Install the same version there."
        ) from None
    if not workers:
        raise ClusterError(f"{address} has no workers. Start some: dask worker {address} --nthreads 1")
    for name, there in workers.items():
        if wrong := differences(there, here):
            raise ClusterError(f"The worker {name} cannot grade: {wrong}")
    return here


def _text(future, address: str) -> str:
    """Return the record that a task gave, or a fault if it took too many workers with it."""
    if future.status == "cancelled":
        raise ClusterError(
            f"The scheduler at {address} was lost. What came back before is kept; start it and run the same command again."
        )
    if future.status == "finished":
        text = future.result()
        if type(text) is str:
            return text
        return record.fault_text("A worker answered with something that is no text.")
    problem = future.exception()
    return record.fault_text(
        f"The workers that graded this were lost: {type(problem).__name__}. Grade it again."
    )


@lru_cache
def _code() -> str:
    """Return a hash of the code that runs and judges."""
    package, library, sha = Path(__file__).parent, Path(hlm_teach.__file__).parent, hashlib.sha256()
    files = [*package.rglob("*.py"), *library.glob("*.py"), *(library / "data").glob("*.csv*")]
    for path in sorted(files):
        sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()[:12]
