// The pictures of the pooling explorer. Each view makes its marks once, for a width and a span of the data,
// and `draw(w)` moves them to a state w of pooling_maths.js.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { h, move, s } from "./shared/dom.js";
import { formula } from "./shared/formula.js";
import { arrow, cross, diamond, fitted, line } from "./shared/marks.js";
import { fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { STEPS, pool, positionOf, reliability, tauAt } from "./pooling_maths.js";

export const ROWS = 100; // more groups than this are shown in part

// Which groups get marks, and the radius of a circle whose area goes with n (down to what can still be seen).
const shownGroups = (J) => [...Array(Math.min(J, ROWS)).keys()].map((k) => Math.floor((k * J) / Math.min(J, ROWS)));
const radius = (n, w) => Math.max(3, 12.5 * Math.sqrt(n / Math.max(...w.n)));
const letter = (w, j) => (w.tagged.includes(j) ? "ABC"[w.tagged.indexOf(j)] : "");
export const spanOf = (w) => {
  const values = [...w.y, ...w.truth, ...w.start.y];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.12 * (high - low) || w.sigma;
  return [low - room, high + room];
};

// Left panel: a row per group with its mean, its estimate, and the movement between them.
export const rowsView = (w, width, span, edit) => {
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
export const curveView = (w, width, strings) => {
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

// The path: every estimate as a line from complete pooling (left) to none (right), over the slider.
export const pathView = (w, width, span, edit, strings) => {
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

// The formulas, with the numbers of the state in the place of the letters.
export const readOut = (strings) => {
  const node = h("div", { class: "formulas", tabindex: "0", role: "group" });
  const draw = (w) => {
    const j = w.selected;
    const d = (x, more = 0) => fixed(x, w.digits + more);
    const signed = (x) => (x < 0 ? `( ${d(x)} )` : d(x));
    const [tau, lambda, rest] = [d(w.tau, 1), fixed(w.lambda[j], 3), fixed(1 - w.lambda[j], 3)];
    const aim = w.target === "all" ? "ȳ_all" : "μ̂";
    const weight = w.tau === Infinity ? "→ 1" : `= { ${tau}^2 | ${tau}^2 + ${d(w.sigma)}^2 / ${w.n[j]} } = ${lambda}`;
    const lines = [
      `λ_j = { τ^2 | τ^2 + σ^2 / n_j } ${weight}`,
      `α̂_j = λ_j ȳ_j + ( 1 − λ_j ) ${aim}`,
      `= ${lambda} × ${signed(w.y[j])} + ${rest} × ${signed(w.aim)} = ${d(w.estimate[j])}`,
    ];
    if (w.mode === "full") {
      const total = w.lambda.reduce((sum, l, k) => sum + l * (w.y[k] - w.aim), 0);
      lines.push(`ȳ_j − α̂_j = ( 1 − λ_j ) ( ȳ_j − ${aim} )`,
        `= ${rest} × ${signed(w.y[j] - w.aim)} = ${d(w.movement[j], 1)}`,
        `Σ û_j = Σ λ_j ( ȳ_j − ${aim} ) = ${d(total, 1)}`);
    }
    const name = [letter(w, j), w.labels[j]].filter(Boolean).join(" · ");
    const note = w.mode === "full" ? strings[w.target === "all" ? "sums_not" : "sums_to_zero"] : "";
    node.setAttribute("aria-label", name);
    [name, ...lines, note].forEach((text, k) => {
      const line = node.childNodes[k] || node.appendChild(h("p"));
      if (line.said === text) return;
      line.said = text;
      line.className = k ? (text[0] === "=" ? "more" : text === note ? "words" : "") : "strong";
      if (k && text !== note) line.innerHTML = formula(text);
      else line.textContent = text;
    });
  };
  return { node, draw };
};
