// The switches, dials and pictures of the MRP board.
// Pictures are made once for a width and moved to a state w of mrp_board_maths.js.
// They are a second module.

import { askAgain } from "./shared/again.js";
import { bottomAxis } from "./shared/axes.js";
import { h, move, s } from "./shared/dom.js";
import { formula } from "./shared/formula.js";
import { cross, diamond } from "./shared/marks.js";
import { fill, fixed } from "./shared/numbers.js";
import { linear } from "./shared/scales.js";
import { table } from "./shared/table.js";

const [INK, GREY, BLUE, RED, GREEN] = ["#1f2328", "#57606a", "#0072b2", "#c14f00", "#007a59"];
const [TOP, ROW, LEFT] = [34, 15, 34];
const stroke = (colour, width, more) => s("path", { fill: "none", stroke: colour, "stroke-width": width, ...more });
const box = (width, height, ...parts) => s("svg", { width, height, "aria-hidden": "true" }, ...parts);
const ring = (x, y, r) => `M${(x - r).toFixed(1)},${y.toFixed(1)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0${-2 * r},0`;
const hatch = (x, y, wide, high) => {
  let d = "";
  for (let k = -high + 5; k < wide - 2; k += 5) {
    const [from, to] = [Math.max(k, 0), Math.min(k + high, wide)];
    d += `M${(x + from).toFixed(1)},${(y + high - from + k).toFixed(1)}L${(x + to).toFixed(1)},${(y + high - to + k).toFixed(1)}`;
  }
  return d;
};
const finite = (values) => values.filter((v) => !Number.isNaN(v));

// A row per unit, in the picture and for the mouse: a click selects.
const rowsOf = (node, select, units) => node.addEventListener("click", (event) => {
  const j = Math.floor((event.clientY - node.getBoundingClientRect().top - TOP) / ROW);
  select(Math.min(units() - 1, Math.max(0, j)));
});

// Respondents in every cell.
const cellsView = (width, strings, select) => {
  const [back, lines, marks, gaps] = [s("rect", { fill: "#fdf3d8", height: ROW, width }), s("g"), s("g"), stroke("#8c959f", 1)];
  const node = box(width, 0, back, lines, gaps, marks);
  const head = h("p", { class: "strong" }, strings.cells);
  let [w, built, texts] = [];
  rowsOf(node, select, () => w.J);
  const build = () => {
    const { world, J } = w;
    const K = world.N[0].length;
    const wide = (width - LEFT) / K;
    const second = world.traits[1][1];
    node.setAttribute("height", TOP + ROW * J + 2);
    const middle = (k) => LEFT + wide * (k + 0.5);
    const write = (x, y, text, more) => s("text", { x, y, "text-anchor": "middle", ...more }, text);
    const small = { "font-size": wide < 34 ? 9 : 11 };
    lines.replaceChildren(
      ...world.traits[0][1].map((level, a) => write(LEFT + wide * second.length * (a + 0.5), 12, level, { class: "title" })),
      ...world.N[0].map((_, k) => write(middle(k), 27, second[k % second.length], small)),
      ...world.codes.slice(0, J).map((code, j) => s("text", { x: 2, y: TOP + ROW * j + 12 }, code)));
    texts = w.poll.n.map((row, j) => row.map((_, k) => write(middle(k), TOP + ROW * j + 12, "", { "font-size": 11 })));
    marks.replaceChildren(...texts.flat());
  };
  const draw = (state) => {
    w = state;
    const K = w.world.N[0].length;
    if (built !== w.J) build();
    built = w.J;
    const wide = (width - LEFT) / K;
    move(back, { y: TOP + ROW * w.at });
    let d = "";
    w.poll.n.forEach((row, j) => row.forEach((n, k) => {
      const text = n ? String(n) : "";
      if (texts[j][k].textContent !== text) texts[j][k].textContent = text;
      if (!n) d += hatch(LEFT + wide * k + 2, TOP + ROW * j + 2, wide - 4, ROW - 4);
    }));
    move(gaps, { d });
  };
  return { node: h("div", {}, head, node), draw };
};

