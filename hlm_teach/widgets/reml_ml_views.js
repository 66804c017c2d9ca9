// The pictures of the REML–ML widget, made once for a width and moved to a state w of reml_ml_maths.js.
// They are a second module.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

// A method is told by its colour, and by full against open bars and full against dashed lines.
const KINDS = {
  reml: { stroke: "#0072b2", fill: "#a9cfe8" },
  ml: { stroke: "#c14f00", fill: "#fff", "stroke-dasharray": "7 3" },
};
const [INK, GREY, LEFT, BINS, CUT] = ["#1f2328", "#57606a", 44, 24, 3.841458820694124];
const both = (make) => Object.entries(KINDS).map(([name, look], i) => make(name, look, i));
const shapes = (more) => both((_, look) => s("path", { ...look, ...more }));
const line = (more) => s("path", { fill: "none", ...more });
const tip = (x, y, way) => `M${x.toFixed(1)},${y}l6,${9 * way}h-12Z`;
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);

const histogram = (values, top) => {
  const bins = Array(BINS).fill(0);
  const some = values.filter((v) => v > 0);
  some.forEach((v) => bins[Math.min(BINS - 1, Math.floor((v / top) * BINS))]++);
  return [values.length - some.length, bins];
};


// Two histograms back to back, the zeros as a bar of their own.
const histogramView = (width, strings) => {
  const [middle, half] = [128, 84];
  const bars = shapes({ "stroke-dasharray": "none", "stroke-width": 1.2 });
  const means = shapes({ "stroke-dasharray": "none", "stroke-width": 1.6 });
  const zeros = both((_, look, i) => s("text", { x: width - 12, y: i ? 216 : 46, "text-anchor": "end" }));
  const truth = line({ stroke: INK, "stroke-width": 2 });
  const title = s("text", { x: 4, y: 14 });
  const named = s("text", { y: 34 });
  const axis = s("g");
  const node = box(width, 266, title, ...bars, line({ d: `M4,${middle}H${width - 8}`, stroke: GREY }), axis, truth, named,
    ...means, ...zeros);
  const draw = (w) => {
    const x = linear(0, w.top, LEFT, width - 12);
    const wide = (x.range[1] - LEFT) / BINS;
    const found = both((name) => histogram(w.sets[name], w.top));
    const most = Math.max(...found.flatMap(([zero, bins]) => [zero, ...bins]));
    both((name, look, i) => {
      const way = i ? 1 : -1;
      const [zero, bins] = found[i];
      const bar = (at, count) =>
        count ? `M${at.toFixed(1)},${middle}v${((way * half * count) / most).toFixed(1)}h${wide - 2}V${middle}Z` : "";
      move(bars[i], { d: bar(14, zero) + bins.map((count, k) => bar(LEFT + k * wide + 1, count)).join("") });
      const at = x(Math.min(w.top, w.average[name]));
      const end = middle + way * (half + 4);
      move(means[i], { d: `M${at},${middle}V${end}` + tip(at, end - 9 * way, way) });
      move(zeros[i], { text: fill(strings.zero, { method: strings[name], share: w.said[`${name}_zero`] }) });
    });
    const at = x(Math.min(w.top, w.tau ** 2));
    move(truth, { d: `M${at},38V${middle + half}` });
    move(named, { x: at, text: strings.truth, "text-anchor": at > width - 90 ? "end" : "middle" });
    move(title, { text: fill(strings.histogram, w.said) });
    become(axis, bottomAxis(x, 226, strings.axis));
  };
  return { node, draw };
};

// Both deviance curves above their lowest points; the intervals as bars below.
const curveView = (width, strings) => {
  const y = linear(0, 8, 166, 26);
  const curves = shapes({ fill: "none", "stroke-width": 2.4 });
  const bars = shapes({ fill: "none", "stroke-width": 4 });
  const tips = shapes({ "stroke-dasharray": "none", "stroke-width": 1.6 });
  const axis = s("g");
  const node = box(width, 252, axis, leftAxis(y, LEFT, strings.curves),
    line({ d: `M${LEFT},${y(CUT)}H${width - 8}`, stroke: GREY, "stroke-dasharray": "2 3" }), ...curves, ...bars, ...tips);
  const draw = (w) => {
    const x = linear(0, w.reach, LEFT, width - 12);
    const steps = Array.from({ length: 121 }, (_, k) => (k / 120) * w.reach);
    both((name, look, i) => {
      const { at, lowest, tau, ends } = w[name];
      const points = steps.map((v) => [v, at(v) - lowest]).filter(([, rise]) => rise < 8);
      const level = 184 + 14 * i;
      move(curves[i], { d: "M" + points.map(([v, rise]) => `${x(v).toFixed(1)},${y(rise).toFixed(1)}`).join("L") });
      move(bars[i], { d: `M${x(ends[0]).toFixed(1)},${level}H${x(Math.min(w.reach, ends[1])).toFixed(1)}` });
      move(tips[i], { d: tip(x(Math.min(w.reach, tau)), y(0), 1) });
    });
    become(axis, bottomAxis(x, 214, "τ"));
  };
  return { node, draw };
};

