"""Calls to the kernel that no notebook needs, refused.

The idea: limits on memory count what processes map and what lies in the throw-away folders. A few calls make memory
that belongs to neither (anonymous files, System V segments and queues), and a few others are known for holes. They
answer "not permitted". The list is short on purpose: what a library might need stays.

The filter is a program of the kernel's packet-filter machine: load the architecture, compare, load the number of the
call, compare with each number of the list, refuse or allow.

What this file does not do: replace the walls (`autograder.inside.namespaces`). On other machines than x86-64 and
64-bit ARM nothing is refused.
"""

from __future__ import annotations

import ctypes
import os
import struct

__all__ = ["refuse", "refused"]

NAMES = (
    *("memfd_create", "memfd_secret", "shmget", "msgget", "semget", "userfaultfd", "io_uring_setup", "bpf"),
    *(
        "perf_event_open",
        "add_key",
        "request_key",
        "keyctl",
        "unshare",
        "setns",
        "mount",
        "ptrace",
        "process_vm_writev",
    ),
)
NUMBERS = {
    "x86_64": (319, 447, 29, 68, 64, 323, 425, 321, 298, 248, 249, 250, 272, 308, 165, 101, 311),
    "aarch64": (279, 447, 194, 186, 190, 282, 425, 280, 241, 217, 218, 219, 97, 268, 40, 117, 271),
}
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000  # numbers from here on are x86-64's other table

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, NOT_PERMITTED = 0x7FFF0000, 0x00050001
SET_SECCOMP, FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def refused(machine: str) -> dict[str, int]:
    """Return the calls that are refused on a kind of machine, with their numbers.

    Examples
    --------
    >>> refused("x86_64")["memfd_create"], refused("aarch64")["memfd_create"], refused("riscv64")
    (319, 279, {})
    """
    return dict(zip(NAMES, NUMBERS[machine], strict=True)) if machine in NUMBERS else {}


def _steps(machine: str) -> bytes:
    """Write the filter: (operation, jump if true, jump if false, value) for each step."""
    numbers = refused(machine).values()
    steps = [(LOAD, 0, 0, 4), (EQUAL, 0, len(numbers) + 3, ARCHITECTURE[machine]), (LOAD, 0, 0, 0)]
    left = len(numbers) + 1
    steps.append((AT_LEAST, left, 0, X32))
    for number in numbers:
        left -= 1
        steps.append((EQUAL, left, 0, number))
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, NOT_PERMITTED)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def refuse() -> None:
    """Refuse these calls from now on, in this process and all that it starts (which may gain no privileges)."""
    machine = os.uname().machine
    if not refused(machine):
        return
    steps = _steps(machine)
    text = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // 8, ctypes.cast(text, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"filter of kernel calls: {os.strerror(number)}")
