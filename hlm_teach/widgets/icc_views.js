// The pictures of the ICC explorer, made once for a width and moved to a state w of icc_maths.js.
// They are a second module.

import { fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { fill } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { shares } from "./shared/shares.js";

const SPAN = 3.6;
const COLOURS = ["#0072b2", "#c9ced4"];
const circle = "a2.6,2.6 0 1 0 5.2,0a2.6,2.6 0 1 0-5.2,0";
const circles = (points) => points.map(([x, y]) => `M${(x - 2.6).toFixed(1)},${y.toFixed(1)}${circle}`).join("");
const frame = (width, height, title, ...more) => {
  const points = s("path", { fill: "none", stroke: "#57606a" });
  const lines = s("path", { fill: "none", stroke: COLOURS[0], "stroke-width": 3 });
  const name = s("text", { x: 4, y: 14 }, title);
  const axis = s("path", { fill: "none", stroke: "#8c959f", d: `M4,22V${height - 22}H${width - 4}` });
  return { node: s("svg", { width, height, "aria-hidden": "true" }, name, axis, points, lines, ...more), points, lines, name };
};

// A column of points per group, its mean as a bar. `pick` takes the rows from the state.
const stripsView = (width, title, pick) => {
  const height = 214;
  const y = linear(-SPAN, SPAN, height - 24, 22);
  const { node, points, lines, name } = frame(width, height, title);
  const draw = (w, more = title) => {
    const rows = pick(w);
    const step = (width - 10) / w.groups;
    const x = (j) => 6 + step * (j + 0.5);
    const sums = Array(w.groups).fill(0);
    move(points, { d: circles(rows.map((v, i) => {
      const j = Math.floor(i / w.rows);
      sums[j] += v / w.rows;
      return [x(j), y(v)];
    })) });
    move(lines, { d: sums.map((v, j) => `M${x(j) - 0.42 * step},${y(v)}h${0.84 * step}`).join("") });
    move(name, { text: more });
  };
  return { node, draw };
};

// Pairs of two rows of one group, and the line whose slope is their correlation.
const pairsView = (width, strings) => {
  const size = Math.min(width, 260);
  const y = linear(-SPAN, SPAN, size - 24, 22);
  const x = linear(-SPAN, SPAN, 4, size - 4);
  const { node, points, lines } = frame(size, size, strings.pairs_y,
    s("text", { x: size - 4, y: size - 6, "text-anchor": "end" }, strings.pairs_x));
  const draw = (w) => {
    const partner = (j, i) => w.own[j * w.rows + ((i + 1 + (j % (w.rows - 1))) % w.rows)];
    move(points, { d: circles(w.own.map((v, k) => [x(v), y(partner(Math.floor(k / w.rows), k % w.rows))])) });
    move(lines, { d: `M${x(-SPAN)},${y(-SPAN * w.icc)}L${x(SPAN)},${y(SPAN * w.icc)}` });
  };
  return { node, draw };
};

// The variance, the rows and the type-I error as bars; the formulas with their numbers.
const readOut = (strings) => {
  const bars = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let said;
  const draw = (w) => {
    const lines = [strings.formulas, strings[`formulas_${w.level}`]].map((text) => fill(text, w.said)).join("\n");
    if (said === lines) return;
    said = lines;
    writeLines(formulas, said);
    const all = { icc: w.icc, effective: w.effective / w.N, type_one: w.type_one };
    fillWith(bars, ...Object.entries(all).flatMap(([name, share]) =>
      [h("p", {}, fill(strings[`bar_${name}`], w.said)), shares([share, 1 - share], COLOURS)]));
  };
  return { node: h("div", {}, bars, formulas), draw };
};

const second = { gate, pairsView, readOut, stripsView };

export default { second };
