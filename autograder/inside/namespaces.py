"""The kernel's walls around one submission, built by the warm process that holds no secret.

The idea: bubblewrap has already hidden the machine (read-only system, no home, no environment, no network). Each
submission is forked from there into name spaces of its own: processes (nothing else can be seen or signalled, and all
of them end with the first), mounts (empty throw-away folders, a ``/proc`` of its own), network (none), System V
objects and host name. Last it takes an ordinary user id in a user name space of its own, without any capability,
where no further name space can be made.

What this file does not do: limit time, memory or output (`autograder.inside.referee`), or hide files
(`autograder.jail` decides what is mounted at all).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

__all__ = ["HOME", "become_parent_of_orphans", "enter", "hide_from_debuggers", "show_to_debuggers"]

HOME = "/home/student"
USER = 1000  # the id that the student's code sees

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
NOSUID, NODEV, NOEXEC, REC, PRIVATE = 2, 4, 8, 0x4000, 0x40000
SET_DUMPABLE, CAPBSET_DROP, SET_CHILD_SUBREAPER, SET_NO_NEW_PRIVS = 4, 24, 36, 38
CAPABILITY_VERSION_3 = 0x20080522
OPEN_TREE, MOVE_MOUNT = (
    428,
    429,
)  # system calls without a name in libc; the numbers are the same on every processor
HERE, CLONE, RECURSIVE, EMPTY_PATH = -100, 1, 0x8000, 4
COVERED = ("/home", "/tmp")  # where a submission gets empty folders of its own

_libc = ctypes.CDLL(None, use_errno=True)


def _must(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(kind: str, where: str, flags: int, options: str = "") -> None:
    done = _libc.mount(kind.encode(), where.encode(), kind.encode(), flags, options.encode())
    _must(done, f"mount {kind} at {where}")


def _under_cover() -> list[str]:
    """Return what is mounted below the folders to be covered: a Python that lives in somebody's home, for instance."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    points = [point.encode().decode("unicode_escape").encode("latin-1").decode() for point in points]
    found = sorted(p for p in set(points) if p.startswith(tuple(f"{folder}/" for folder in COVERED)))
    return [p for p in found if not any(p.startswith(f"{other}/") for other in found)]


def _take(path: str) -> int:
    """Take a copy of what is mounted at a path, with all below it, in the hand."""
    tree = _libc.syscall(OPEN_TREE, HERE, path.encode(), CLONE | RECURSIVE)
    _must(min(tree, 0), f"take {path}")
    return tree


def _put(tree: int, path: str) -> None:
    """Mount it again at its old place, whose folders may have gone."""
    Path(path).mkdir(parents=True, exist_ok=True)
    _must(_libc.syscall(MOVE_MOUNT, tree, b"", HERE, path.encode(), EMPTY_PATH), f"put {path}")
    os.close(tree)


def hide_from_debuggers() -> None:
    """Let no other process read or trace this one (its memory under ``/proc`` too)."""
    _libc.prctl(SET_DUMPABLE, 0, 0, 0, 0)


def show_to_debuggers() -> None:
    """Give the process its own ``/proc/self`` back."""
    _libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)


def become_parent_of_orphans() -> None:
    """Without name spaces: let processes whose parent ended become children of this one."""
    _libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def enter(slot: int, disk_bytes: int) -> bool:
    """Put up the walls; return True in the process inside, False in the one that stays outside.

    Parameters
    ----------
    slot
        A number that differs between submissions that run at the same time; as root it makes the user id.
    disk_bytes
        The size of the throw-away home; ``/tmp`` gets a quarter of it.
    """
    _must(_libc.unshare(NEWPID | NEWNS | NEWNET | NEWIPC | NEWUTS), "name spaces")
    if os.fork():
        return False
    root = os.getuid() == 0
    user = 64000 + slot % 1000 if root else os.getuid()
    group = user if root else os.getgid()
    _must(_libc.mount(None, b"/", None, REC | PRIVATE, None), "private mounts")
    kept = {path: _take(path) for path in _under_cover()}
    owned = f"mode=777,uid={user},gid={group},nr_inodes=20000"
    _mount("tmpfs", "/home", NOSUID | NODEV, f"size={disk_bytes},{owned}")
    _mount("tmpfs", "/tmp", NOSUID | NODEV, f"size={disk_bytes // 4},{owned}")
    for path, tree in kept.items():
        _put(tree, path)
    _mount("tmpfs", "/dev/shm", NOSUID | NODEV, f"size={64 << 20},{owned}")
    _mount("proc", "/proc", NOSUID | NODEV | NOEXEC)
    if root:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    _user_namespace(user, group, needed=not root)
    os.umask(0o077)
    Path(HOME).mkdir()
    os.chdir(HOME)
    return True


def _user_namespace(user: int, group: int, needed: bool) -> None:
    """Take an id without capabilities; where the kernel refuses that to an id that is not root, it has none anyway."""
    show_to_debuggers()  # after a change of id the kernel closes /proc/self
    done = _libc.unshare(NEWUSER)
    if needed:
        _must(done, "user name space")
    if done == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{USER} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{USER} {group} 1")
        with contextlib.suppress(OSError):  # where /proc/sys is read-only the filter of calls must do
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
        for capability in range(64):
            _libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    _libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _must(_libc.capset(header, nothing), "capabilities")


if __name__ == "__main__":  # a trial: do the walls stand here, and can a submission read what it needs?
    if enter(slot=0, disk_bytes=1 << 20):
        for needed in sys.argv[1:]:
            if not os.access(needed, os.R_OK):
                print(
                    f"a submission runs as an ordinary user, who may not read {needed}",
                    file=sys.stderr,
                    flush=True,
                )
                os._exit(1)
        os._exit(0)
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
