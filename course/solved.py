"""Run a notebook in a kernel of its own, and ask it for values when it is done.

The kernel starts in an empty folder with a record of its own (``HLM_HOME``), so that a build leaves no trace in the
learner's progress and no lesson can lean on a file that happens to lie about.

What this file does not do: grade. A submission never comes here; it runs in the sandbox.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

MIME = "application/vnd.hlm.values+json"
ASK = """
def _hlm_values(pairs):
    found = []
    for expression, spec in pairs:
        try:
            found.append(format(eval(expression, get_ipython().user_ns), spec))
        except Exception as problem:
            found.append(f"!{{type(problem).__name__}}: {{problem}}"[:300])
    return found
get_ipython().display_pub.publish({{"{mime}": _hlm_values({pairs!r})}})
"""


class RunError(RuntimeError):
    """A notebook stopped before its end."""


@dataclass(frozen=True)
class Ran:
    """A notebook after its run: the cells with their outputs, and the values asked for."""

    notebook: nbformat.NotebookNode
    values: dict[tuple[str, str], str]


def run(
    notebook: nbformat.NotebookNode,
    ask: Iterable[tuple[str, str]] = (),
    *,
    name: str = "notebook",
    timeout: int = 300,
    go_on: bool = False,
) -> Ran:
    """Run a notebook from top to bottom and evaluate (expression, format) pairs in its namespace.

    Parameters
    ----------
    notebook
        Not changed; a copy is run.
    ask
        Pairs of an expression and a format.
    name
        How messages call the notebook.
    timeout
        Seconds that one cell may take.
    go_on
        Whether to run on after a cell that raised, and keep the error in its outputs.

    Raises
    ------
    RunError
        If a cell raised (unless `go_on`), took too long, or ended the kernel.
    """
    pairs = sorted(set(ask))
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    copy.cells.append(nbformat.v4.new_code_cell(ASK.format(mime=MIME, pairs=pairs)))
    with tempfile.TemporaryDirectory(prefix="hlm-run-") as folder:
        home = Path(folder, "home")
        home.mkdir()
        client = NotebookClient(
            copy,
            timeout=timeout,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=40"],
            allow_errors=go_on,
            resources={"metadata": {"path": folder}},
        )
        environment = os.environ | {"HLM_HOME": str(home)}
        environment.pop("HLM_STUDENT", None)
        try:
            client.execute(env=environment)
        except CellExecutionError as problem:
            raise RunError(f"{name}: {_failed_cell(copy)} raised {problem.ename}: {problem.evalue}") from None
        except CellTimeoutError:
            raise RunError(f"{name}: {_failed_cell(copy)} ran for more than {timeout} s") from None
        except DeadKernelError:
            raise RunError(f"{name}: {_failed_cell(copy)} ended the kernel") from None
        except RuntimeError as problem:
            raise RunError(
                f"{name}: no kernel could be started ({problem}); `hlm doctor` says what is missing"
            ) from None
    asked = copy.cells.pop()
    answers = [output.data[MIME] for output in asked.outputs if MIME in output.get("data", {})]
    if not answers:
        raise RunError(f"{name}: the notebook ran, but its values could not be read")
    return Ran(copy, dict(zip(pairs, answers[0], strict=True)))


def _failed_cell(notebook: nbformat.NotebookNode) -> str:
    """Name the last code cell that was started."""
    started = [c for c in notebook.cells if c.cell_type == "code" and c.get("execution_count")]
    failed = [c for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", ()))]
    cell = (failed or started or notebook.cells)[-1]
    lines = [line for line in cell.source.strip().split("\n") if line.strip()]
    return f"the cell “{lines[0][:70] if lines else ''}”"
