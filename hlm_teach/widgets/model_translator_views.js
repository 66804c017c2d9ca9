// The panes and pictures of the model translator: texts whose new lines are marked, and two grids of numbers.
// They are a second module; `kit` holds the shared functions of the first.

import { askAgain } from "./shared/again.js";
import { formula } from "./shared/formula.js";
import { holds, toggle } from "./model_translator_edits.js";
import { numbersOf } from "./model_translator_numbers.js";
import { panes } from "./model_translator_panes.js";
import { write } from "./model_translator_terms.js";

// What a model says, added to its state.
const tell = (w, strings) => {
  Object.assign(w, panes(w.model, w.known, strings));
  numbersOf(w);
};

// The parts of a model, to tick in words and to press as symbols.
const ticks = ({ button, fill, h, move, tick }, strings, change) => {
  const node = h("fieldset");
  const chips = h("div", { class: "buttons", role: "group", "aria-label": strings.edit });
  const said = ([kind, what, column]) => {
    if (kind === "fixed") return fill(strings[what[1] ? "part_cross" : "part_fixed"], { x: what[0], z: what[1] });
    const key = kind === "together" ? kind : column[0] ? "slope" : "mean";
    return fill(strings[`part_${key}`], { x: column?.[0], group: what });
  };
  let listed, made;
  const draw = (w) => {
    if (listed !== w.preset) {
      listed = w.preset;
      made = w.parts.map((part, i) => {
        const go = () => change((now) => write(toggle(now.model, part), now.known.y));
        return [tick(said(part), go), button(w.symbols[i], go)];
      });
      node.replaceChildren(h("legend", {}, strings.edit), ...made.map(([one]) => one.node));
      chips.replaceChildren(...made.map(([, chip]) => chip));
    }
    made.forEach(([one, chip], i) => {
      const on = holds(w.model, w.parts[i]);
      one.show(on);
      move(chip, { "aria-pressed": String(on) });
    });
  };
  return { node, chips, draw };
};

// Lines that come and go: those that were not there before are marked.
const linesOf = ({ h }, put) => {
  const node = h("div");
  let before;
  const draw = (lines, mark) => {
    if (String(before) === String(lines)) return;
    node.replaceChildren(...lines.map((text) => {
      const line = h("p", mark && !before?.includes(text) ? { class: "new" } : {});
      put(line, text);
      return line;
    }));
    before = lines;
  };
  return { node, draw };
};

