// The pictures of the pooling explorer in full: a row per group, λ over n, and the errors. They are a second module.
// Each view makes its marks once, for a width and a span of the data, and `draw(w)` moves them to a state w.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { drawBars } from "./shared/bars.js";
import { move, s } from "./shared/dom.js";
import { arrow, cross, diamond, fitted, line } from "./shared/marks.js";
import { linear } from "./shared/scales.js";
import { ROWS, letter, radius, readOut, shownGroups, spanOf } from "./pooling_marks.js";
import { reliability } from "./pooling_maths.js";

// Left panel: a row per group with its mean, its estimate, and the movement between them.
const rowsView = (w, width, span, edit) => {
  const shown = shownGroups(w.y.length);
  const step = Math.min(30, Math.max(6, 470 / shown.length));
  const narrow = width < 400;
  const [labels, wide] = step < 13 ? [[], 0] : fitted(shown.map((j) => w.labels[j]), narrow ? 60 : 0.25 * width);
  const [top, left] = [26, step < 13 ? 20 : 22 + wide + (narrow ? 24 : 58)];
  const bottom = top + step * shown.length;
  const x = linear(...span, left + 12, width - 14);
  const band = s("rect", { class: "band", x: 2, width: width - 4, height: step, rx: 3 });
  const mu = s("line", { class: "mu", y1: top - 6, y2: bottom });
  const all = s("line", { class: "all", y1: top - 6, y2: bottom });
  const names = [s("text", { class: "strong", y: 14 }, "μ̂"), s("text", { y: 14 }, "ȳ_all")];
  const svg = s("svg", { width, height: bottom + 44, "aria-hidden": "true" },
    band, bottomAxis(x, bottom + 2, w.units, narrow ? 4 : 6), all, mu, ...names);
  const rows = shown.map((j, k) => {
    const y = top + step * (k + 0.5);
    const marks = {
      j, y,
      truth: s("path", { class: "truth" }),
      arrow: s("path", { class: "arrow" }),
      estimate: s("path", { class: "estimate" }),
      mean: s("circle", { class: "mean", cy: y }),
      handle: s("circle", { class: "handle", cy: y, r: Math.min(12, step / 2), "data-group": j }),
      n: s("text", { x: left, y: y + 4, "text-anchor": "end" }),
    };
    const hit = s("rect", { class: "hit", x: 0, y: y - step / 2, width, height: step,
      click: () => edit({ selected: j }) });
    svg.append(hit, marks.truth, marks.arrow, marks.mean, marks.estimate, marks.handle);
    if (step >= 13) svg.append(marks.n, s("text", { x: 22, y: y + 4 }, labels[k]),
      (marks.tag = s("text", { class: "strong", x: 6, y: y + 4 })));
    marks.handle.addEventListener("pointerdown", (down) => {
      marks.handle.setPointerCapture(down.pointerId);
      const drag = (event) => {
        const at = x.back(event.clientX - svg.getBoundingClientRect().left);
        edit({ selected: j, mean: Math.min(span[1], Math.max(span[0], at)) });
      };
      marks.handle.addEventListener("pointermove", drag);
      marks.handle.addEventListener("lostpointercapture",
        () => marks.handle.removeEventListener("pointermove", drag), { once: true });
    });
    return marks;
  });
  const draw = (w) => {
    const row = rows.find((r) => r.j === w.selected);
    move(band, { y: row ? row.y - step / 2 : -99 });
    for (const [node, value] of [[mu, w.mu], [all, w.grand]]) move(node, { x1: x(value), x2: x(value) });
    const away = w.mu >= w.grand ? 1 : -1;
    names.forEach((node, i) => move(node, {
      x: x(i ? w.grand : w.mu) + (i ? -4 : 4) * away, "text-anchor": (i ? -away : away) > 0 ? "start" : "end" }));
    for (const r of rows) {
      move(r.handle, { cx: x(w.y[r.j]) });
      move(r.mean, { cx: x(w.y[r.j]), r: Math.min(radius(w.n[r.j], w), step * 0.48 + 1) });
      move(r.estimate, { d: diamond(x(w.estimate[r.j]), r.y, Math.min(6, step / 2)) });
      move(r.arrow, { d: arrow(x(w.y[r.j]), x(w.estimate[r.j]), r.y) });
      move(r.truth, { d: w.show_truth ? cross(x(w.truth[r.j]), r.y) : "" });
      move(r.n, { text: (narrow ? "" : "n = ") + w.n[r.j] });
      if (r.tag) move(r.tag, { text: letter(w, r.j) });
    }
  };
  return { node: svg, draw };
};

// Right panel: the weight λ as a curve over n, the groups on it.
const curveView = (w, width, strings) => {
  const height = 260;
  const most = Math.max(60, ...w.n);
  const x = linear(0, most, 40, width - 14);
  const y = linear(0, 1, height - 42, 28);
  const curve = s("path", { class: "curve" });
  const dots = shownGroups(w.y.length).map((j) => [j, s("circle", { class: "dot", r: 4 })]);
  const ring = s("circle", { class: "ring", r: 8 });
  const guide = s("path", { class: "guide" });
  const svg = s("svg", { width, height, "aria-hidden": "true" },
    bottomAxis(x, y(0), strings.size_axis, 5), leftAxis(y, x(0), strings.weight_axis), guide, curve,
    ...dots.map(([, dot]) => dot), ring);
  const draw = (w) => {
    const points = [...Array(81).keys()].map((k) => most * (k / 80) ** 2);
    move(curve, { d: line(points.map((n) => [x(n), y(reliability(n || 1e-9, w.sigma, w.tau))])) });
    for (const [j, dot] of dots) move(dot, { cx: x(w.n[j]), cy: y(w.lambda[j]) });
    const [cx, cy] = [x(w.n[w.selected]), y(w.lambda[w.selected])];
    move(ring, { cx, cy });
    move(guide, { d: `M${cx},${y(0)}V${cy}H${x(0)}` });
  };
  return { node: svg, draw };
};

const make = (w, [main, side], span, edit, strings) =>
  [rowsView(w, main, span, edit), curveView(w, side, strings)];
const second = { ROWS, drawBars, make, readOut, spanOf };

export default { second };
