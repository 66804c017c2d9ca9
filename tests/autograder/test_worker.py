"""The pieces of the untrusted side, each by itself: lines, processes, outputs, straight surroundings, the kit."""

from __future__ import annotations

import builtins
import json
import os
import signal
import socket
import subprocess
import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest

from autograder.exercise import Exercise
from autograder.inside import stub
from autograder.inside.link import LARGEST, Link, connect, listen
from autograder.inside.processes import Usage, held, kill, living, strangers_of
from autograder.inside.session import _line, _message
from autograder.inside.shell import Outputs
from autograder.inside.surroundings import BENDING, Surroundings
from autograder.kit import make_kit

# ---- lines -----------------------------------------------------------------------------------------------------------


def pair():
    """Return a link and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    return Link(ours), theirs


def test_a_message_arrives_whole_however_it_is_cut():
    """Is a message read that comes byte by byte, and are two that come at once told apart?"""
    link, other = pair()
    sender = Link(other)
    sender.send({"a": 1})
    sender.send({"b": "ü" * 1000})
    data = link.line.recv(1 << 16)
    ours, theirs = pair()
    for byte in data:
        theirs.send(bytes([byte]))
        ours.fill()
    assert [ours.take(), ours.take(), ours.take()] == [{"a": 1}, {"b": "ü" * 1000}, None]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xffhello",
        (LARGEST + 1).to_bytes(4, "big"),
        b"\x00\x00\x00\x05hello",
        b"\x00\x00\x00\x02[]",
        (60_000).to_bytes(4, "big") + b"[" * 60_000,
    ],
)
def test_garbage_cuts_the_line(data):
    """Is a line dead after a length that is too large, or something that is no JSON object?"""
    link, other = pair()
    other.setblocking(False)
    other.send(data)
    link.fill()
    assert link.take() is None
    assert link.dead


def test_a_line_that_is_cut_is_dead_and_raises_nothing():
    """Does sending to nobody, or waiting for nobody, end quietly?"""
    link, other = pair()
    other.close()
    link.send({"a": 1})
    assert link.receive() is None
    assert link.dead


def test_the_kernel_says_who_is_at_the_other_end():
    """Is a process found by the socket's name, and is its number the kernel's?"""
    name = f"hlm-test-{os.getpid()}"
    listener = listen(name)
    caller = connect(name)
    accepted, _ = listener.accept()
    assert Link(accepted).pid == os.getpid() == caller.pid


# ---- processes -------------------------------------------------------------------------------------------------------


def test_processor_time_of_children_is_counted():
    """Does the sum hold what a child used that has ended and been waited for?"""
    code = "import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', 'sum(range(5 * 10**7))'])\ntime.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 30
    while (usage := Usage.of([child.pid])).cpu < 0.1 and time.monotonic() < until:
        time.sleep(0.1)
    while Usage.of([child.pid]).wants_processor and time.monotonic() < until:
        time.sleep(0.1)
    assert usage.cpu >= 0.1
    assert usage.memory > 1 << 20 and held(child.pid) > 1 << 20 and usage.count == 1
    assert child.pid in living(alone=False, me=os.getpid())
    assert strangers_of([child.pid], {child.pid}) == []
    kill([child.pid, 2**22 - 1])
    assert child.wait() in (-signal.SIGKILL, 0)  # 0: reaped by kill()
    assert strangers_of([child.pid], set()) == []


# ---- outputs ---------------------------------------------------------------------------------------------------------


def test_outputs_keep_order_and_a_bound():
    """Are text and figures kept in order, joined, up to the limit, and is the rest counted?"""
    outputs = Outputs(60)
    print("one", file=outputs.stream)
    print("two", file=outputs.stream)
    outputs.add({"image/png": b"\x89PNG", "text/plain": "<Figure>"}, {"image/png": {"alt": "Three dots."}})
    print("x" * 1000, file=outputs.stream)
    first, figure, rest, note = outputs.finish()
    assert first == {"text": "one\ntwo\n"}
    assert figure == {"png": "iVBORw==", "alt": "Three dots."}
    assert rest == {"text": "x" * 44}
    assert "957 more bytes" in note["text"]


@pytest.mark.parametrize("data", [{"text/html": "<script>"}, {"image/png": 5}, {"text/plain": 5}, {}])
def test_only_text_and_figures_are_kept(data):
    """Is HTML, or a figure that is none, left out?"""
    outputs = Outputs(1000)
    outputs.add(data, {"image/png": "no dict"})
    assert outputs.finish() == []


def test_a_closed_stream_loses_nothing_but_itself():
    """If a student closes sys.stdout, does reading the outputs still work?"""
    outputs = Outputs(1000)
    print("kept", file=outputs.stream, flush=True)
    outputs.stream.close()
    assert outputs.finish() == [{"text": "kept\n"}]


# ---- surroundings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Surroundings of a shell that is only a name space, put straight again afterwards."""
    monkeypatch.chdir(tmp_path)
    shell = types.SimpleNamespace(
        user_ns={"np": np, "open": "IPython's own"},
        input_transformer_manager=types.SimpleNamespace(
            cleanup_transforms=[], line_transforms=[], token_transformers=[]
        ),
        ast_transformers=[],
        events=types.SimpleNamespace(callbacks={}),
        _trait_values={},
    )
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    surroundings = Surroundings(shell)
    surroundings.given["np"] = np
    yield surroundings
    surroundings.suspicious = True
    surroundings.straighten()
    sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = streams
    surroundings.open_stream.close()


