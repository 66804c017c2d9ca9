// The pictures of the widget of hospitals, made once for a width and moved to a state w of hospitals_maths.js.
// They are a second module, with the case mix.

import { leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";
import { casemix } from "./hospitals_mix.js";

const [INK, GREY, BLUE, RED, GREEN] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", "#007a59"];
const [LEFT, MOST, NAMES] = [46, 1000, ["raw", "mean", "line"]];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);
// Shapes around a point, and one path of them at many points.
const ring = (r) => `m${-r},0a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0${-2 * r},0`;
const diamond = (r) => `m${-r},0l${r},${-r}l${r},${r}l${-r},${r}Z`;
const cross = (r) => `m${-r},${-r}l${2 * r},${2 * r}m0,${-2 * r}l${-2 * r},${2 * r}`;
const half = (pixels) => Math.round(2 * pixels) / 2;
const all = (places, x, y, shape) => {
  let path = "";
  for (const k of places) path += `M${half(x(k))},${half(y(k))}${shape}`;
  return path;
};
const some = (J) => Array.from({ length: Math.min(J, MOST) }, (_, k) => Math.floor((k * J) / Math.min(J, MOST)));
const ends = (values) => [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];

// Rates against the volume on a log scale; a click selects the nearest hospital.
const funnelView = (width, strings, select) => {
  const [top, bottom] = [30, 330];
  const own = stroke(GREY, 1, { "stroke-opacity": 0.75 });
  const estimates = s("path", { fill: BLUE });
  const truth = stroke(GREEN, 1.3);
  const [funnel, target] = [stroke(GREY, 1.4, { "stroke-dasharray": "2 3" }), stroke(INK, 1.8)];
  const chosen = stroke(RED, 2.4);
  const [axis, left] = [s("g"), s("g")];
  const node = box(width, bottom + 38, axis, left, own, funnel, target, estimates, truth, chosen);
  const keys = ["own", "estimate", "funnel", "target", "truth"].map((name) => h("span", {}, strings[`key_${name}`]));
  let w, x, y, places;
  const draw = (state) => {
    w = state;
    const { J, fit } = w;
    const [low, high] = ends(w.y);
    const room = 0.04 * (high - low) || 0.1;
    const [small, large] = ends(w.x);
    x = linear(small - 0.1, large + 0.1, LEFT, width - 10);
    y = linear(low - room, high + room, bottom, top);
    places = some(J);
    const draws = (values, shape) => all(places, (j) => x(w.x[j]), (j) => y(values[j]), shape);
    const r = J > 150 ? 2 : 3.5;
    move(own, { d: draws(w.y, ring(r)) });
    move(estimates, { d: w.target === "raw" ? "" : draws(fit.estimate, diamond(r + 1)) });
    move(truth, { d: w.shown ? draws(w.truth, cross(2)) : "" });
    const steps = Array.from({ length: 81 }, (_, k) => small + ((large - small) * k) / 80);
    const wide = (v) => ((2 * w.scale) / Math.exp(v / 2)) * (w.timesAt?.(v) ?? 1);
    const edge = (side) => "M" + steps.map((v) => [v, w.fits.mean.intercept + side * wide(v)])
      .filter(([, value]) => value > low - room && value < high + room)
      .map(([v, value]) => `${half(x(v))},${half(y(value))}`).join("L");
    move(funnel, { d: edge(-1) + edge(1) });
    const { intercept, slope } = w.fits[w.target === "line" ? "line" : "mean"];
    const aim = (v) => intercept + slope * v;
    move(target, { d: `M${x(small)},${y(aim(small))}L${x(large)},${y(aim(large))}`, opacity: w.target === "raw" ? 0.35 : 1 });
    const j = w.selected;
    const [at, from, to] = [x(w.x[j]), y(w.y[j]), y(fit.estimate[j])].map(half);
    move(chosen, { d: `M${at},${from}${ring(6)}M${at},${from}V${to}` + (w.target === "raw" ? "" : `M${at},${to}${diamond(6)}`) });
    const marks = [1, 2, 5].flatMap((k) => [0.01, 0.1, 1, 10, 100, 1000].map((unit) => k * unit))
      .filter((v) => Math.log(v) >= x.ends[0] && Math.log(v) <= x.ends[1]).sort((a, b) => a - b)
      .filter((v, i, list) => list.length < (width - LEFT) / 36 || /^0*\.?0*1/.test(String(v)));
    become(axis, s("g", { class: "axis" }, s("line", { x1: LEFT, x2: width - 10, y1: bottom, y2: bottom }),
      ...marks.flatMap((v) => [s("line", { x1: x(Math.log(v)), x2: x(Math.log(v)), y1: bottom, y2: bottom + 4 }),
        s("text", { x: x(Math.log(v)), y: bottom + 17, "text-anchor": "middle" }, String(v))]),
      s("text", { x: width - 10, y: bottom + 34, "text-anchor": "end", class: "title" },
        strings[w.simulated ? "volume" : "volume_counts"])));
    become(left, leftAxis(y, LEFT, strings[w.simulated ? "rate" : "rate_counts"]));
    keys[0].firstChild.data = strings[w.kind === "raw" ? "key_own" : "key_rate"];
  };
  node.addEventListener("click", (event) => {
    const frame = node.getBoundingClientRect();
    const away = (j) => Math.hypot(x(w.x[j]) - event.clientX + frame.left, y(w.y[j]) - event.clientY + frame.top);
    select(places.reduce((best, j) => (away(j) < away(best) ? j : best)));
  });
  return { node: h("div", {}, node, h("p", { class: "key" }, ...keys)), draw };
};

