"""How much a submission may use. Processor time decides; the clock on the wall is only a far backstop.

The idea: the same notebook must get the same mark on a busy machine and on an idle one. So a cell ends when it has used
its processor time, or when nothing in the jail has wanted the processor for a while (it waits for something that
never comes), and neither depends on the machine's load.

What this file does not do: enforce anything (`autograder.sandbox` and what it starts do).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """Bound one submission.

    Parameters
    ----------
    cpu_seconds
        Processor time of one cell with everything it starts; and of all calls of one exercise's function together.
    idle_seconds
        How long a cell may sleep without anything in the jail wanting the processor.
    wall_seconds
        The backstop for one cell by the clock, far above anything an honest cell needs.
    total_cpu_seconds
        Processor time of the whole submission.
    memory_bytes
        Memory of a process beyond what the scientific stack takes, and of all processes together.
    processes
        Processes and threads at one time.
    output_bytes
        What the cells may show, and what the answers may weigh: so much each.
    disk_bytes
        What may be written to the throw-away folder.

    Examples
    --------
    >>> Limits.of({"cpu_seconds": 5}).cpu_seconds
    5.0
    >>> Limits.of({"cpu": 5})
    Traceback (most recent call last):
        ...
    ValueError: There is no limit 'cpu'. The limits are: cpu_seconds, idle_seconds, wall_seconds, ...
    >>> Limits.of({"processes": 0})
    Traceback (most recent call last):
        ...
    ValueError: The limit processes must be a number above zero, but it is 0.
    """

    cpu_seconds: float = 20.0
    idle_seconds: float = 30.0
    wall_seconds: float = 900.0
    total_cpu_seconds: float = 600.0
    memory_bytes: int = 2 << 30
    processes: int = 512
    output_bytes: int = 1_000_000
    disk_bytes: int = 256 << 20

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Limits:
        """Make limits from a mapping, as it stands in a configuration; what is not named keeps its default."""
        kinds = {f.name: type(f.default) for f in fields(cls)}
        for name, value in values.items():
            if name not in kinds:
                raise ValueError(f"There is no limit {name!r}. The limits are: {', '.join(kinds)}.")
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"The limit {name} must be a number above zero, but it is {value!r}.")
        return cls(**{name: kinds[name](value) for name, value in values.items()})

    def as_dict(self) -> dict[str, float]:
        """Return the limits as plain numbers, as they are sent into the jail."""
        return asdict(self)
