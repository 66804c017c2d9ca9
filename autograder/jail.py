"""What a submission may see of the machine: the mounts, and whether bubblewrap works here.

The idea: start from nothing and add, read-only, what Python needs: the system's libraries, the interpreter's prefix,
`hlm_teach`, and a *kit* with the few files of the autograder that belong on the untrusted side. The exercises with
their reference answers, the course, the lessons' sources, homes, the environment and the network are never there. If
the prefix that must be mounted holds any of them (a virtual environment inside the project does not, an ordinary
installation of this package does), they are covered by empty folders.

The process that is started this way is `autograder.worker`; it holds no secret and gives every submission walls of its
own (`autograder.inside.namespaces`).

What this file does not do: run a submission (`autograder.sandbox`).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import hlm_teach
from autograder.kit import IDENTITY, make_kit

__all__ = ["Isolation", "Jail", "SandboxUnavailable", "detect", "is_in_sight"]

Isolation = Literal["bwrap", "process"]

PACKAGE = Path(__file__).resolve().parent
LIBRARY = Path(hlm_teach.__file__).resolve().parent
INSIDE = "/opt/hlm"  # where the kit stands in the jail
SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/nix/store", "/gnu/store")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")
KEPT = ("CAP_SYS_ADMIN", "CAP_SETPCAP")  # what the warm process needs to put up walls; a submission has none
KEPT_BY_ROOT = (*KEPT, "CAP_SETUID", "CAP_SETGID")
START_SECONDS = 180.0


class SandboxUnavailable(RuntimeError):
    """Student code cannot be run safely here; the message says what is missing and what to do."""


@lru_cache
def detect() -> str | None:
    """Return None if bubblewrap is here and works, else a sentence that says what is missing.

    The answer is found once per process, by starting an empty jail.
    """
    if not sys.platform.startswith("linux"):
        return f"Grading runs student code in a sandbox that needs Linux, and this is {sys.platform}. Use a container."
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) was not found. On Debian and Ubuntu: apt-get install bubblewrap"
    try:
        said = _trial()
    except SandboxUnavailable as problem:
        return str(problem)
    except (OSError, subprocess.TimeoutExpired) as problem:
        said = f"bwrap: {problem}"
    if not said:
        return None
    if said.startswith("bwrap:"):
        return (
            f"bubblewrap is here but cannot make a sandbox ({said}). User name spaces may be switched off: see sysctl "
            "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns, or grade as root, or in "
            "a container that allows them."
        )
    return f"The sandbox starts, but is of no use: {said}"


def _trial() -> str:
    """Start an empty jail with one submission's walls in it; return the last line of what it complained about."""
    trial = str(PACKAGE / "inside" / "namespaces.py")
    command = [*_walls(), *_system(), *_python(()), "--ro-bind", trial, "/trial.py", "--"]
    command += [sys.executable, "-S", "/trial.py", sys.prefix, os.__file__]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else said[-1] if said else "bwrap: no reason given"


class Jail:
    """A warm process that waits for submissions.

    Parameters
    ----------
    isolation
        ``"bwrap"``, or ``"process"``: no walls at all, only limits; for a person who has asked for that by name.
    hide
        Further folders that must not be seen if they lie in something that is mounted.
    """

    def __init__(self, isolation: Isolation, hide: Sequence[Path] = ()) -> None:
        self.isolation = isolation
        self.folder = Path(tempfile.mkdtemp(prefix="hlm-jail-"))
        self.control, theirs = socket.socketpair()
        self.errors = (self.folder / "errors").open("w+b")
        try:
            self._start(theirs, hide)
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()

    def _start(self, theirs: socket.socket, hide: Sequence[Path]) -> None:
        kit = self.folder / "kit"
        make_kit(kit)
        inside = INSIDE if self.isolation == "bwrap" else str(kit)
        worker = [sys.executable, "-s", f"{inside}/autograder/worker.py", str(theirs.fileno())]
        if self.isolation == "bwrap":
            problem = detect()
            if problem is not None:
                raise SandboxUnavailable(problem)
            hidden = (PACKAGE, PACKAGE.parent / "course", PACKAGE.parent / "lessons", *hide)
            command = [
                *_walls(),
                *_system(),
                *_python(hidden),
                *_kit(kit),
                *_settings(),
                "--",
                *worker,
                "namespaces",
            ]
            environment = {"PATH": os.environ.get("PATH", os.defpath)}
        else:
            (kit / "hlm_teach").rmdir()
            (kit / "hlm_teach").symlink_to(LIBRARY)
            command = [*worker, "process"]
            environment = _environment(str(self.folder / "tmp"))
            (self.folder / "tmp").mkdir()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.errors,
            stderr=self.errors,
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self.control.settimeout(START_SECONDS)
        try:
            ready = self.control.recv(64)
        except OSError:
            ready = b""
        if ready != b"ready\n":
            raise SandboxUnavailable(f"The sandbox did not start. The last thing it said: {self.complaint()}")

    def submit(self, end: socket.socket, disk_bytes: int) -> None:
        """Hand one end of a socket to the warm process, which forks a submission's referee for it."""
        socket.send_fds(self.control, [str(disk_bytes).encode()], [end.fileno()])

    def alive(self) -> bool:
        """Return whether the warm process is still there."""
        return self.process.poll() is None

    def complaint(self) -> str:
        """Return the last line that the warm process, or bubblewrap, wrote."""
        self.errors.seek(0)
        lines = self.errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "nothing"

    def close(self) -> None:
        """End the warm process with everything that it started."""
        self.control.close()
        process = getattr(self, "process", None)
        if process is not None:
            try:
                process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- the command line ------------------------------------------------------------------------------------------------


