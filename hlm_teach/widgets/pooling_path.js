// The picture of the pooling explorer's path: every estimate from complete pooling to none. It is a second module.

import { leftAxis } from "./shared/axes.js";
import { move, s } from "./shared/dom.js";
import { diamond, fitted, line } from "./shared/marks.js";
import { linear } from "./shared/scales.js";
import { player } from "./shared/player.js";
import { ROWS, letter, radius, readOut, shownGroups, spanOf } from "./pooling_marks.js";
import { STEPS, pool, positionOf, tauAt } from "./pooling_maths.js";

// The path: every estimate as a line from complete pooling (left) to none (right), over the slider.
const pathView = (w, width, span, edit, strings) => {
  const shown = shownGroups(w.y.length);
  const [top, height] = [26, 380];
  const narrow = width < 400;
  const [labels, wide] = fitted(shown.map((j) => w.labels[j]), narrow ? 60 : 0.25 * width);
  const right = width - wide - (narrow ? 36 : 84);
  const label = (w, j, k) => [labels[k], letter(w, j), narrow ? "" : `n = ${w.n[j]}`].filter(Boolean).join(" ");
  const x = linear(0, STEPS, 48, right);
  const y = linear(...span, height - 14, top);
  const now = s("line", { class: "now", y1: top - 4, y2: height - 8 });
  const reml = s("line", { class: "all", y1: top - 4, y2: height - 8 });
  const remlName = s("text", { y: 12, "text-anchor": "middle" }, "REML");
  const axis = leftAxis(y, 46, "");
  const svg = s("svg", { width, height, "aria-hidden": "true" }, axis, reml, remlName,
    s("text", { class: "title", x: 4, y: 12 }, w.units), now);
  const lanes = shown.map((j, k) => ({
    j,
    k,
    path: s("path", { class: "lane", click: () => edit({ selected: j }) }),
    mean: s("circle", { class: "mean" }),
    estimate: s("path", { class: "estimate" }),
    label: s("text", { x: right + 16, click: () => edit({ selected: j }) }),
    lead: s("path", { class: "guide" }),
  }));
  for (const part of ["lead", "path", "mean", "estimate", "label"]) svg.append(...lanes.map((lane) => lane[part]));
  let last;
  const draw = (w) => {
    if (!last || last.y !== w.y || last.n !== w.n || last.sigma !== w.sigma) {
      const columns = [...Array(STEPS / 2 + 1).keys()].map((k) => 2 * k);
      const states = columns.map((k) => pool(w.y, w.n, w.sigma, tauAt(k, w.start.sigma), "mu").estimate);
      let floor = Infinity;
      const gap = Math.min(15, (height - top) / lanes.length);
      for (const lane of [...lanes].sort((a, b) => w.y[a.j] - w.y[b.j])) {
        move(lane.path, { d: line(columns.map((k, i) => [x(k), y(states[i][lane.j])])) });
        move(lane.mean, { cx: right, cy: y(w.y[lane.j]), r: radius(w.n[lane.j], w) * 0.7 });
        floor = Math.min(y(w.y[lane.j]), floor - gap);
        move(lane.label, { y: floor + 4, text: gap < 9 ? "" : label(w, lane.j, lane.k) });
        move(lane.lead, { d: gap < 9 ? "" : `M${right + 7},${y(w.y[lane.j])}L${right + 14},${floor}` });
      }
      last = w;
    }
    const at = x(positionOf(w.tau, w.start.sigma));
    move(now, { x1: at, x2: at });
    const best = x(positionOf(w.reml, w.start.sigma));
    move(reml, { x1: best, x2: best });
    move(remlName, { x: best });
    for (const lane of lanes) {
      const on = lane.j === w.selected ? " on" : "";
      move(lane.path, { class: "lane" + on });
      move(lane.label, { class: on && "strong" });
      move(lane.estimate, { d: diamond(at, y(w.estimate[lane.j]), on ? 7 : 5), class: "estimate" + on });
      if (on) svg.append(lane.estimate);
    }
  };
  return { node: svg, draw, under: `--left:40px;--right:${width - right - 8}px` };
};

// Play: from complete to none in six seconds; in three still steps where motion is not wanted.
const play = (strings, state, setTau, rest) => player(strings, {
  seconds: 6,
  from: () => (state().tau === Infinity ? 0 : positionOf(state().tau, state().start.sigma) / STEPS),
  go: (share) => setTau(tauAt(share * STEPS, state().start.sigma)),
  stills: () => [0, state().reml, Infinity].map((tau) => () => setTau(tau)),
  rest,
});

const make = (w, [room], span, edit, strings) => [pathView(w, room, span, edit, strings)];
const second = { ROWS, make, play, readOut, spanOf };

export default { second };
