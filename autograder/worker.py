"""UNTRUSTED SIDE: the warm process. Imports the scientific stack once, then forks for each submission.

The idea: starting Python with pandas and matplotlib costs more than running most notebooks. So one process is started
*by exec inside the jail*, before any submission is there and holding nothing that a submission may not see (a forked
child can find whatever its parent has touched), and waits. For each submission it gets one end of a socket, forks, puts
up the walls (`autograder.inside.namespaces`) and becomes the referee (`autograder.inside.referee`).

Run as ``python worker.py CONTROL_FD MODE``; MODE is ``namespaces`` or ``process`` (no walls: only where a person asked
for that by name).

What this file does not do: anything on the trusted side (`autograder.sandbox`).
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import shutil
import socket
import sys
import tempfile
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WARM = (
    *("numpy", "scipy.stats", "scipy.optimize", "scipy.linalg", "pandas", "matplotlib.pyplot", "seaborn"),
    *("statsmodels.api", "statsmodels.formula.api", "formulaic", "ipywidgets", "hlm_teach"),
)
HUGE = 2 << 20
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25


def prepare():
    """Import what notebooks import, start the shell, and take the picture of straight surroundings."""
    fonts = Path(os.environ["MPLCONFIGDIR"])
    if (HERE / "fonts").is_dir():
        shutil.copytree(HERE / "fonts", fonts, dirs_exist_ok=True)
    for name in WARM:
        importlib.import_module(name)
    ours = HERE / "hlm_teach"
    for path in sorted(ours.glob("*.py")):
        if path.stem != "__init__":
            importlib.import_module(f"hlm_teach.{path.stem}")
    from autograder import answers
    from autograder.inside.shell import make_shell
    from autograder.inside.surroundings import Surroundings

    answers.bind()
    shell = make_shell()
    shell.run_cell("None")
    surroundings = Surroundings(shell)
    gc.collect()
    gc.freeze()
    use_huge_pages()
    return shell, surroundings


def use_huge_pages() -> None:
    """Gather the heap in huge pages where the kernel can (Linux 6.1): a fork then copies a table 512 times smaller."""
    libc = ctypes.CDLL(None, use_errno=True)
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, *rest = line.split()
        if "w" not in rights or (len(rest) > 3 and rest[3].startswith("/")):
            continue
        start, end = (int(x, 16) for x in span.split("-"))
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if end > start:
            for advice in (MADV_HUGEPAGE, MADV_COLLAPSE):
                libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), advice)


def serve(control: socket.socket, mode: str) -> None:
    """Fork once for each socket that comes; end when the trusted side hangs up."""
    from autograder.inside.processes import reap

    shell, surroundings = prepare()
    control.sendall(b"ready\n")
    slot = 0
    while True:
        message, sockets, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        slot += 1
        reap()
        if os.fork() == 0:
            control.close()
            try:
                submission(socket.socket(fileno=sockets[0]), mode, slot, int(message), shell, surroundings)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(1)
        for descriptor in sockets:
            os.close(descriptor)


def submission(up: socket.socket, mode: str, slot: int, disk_bytes: int, shell, surroundings) -> None:
    """Put up the walls and referee one submission."""
    from autograder.inside import namespaces, syscalls
    from autograder.inside.referee import Referee
    from autograder.inside.session import Session

    alone = mode == "namespaces"
    inside = namespaces.enter(slot, disk_bytes) if alone else without_walls()
    if not inside:
        os._exit(0)
    namespaces.hide_from_debuggers()
    if alone:
        syscalls.refuse()

    def start(name: str, ticket: str, job: dict) -> None:
        Session(name, shell, surroundings, job, job["limits"]).serve(ticket)

    Referee(up, start, alone).run()
    os._exit(0)


def without_walls() -> bool:
    """Give a submission a folder of its own and, once its referee has ended, end what it left and remove the folder."""
    from autograder.inside import namespaces, processes

    folder = tempfile.mkdtemp(prefix="hlm-")
    namespaces.become_parent_of_orphans()
    referee = os.fork()
    if referee == 0:
        os.environ["HOME"] = folder
        os.chdir(folder)
        return True
    os.waitpid(referee, 0)
    while left := processes.living(alone=False, me=os.getpid()):
        processes.kill(left)
    shutil.rmtree(folder, ignore_errors=True)
    return False


if __name__ == "__main__":
    sys.path[0] = str(HERE)
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
