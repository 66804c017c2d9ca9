// The pictures of the widget of boundary fits, made once for a width and moved to a state w of boundary_fits_maths.js.
// They are a second module.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { fBelow } from "./shared/beta.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { diamond, line } from "./shared/marks.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

const [INK, GREY, BLUE, RED, GREEN] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", "#007a59"];
const [LEFT, BINS, POINTS] = [46, 40, 161];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);
const ring = (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0${-2 * r},0`;

// The deviance over τ², also where there is no variance; below, τ̂² of the data sets drawn, before the cut.
const curveView = (width, strings) => {
  const y = linear(0, 8, 156, 30);
  const [base, high] = [282, 78];
  const area = s("rect", { y: 26, height: base - 26, fill: "#eef0f2" });
  const cliff = stroke(INK, 1.6);
  const [beyond, curve] = [stroke(GREY, 2, { "stroke-dasharray": "4 4" }), stroke(BLUE, 2.6)];
  const prior = stroke(GREEN, 2, { "stroke-dasharray": "8 4" });
  const bar = stroke(BLUE, 4);
  const lowest = s("path", { fill: "#fff", stroke: RED, "stroke-width": 2 });
  const best = s("path", { fill: BLUE, stroke: "#fff" });
  const zeros = s("path", { fill: "#fff", stroke: RED, "stroke-width": 1.4 });
  const others = s("path", { fill: "#a9cfe8", stroke: BLUE });
  const title = s("text", { x: LEFT, y: base - high - 10 });
  const place = s("path", { fill: RED });
  const axis = s("g");
  const node = box(width, 322, area, leftAxis(y, LEFT, strings.curve), beyond, curve, prior, bar, zeros, others, cliff,
    title, place, lowest, best, axis);
  const draw = (w) => {
    const [low, far] = w.reach;
    const x = linear(low, far, LEFT, width - 12);
    const { fit } = w;
    const floor = fit.lowest - w.rise;
    const points = (from, to, at) => Array.from({ length: POINTS }, (_, k) => from + ((to - from) * k) / (POINTS - 1))
      .map((v) => [v, at(v)]).filter(([, rise]) => rise < 8.2).map(([v, rise]) => [x(v), y(rise)]);
    const draws = (node, found) => move(node, { d: found.length > 1 ? line(found) : "" });
    const rise = (v) => fit.atVariance(v) - floor;
    draws(beyond, points(low, 0, rise));
    draws(curve, points(0, far, rise));
    draws(prior, w.remedy === "prior" ? points(far / 400, far, (v) => w.prior.at(Math.sqrt(v)) - w.prior.lowest) : []);
    move(area, { x: LEFT, width: x(0) - LEFT });
    move(cliff, { d: `M${x(0)},26V${base}` });
    const [from, to] = w.remedy === "prior" ? w.prior.ends : w.ends;
    move(bar, { d: w.remedy === "drop" ? "" : `M${x(from ** 2)},172H${x(Math.min(far, to ** 2))}`,
      stroke: w.remedy === "prior" ? GREEN : BLUE });
    const tau = { drop: 0, prior: w.prior.tau }[w.remedy] ?? fit.tau;
    const at = Math.min(far, tau ** 2);
    const up = w.remedy === "prior" ? w.prior.at(tau) - w.prior.lowest : rise(at);
    move(best, { d: diamond(x(at), y(Math.min(8, up)), 7), fill: w.remedy === "prior" ? GREEN : BLUE });
    move(lowest, { d: ring(x(Math.max(low, fit.raw)), y(0), 5) });
    const wide = (far - low) / BINS;
    const bins = [Array(BINS).fill(0), Array(BINS).fill(0)];
    const first = Math.floor(low / wide);
    for (const v of w.raw) bins[v > 0 ? 1 : 0][Math.max(0, Math.min(BINS - 1, Math.floor(v / wide) - first))]++;
    const most = Math.max(...bins.flat());
    const column = (count, k) => {
      const [a, b] = [x(Math.max(low, (k + first) * wide)) + 0.5, x(Math.min(far, (k + first + 1) * wide)) - 0.5];
      const up = ((high * count) / most).toFixed(1);
      return count && b > a ? `M${a.toFixed(1)},${base}v-${up}H${b.toFixed(1)}V${base}Z` : "";
    };
    [zeros, others].forEach((node, i) => move(node, { d: bins[i].map(column).join("") }));
    move(title, { text: fill(strings.histogram, w.said) });
    const here = x(Math.max(low, Math.min(far, fit.raw)));
    move(place, { d: w.simulated ? `M${here.toFixed(1)},${base}l5,9h-10Z` : "" });
    become(axis, bottomAxis(x, base, strings.axis));
  };
  return { node, draw };
};

// P(τ̂ = 0) over the number of groups; the state, the share drawn, and 5 %.
const dialView = (width, strings) => {
  const y = linear(0, 80, 180, 30);
  const curve = stroke(BLUE, 2.4);
  const five = stroke(GREY, 1, { "stroke-dasharray": "2 3" });
  const words = s("text", { x: width - 12, "text-anchor": "end", y: y(5) - 5, class: "soft" }, strings.five);
  const enough = stroke(GREEN, 2, { "stroke-dasharray": "8 4" });
  const [drawn, now] = [s("path", { fill: "#fff", stroke: RED, "stroke-width": 2 }), s("path", { fill: BLUE, stroke: "#fff" })];
  const axis = s("g");
  const node = box(width, 222, leftAxis(y, LEFT, strings.dial, 4), axis, five, words, enough, curve, drawn, now);
  let before;
  const draw = (w) => {
    const most = Math.max(50, Math.ceil(1.2 * w.J), w.remedy === "groups" ? Math.ceil(1.1 * w.needed) : 0);
    const x = linear(3, most, LEFT, width - 12);
    const divisor = (J) => (w.method === "ML" ? J / (J - 1) : 1);
    const bound = (1 - w.icc) / (1 - w.icc + w.n * w.icc);
    const at = (J) => 100 * fBelow(J - 1, J * (w.n - 1), bound * divisor(J));
    const places = Array.from({ length: 48 }, (_, k) => 3 + ((most - 3) * k) / 47).map(Math.round);
    const key = [w.n, w.icc, w.method, most].join();
    if (before !== key) move(curve, { d: line(places.map((J) => [x(J), y(at(J))])) });
    before = key;
    move(five, { d: `M${LEFT},${y(5)}H${width - 12}` });
    move(enough, { d: w.remedy === "groups" && w.needed ? `M${x(w.needed)},${y(0)}V${y(40)}` : "" });
    move(drawn, { d: ring(x(w.J), y(Math.min(80, 100 * w.share)), 6) });
    move(now, { d: diamond(x(w.J), y(Math.min(80, 100 * w.chance)), 7) });
    become(axis, bottomAxis(x, 180, fill(strings.dial_axis, w.said), 5));
  };
  return { node, draw };
};

// What each remedy says of τ and of the mean; the formulas with their numbers.
const readOut = (strings) => {
  const tables = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let before;
  const draw = (w) => {
    if (before === JSON.stringify(w.said)) return;
    before = JSON.stringify(w.said);
    const { said } = w;
    fillWith(tables, table([["", strings.column_tau, strings.column_interval, strings.column_se],
      [strings.row_keep, said.tau, `${said.low}\u00a0–\u00a0${said.high}`, said.se],
      [strings.to_drop, "0", "–", said.se_drop],
      [strings.to_prior, said.prior, `${said.prior_low}\u00a0–\u00a0${said.prior_high}`, said.se_prior]]));
    writeLines(formulas, fill(strings.formulas, said));
  };
  return { node: h("div", { class: "two" }, tables, formulas), draw };
};

const key = (strings) => h("p", { class: "key" },
  ...["curve", "raw", "estimate", "prior", "forbidden"].map((name) => h("span", {}, strings[`key_${name}`])));

const make = ([left, right], strings) => [curveView(left, strings), dialView(right, strings)];
const second = { gate, key, make, readOut };

export default { second };
