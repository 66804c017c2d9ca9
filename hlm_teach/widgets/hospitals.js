// W9, hospitals: its controls, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, options, pick, slider, tick } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { TARGETS, ask, look, scores, sentence } from "./hospitals_maths.js";

const [RULES, MEASURES] = [["rank", "two"], ["bias", "rmse", "wrong"]];

async function render({ model, el }) {
  const { MOST, casemix, gate, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, (get) => look(get, casemix), sentence);
  const { put, strings } = me;
  const choose = (name, all) =>
    pick(strings[name], all.map((one) => strings[`${name}_${one}`]), (i) => put({ [name]: all[i] }));
  const preset = pick(strings.preset, me.w.presets.map(([, text]) => text),
    (i) => put({ preset: me.w.presets[i][0], selected: 0 }));
  const target = options(strings.target, TARGETS.map((name) => strings[`to_${name}`]), (i) => put({ target: TARGETS[i] }));
  const standard = options(strings.standard, casemix.RATES.map((name) => strings[`standard_${name}`]),
    (i) => put({ standard: casemix.RATES[i] }));
  const raw = target.node.querySelector("label").lastChild;
  const [rule, measure] = [choose("rule", RULES), choose("measure", MEASURES)];
  const reveal = tick(strings.reveal, (on) => put({ reveal: on }));
  const dials = Object.entries({ effect: [0, 3], spread: [0.2, 1.6], mix: [0, 1] }).map(([name, [min, max]]) =>
    ({ name, ...slider(strings[`dial_${name}`], { min, max, step: 0.1 }, (value) => put({ [name]: value })) }));
  const hospital = h("div");
  const [note, seed] = [h("p", { class: "note" }), h("span", { class: "seed" })];
  const again = button(strings.redraw, () => {
    const seed = me.w.seed + 1;
    const [effect, spread] = me.w.cases[(seed - 1) % me.w.cases.length];
    const asked = askAgain(model, ask(seed, effect, spread, strings));
    put(asked.question ? { seed, effect, spread, reveal: false, target: "raw", mix: 0, standard: "raw", ...asked } : { seed });
  });
  const panels = [h("div"), h("div"), h("div")];
  const truth = h("div", {}, ...dials.map(({ node }) => node), standard.node);
  const board = h("div", {}, measure.node, rule.node);
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0]),
      h("div", { class: "side" }, target.node, reveal.node, panels[1], hospital)),
    h("div", { class: "two" }, truth, board), panels[2], note,
    h("div", { class: "buttons" }, button(strings.reset, () => put({ ...me.w.start, selected: 0 })), again, seed));
  let listed, list;
  const show = (w) => {
    if (listed !== w.labels) {
      listed = w.labels;
      list = pick(strings.hospital, w.labels, (j) => put({ selected: j }));
      hospital.replaceChildren(list.node);
    }
    list.show(w.selected);
    preset.show(w.presets.findIndex(([name]) => name === w.preset));
    target.show(TARGETS.indexOf(w.target));
    const named = strings[w.kind === "raw" ? "to_raw" : "to_own"];
    if (raw.data !== named) raw.data = named;
    standard.show(casemix.RATES.indexOf(w.standard));
    rule.show(RULES.indexOf(w.rule));
    measure.show(MEASURES.indexOf(w.measure));
    reveal.show(w.reveal);
    for (const node of [truth, reveal.node, again, seed]) node.hidden = !w.simulated;
    board.hidden = !w.shown;
    rule.node.hidden = w.measure !== "wrong";
    for (const { name, show } of dials) show(w[name], fixed(w[name], 1));
    seed.textContent = fill(strings.seed, w.said);
    note.textContent = w.J > MOST ? fill(strings.some, { shown: MOST, J: w.J }) : "";
  };
  const select = (j) => put({ selected: j });
  return me.begin({ open, panels, show, make: (room) => [...make(room, strings, select), readOut(strings, scores)] });
}

export default { render };