// A grid of numbers, the fuller the larger; negative ones are hatched, and a click chooses a cell.
const grid = ({ fixed, h, move, s }, width, title, choose) => {
  const ring = s("rect", { fill: "none", stroke: "#1f2328", "stroke-width": 2.5 });
  const id = `hatch${Math.random()}`;
  const hatch = s("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("path", { d: "M0,0V5", stroke: "#c14f00", "stroke-width": 2 }));
  const cells = s("g");
  const node = s("svg", { width, "aria-hidden": "true" }, hatch, s("text", { y: 14 }, title), cells, ring);
  let built, made, side;
  const place = (i, k) => ({ x: 22 + side * k, y: 48 + side * i, width: side - 1, height: side - 1 });
  const size = (text, span = 1) => Math.min(11, (1.8 * side * span) / text.length);
  const word = (i, k, text, high, span) => s("text", { x: 22 + side * (k + (span ?? 1) / 2), y: 48 + side * i + high,
    "text-anchor": "middle", "font-size": size(text, span), "pointer-events": "none" }, text);
  // `heads` are above the columns; `tops`, a text over so many columns each, above the heads.
  const draw = (numbers, heads, tops, chosen, digits) => {
    if (built !== String([heads, tops])) {
      built = String([heads, tops]);
      side = Math.min(40, (width - 24) / heads.length);
      made = numbers.map((row, i) => row.map((_, k) => [
        s("rect", { ...place(i, k), stroke: "#d0d7de", click: choose ? () => choose(i, k) : false }),
        word(i, k, "", side / 2 + 4)]));
      cells.replaceChildren(...made.flat(2), ...heads.map((text, k) => word(0, k, text, -6)),
        ...tops.map(([k, span, text]) => word(0, k, text, -20, span)),
        ...numbers.map((_, i) => word(i, -0.5 - 10 / side, String(i + 1), side / 2 + 4)));
      move(node, { height: 50 + side * numbers.length });
    }
    const most = Math.max(...numbers.flat().map(Math.abs)) || 1;
    numbers.forEach((row, i) => row.forEach((value, k) => {
      const [area, text] = made[i][k];
      move(area, { fill: value > 0 ? "#0072b2" : value < 0 ? `url(#${id})` : "#fff",
        "fill-opacity": value ? 0.12 + (0.4 * Math.abs(value)) / most : 1 });
      const said = value && side > 17 ? fixed(value, value % 1 ? digits : 0) : "";
      move(text, { text: said, "font-size": size(said) });
    }));
    move(ring, chosen ? place(...chosen) : { width: 0 });
  };
  return { node, draw };
};

const views = (kit, strings, change, choose) => {
  const { fixed, h } = kit;
  const plain = (line, text) => (line.textContent = text);
  const equation = (line, text) => (line.innerHTML = formula(text));
  const edit = ticks(kit, strings, change);
  const lines = {};
  const pane = (name, put, ...more) => {
    lines[name] = linesOf(kit, put);
    const label = strings[`pane_${name}`];
    const boxed = { class: "formulas", tabindex: "0", role: "group", "aria-label": label };
    return h("div", {}, h("p", { class: "strong" }, label),
      h("div", put === plain ? { class: name } : boxed, lines[name].node), ...more);
  };
  const counted = h("p");
  const node = h("div", { class: "two" }, pane("words", plain, counted, edit.node),
    h("div", {}, pane("levels", equation, edit.chips), pane("composite", equation), pane("code", plain)));
  const pair = pane("pair", equation);
  const show = (w) => {
    edit.draw(w);
    const code = Object.entries(w.code).flatMap(([name, found]) => found.map((text) => `${name}: ${text}`));
    const texts = { words: w.words, levels: w.levels, composite: [...w.composite, ...w.distributions], code };
    for (const name in texts) lines[name].draw(texts[name], w.before);
    plain(counted, kit.fill(strings.count, w.counts));
    const found = w.ties(w.row, w.column);
    const sum = (say) => found.map((one) => `${say(one)} × ${fixed(one.times, one.times % 1 ? 2 : 0)}`).join(" + ") || "0";
    lines.pair.draw([`Cov ( y_${w.row + 1} , y_${w.column + 1} ) = ` + sum(({ text }) => text),
      `= ${sum(({ amount }) => fixed(amount, w.digits))} = ${fixed(w.covariance[w.row][w.column], w.digits)}`]);
  };
  const make = ([left, right]) => {
    const Z = grid(kit, left, strings.title_Z);
    const V = grid(kit, right, strings.title_V, choose);
    const tops = ({ design }) => design.flatMap(({ top, span }, k) => (top ? [[k, span, top]] : []));
    return [{ node: Z.node, draw: (w) => Z.draw(w.covariance.map((_, i) => w.design.map(({ values }) => values[i])),
      w.design.map(({ group }) => group), tops(w), null, 1) },
    { node: V.node, draw: (w) => V.draw(w.covariance, w.covariance.map((_, i) => String(i + 1)), [], [w.row, w.column],
      w.covariance[0][0] < 10 ? 1 : 0) }];
  };
  const key = h("p", { class: "key" },
    ...["positive", "negative", "zero", "new"].map((name) => h("span", {}, strings[`key_${name}`])));
  return { node, make, show, key, pair };
};

const second = { askAgain, tell, views };

export default { second };
