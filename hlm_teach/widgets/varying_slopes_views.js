// The pictures of the varying-slopes widget: lines, plane, variance, landscape. They are a second module.
// Each view makes its marks once for a width, and `draw(w)` moves them to a state w of varying_slopes_maths.js.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { writeLines } from "./shared/lines.js";
import { cross, diamond, line } from "./shared/marks.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";

const [INK, GREY, BLUE, RED] = ["#1f2328", "#8c959f", "#0072b2", "#c14f00"];
const path = (stroke, more = {}) => s("path", { fill: "none", stroke, ...more });
const span = (values, room = 0.06) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const more = room * (high - low) || 1;
  return [low - more, high + more];
};

// A frame whose axes are drawn anew only where their ends have changed.
const frame = (width, height, left, titles, ...marks) => {
  const axes = s("g");
  let ends;
  const box = [left, 26, width - 8 - left, height - 66];
  const node = s("svg", { width, height, "aria-hidden": "true" }, axes,
    s("svg", { x: box[0], y: box[1], width: box[2], height: box[3], viewBox: box.join(" ") }, ...marks));
  const scales = (xs, ys) => {
    const [x, y] = [linear(...xs, left, width - 8), linear(...ys, height - 40, 26)];
    if (ends !== String([xs, ys])) {
      ends = String([xs, ys]);
      become(axes, s("g", {}, bottomAxis(x, height - 40, titles[0], width < 330 ? 4 : 6), leftAxis(y, left, titles[1])));
    }
    return [x, y];
  };
  return { node, scales };
};

const linesView = (w, width, strings, { origin: [x0, x1], rows }, edit) => {
  const origin = path(GREY, { "stroke-dasharray": "2 3", "stroke-width": 1.5 });
  const mean = path(INK, { "stroke-width": 3 });
  const own = path(RED, { "stroke-dasharray": "6 4", "stroke-width": 2 });
  const points = path(RED, { "stroke-width": 1.5 });
  const lanes = w.shown.map((j) => path(GREY, { "stroke-width": 1.4, cursor: "pointer", click: () => edit({ selected: j }) }));
  const chosen = path(RED, { "stroke-width": 3 });
  const { node, scales } = frame(width, 300, 46, [w.names[0], fill(strings.lines_title, w.said)],
    origin, ...lanes, mean, own, points, chosen);
  const draw = (w) => {
    const at = ([a, b], x) => a + b * (x - w.origin);
    const mine = rows.g.flatMap((g, i) => (g === w.selected ? [[rows.x[i], at(w.own[g], rows.x[i]) + rows.e[i]]] : []));
    const lines = [...w.shown.map((j) => w.estimate[j]), w.own[w.selected], w.beta];
    const [x, y] = scales([x0, x1], span([...lines.flatMap((c) => [at(c, x0), at(c, x1)]), ...mine.map((p) => p[1])]));
    const straight = (c) => line([[x(x0), y(at(c, x0))], [x(x1), y(at(c, x1))]]);
    lanes.forEach((lane, k) => move(lane, { d: straight(w.estimate[w.shown[k]]) }));
    move(mean, { d: straight(w.beta) });
    move(own, { d: w.groups.sxx[w.selected] > 0 ? straight(w.own[w.selected]) : "" });
    move(chosen, { d: straight(w.estimate[w.selected]) });
    move(points, { d: mine.map(([a, b]) => cross(x(a), y(b), 3)).join("") });
    move(origin, { d: `M${x(w.origin)},26V260` });
  };
  return { node, draw };
};

