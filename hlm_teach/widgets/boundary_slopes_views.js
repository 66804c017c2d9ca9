// The pictures of the widget of slopes at the boundary, made once for a width and moved to a state w of boundary_slopes_maths.js.
// They are a second module.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { cross, diamond } from "./shared/marks.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

const [RED, BLUE, GREY, LEFT, ACROSS, DOWN, STEPS, BINS] = ["#c14f00", "#0072b2", "#57606a", 46, 32, 21, 40, 20];
const LEVELS = [[0.5, "#0072b2"], [2, "#4d9cc9"], [4, "#8fc1de"], [6, "#c0dced"], [10, "#e2eff7"]];
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);

// The criterion over τ_1 and ρ, with the best τ_0 and σ̂: the darker, the lower.
const mapView = (width, strings) => {
  const [top, bottom] = [32, 300];
  const y = linear(-1, 1, bottom, top);
  const areas = LEVELS.map(([, fill]) => s("path", { fill }));
  const truth = s("path", { fill: "none", stroke: "#000", "stroke-width": 2.4 });
  const estimate = s("path", { fill: RED, stroke: "#fff", "stroke-width": 1.5 });
  const axis = s("g");
  const node = box(width, bottom + 40, ...areas, leftAxis(y, LEFT, strings.map), axis, truth, estimate);
  let before, x;
  const paint = (w) => {
    const { C: [a, b, d] } = w.data;
    const reach = Math.ceil(10 * Math.max(0.5, 1.3 * w.tau1, 1.3 * w.fits.prior.tau1)) / 10;
    const sigma2 = w.fits.keep.sigma2;
    x = linear(0, reach, LEFT, width - 12);
    const height = (i, k) => {
      const [tau1, rho] = [((i + 0.5) / ACROSS) * reach, ((k + 0.5) / DOWN) * 2 - 1];
      let least = Infinity;
      for (let m = 0; m < STEPS; m++) {
        const tau0 = (m / STEPS) * 2.2 * Math.sqrt(a / w.n);
        const [v00, v11, v01] = [sigma2 + w.n * tau0 * tau0, sigma2 + w.n * tau1 * tau1, w.n * rho * tau0 * tau1];
        const det = v00 * v11 - v01 * v01;
        least = Math.min(least, (w.J - 1) * (Math.log(det) + (v11 * a - 2 * v01 * b + v00 * d) / det));
      }
      return least;
    };
    const cells = Array.from({ length: ACROSS * DOWN }, (_, c) => height(Math.floor(c / DOWN), c % DOWN));
    const least = Math.min(...cells);
    const [wide, high] = [(x.range[1] - LEFT) / ACROSS, (bottom - top) / DOWN];
    const cell = (c) => {
      const [i, k] = [Math.floor(c / DOWN), c % DOWN];
      const place = [LEFT + i * wide, bottom - (k + 1) * high].map((v) => v.toFixed(1)).join();
      return `M${place}h${(wide + 0.3).toFixed(1)}v${(high + 0.3).toFixed(1)}h${(-wide - 0.3).toFixed(1)}Z`;
    };
    areas.forEach((area, level) => {
      const [from, to] = [level ? LEVELS[level - 1][0] : -1, LEVELS[level][0]];
      move(area, { d: cells.map((v, c) => (v - least >= from && v - least < to ? cell(c) : "")).join("") });
    });
    become(axis, bottomAxis(x, bottom, strings.map_axis));
  };
  const draw = (w) => {
    const key = JSON.stringify([w.data, w.J, w.n, w.tau1]);
    if (before !== key) paint(w);
    before = key;
    const { tau1, rho } = w.now;
    move(truth, { d: cross(x(w.tau1), y(w.rho), 5) });
    move(estimate, { d: diamond(x(Math.min(x.ends[1], tau1)), y(Number.isNaN(rho) ? 0 : rho), 8) });
  };
  return { node, draw };
};

// ρ̂ of the data sets; those at ±1 as bars of their own.
const rhoView = (width, strings) => {
  const [top, bottom] = [32, 140];
  const x = linear(-1, 1, 34, width - 34);
  const bars = s("path", { fill: "#a9cfe8", stroke: BLUE });
  const ends = s("path", { fill: "#fff", stroke: RED, "stroke-width": 1.6 });
  const here = s("path", { fill: RED });
  const [title, none] = [s("text", { x: 4, y: 14 }), s("text", { x: 4, y: bottom + 36, fill: GREY })];
  const node = box(width, bottom + 44, title, bars, ends, bottomAxis(x, bottom, "ρ̂", 4), here, none);
  const draw = (w) => {
    const counts = Array(BINS).fill(0);
    const edge = [0, 0];
    for (const { rho, boundary } of w.all) {
      if (Number.isNaN(rho)) continue;
      if (boundary) edge[rho > 0 ? 1 : 0]++;
      else counts[Math.min(BINS - 1, Math.floor(((rho + 1) / 2) * BINS))]++;
    }
    const most = Math.max(1, ...counts, ...edge);
    const wide = (x.range[1] - 34) / BINS;
    const column = (from, count, size) => {
      const up = (bottom - ((bottom - top) * count) / most).toFixed(1);
      return count ? `M${from.toFixed(1)},${bottom}V${up}h${size.toFixed(1)}V${bottom}Z` : "";
    };
    move(bars, { d: counts.map((count, k) => column(34 + k * wide + 0.7, count, wide - 1.4)).join("") });
    move(ends, { d: column(16, edge[0], 12) + column(width - 28, edge[1], 12) });
    const { rho, boundary } = w.fits.keep;
    const at = boundary ? (rho > 0 ? width - 22 : 22) : x(rho);
    move(here, { d: Number.isNaN(rho) ? "" : `M${at.toFixed(1)},${bottom}l5,9h-10Z` });
    move(title, { text: fill(strings.histogram, w.said) });
    move(none, { text: fill(strings.none, w.said) });
  };
  return { node, draw };
};

// All four fits side by side; the formulas with their numbers.
const readOut = (strings) => {
  const tables = h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": strings.remedy });
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let before;
  const draw = (w) => {
    const key = JSON.stringify([w.said, w.remedy]);
    if (before === key) return;
    before = key;
    const { keep } = w.fits;
    const say = (value, digits) => (Number.isNaN(value) ? "–" : fixed(value, digits));
    fillWith(tables, table([["", "τ̂_0", "τ̂_1", "ρ̂", strings.column_rise, strings.column_se],
      ...Object.entries(w.fits).map(([name, fit]) => [strings[name === "keep" ? "row_keep" : `to_${name}`], fixed(fit.tau0, 3),
        fixed(fit.tau1, 3), say(name === "keep" || name === "prior" ? fit.rho : NaN, 2),
        (name === "keep" ? "" : "+") + fixed(fit.height - keep.height, 2), fixed(fit.se, 3)])]));
    writeLines(formulas, fill(strings.formulas, w.said));
  };
  return { node: h("div", { class: "two" }, tables, formulas), draw };
};

const key = (strings) => h("p", { class: "key" },
  ...["estimate", "truth", "level"].map((name) => h("span", {}, strings[`key_${name}`])));

const make = ([left, right], strings) => [mapView(left, strings), rhoView(right, strings)];
const second = { gate, key, make, readOut };

export default { second };
