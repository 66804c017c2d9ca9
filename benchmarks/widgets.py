"""How long from a key press to changed pixels, and how many frames a second while dragging: every widget of the course.

Beside them `interact` + inline matplotlib, which draws the twelve groups of the pooling explorer: same JupyterLab, same
Chromium, one after the other. All are driven inside the page. A press moves the slider that the widget's class names
(``BENCH``) by one step and is timed until the first frame after the picture has changed was painted; while dragging, a
move is sent in every frame and frames with a new picture are counted. A frame without any picture is blank.

    python benchmarks/widgets.py [--quick] [--presses 120] [--seconds 3] [--out benchmarks/widgets.md]

What this file does not do: pass or fail. It reports the targets beside the figures.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from browsing import Watched, chromium, jupyterlab, notebook

import hlm_teach.widgets

SHOW = "from hlm_teach.widgets import {name}\n{name}(question=False{more})"
INTERACT = """
%matplotlib inline
import numpy as np, matplotlib.pyplot as plt
from ipywidgets import interact, IntSlider
from hlm_teach.pooling import partial_pooling, reliability
from hlm_teach.widgets.pooling_explorer import tau_at
from hlm_teach.widgets.pooling_groups import simulate
g = simulate(83)
y, n = np.array(g["y"]), np.array(g["n"])
se = g["sigma"] / np.sqrt(n)
@interact(k=IntSlider(67, 0, 120))
def draw(k):
    fit = partial_pooling(y, se, tau_at(k, g["sigma"]))
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.5))
    rows = np.arange(len(y))[::-1]
    left.scatter(y, rows, s=4 * n, facecolor="none", edgecolor="k")
    left.scatter(fit.estimate, rows, marker="D")
    for a, b, row in zip(y, fit.estimate, rows):
        left.annotate("", (b, row), (a, row), arrowprops={"arrowstyle": "->"})
    left.axvline(fit.mu); left.axvline(np.average(y, weights=n), ls="--")
    left.set_yticks(rows, [f"group {j + 1} (n = {k})" for j, k in enumerate(n)])
    sizes = np.linspace(0.5, 60, 80)
    right.plot(sizes, reliability(g["sigma"] / np.sqrt(sizes), fit.tau))
    right.scatter(n, 1 - fit.shrinkage_factor)
    plt.show()
