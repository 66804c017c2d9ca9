// The pictures of the widget of few groups, made once for a width and moved to a state w of few_groups_maths.js.
// They are a second module.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { cross, diamond, line } from "./shared/marks.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

const [INK, GREY, BLUE, RED, LEFT, BINS] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", 46, 24];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);

// An interval a line; one that misses is red and thick, with a cross.
const intervalView = (width, strings) => {
  const [top, bottom] = [26, 426];
  const [hits, misses] = [stroke(BLUE, 0.6), stroke(RED, 2)];
  const truth = stroke(INK, 1.8);
  const axis = s("g");
  const node = box(width, bottom + 40, s("text", { x: 4, y: 14 }, strings.intervals), hits, misses, truth, axis);
  const draw = (w) => {
    const reach = 5 * Math.sqrt((4 * (1 - w.icc + w.n * w.icc)) / (w.J * w.n));
    const x = linear(-reach, reach, 8, width - 8);
    const y = linear(0, w.drawn.length, top, bottom);
    const clip = (v) => Number(x(Math.max(-reach, Math.min(reach, v))).toFixed(1));
    const bar = ({ estimate, half, hit }, k) => {
      const at = Number(y(k + 0.5).toFixed(1));
      const mark = hit && w.possible ? "" : cross(clip(estimate), at, w.possible ? 3 : 1.5);
      return (w.possible ? `M${clip(estimate - half)},${at}H${clip(estimate + half)}` : "") + mark;
    };
    const of = (hit) => w.drawn.map((one, k) => (one.hit === hit ? bar(one, k) : "")).join("");
    move(hits, { d: of(true) });
    move(misses, { d: of(false) });
    move(truth, { d: `M${x(0)},${top}V${bottom}` });
    become(axis, bottomAxis(x, bottom, "β̂", 5));
  };
  return { node, draw };
};

// The exact coverage over the number of groups; this state, and the share of its samples.
const coverageView = (width, strings, coverage) => {
  const [top, bottom] = [32, 176];
  const curve = stroke(BLUE, 2.4);
  const goal = stroke(GREY, 1, { "stroke-dasharray": "2 3" });
  const drawn = s("circle", { r: 6, fill: "#fff", stroke: RED, "stroke-width": 2 });
  const now = s("path", { fill: BLUE, stroke: "#fff" });
  const x = linear(2, 50, LEFT, width - 12);
  const left = s("g");
  const node = box(width, bottom + 38, bottomAxis(x, bottom, strings.curve_axis), left, goal, curve, drawn, now);
  let before, y;
  const draw = (w) => {
    const key = [w.n, w.icc, w.method].join();
    if (before !== key) {
      before = key;
      const shares = Array.from({ length: 24 }, (_, k) => [4 + 2 * k, 100 * coverage(4 + 2 * k, w.n, w.icc, w.method)]);
      y = linear(Math.min(...shares.map(([, share]) => share)) < 60 ? 0 : 60, 100, bottom, top);
      move(curve, { d: line(shares.map(([J, share]) => [x(J), y(share)])) });
      move(goal, { d: `M${LEFT},${y(95)}H${width - 12}` });
      become(left, leftAxis(y, LEFT, strings.curve, 4));
    }
    const mine = w.board.find(({ name }) => name === w.method);
    const at = (share) => y(Math.max(y.ends[0], share));
    for (const mark of [drawn, now]) move(mark, { visibility: w.possible ? "visible" : "hidden" });
    if (!w.possible) return;
    move(drawn, { cx: x(w.J), cy: at((100 * mine.covered) / w.drawn.length) });
    move(now, { d: diamond(x(w.J), at(100 * mine.exact), 7) });
  };
  return { node, draw };
};

// τ̂ of the samples: the zeros as a bar of their own, and the truth.
const tauView = (width, strings) => {
  const [top, bottom] = [30, 140];
  const bars = s("path", { fill: "#a9cfe8", stroke: BLUE });
  const zeros = s("path", { fill: "#fff", stroke: RED, "stroke-width": 1.4 });
  const truth = stroke(INK, 2);
  const axis = s("g");
  const node = box(width, bottom + 38, s("text", { x: 4, y: 14 }, strings.taus), bars, zeros, truth, axis,
    s("text", { x: 14, y: bottom + 17, "text-anchor": "middle", fill: GREY }, "= 0"));
  const draw = (w) => {
    const taus = w.drawn.map(({ tau2 }) => Math.sqrt(tau2)).filter((tau) => tau > 0);
    const far = Math.max(1, ...taus.map((tau) => Math.ceil(2 * tau) / 2));
    const x = linear(0, far, LEFT, width - 12);
    const counts = Array(BINS).fill(0);
    for (const tau of taus) counts[Math.min(BINS - 1, Math.floor((tau / far) * BINS))]++;
    const none = w.pair ? 0 : w.drawn.length - taus.length;
    const most = Math.max(1, none, ...counts);
    const wide = (x.range[1] - LEFT) / BINS;
    const column = (from, count) => {
      const up = (bottom - ((bottom - top) * count) / most).toFixed(1);
      return count ? `M${from.toFixed(1)},${bottom}V${up}h${(wide - 1.5).toFixed(1)}V${bottom}Z` : "";
    };
    move(bars, { d: counts.map((count, k) => column(LEFT + k * wide + 1, count)).join("") });
    move(zeros, { d: column(14 - wide / 2, none) });
    move(truth, { d: `M${x(Math.sqrt(w.icc))},${top - 6}V${bottom}` });
    become(axis, bottomAxis(x, bottom, "τ̂", 5));
  };
  return { node, draw };
};

// All five intervals side by side; the formulas with their numbers.
const readOut = (strings) => {
  const tables = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let before;
  const draw = (w) => {
    const key = JSON.stringify([w.said, w.method]);
    if (before === key) return;
    before = key;
    const say = (value, digits, more = "") => (Number.isNaN(value) ? "–" : fixed(value, digits) + more);
    fillWith(tables, table([["", strings.column_factor, strings.column_covered, strings.column_exact],
      ...w.board.map(({ name, factor, covered, exact }) => [strings[`method_${name}`] + (name === w.method ? " ◂" : ""),
        say(factor, 3), say(covered, 0), say(100 * exact, 1, "\u00a0%")])]));
    formulas.hidden = !w.possible;
    const lines = [strings.formulas, strings[`formulas_${w.lines}`]].join("\n");
    writeLines(formulas, fill(lines, w.said));
  };
  return { node: h("div", { class: "two" }, tables, formulas), draw };
};

const key = (strings) => h("p", { class: "key" },
  ...["hit", "miss", "exact", "drawn"].map((name) => h("span", {}, strings[`key_${name}`])));

const make = ([left, above, below], strings, coverage) =>
  [intervalView(left, strings), coverageView(above, strings, coverage), tauView(below, strings)];
const second = { gate, key, make, readOut };

export default { second };