def test_overwritten_tables_are_put_back(notebook):
    """Are built-ins, module functions and attributes of classes as before, and additions left alone?"""
    true_len, true_dumps, true_mean = len, json.dumps, np.mean
    try:
        notebook.notice("np.mean = None")
        builtins.len = json.dumps = np.mean = json.JSONEncoder.encode = None
        np.added_by_student = 5
    finally:
        notebook.straighten()
    assert (len, json.dumps, np.mean) == (true_len, true_dumps, true_mean)
    assert json.dumps({"a": 1}) == '{"a": 1}'
    assert np.added_by_student == 5
    del np.added_by_student


def test_bent_names_are_found_and_put_straight_for_a_while(notebook, tmp_path):
    """Are shadowed built-ins, lost names of locked cells and a changed directory found, set aside, and given back?"""
    space = notebook.shell.user_ns
    assert notebook.bent() == []
    space["sum"], space["np"], space["own"] = 5, 3, 1
    os.chdir("/")
    assert notebook.bent() == ["sum", "np", ""]
    with notebook.straight():
        assert "sum" not in space and space["np"] is np and Path.cwd() == tmp_path
        space["new"] = 2
    assert (space["sum"], space["np"], space["own"], space["new"]) == (5, 3, 1, 2)


def test_what_a_cell_sets_while_names_are_straight_stays(notebook):
    """If the cell itself gives the name a value, is that the one that stays?"""
    space = notebook.shell.user_ns
    space["sum"] = 5
    with notebook.straight():
        space["sum"] = 6
    assert space["sum"] == 6


@pytest.mark.parametrize(
    "source",
    [
        "np.mean = lambda x: 0",
        "pd . DataFrame.mean=None",
        "np.pi += 1",
        "for np.mean in [1]: pass",
        "with open(f) as np.mean: pass",
        "del np.mean",
        "setattr(np, 'mean', 0)",
        "vars(np)['mean'] = 0",
        "np.__dict__['mean'] = 0",
        "import sys; sys.modules['numpy'] = 0",
        "%run x.py",
        "from os import *",
    ],
)
def test_a_cell_that_can_bend_a_module_is_noticed(source):
    """Is every way of overwriting a module's name noticed, so that all tables are compared from then on?"""
    assert BENDING.search(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    y = x.mean()\n    return y == x.sum()",
        "a = df['x'] >= 3",
        "sum = 5",
        "import numpy as np",
    ],
)
def test_an_ordinary_cell_is_not_noticed(source):
    """Does an ordinary cell avoid the cost of comparing all tables?"""
    assert not BENDING.search(source)


# ---- errors ----------------------------------------------------------------------------------------------------------


def test_the_line_is_that_of_the_cell():
    """Of an error deep in a library: is the line in the student's cell the one that is reported?"""
    code = compile("\n\nimport json\njson.loads('{')", "<ipython-input-1-abc>", "exec")
    with pytest.raises(ValueError) as caught:
        exec(code, {})
    assert _line(caught.value) == 4
    assert _line(ValueError("never raised")) is None


def test_an_error_that_cannot_be_printed_says_nothing():
    """If str() of an error fails or lies about its type, is the message empty and bounded otherwise?"""

    class Silent(Exception):
        def __str__(self):
            raise RuntimeError

    assert _message(Silent()) == ""
    assert len(_message(ValueError("x" * 10_000))) == 500
    assert _message(ValueError("two\nlines\x00")) == "two lines "


# ---- what is there in the jail ---------------------------------------------------------------------------------------


def test_the_kit_holds_what_is_needed_and_nothing_else(tmp_path):
    """Is anything of the trusted side copied into the jail?"""
    make_kit(tmp_path / "kit")
    inside = {p.name for p in Path(stub.__file__).parent.glob("*.py")} - {"stub.py"}
    files = {str(p.relative_to(tmp_path / "kit")) for p in (tmp_path / "kit").rglob("*.py")}
    flat = {"__init__.py", "answers.py", "exercise.py", "worker.py"}
    assert files == {f"autograder/{name}" for name in flat} | {f"autograder/inside/{name}" for name in inside}
    text = (tmp_path / "kit" / "autograder" / "__init__.py").read_text()
    assert text == Path(stub.__file__).read_text()


def test_the_stand_in_package_says_nothing_and_knows_nothing():
    """Do check, hint and solution return None without a word, and is asking for unknown data an error that helps?"""
    assert [stub.check("f", 1), stub.hint("f"), stub.solution("f")] == [None] * 3
    assert stub.Exercise is Exercise
    with pytest.raises(KeyError, match="no data for 'ps99'"):
        stub.assignment_data("ps99", student="anna")