// The plane: each group's own line (circle) and its estimate (diamond), the ellipses of 50 and 95 %.
const planeView = (w, width, strings, edit) => {
  const rings = [path(BLUE, { "stroke-width": 1.6 }), path(BLUE, { "stroke-width": 1.6, "stroke-dasharray": "6 4" })];
  const arrows = path(GREY, { "stroke-width": 1.4 });
  const mean = path(INK, { "stroke-width": 2.5 });
  const look = { fill: "#fff", "stroke-width": 1.8 };
  const marks = [path(INK, look), path(RED, look), path("#fff", { fill: BLUE }), path("#fff", { fill: RED })];
  const handles = w.shown.map((j) => s("circle", { class: "handle", r: 11, "data-group": j, style: "cursor:move" }));
  const { node, scales } = frame(width, 300, 46, [strings.plane_x, strings.plane_y], ...rings, arrows, mean, ...marks,
    ...handles);
  let now, held;
  w.shown.forEach((j, i) => handles[i].addEventListener("pointerdown", (down) => {
    const handle = handles[i];
    handle.setPointerCapture(down.pointerId);
    held = now;
    edit({ selected: j });
    const drag = (event) => {
      const box = node.getBoundingClientRect();
      edit({ selected: j, own: [held[0].back(event.clientX - box.left), held[1].back(event.clientY - box.top)] });
    };
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("lostpointercapture", () => {
      handle.removeEventListener("pointermove", drag);
      held = null;
      edit({});
    }, { once: true });
  }));
  const draw = (w) => {
    const ellipses = [0.5, 0.95].map((share) => [...Array(61).keys()].map((k) => {
      const [size, turn] = [Math.sqrt(-2 * Math.log(1 - share)), (k * Math.PI) / 30];
      const [u, v] = [size * Math.cos(turn), size * Math.sin(turn)];
      return [w.beta[0] + w.tau0 * u, w.beta[1] + w.tau1 * (w.rho * u + Math.sqrt(1 - w.rho ** 2) * v)];
    }));
    const known = w.shown.filter((j) => w.groups.sxx[j] > 0);
    // Lines through two close points may lie anywhere: such circles are left outside.
    const away = [0, 1].map((k) => known.map((j) => Math.abs(w.own[j][k] - w.beta[k])).sort((a, b) => a - b));
    const near = known.map((j) => w.own[j]).filter((c) =>
      [0, 1].every((k) => Math.abs(c[k] - w.beta[k]) <= 8 * away[k][known.length >> 1]));
    const all = [...ellipses[1], ...near, ...w.shown.map((j) => w.estimate[j])];
    now = held || scales(span(all.map((c) => c[0])), span(all.map((c) => c[1])));
    const place = (c) => c.map((v, k) => Math.round(10 * now[k](v)) / 10);
    rings.forEach((ring, k) => move(ring, { d: line(ellipses[k].map(place)) }));
    move(mean, { d: cross(...place(w.beta), 6) });
    move(arrows, { d: known.map((j) => line([place(w.own[j]), place(w.estimate[j])])).join("") });
    // One path for all marks of a kind: the selected group's are red and stand in front.
    const shapes = ["", "", "", ""];
    w.shown.forEach((j, i) => {
      const [on, [cx, cy]] = [Number(j === w.selected), place(w.own[j])];
      const here = w.groups.sxx[j] > 0;
      if (here) shapes[on] += `M${cx - 4.5},${cy}a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0-9,0`;
      move(handles[i], { cx, cy, display: here ? "inline" : "none" });
      shapes[2 + on] += diamond(...place(w.estimate[j]), on ? 7 : 5);
    });
    marks.forEach((mark, k) => move(mark, { d: shapes[k] }));
  };
  return { node, draw };
};

const varianceView = (w, width, strings, [x0, x1]) => {
  const curve = path(BLUE, { "stroke-width": 2.4 });
  const floor = path(GREY, { "stroke-dasharray": "5 4", "stroke-width": 1.5 });
  const guide = path(GREY, { "stroke-dasharray": "2 3", "stroke-width": 1.5 });
  const ring = s("circle", { r: 6, fill: "#fff", stroke: RED, "stroke-width": 2.4 });
  const [label, sigma] = [s("text"), s("text", {}, "σ²")];
  const { node, scales } = frame(width, 240, 62, [w.names[0], fill(strings.variance_title, w.said)],
    floor, guide, curve, ring, label, sigma);
  const draw = (w) => {
    const xs = [...Array(61).keys()].map((k) => x0 + ((x1 - x0) * k) / 60);
    const values = xs.map((x) => w.between(x) + w.sigma ** 2);
    const [x, y] = scales([x0, x1], [0, 1.08 * Math.max(...values)]);
    move(curve, { d: line(xs.map((v, k) => [x(v), y(values[k])])) });
    const at = w.low === null || w.low < x0 || w.low > x1 ? -1e6 : w.low;
    const [cx, cy] = at < -1e5 ? [-99, -99] : [x(at), y(w.between(at) + w.sigma ** 2)];
    move(ring, { cx, cy });
    move(guide, { d: cx < 0 ? "" : `M${cx},${cy}V${y(0)}` });
    move(label, { x: cx + 10, y: cy - 10, text: w.said.low });
    move(floor, { d: `M${x(x0)},${y(w.sigma ** 2)}H${x(x1)}` });
    move(sigma, { x: x(x1) - 18, y: y(w.sigma ** 2) + 15 });
  };
  return { node, draw };
};

// The criterion above its minimum over two of τ0, τ1 and ρ; what is not on the axes stands at its estimate.
const BANDS = [[1, "#f7fbff"], [3, "#deebf7"], [6, "#c6dbef"], [12, "#9ecae1"], [25, "#6baed6"], [50, "#4292c6"],
  [Infinity, "#2b6ca3"]];