// Every unit's raw mean, estimate and truth.
const stripView = (width, strings, select) => {
  const back = s("rect", { fill: "#fdf3d8", height: ROW, width });
  const [joins, raws, shown, truth, mine] = [stroke("#c4cad0", 1), stroke(GREY, 1.3), s("path", { fill: BLUE }),
    stroke(GREEN, 1.8), s("path", { fill: RED })];
  let axis = s("g");
  const codes = s("g");
  const node = box(width, 0, back, codes, axis, joins, raws, truth, shown, mine);
  const head = h("p", { class: "strong" });
  let w;
  rowsOf(node, select, () => w.J);
  const draw = (state) => {
    w = state;
    const bottom = TOP + ROW * w.J;
    head.textContent = strings[`name_${w.method}`] + " · " + strings.column_rmse + " " + w.said[`rmse_${w.method}`];
    if (codes.childElementCount !== w.J)
      codes.replaceChildren(...w.world.codes.slice(0, w.J).map((code, j) => s("text", { x: 2, y: TOP + ROW * j + 12 }, code)));
    node.setAttribute("height", bottom + 38);
    const all = finite([...w.truth, ...w.estimates.raw, ...w.estimates.mrp, ...w.shown]).map((v) => 100 * v);
    const x = linear(Math.floor(Math.min(...all) / 10) * 10, Math.ceil(Math.max(...all) / 10) * 10, LEFT, width - 10);
    const y = (j) => TOP + ROW * (j + 0.5);
    const at = (v) => Number(x(100 * v).toFixed(1));
    const each = (values, mark) => values.map((v, j) => (Number.isNaN(v) ? "" : mark(at(v), y(j), j))).join("");
    move(back, { y: TOP + ROW * w.at });
    move(joins, { d: each(w.shown, (a, b, j) => `M${a},${b}H${at(w.truth[j])}`) });
    move(raws, { d: each(w.estimates.raw, (a, b) => ring(a, b, 3.5)) });
    move(shown, { d: each(w.shown, (a, b, j) => (j === w.at ? "" : diamond(a, b, 4.5))) });
    move(mine, { d: each(w.shown, (a, b, j) => (j === w.at ? diamond(a, b, 5.5) : "")) });
    move(truth, { d: each(w.truth, (a, b) => cross(a, b, 3)) });
    axis.replaceWith((axis = bottomAxis(x, bottom + 2, strings.strip, width < 340 ? 5 : 8)));
  };
  return { node: h("div", {}, head, node), draw };
};

// The map of tiles: dark is low, light is high, as in cividis; no estimate is hatched.
const mapView = (width, strings, select) => {
  const [tiles, gaps, note] = [s("g"), stroke("#8c959f", 1), h("p", { class: "note" })];
  const chosen = s("rect", { fill: "none", stroke: RED, "stroke-width": 3 });
  const node = box(width, 0, tiles, gaps, chosen);
  let [built, marks, side, w] = [];
  const RAMP = [[0, 34, 78], [86, 92, 108], [165, 156, 116], [254, 232, 56]];
  const colour = (t) => {
    const k = Math.min(2, Math.floor(3 * t));
    return RAMP[k].map((v, i) => Math.round(v + (3 * t - k) * (RAMP[k + 1][i] - v)));
  };
  const build = () => {
    const { codes, tiles: places } = w.world;
    const columns = 1 + Math.max(...places.map(([, column]) => column));
    side = Math.min(42, Math.floor((width - 4) / columns));
    node.setAttribute("height", side * (1 + Math.max(...places.map(([row]) => row))) + 4);
    marks = places.map(([row, column], j) => {
      const [x, y] = [2 + column * side, 2 + row * side];
      return { x, y, rect: s("rect", { x, y, width: side - 2, height: side - 2 }),
        text: s("text", { x: x + side / 2 - 1, y: y + side / 2 + 4, "text-anchor": "middle" }, codes[j]) };
    });
    tiles.replaceChildren(...marks.map(({ rect, text }, j) =>
      s("g", { click: () => j < w.J && select(j) }, rect, text)));
    move(chosen, { width: side - 2, height: side - 2 });
  };
  const draw = (state) => {
    w = state;
    if (!built) build();
    built = true;
    const known = finite([...w.shown, ...w.truth]);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    let d = "";
    marks.forEach(({ x, y, rect, text }, j) => {
      const v = w.shown[j];
      const none = j >= w.J || Number.isNaN(v);
      const rgb = none ? [255, 255, 255] : colour(most > least ? (v - least) / (most - least) : 0.5);
      move(rect, { fill: `rgb(${rgb})`, stroke: none ? "#8c959f" : "none", opacity: j < w.J ? 1 : 0.3 });
      text.setAttribute("style", `fill:${0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2] > 125 ? INK : "#fff"}`);
      if (none && j < w.J) d += hatch(x, y, side - 2, side - 2);
    });
    move(gaps, { d });
    move(chosen, { x: marks[w.at].x, y: marks[w.at].y });
    note.textContent = fill(strings.scale, { low: fixed(100 * least, 0), high: fixed(100 * most, 0) });
  };
  return { node: h("div", {}, h("p", { class: "strong" }, strings.map), node, note), draw };
};

