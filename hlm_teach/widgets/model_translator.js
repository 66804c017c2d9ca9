// W12, the model translator: its controls, and what they do to the traits.

import { button, keys, pick, slider, tick, unique } from "./shared/controls.js";
import { h, move, s } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { read } from "./model_translator_formula.js";
import { look, sentence } from "./model_translator_maths.js";
import { write } from "./model_translator_terms.js";

async function render({ model, el }) {
  const { askAgain, tell, views } = await secondOf(model);
  const me = stage(model, el, gate, (get) => look(get, tell), sentence);
  const { put, strings } = me;
  const alert = h("p", { role: "alert" });

  // A formula that cannot be read changes nothing, and is explained.
  let typed = "";
  const change = (text) => {
    const w = me.w;
    typed = "";
    try {
      const formula = write(read(text, w.known), w.known.y);
      if (formula !== w.formula) put({ formula, before: w.formula });
    } catch (error) {
      if (!error.key) throw error;
      typed = text;
      alert.textContent = fill(strings[error.key], error.values);
    }
    show(me.w);
  };
  const begin = (changes) => {
    const { w } = me;
    typed = "";
    const before = changes.formula === w.formula ? w.before : changes.preset ? "" : w.formula;
    put({ values: {}, row: 0, column: 1, ...changes, before });
  };
  const preset = pick(strings.preset, me.w.presets.map(([, text]) => text), (i) => {
    const name = me.w.presets[i][0];
    begin({ preset: name, formula: me.w.sets[name].start });
  });
  const id = unique();
  const input = h("input", { ...keys, id, type: "text", spellcheck: "false", autocomplete: "off",
    class: "formula", change: () => change(input.value),
    keydown: ({ key }) => key === "Enter" && change(input.value) });
  const sliders = h("div");
  const [rows, columns] = [["cell", "row"], ["cell_column", "column"]].map(([text, name]) =>
    slider(strings[text], { min: 1, step: 1 }, (value) => put({ [name]: value - 1 })));
  const seed = h("span", { class: "seed" });
  const next = () => {
    const seed = me.w.seed + 1;
    const { preset, formula, question } = me.w.cases[(seed - 1) % me.w.cases.length];
    begin({ seed, ...(preset === me.w.preset ? {} : { preset }), formula, ...askAgain(model, question) });
  };
  const { key, make, node, pair, show: draw } = views({ button, fill, fixed, h, move, s, tick }, strings,
    (write) => change(write(me.w)), (row, column) => put({ row, column }));
  const panels = [h("div"), h("div")];
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "line" }, h("label", { for: id }, strings.formula), input), alert, node,
    h("div", { class: "two" }, ...panels), key,
    h("div", { class: "two" }, sliders, h("div", {}, pair, rows.node, columns.node)),
    h("div", { class: "buttons" }, button(strings.reset, () => begin({ formula: me.w.start })),
      button(strings.redraw, next), seed));

  let listed, dials;
  const list = (w) => {
    const variances = w.parameters.filter(({ key }) => key in w.value);
    const now = [w.preset, ...variances.map(({ symbol, key }) => symbol + key)].join();
    if (listed !== now) {
      listed = now;
      dials = variances.map(({ kind, size, key, symbol, about, factor }) => {
        const usual = w.scale[kind === "sigma" ? "sigma" : about[0][0] ?? "1"];
        const most = kind === "cor" ? 1 / (size - 1) : 2 * usual;
        const range = kind === "cor" ? { min: -most, max: most, step: 0.05 }
          : { min: kind === "sigma" ? usual / 20 : 0, max: most, step: usual / 20 };
        const text = factor ? `${symbol} · ${about.map((term) => term[0] ?? "1").join(", ")} | ${factor}` : symbol;
        const send = (value) => put({ values: { ...me.w.values, [key]: Number(value.toFixed(6)) } });
        return { key, digits: kind === "cor" ? 2 : Math.max(1, 2 - Math.floor(Math.log10(usual))), ...slider(text, range, send) };
      });
      sliders.replaceChildren(...dials.map(({ node }) => node));
    }
    for (const { key, digits, input, show } of dials) {
      if (w.value[key] > input.max) move(input, { max: w.value[key] });
      show(w.value[key], fixed(w.value[key], digits));
    }
  };
  const show = (w) => {
    if (!typed) alert.textContent = "";
    preset.show(w.presets.findIndex(([name]) => name === w.preset));
    input.value = typed || w.formula;
    list(w);
    draw(w);
    for (const [dial, value] of [[rows, w.row], [columns, w.column]]) {
      move(dial.input, { max: w.n });
      dial.show(value + 1, value + 1);
    }
    seed.textContent = fill(strings.seed, { number: ((w.seed - 1) % w.cases.length) + 1, cases: w.cases.length });
  };
  return me.begin({ open, panels, show, make });
}

export default { render };