const landscapeView = (w, width, dials) => {
  const bands = BANDS.map(([, fill]) => s("path", { fill }));
  const least = path(INK, { "stroke-width": 2.5, class: "least" });
  const state = s("path", { fill: RED, stroke: "#fff" });
  let inner, said;
  const node = h("div");
  const draw = (w) => {
    const slopes = w.surface === "slopes" && !w.uncorrelated;
    if (inner?.slopes !== slopes) {
      inner = { slopes, ...frame(width, 300, 46, slopes ? ["τ1", "ρ"] : ["τ0", "τ1"], ...bands, least, state) };
      node.replaceChildren(inner.node);
      said = "";
    }
    const root = (v) => Math.sqrt(Math.max(0, v));
    const best = [root(w.best[0]), root(w.best[2])];
    best.push(best[0] * best[1] ? w.best[1] / (best[0] * best[1]) : 0);
    const reach = (k, name) => Math.max(dials[name], 1.2 * best[k]);
    const [x, y] = inner.scales(slopes ? [0, reach(1, "tau1")] : [0, reach(0, "tau0")], slopes ? [-1, 1] : [0, reach(1, "tau1")]);
    const covariance = (u, v) => {
      const [a, b, r] = slopes ? [best[0], u, v] : [u, v, best[2]];
      return [a * a, r * a * b, b * b];
    };
    const key = [w.best, w.sigma, w.origin, w.lines.length, w.lowest, slopes].join();
    if (said !== key) {
      said = key;
      const [nx, ny] = w.all.length > 1000 ? [8, 6] : w.all.length > 60 ? [14, 10] : [40, 30];
      const room = [x.range[1] - x.range[0], y.range[0] - y.range[1]];
      const [dx, dy] = [room[0] / nx, room[1] / ny];
      const bottom = w.height(w.best);
      const cells = BANDS.map(() => "");
      const bandAt = (i, k) => {
        const [u, v] = [x.back(x.range[0] + dx * (i + 0.5)), y.back(y.range[1] + dy * (k + 0.5))];
        const above = w.height(covariance(u, v)) - bottom;
        return BANDS.findIndex(([end]) => !(above >= end));
      };
      // One piece for each run of equal cells in a column.
      for (let i = 0; i < nx; i++) for (let k = 0, next; k < ny; k = next) {
        const band = bandAt(i, k);
        for (next = k + 1; next < ny && bandAt(i, next) === band; ) next++;
        const [px, py, wide, high] = [x.range[0] + dx * i, y.range[1] + dy * k, dx + 0.4, dy * (next - k) + 0.4]
          .map((pixels) => pixels.toFixed(1));
        cells[band] += `M${px},${py}h${wide}v${high}h-${wide}Z`;
      }
      bands.forEach((band, k) => move(band, { d: cells[k] }));
      move(least, { d: cross(...(slopes ? [x(best[1]), y(best[2])] : [x(best[0]), y(best[1])]), 6) });
    }
    move(state, { d: diamond(...(slopes ? [x(w.tau1), y(w.rho)] : [x(w.tau0), y(w.tau1)]), 6) });
  };
  return { node, draw };
};

// The formulas, with the numbers of the state in the place of the letters.
const readOut = (strings) => {
  const node = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  let said;
  const draw = (w) => {
    const d = (x) => fixed(x, w.digits);
    const values = { ...w.said, tau0_2: d(w.T[0]), tau01: d(w.T[1]), tau1_2: d(w.T[2]), base0_2: d(w.base[0]),
      base01: d(w.base[1]), origin_2: d(w.origin ** 2), sigma: d(w.sigma) };
    const lines = fill(strings[w.uncorrelated ? "formulas_without" : "formulas"], values)
      .replace(/([×+]) (−\S+)/g, "$1 ( $2 )");
    if (said === lines) return;
    said = lines;
    writeLines(node, lines);
  };
  return { node, draw };
};

const key = (strings) => h("p", { class: "key" }, h("span", { class: "mean" }, strings.key_own),
  h("span", { class: "estimate" }, strings.key_estimate), h("span", {}, "━ " + strings.key_mean),
  h("span", { style: `color:${RED}` }, "━ ╌ ✕ " + strings.key_selected));

const make = (w, room, dials, edit, strings) => [linesView(w, room[0], strings, dials, edit),
  planeView(w, room[1], strings, edit), varianceView(w, room[2], strings, dials.origin), landscapeView(w, room[3], dials)];
const second = { gate, key, make, readOut };

export default { second };
