// The pictures of the within–between widget, drawn from a state w of within_between_maths.js.

import { bottomAxis, leftAxis } from "./shared/axes.js";
import { become, fillWith } from "./shared/become.js";
import { h, move, s } from "./shared/dom.js";
import { writeLines } from "./shared/lines.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { shares } from "./shared/shares.js";

// A slope is told by its colour and by its dashes, a group by the shape of its points.
const KINDS = {
  within: { stroke: "#0072b2", "stroke-width": 1.6 },
  between: { stroke: "#c14f00", "stroke-width": 2.4, "stroke-dasharray": "8 4" },
  pooled: { stroke: "#1f2328", "stroke-width": 3 },
  mixed: { stroke: "#007a59", "stroke-width": 3.2, "stroke-dasharray": "2 3" },
};
const SHAPES = ["m-3,0a3,3 0 1 0 6,0a3,3 0 1 0-6,0", "m-3,-3h6v6h-6Z", "m-3.5,3h7l-3.5,-6Z", "m-3,-3l6,6m0,-6l-6,6"];
const path = (more) => s("path", { fill: "none", ...more });

const key = (strings) => h("p", { class: "key" }, ...Object.entries(KINDS).map(([kind, { stroke }]) =>
  h("span", { style: `color:${stroke}` }, strings[kind])));

// All rows, the lines within the groups, and the lines of the means, of all rows, and of the mixed model.
const scatterView = (w, width) => {
  const [left, top, bottom] = [46, 26, 370];
  const far = 1.04 * w.sx * Math.max(...w.g.map((g, i) => Math.hypot(w.m[g], w.v[i])));
  const x = linear(w.x0 - far, w.x0 + far, left, width - 8);
  const points = SHAPES.map(() => path({ stroke: "#57606a" }));
  const means = path({ stroke: "#fff", fill: "#1f2328" });
  const lines = Object.values(KINDS).map(path);
  const crowd = Math.min(1, 5 / Math.sqrt(w.n.length));
  const r = 6 * crowd;
  move(lines[0], { opacity: crowd });
  const box = [left, top, width - 8 - left, bottom - top];
  const axis = s("g");
  const node = s("svg", { width, height: bottom + 40, "aria-hidden": "true" }, axis, bottomAxis(x, bottom, w.x_name),
    s("svg", { x: left, y: top, width: box[2], height: box[3], viewBox: box.join(" ") }, ...points, lines[0], means,
      ...lines.slice(1)));
  const draw = (w) => {
    const own = w.sx * Math.sqrt(1 - w.icc);
    const rows = w.g.map((g, i) => [w.x[g] + own * w.v[i], w.y[g] + w.within * own * w.v[i] + w.e[i]]);
    const need = 1.02 * Math.max(...rows.map((row) => Math.abs(row[1])));
    const high = 2 ** (Math.ceil(2 * Math.log2(need)) / 2);
    const y = linear(w.y0 - high, w.y0 + high, bottom, top);
    become(axis, leftAxis(y, left, w.y_name));
    const place = ([dx, dy]) => `${x(w.x0 + dx).toFixed(1)},${y(w.y0 + dy).toFixed(1)}`;
    const marks = SHAPES.map(() => "");
    rows.forEach((row, i) => (marks[w.g[i] % 4] += `M${place(row)}${SHAPES[w.g[i] % 4]}`));
    points.forEach((node, k) => move(node, { d: marks[k] }));
    move(means, { d: w.x.map((v, g) => `M${place([v, w.y[g]])}m0,${-r}l${r},${r}l-${r},${r}l-${r}-${r}Z`).join("") });
    const line = (at, slope, low = -far, up = far) =>
      "M" + [low, up].map((v) => place([v, at.y + slope * (v - at.x)])).join("L");
    [w.x.map((v, g) => line({ x: v, y: w.y[g] }, w.within, v - 1.7 * own, v + 1.7 * own)).join(""),
      line(w.means, w.between), line(w.pooled, w.pooled.slope),
      line(w.full, w.full.slope) + (w.mundlak ? line(w.full, w.within) : ""),
    ].forEach((d, i) => move(lines[i], { d }));
  };
  return { node, draw };
};

// The weights as bars, within from the left and between from the right; the formulas with their numbers.
const readOut = (strings) => {
  const bars = h("div");
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.numbers });
  const node = h("div", {}, bars, formulas);
  let said;
  const draw = (w) => {
    const all = ["pooled", w.mundlak ? "mundlak" : "mixed"];
    const lines = all.map((kind) => fill(strings[`formulas_${kind}`], w.said)).join("\n")
      .replace(/([×−]) (−\S+)/g, "$1 ( $2 )");
    if (said === lines) return;
    said = lines;
    writeLines(formulas, said);
    fillWith(bars, ...all.flatMap((kind) => {
      const share = kind === "mundlak" ? 0.5 : w[kind].weight;
      return [h("p", {}, fill(strings[`bar_${kind}`], { ...w.said, weight: fixed(share, 3), rest: fixed(1 - share, 3) })),
        shares([share, 1 - share], ["within", "between"].map((name) => KINDS[name].stroke), kind === "mundlak" ? 24 : 2)];
    }));
  };
  return { node, draw };
};

const second = { key, readOut, scatterView };

export default { second };