// Who answered beside who is there.
const marginsView = (width, strings) => {
  const [first, high] = [104, 20];
  const names = s("g");
  const [joins, asked, people] = [stroke("#c4cad0", 2), stroke(GREY, 1.6), s("path", { fill: BLUE })];
  let [axis, built] = [s("g")];
  const node = box(width, 0, names, axis, joins, people, asked);
  const draw = (w) => {
    const rows = w.margins;
    const bottom = 8 + high * rows.length;
    node.setAttribute("height", bottom + 38);
    const y = (i) => 8 + high * (i + 0.5);
    const most = Math.max(...rows.flatMap(([, a, b]) => [a, b]));
    const x = linear(0, Math.ceil(10 * most) * 10, first, width - 12);
    if (!built) names.append(...rows.map(([name], i) => s("text", { x: 2, y: y(i) + 4 }, name)));
    built = true;
    const at = (v) => Number(x(100 * v).toFixed(1));
    move(joins, { d: rows.map(([, a, b], i) => `M${at(a)},${y(i)}H${at(b)}`).join("") });
    move(asked, { d: rows.map(([, a], i) => ring(at(a), y(i), 5)).join("") });
    move(people, { d: rows.map(([, , b], i) => `M${at(b) - 4},${y(i) - 4}h8v8h-8Z`).join("") });
    axis.replaceWith((axis = bottomAxis(x, bottom, strings.margins, 5)));
  };
  const keys = h("p", { class: "key" }, h("span", {}, strings.key_poll), h("span", {}, strings.key_people));
  return { node: h("div", {}, node, keys), draw };
};

// The scoreboard, the selected unit cell by cell, and the formulas with its numbers.
const readOut = (strings, methods) => {
  const scroll = (label) => h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label });
  const [board, own] = [scroll(strings.scoreboard), scroll(strings.numbers)];
  const formulas = h("div", { class: "formulas", tabindex: "0", role: "group", "aria-label": strings.formula });
  let before;
  const draw = (w) => {
    const now = JSON.stringify([w.said, w.poll.n[w.at], w.poll.yes[w.at], w.method, w.fit.tau]);
    if (before === now) return;
    before = now;
    const percent = (v) => (Number.isNaN(v) ? "–" : fixed(100 * v, 1));
    board.replaceChildren(table([
      [strings.column_method, strings.column_rmse, strings.column_all, w.said.label, strings.column_units],
      ...methods.map((name) => [strings[`name_${name}`] + (name === w.method ? " ◂" : ""), w.said[`rmse_${name}`],
        percent(w.overall(w.estimates[name])), percent(w.estimates[name][w.at]), String(finite(w.estimates[name]).length)]),
      [strings.truth, "", percent(w.overall(w.truth)), w.said.truth, String(w.J)]]));
    const [[, first], [, second]] = w.world.traits;
    const [n, yes, N] = [w.poll.n[w.at], w.poll.yes[w.at], w.world.N[w.at]];
    own.replaceChildren(table([
      [strings.column_cell, strings.column_n, strings.column_yes, strings.column_share, strings.column_people],
      ...N.map((people, k) => [`${first[Math.floor(k / second.length)]} ${second[k % second.length]}`, String(n[k]),
        String(yes[k]), percent(w.fit.share[w.at][k]), percent(people / w.size[w.at])])]));
    formulas.innerHTML = fill(strings.formulas, { p_own: percent(w.estimates.p[w.at]), mrp_own: percent(w.estimates.mrp[w.at]),
      b: fixed(w.fit.b[w.at], 2), first: fixed(N[0] / w.size[w.at], 3), first_share: percent(w.fit.share[w.at][0]) }).split("\n")
      .map((text) => `<p>${formula(text)}</p>`).join("");
  };
  return { node: h("div", { class: "two" }, board, h("div", {}, own, formulas)), draw };
};