// The list from the best to the worst, with standard errors; who is small is red.
const listView = (width, strings, select) => {
  const [top, bottom] = [32, 196];
  const bars = stroke("#a9cfe8", 1);
  const [large, small] = [s("path", { fill: BLUE }), s("path", { fill: RED })];
  const truth = stroke(GREEN, 1);
  const chosen = stroke(INK, 2);
  const left = s("g");
  const node = box(width, bottom + 8, left, bars, large, small, truth, chosen);
  let w, x;
  const draw = (state) => {
    w = state;
    const { fit, J } = w;
    x = linear(0, J - 1, LEFT + 4, width - 8);
    const reach = fit.estimate.flatMap((v, j) => [v - fit.se[j], v + fit.se[j]]);
    const [low, high] = ends(w.shown ? [...reach, ...w.truth] : reach);
    const y = linear(low, high, bottom, top);
    const shown = some(J);
    const bar = (k) => {
      const [middle, off] = [fit.estimate[fit.order[k]], fit.se[fit.order[k]]];
      return `M${half(x(k))},${half(y(middle - off))}V${half(y(middle + off))}`;
    };
    const draws = (places, values, shape) => all(places, x, (k) => y(values[fit.order[k]]), shape);
    const r = J > 150 ? 1.6 : 3;
    const of = (quarter) => shown.filter((k) => (w.quarter[fit.order[k]] === 0) === quarter);
    move(bars, { d: shown.map(bar).join("") });
    move(large, { d: draws(of(false), fit.estimate, diamond(r)) });
    move(small, { d: draws(of(true), fit.estimate, diamond(r + 0.8)) });
    move(truth, { d: w.shown ? draws(shown, w.truth, cross(1.5)) : "" });
    const at = x(fit.order.indexOf(w.selected));
    move(chosen, { d: `M${at},${top}V${bottom}` });
    become(left, leftAxis(y, LEFT, strings[w.simulated ? "rate" : "rate_counts"], 4));
  };
  node.addEventListener("click", (event) => {
    const k = Math.round(x.back(event.clientX - node.getBoundingClientRect().left));
    select(w.fit.order[Math.min(w.J - 1, Math.max(0, k))]);
  });
  return { node: h("div", {}, h("p", { class: "note" }, strings.list), node), draw };
};

// The ends of the list, the scoreboard, and the formulas with their numbers.
const readOut = (strings, scores) => {
  const group = (style, name) => h("div", { class: style, tabindex: "0", role: "group", "aria-label": strings[name] });
  const [list, mix, board] = [h("div"), group("scroll", "mix_list"), group("scroll", "measure")];
  const formulas = group("formulas", "numbers");
  let later;
  // Tables follow when the slider rests: the pictures come first.
  const draw = (w) => {
    clearTimeout(later);
    later = setTimeout(write, list.firstChild ? 40 : 0, w);
  };
  const write = (w) => {
    const d = w.decimals;
    const { order, places, estimate } = w.fit;
    const rows = [...new Set([...order.slice(0, 4), w.selected, ...order.slice(-4)])]
      .sort((i, j) => order.indexOf(i) - order.indexOf(j));
    const more = w.shown ? [strings.truth] : [];
    fillWith(list, table([[strings.place, strings.size, strings.estimate, ...more], ...rows.map((j) =>
      [`${places[j]}. ${w.labels[j]}${j === w.selected ? " ◂" : ""}`, fixed(w.v[j], w.simulated ? 0 : 1), fixed(estimate[j], d),
        ...(w.shown ? [fixed(w.truth[j], d)] : [])])]));
    mix.hidden = !w.mixed;
    fillWith(mix, ...(w.mixed ? casemix.mixTable(w, strings) : []));
    board.hidden = !w.shown;
    const quarters = [0, 1, 2, 3, 4].map((q) => strings[`quarter_${q}`]);
    const named = (name) => strings[w.kind !== "raw" && name === "raw" ? "to_own" : `to_${name}`];
    fillWith(board, ...(w.shown ? [table([["", ...quarters], ...NAMES.map((name) =>
      [named(name), ...scores(w, name, w.measure).map((v) => fixed(v, w.measure === "wrong" ? 0 : 2))])])] : []));
    const lines = w.kind === "raw" ? [w.target] : w.target === "raw" ? [w.kind] : [w.kind, w.target];
    const texts = lines.map((name) => fill(strings[`formulas_${name}`], w.said));
    writeLines(formulas, texts.join("\n").replace(/× (−\S+)/g, "× ( $1 )"));
  };
  return { node: h("div", {}, board, mix, h("div", { class: "two" }, list, formulas)), draw };
};

const make = ([left, right], strings, select) => [funnelView(left, strings, select), listView(right, strings, select)];
const second = { MOST, casemix, gate, make, readOut };

export default { second };
