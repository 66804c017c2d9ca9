"""How long from a key press to changed pixels, and how many frames a second while dragging.

The pooling explorer beside `interact` + inline matplotlib, which draws the same twelve groups: same JupyterLab,
same Chromium, one after the other. Both are driven inside the page, by the key event that the slider itself
listens to. A press is timed until the first frame after the picture has changed was painted; while dragging, a move is
sent in every frame for three seconds and frames with a new picture are counted. A frame without any picture is blank.

    python benchmarks/widgets.py [--presses 120] [--json FILE]

What this file does not do: pass or fail. It reports the targets beside the figures.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))
from browsing import Watched, chromium, jupyterlab, notebook

EXPLORER = "from hlm_teach.widgets import PoolingExplorer\nPoolingExplorer(question=False)"
PATH = EXPLORER.replace("False", "False, mode='path', tau=1.0")
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

# One move, and a text that differs whenever the picture does. `parts` finds slider and picture inside a cell's output.
DRIVE = """
({ kind, presses, seconds }) => {
  const cell = document.querySelector('.jp-CodeCell');
  const own = kind === 'explorer';
  const slider = () => cell.querySelector(own ? '.hlm input[type=range]' : '.noUi-handle');
  const look = () => {
    const picture = cell.querySelector(own ? '.hlm path.estimate' : '.jp-OutputArea img');
    return picture && (own ? picture.getAttribute('d') : picture.complete && picture.naturalWidth ? picture.src : null);
  };
  let way = 1, moved = 0;
  const press = () => {
    if (++moved % 40 === 0) way = -way;
    if (own) {
      slider().value = Number(slider().value) + way;
      slider().dispatchEvent(new Event('input', { bubbles: true }));
    } else {
      const key = way > 0 ? 'ArrowRight' : 'ArrowLeft';
      slider().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
  };
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  }));
  const once = async () => {
    await new Promise((done) => setTimeout(done, 40 + Math.random() * 40));
    const before = look();
    const start = performance.now();
    press();
    while (look() === before || look() === null) {
      if (performance.now() - start > 5000) throw new Error('the picture never changed');
      await painted();
    }
    if (own) await painted();
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


def measure(presses: int, seconds: float) -> dict[str, dict]:
    """Run each in a notebook of its own, one after the other, and return times and frame counts by name."""
    rows = {
        "explorer": (EXPLORER, "explorer", presses),
        "explorer, path": (PATH, "explorer", presses),
        "interact + inline matplotlib": (INTERACT, "interact", max(10, presses // 4)),
    }
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (code, _kind, _count) in enumerate(rows.values()):
            notebook(Path(folder), f"bench{number}.ipynb", code)
        with jupyterlab(Path(folder)) as address, chromium() as browser:
            for number, (name, (_code, kind, count)) in enumerate(rows.items()):
                watched = Watched(browser)
                page = watched.page
                page.set_default_timeout(120_000)
                page.goto(f"{address}/lab/tree/bench{number}.ipynb?reset")
                page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
                page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
                page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
                slider = ".hlm input[type=range]" if kind == "explorer" else ".noUi-handle"
                page.locator(slider).first.scroll_into_view_if_needed()
                page.wait_for_timeout(2000)
                found[name] = page.evaluate(DRIVE, {"kind": kind, "presses": count, "seconds": seconds})
                page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
                watched.context.close()
    return found


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the others lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    asked = parser.parse_args()
    found = measure(asked.presses, asked.seconds)
    table = {
        name: {
            "median_ms": quantile(run["times"], 0.5),
            "p95_ms": quantile(run["times"], 0.95),
            "frames_per_s": run["drag"]["changed"],
            "blank_frames": run["drag"]["blank"],
        }
        for name, run in found.items()
    }
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("jupyterlab", "anywidget", "ipywidgets", "matplotlib")
    )
    print(f"Python {platform.python_version()}, {packages}; {asked.presses} presses")
    print(f"{'':32}{'median ms':>10}{'p95 ms':>8}{'frames/s':>10}{'blank':>7}")
    for name, row in table.items():
        values = (
            f"{row['median_ms']:10.1f}{row['p95_ms']:8.1f}{row['frames_per_s']:10.1f}{row['blank_frames']:7d}"
        )
        print(f"{name:32}{values}")
    slow = table["interact + inline matplotlib"]["median_ms"]
    for name in ("explorer", "explorer, path"):
        row = table[name]
        print(f"{name}: {slow / row['median_ms']:.1f} times as fast as interact (target 8); "
              "targets: median 16.7 ms, p95 33 ms, 50 frames/s, no blank frame")  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(table, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
