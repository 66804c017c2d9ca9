// The picture of the widget of group-level predictors, made once for a width and moved to a state w.
// It is a second module. The numbers come from group_predictors_maths.js.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { writeLines } from "./shared/lines.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

const [INK, GREY, BLUE, RED, LEFT, TOP, BOTTOM, MOST, TIME] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", 46, 28, 330, 300, 700];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });

// Groups against their predictor. When the target changes, targets and estimates travel to their new places.
const scatterView = (width, select) => {
  const arrows = stroke(BLUE, 1.4);
  const bars = stroke(BLUE, 2, { opacity: 0.55 });
  const own = s("path", { fill: "#fff", stroke: INK, "stroke-width": 1.5, "fill-opacity": 0.7 });
  const estimates = s("path", { fill: BLUE, stroke: "#fff" });
  const [line, mean, aim] = [stroke(INK, 1.2), stroke(INK, 1.2, { "stroke-dasharray": "6 4" }), stroke(INK, 3)];
  const chosen = [stroke(RED, 2.4), s("path", { fill: RED, stroke: "#fff" }), stroke(RED, 2.4)];
  const box = [LEFT, TOP, width - 8 - LEFT, BOTTOM - TOP];
  const axes = s("g");
  const node = s("svg", { width, height: BOTTOM + 40, "aria-hidden": "true" }, axes,
    s("svg", { x: LEFT, y: TOP, width: box[2], height: box[3], viewBox: box.join(" ") },
      line, mean, aim, arrows, own, bars, estimates, ...chosen));
  let w, x, y, places, frame, goal;
  let share = 0; // 0: shrunk to the mean, 1: to the line

  const show = () => {
    const mix = (name, j) => (1 - share) * w.mean[name][j] + share * w.line[name][j];
    const at = (j) => x(w.u[j]).toFixed(1);
    const most = Math.max(...w.n);
    const ring = (j, more = 0) => {
      const r = Math.max(2.5, 11 * Math.sqrt(w.n[j] / most)) + more;
      return `M${(x(w.u[j]) - r).toFixed(1)},${y(w.y[j]).toFixed(1)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
    };
    const arrow = (j) => {
      const [from, to] = [y(w.y[j]), y(mix("estimate", j))];
      const way = Math.sign(to - from);
      const head = Math.abs(to - from) > 14 ? `m-4,${-5 * way}L${at(j)},${(to - 5 * way).toFixed(1)}l4,${-5 * way}` : "";
      return `M${at(j)},${from.toFixed(1)}V${(to - 5 * way).toFixed(1)}${head}`;
    };
    const bar = (j) => {
      const [low, high] = [-1, 1].map((side) => y(mix("estimate", j) + side * mix("se", j)).toFixed(1));
      return `M${at(j)},${low}V${high}`;
    };
    const r = w.n.length < 40 ? 6 : 4;
    const diamond = (j) => `M${at(j)},${(y(mix("estimate", j)) - r).toFixed(1)}l${r},${r}l${-r},${r}l${-r},${-r}Z`;
    const all = (make) => places.map(make).join("");
    const target = (fit) => [fit.intercept + fit.slope * x.ends[0], fit.intercept + fit.slope * x.ends[1]];
    const [a, b] = [target(w.mean), target(w.line)];
    const across = ([one, two]) => `M${x.range[0]},${y(one)}L${x.range[1]},${y(two)}`;
    move(mean, { d: across(a) });
    move(line, { d: across(b) });
    move(aim, { d: across(a.map((v, k) => (1 - share) * v + share * b[k])), "stroke-dasharray": share < 0.5 ? "6 4" : "none" });
    move(arrows, { d: all(arrow) });
    move(own, { d: all((j) => ring(j)) });
    move(bars, { d: all(bar) });
    move(estimates, { d: all(diamond) });
    [ring(w.selected, 2), diamond(w.selected), arrow(w.selected)].forEach((d, i) => move(chosen[i], { d }));
  };

  const travel = () => {
    const [from, begin] = [share, performance.now()];
    const step = () => {
      const done = Math.min(1, (performance.now() - begin) / TIME);
      share = from + (goal - from) * done * done * (3 - 2 * done);
      show();
      if (done < 1) frame = requestAnimationFrame(step);
    };
    step();
  };

  const draw = (state) => {
    const first = !w;
    w = state;
    const ends = (values, room) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return [low - room * (high - low || 1), high + room * (high - low || 1)];
    };
    const reach = ["mean", "line"].flatMap((name) => w[name].estimate.flatMap((v, j) => [v - w[name].se[j], v + w[name].se[j]]));
    x = linear(...ends(w.u, 0.05), LEFT, width - 12);
    y = linear(...ends([...w.y, ...reach], 0.05), BOTTOM, TOP);
    places = Array.from({ length: Math.min(w.n.length, MOST) }, (_, k) =>
      Math.floor((k * w.n.length) / Math.min(w.n.length, MOST)));
    become(axes, s("g", {}, bottomAxis(x, BOTTOM, w.names[0]), leftAxis(y, LEFT, w.names[1])));
    if (goal !== Number(w.target === "line")) {
      goal = Number(w.target === "line");
      cancelAnimationFrame(frame);
      if (!first && !matchMedia("(prefers-reduced-motion: reduce)").matches) return travel();
      share = goal;
    }
    show();
  };
  node.addEventListener("click", (event) => {
    const frame = node.getBoundingClientRect();
    const away = (j) => Math.hypot(x(w.u[j]) - event.clientX + frame.left, y(w.y[j]) - event.clientY + frame.top);
    select(places.reduce((best, j) => (away(j) < away(best) ? j : best)));
  });
  return { node, draw };
};

// Both fits side by side for the group selected; the formulas with their numbers.
const readOut = (strings) => {
  const tables = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let before;
  const draw = (w) => {
    if (before === JSON.stringify([w.said, w.target])) return;
    before = JSON.stringify([w.said, w.target]);
    const [size, square] = w.digits;
    const row = (name, pick, digits) => [name, ...[w.mean, w.line].map((fit) => fixed(pick(fit), digits))];
    const j = w.selected;
    fillWith(tables, table([["", strings.to_mean, strings.to_line], row("τ̂²", (fit) => fit.tau2, square),
      row("σ̂²", (fit) => fit.sigma2, square), row(fill(strings.row_weight, w.said), (fit) => fit.weight[j], 3),
      row(strings.row_target, (fit) => fit.target[j], size), row(strings.row_estimate, (fit) => fit.estimate[j], size),
      row(strings.row_se, (fit) => fit.se[j], size)]));
    const lines = [strings[`formulas_${w.target}`], strings.formulas].join("\n");
    writeLines(formulas, fill(lines, w.said).replace(/× (−\S+)/g, "× ( $1 )"));
  };
  return { node: h("div", {}, tables, formulas), draw };
};

const key = (strings) => h("p", { class: "key" },
  ...["own", "estimate", "line", "mean"].map((name) => h("span", {}, strings[`key_${name}`])));

const second = { MOST, key, readOut, scatterView };

export default { second };