// The group means and the fixed part; a mean can be dragged.
const meansView = (width, strings, edit) => {
  const height = 150;
  const dots = s("path", { fill: "#fff", stroke: INK, "stroke-width": 1.6 });
  const on = s("circle", { r: 7, fill: "none", stroke: "#c14f00", "stroke-width": 2.5 });
  const fitted = line({ stroke: GREY, "stroke-width": 1.6 });
  const axis = s("g");
  const node = box(width, height, axis, fitted, dots, on);
  node.style.touchAction = "none";
  let x, y, w;
  const place = (event) => {
    const frame = node.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const go = (event) => edit(held, Math.min(w.span[1], Math.max(w.span[0], y.back(place(event)[1]))));
  let held = -1;
  node.addEventListener("pointerdown", (event) => {
    held = Math.min(w.J - 1, Math.max(0, Math.round(x.back(place(event)[0]))));
    node.setPointerCapture(event.pointerId);
    go(event);
  });
  node.addEventListener("pointermove", (event) => held >= 0 && go(event));
  for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, () => (held = -1));
  const draw = (state) => {
    w = state;
    x = linear(-0.5, w.J - 0.5, LEFT, width - 8);
    y = linear(...w.span, height - 10, 28);
    const ring = (v, j) => `M${(x(j) - 4).toFixed(1)},${y(v).toFixed(1)}a4,4 0 1 0 8,0a4,4 0 1 0-8,0`;
    move(dots, { d: w.means.map(ring).join("") });
    move(on, { cx: x(w.selected), cy: y(w.means[w.selected]) });
    move(fitted, { d: "M" + w.fitted.map((v, j) => `${x(j).toFixed(1)},${y(v).toFixed(1)}`).join("L") });
    become(axis, leftAxis(y, LEFT, strings.means, 3));
  };
  return { node, draw };
};

// The averages beside the exact ones, the trap, and the formulas with their numbers.
const readOut = (strings) => {
  const tables = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  const node = h("div", {}, tables, formulas);
  let before;
  const draw = (w) => {
    if (before === JSON.stringify([w.said, w.times])) return;
    before = JSON.stringify([w.said, w.times]);
    const square = w.digits[1];
    const row = (key, name, mean, zero) => [fill(strings[key], { ...w.said, method: strings[name] }), fixed(mean, square),
      fixed(mean - w.tau ** 2, square), `${zero} %`];
    const head = ["", strings.column_mean, strings.column_bias, strings.column_zero];
    const trap = ["", strings.column_without, w.times > 1 ? strings.column_ten : strings.column_with, strings.column_change];
    const averages = table([head, ...both((name) => [row("row_sets", name, w.average[name], w.said[`${name}_zero`]),
      row("row_exact", name, w.exact[name].mean, w.said[`${name}_never`])]).flat()]);
    const change = (name) =>
      [strings[`row_${name}`], ...[w.trap.without[name], w[name].lowest, w.trap[name]].map((v) => fixed(v, 3))];
    fillWith(tables, averages, ...(w.trap ? [table([trap, ...both(change)])] : []));
    writeLines(formulas, fill(strings.formulas, w.said));
  };
  return { node, draw };
};

const key = (strings) => h("p", { class: "key" },
  ...both((name, { stroke }) => h("span", { style: `color:${stroke}` }, strings[`key_${name}`])),
  h("span", {}, strings.key_mean), h("span", {}, strings.key_cut));

const make = ([above, left, right], strings, edit) =>
  [histogramView(above, strings), curveView(left, strings), meansView(right, strings, edit)];
const second = { gate, key, make, readOut };

export default { second };