"""

# `slider` finds what is moved, `look` a number or text that differs whenever the picture does (null: no picture).
DRIVE = """
({ label, presses, seconds }) => {
  const cell = document.querySelector('.jp-CodeCell');
  const own = label !== null;
  const slider = () => {
    if (!own) return cell.querySelector('.noUi-handle');
    const named = [...cell.querySelectorAll('.hlm .slider')].find((node) => node.firstChild.textContent.startsWith(label));
    if (!named) throw new Error(`there is no slider named ${label}`);
    return named.querySelector('input');
  };
  let changes = 0;
  if (own) {
    const heard = (records) => { if (records.some(({ target }) => target.closest('svg'))) changes += 1; };
    new MutationObserver(heard).observe(cell.querySelector('.hlm'), { subtree: true, childList: true, attributes: true });
  }
  const look = () => {
    if (own) {
      const there = [...cell.querySelectorAll('.hlm svg')].some((svg) => svg.isConnected && svg.childElementCount);
      return there ? changes : null;
    }
    const picture = cell.querySelector('.jp-OutputArea img');
    return picture && picture.complete && picture.naturalWidth ? picture.src : null;
  };
  let way = 1, moved = 0;
  const press = () => {
    if (++moved % 40 === 0) way = -way;
    if (own) {
      const input = slider();
      const before = input.value;
      const step = () => (way > 0 ? input.stepUp() : input.stepDown());
      step();
      if (input.value === before) { way = -way; step(); }
      input.dispatchEvent(new Event('input', { bubbles: true }));
    } else {
      const key = way > 0 ? 'ArrowRight' : 'ArrowLeft';
      slider().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
  };
  // Resolves after the next frame was painted, with what the picture was when that frame was made.
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const shown = look();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(shown);
    channel.port2.postMessage(0);
  }));
  const once = async () => {
    await new Promise((done) => setTimeout(done, 40 + Math.random() * 40));
    const before = look();
    const start = performance.now();
    press();
    for (let shown = before; shown === before || shown === null; shown = await painted()) {
      if (performance.now() - start > 5000) throw new Error('the picture never changed');
    }
    return performance.now() - start;
  };
  const drag = () => new Promise((done) => {
    const start = performance.now();
    let frames = 0, changed = 0, blank = 0, last = look();
    const frame = () => {
      const now = look();
      frames += 1;
      if (now === null || now === undefined) blank += 1;
      else if (now !== last) { changed += 1; last = now; }
      const elapsed = performance.now() - start;
      if (elapsed > 1000 * seconds) return done({ frames: frames / elapsed * 1000, changed: changed / elapsed * 1000, blank });
      press();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return (async () => {
    for (let i = 0; i < 5; i++) await once();
    const times = [];
    for (let i = 0; i < presses; i++) times.push(await once());
    return { times, drag: await drag() };
  })();
}
"""


def rows() -> dict[str, tuple[str, str | None]]:
    """Return what is measured: name → the code that shows it, and the label of its slider (None for `interact`)."""
    found = {}
    for name in hlm_teach.widgets.__all__:
        label = getattr(hlm_teach.widgets, name).BENCH
        if label:
            found[name] = SHOW.format(name=name, more=""), label
    found["PoolingExplorer, path"] = (
        SHOW.format(name="PoolingExplorer", more=", mode='path', tau=1.0"),
        found["PoolingExplorer"][1],
    )
    return found | {"interact + inline matplotlib": (INTERACT, None)}


def measure(presses: int, seconds: float) -> dict[str, dict]:
    """Run each in a notebook of its own, one after the other, and return times and frame counts by name."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (code, _label) in enumerate(rows().values()):
            notebook(Path(folder), f"bench{number}.ipynb", code)
        with jupyterlab(Path(folder)) as address, chromium() as browser:
            for number, (name, (_code, label)) in enumerate(rows().items()):
                watched = Watched(browser)
                page = watched.page
                page.set_default_timeout(120_000)
                page.goto(f"{address}/lab/tree/bench{number}.ipynb?reset")
                page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
                page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
                page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
                slider = ".hlm .open input[type=range]:visible" if label else ".noUi-handle"
                page.locator(slider).first.scroll_into_view_if_needed()
                page.wait_for_timeout(2000)
                count = presses if label else max(10, presses // 4)
                found[name] = page.evaluate(DRIVE, {"label": label, "presses": count, "seconds": seconds})
                page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
                watched.context.close()
    return found


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the others lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def table(found: dict[str, dict]) -> list[str]:
    """Return the figures as the lines of a table, each beside `interact`."""
    slow = quantile(found["interact + inline matplotlib"]["times"], 0.5)
    lines = [
        "| | median, ms | p95, ms | frames/s | blank frames | interact / it |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, run in found.items():
        middle, high = quantile(run["times"], 0.5), quantile(run["times"], 0.95)
        drag = run["drag"]
        lines.append(
            f"| {name} | {middle:.1f} | {high:.1f} | {drag['changed']:.0f} | {drag['blank']} | {slow / middle:.1f}× |"
        )
    return lines


def main() -> None:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument(
        "--quick", action="store_true", help="20 presses and one second of dragging; writes no file"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("widgets.md"))
    asked = parser.parse_args()
    presses, seconds = (20, 1.0) if asked.quick else (asked.presses, asked.seconds)
    lines = table(measure(presses, seconds))
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("jupyterlab", "anywidget", "ipywidgets", "matplotlib")
    )
    said = f"{date.today()}; {platform.machine()}, Python {platform.python_version()}, {packages}; {presses} presses"
    targets = "Targets: median 16.7 ms, p95 33 ms, 50 frames/s, no blank frame, 8 times as fast as interact."
    text = "\n".join(["# The widgets beside interact", "", said, "", *lines, "", targets, ""])
    print(text)
    if not asked.quick:
        asked.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