def _walls() -> list[str]:
    root = os.geteuid() == 0
    ids = [] if root else ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    kept = [word for capability in (KEPT_BY_ROOT if root else KEPT) for word in ("--cap-add", capability)]
    return [
        *("bwrap", "--die-with-parent", "--new-session", "--clearenv"),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--hostname", "jail", "--cap-drop", "ALL", *kept, *ids),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/home"),
    ]


def _system() -> list[str]:
    words = [word for path in SYSTEM for word in ("--ro-bind-try", path, path)]
    words += _folders(Path("/etc/here"))
    return words + [word for name in SETTINGS for word in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")]


def _folders(path: Path) -> list[str]:
    """Make the folders above a mount readable for everyone; bubblewrap would make them its own."""
    return [
        word for parent in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))
    ]


def _python(hidden: Sequence[Path]) -> list[str]:
    """Mount the interpreter's folders where they are, and cover what must not be seen in them."""
    words: list[str] = []
    mounted = [Path(path) for path in SYSTEM]
    for path in _interpreter():
        if any(path.is_relative_to(other) for other in mounted):
            continue
        if Path.home().is_relative_to(path):
            raise SandboxUnavailable(
                f"Python runs from {path}, which holds a home folder, so it cannot be shown to student code. "
                "Make the environment in a folder of its own (make setup does) and grade with that."
            )
        words += [*_folders(path), "--ro-bind", str(path), str(path)]
        mounted.append(path)
    for path in dict.fromkeys(folder.resolve() for folder in hidden if folder.is_dir()):
        if any(path.is_relative_to(other) for other in mounted):
            words += ["--tmpfs", str(path), "--remount-ro", str(path)]
    return words


def is_in_sight(folder: Path) -> bool:
    """Return whether a folder lies in one that is mounted, so that it has to be covered."""
    return any(folder.is_relative_to(path) for path in (*map(Path, SYSTEM), *_interpreter()))


def _interpreter() -> list[Path]:
    """Return what Python runs from: its prefixes, under every name, and shared libraries that lie elsewhere."""
    executable = Path(sys.executable).resolve()
    prefixes = [Path(p) for p in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)]
    folders = [f for p in prefixes for f in (p.resolve(), p)] + [executable]
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    libraries = {line.split(maxsplit=5)[5] for line in maps if ".so" in line and line.count("/")}
    return list(
        dict.fromkeys([*folders, *(Path(name) for name in sorted(libraries) if Path(name).is_file())])
    )


def _kit(kit: Path) -> list[str]:
    words = [
        *_folders(Path(INSIDE)),
        "--ro-bind",
        str(kit),
        INSIDE,
        "--ro-bind",
        str(LIBRARY),
        f"{INSIDE}/hlm_teach",
    ]
    words += [word for name in IDENTITY for word in ("--ro-bind", str(kit / "etc" / name), f"/etc/{name}")]
    return [*words, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/tmp"]


def _settings() -> list[str]:
    return [word for name, value in _environment("/tmp").items() for word in ("--setenv", name, value)]


def _environment(temporary: str) -> dict[str, str]:
    """Return the whole environment of student code; nothing of the teacher's is in it."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    return one | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": "/home/student" if temporary == "/tmp" else temporary,
        "IPYTHONDIR": f"{temporary}/ipython",
        "MPLCONFIGDIR": f"{temporary}/matplotlib",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "HLM_STUDENT": "",
    }