// Switches, the choice of a unit, and dials; dials of odds are on a log scale. `make` holds the makers of inputs.
const controls = (make, { world }, strings, put) => {
  const { labels, predictor, traits: [[trait, first], [, second]] } = world;
  const names = { predictor, trait };
  const texts = { mr: strings.mr_switch, p: strings.p_switch, predictor: fill(strings.predictor, names),
    interaction: fill(strings.interaction, names) };
  const ticks = Object.keys(texts).map((name) => ({ name, ...make.tick(texts[name], (on) => put({ [name]: on })) }));
  const ranges = { n: { min: 200, max: 5000, step: 100 }, J: { min: 4, max: labels.length, step: 1 } };
  const level = { odds_a: first[first.length - 1], odds_b: second[0] };
  const dials = [...Object.keys(ranges), ...make.odds].map((name) => {
    const range = ranges[name] || { min: -1.61, max: 1.61, step: 0.0575 };
    const value = (v) => (ranges[name] ? v : Math.min(5, Math.max(0.2, Number(Math.exp(v).toFixed(2)))));
    return { name, ...make.slider(fill(strings[`dial_${name}`], { ...names, level: level[name] }), range,
      (v) => put({ [name]: value(v) })) };
  });
  const unit = make.pick(strings.unit, labels, (j) => put({ selected: j }));
  const quiet = h("div");
  let [silence, at, named] = [];
  const show = (w) => {
    for (const { name, show } of ticks) show(w[name]);
    ticks[3].node.hidden = !w.predictor;
    for (const { name, show } of dials) show(ranges[name] ? w[name] : Math.log(w[name]), fixed(w[name], ranges[name] ? 0 : 2));
    unit.show((at = w.at));
    if (named !== w.said.label) {
      named = w.said.label;
      silence = make.tick(fill(strings.quiet, w.said), (on) => put({ silent: on ? at : -1 }));
      quiet.replaceChildren(silence.node);
    }
    silence.show(w.quiet === at);
  };
  return { switches: h("div", {}, h("fieldset", {}, h("legend", {}, strings.switches), ...ticks.map(({ node }) => node)),
      ...(world.invented ? [h("p", { class: "note" }, strings.invented)] : [])),
    unit: h("div", { class: "line" }, unit.node, quiet), dials: h("div", {}, ...dials.map(({ node }) => node)), show };
};

const key = (strings) => h("p", { class: "key" },
  ...["raw", "shown", "truth"].map((name) => h("span", {}, strings[`key_${name}`])));

// Where everything stands: switches and pictures, in pairs.
const layout = (own, panels, strings) => [own.switches,
  h("div", { class: "two" }, panels[0], h("div", {}, panels[1], key(strings))), own.unit,
  h("div", { class: "two" }, h("div", {}, own.dials, panels[3]), panels[2]), panels[4]];

const make = ([cells, strip, map, margins], strings, select) => [cellsView(cells, strings, select),
  stripView(strip, strings, select), mapView(map, strings, select), marginsView(margins, strings)];
const second = { askAgain, controls, layout, make, readOut };

export default { second };
