// The pictures of the widget of priors on τ, made once for a width and moved to a state w of tau_priors_maths.js.
// They are a second module.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { writeLines } from "./shared/lines.js";
import { diamond, line } from "./shared/marks.js";
import { fill } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";

const [INK, GREY, BLUE, RED, GREEN] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", "#007a59"];
const [LEFT, POINTS, BINS, SHOWN] = [46, 161, 48, 40];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);
const ring = (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0${-2 * r},0`;
const along = (w) => Array.from({ length: POINTS }, (_, k) => w.reach * ((k + 0.5) / (POINTS - 0.5)) ** 2);

// Likelihood, prior and posterior of τ, each by its own top.
const curvesView = (width, strings, { likelihood, logPrior }) => {
  const y = linear(0, 1, 156, 34);
  const looks = [stroke(GREY, 2, { "stroke-dasharray": "8 4" }), stroke(RED, 2, { "stroke-dasharray": "2 3" }),
    stroke(BLUE, 2.6)];
  const axis = s("g");
  const node = box(width, 200, axis, leftAxis(y, LEFT, strings.curves, 2), ...looks);
  const draw = (w) => {
    const x = linear(0, w.reach, LEFT, width - 12);
    const taus = along(w);
    const like = taus.map((tau) => likelihood(w.y, w.se, tau)[0]);
    const prior = taus.map((tau) => logPrior(w.family, w.scale, tau));
    [like, prior, like.map((value, k) => value + prior[k])].forEach((heights, i) => {
      const top = Math.max(...heights);
      move(looks[i], { d: line(heights.map((value, k) => [x(taus[k]), y(Math.exp(value - top))])) });
    });
    become(axis, bottomAxis(x, 156, strings.axis));
  };
  return { node, draw };
};

// The estimate of each group at every τ; behind it, where the posterior of τ is.
const fanView = (width, strings, { likelihood }) => {
  const weights = s("path", { fill: "#dcebf6" });
  const [others, chosen] = [stroke(GREEN, 1.3), stroke(RED, 2.8)];
  const [axis, side] = [s("g"), s("g")];
  const node = box(width, 240, weights, axis, side, others, chosen);
  const draw = (w) => {
    const x = linear(0, w.reach, LEFT, width - 12);
    const taus = along(w);
    const mus = taus.map((tau) => likelihood(w.y, w.se, tau)[1]);
    const fan = w.y.slice(0, SHOWN).map((own, j) => taus.map((tau, k) => {
      const weight = w.se[j] ** 2 / (w.se[j] ** 2 + tau ** 2);
      return (1 - weight) * own + weight * mus[k];
    }));
    const [low, high] = [Math.min(...fan.flat()), Math.max(...fan.flat())];
    const room = high - low > w.data.small / 1000 ? 0 : w.data.small;  // where all estimates are the same
    const y = linear(low - room, high + room, 190, 34);
    const paths = fan.map((values) => line(values.map((value, k) => [x(taus[k]), y(value)])));
    move(others, { d: paths.filter((_, j) => j !== w.selected).join("") });
    move(chosen, { d: paths[w.selected] ?? "" });
    const ends = Array.from({ length: BINS + 1 }, (_, k) => (k ? w.found.below((w.reach * k) / BINS) : 0));
    const shares = ends.slice(1).map((end, k) => end - ends[k]);
    const most = Math.max(...shares) || 1;
    const wide = (width - 12 - LEFT) / BINS;
    move(weights, { d: shares.map((share, k) =>
      `M${(LEFT + wide * k).toFixed(1)},196v${((-162 * share) / most).toFixed(1)}h${(wide - 0.6).toFixed(1)}V196Z`).join("") });
    become(axis, bottomAxis(x, 196, strings.axis));
    become(side, leftAxis(y, LEFT, strings.fan, 4));
  };
  return { node, draw };
};

// Measured and estimated, one row per group; a click selects.
const estimatesView = (width, strings, select) => {
  const title = s("text", { x: 4, y: 14 }, strings.estimates);
  const axis = s("g");
  let [rows, built] = [[], 0];
  const node = box(width, 60, title, axis);
  const draw = (w) => {
    const shown = Math.min(SHOWN, w.J);
    const high = Math.max(13, Math.min(30, 340 / shown));
    const bottom = 30 + high * shown;
    if (built !== shown) {
      built = shown;
      rows.flat().forEach((part) => part.remove());
      rows = Array.from({ length: shown }, (_, j) => [
        s("rect", { x: 0, y: 28 + high * j, width, height: high, class: "hit", click: () => select(j) }),
        s("text", { x: 4, y: 32 + high * (j + 0.5), "pointer-events": "none" }),
        stroke(BLUE, 2, { "pointer-events": "none" }), stroke(GREY, 1.4, { "pointer-events": "none" }),
        s("path", { fill: BLUE, "pointer-events": "none" })]);
      node.append(...rows.flat());
      move(node, { height: bottom + 42 });
    }
    const left = Math.min(width / 3, 12 + 8 * Math.max(...w.labels.slice(0, shown).map((label) => label.length)));
    const found = w.y.slice(0, shown).map((_, j) => w.found.of(j));
    const all = found.flatMap(([at, sd], j) => [w.y[j], at - sd, at + sd]);
    const x = linear(Math.min(...all), Math.max(...all), left + 10, width - 14);
    rows.forEach(([area, name, bar, mark, now], j) => {
      const [y, [at, sd], label] = [28 + high * (j + 0.5), found[j], w.labels[j]];
      const on = j === w.selected;
      const cut = Math.max(1, Math.floor((left - 8) / 7));
      move(name, { text: label.length > cut ? label.slice(0, cut - 1) + "…" : label, "font-weight": on ? 700 : 400 });
      move(area, { style: on ? "fill:#eaf2f8" : "" });
      move(bar, { d: `M${x(at - sd).toFixed(1)},${y}H${x(at + sd).toFixed(1)}`, stroke: on ? RED : BLUE });
      move(mark, { d: ring(x(w.y[j]), y, 4), stroke: INK });
      move(now, { d: diamond(x(at), y, 5), fill: on ? RED : BLUE });
    });
    become(axis, bottomAxis(x, bottom, "", 4));
  };
  return { node, draw };
};

const readOut = (strings) => {
  const node = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let before;
  const draw = (w) => {
    const text = fill(strings.formulas, w.said);
    if (text !== before) writeLines(node, text);
    before = text;
  };
  return { node, draw };
};

const key = (strings) => h("p", { class: "key" },
  ...["likelihood", "prior", "posterior", "weight", "own", "estimate"].map((name) => h("span", {}, strings[`key_${name}`])));

const make = ([left, below, right], strings, select, maths) =>
  [curvesView(left, strings, maths), fanView(below, strings, maths), estimatesView(right, strings, select)];
const second = { key, make, readOut };

export default { second };
