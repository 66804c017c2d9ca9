"""The notebook: an IPython shell without a kernel, a history file or a terminal, which collects what cells show.

The idea: what worked in Jupyter must work here, magics and figures too, at the price of a function call. Text and
figures are kept up to a limit and the rest is counted; HTML is never kept, because what a student's object renders as
HTML can hold a script.

What this file does not do: limit anything but output, or decide whether a cell was right.
"""

from __future__ import annotations

import base64
import io
import subprocess
from contextlib import contextmanager

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets import Type
from traitlets.config import Config

__all__ = ["NotebookShell", "Outputs", "make_shell"]

CELL_TEXT = 100_000  # bytes of text kept of one cell
KINDS = ["text/plain", "image/png"]


class Outputs:
    """What one cell showed, in order: ``{"text": …}`` and ``{"png": base64, "alt": …}``, up to `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.text_left = min(limit, CELL_TEXT)
        self.dropped = 0
        self.items: list[dict] = []
        self.stream = io.TextIOWrapper(
            io.BufferedWriter(_Sink(self)), "utf-8", "backslashreplace", write_through=True
        )

    def flush(self) -> None:
        """Bring what is still in the stream into the list (the student may have closed the stream)."""
        try:
            self.stream.flush()
        except ValueError:
            return

    def add_text(self, data: bytes) -> None:
        """Keep text as far as it fits."""
        keep = data[: max(0, min(self.left, self.text_left))]
        self.left, self.text_left = self.left - len(keep), self.text_left - len(keep)
        self.dropped += len(data) - len(keep)
        if keep and self.items and "raw" in self.items[-1]:
            self.items[-1]["raw"] += keep
        elif keep:
            self.items.append({"raw": bytearray(keep)})

    def add(self, data: dict, metadata: dict | None) -> None:
        """Keep a displayed object: its figure if it has one and it fits, else its text."""
        self.flush()
        png = data.get("image/png")
        if isinstance(png, bytes):
            png = base64.b64encode(png).decode("ascii")
        if isinstance(png, str) and len(png) <= self.left:
            self.left -= len(png)
            alt = (metadata or {}).get("image/png")
            alt = alt.get("alt") if isinstance(alt, dict) else ""
            self.items.append(
                {"png": png.replace("\n", ""), "alt": alt[:2000] if isinstance(alt, str) else ""}
            )
        elif isinstance(data.get("text/plain"), str):
            self.add_text(data["text/plain"].encode("utf-8", "backslashreplace") + b"\n")

    def finish(self) -> list[dict]:
        """Return the list, as plain JSON."""
        self.flush()
        done = [
            {"text": bytes(item["raw"]).decode("utf-8", "replace")} if "raw" in item else item
            for item in self.items
        ]
        if self.dropped:
            done.append({"text": f"\n[{self.dropped} more bytes were not kept]\n"})
        return done


class _Sink(io.RawIOBase):
    """The lower end of ``sys.stdout``: takes everything, keeps what fits."""

    def __init__(self, outputs: Outputs) -> None:
        self.outputs = outputs

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.outputs.add_text(bytes(data))
        return len(data)

    def fileno(self) -> int:
        return 1  # for subprocess.run(stdout=sys.stdout); it leads nowhere


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *args, **kwargs) -> None:
        self.shell.outputs.add(data, metadata)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self.shell.outputs.add(format_dict, md_dict)

    def finish_displayhook(self) -> None:
        pass


class NotebookShell(InteractiveShell):
    """IPython as a notebook has it, without what costs time here: tracebacks with colours, history, a terminal."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    outputs: Outputs = None

    def enable_gui(self, gui=None) -> None:
        """Accept any event loop and start none."""

    def enable_matplotlib(self, gui=None):
        """Draw inline whatever is asked for: there is no screen."""
        return super().enable_matplotlib("inline")

    def ask_exit(self) -> None:
        """Let ``exit()`` and ``quit()`` pass: the notebook goes on with its next cell."""

    @contextmanager
    def _tee(self, channel):
        """Keep no second copy of what is printed: IPython's own way keeps all of it, however much that is."""
        yield

    def showtraceback(self, *args, **kwargs) -> None:
        """Show nothing: the error itself is reported."""

    showsyntaxerror = showindentationerror = showtraceback

    def _format_exception_for_storage(self, exception, *args, **kwargs) -> dict:
        return {"ename": "", "evalue": "", "traceback": []}

    def system(self, cmd: str) -> None:
        """Run ``!cmd`` and show what it prints."""
        child = subprocess.Popen(
            self.var_expand(cmd, depth=1), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        while data := child.stdout.read1(65536):
            self.outputs.flush()
            self.outputs.add_text(data)
        self.user_ns["_exit_code"] = child.wait()

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0):
        """Run ``x = !cmd`` and return its lines."""
        done = subprocess.run(
            self.var_expand(cmd, depth=depth + 1),
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        text = done.stdout.decode("utf-8", "replace")
        return SList(text.splitlines()) if split else LSString(text)


def make_shell() -> NotebookShell:
    """Start the shell with inline figures."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = NotebookShell.instance(config=config)
    shell.display_formatter.active_types = KINDS
    shell.outputs = Outputs(0)
    shell.enable_matplotlib("inline")
    return shell
