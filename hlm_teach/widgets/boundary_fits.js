// W5, boundary fits: its controls, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, options, pick, slider } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { ask, look, sentence } from "./boundary_fits_maths.js";

const [METHODS, REMEDIES] = [["REML", "ML"], ["keep", "drop", "prior", "groups"]];

async function render({ model, el }) {
  const { gate, key, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const preset = pick(strings.preset, me.w.presets.map(([, text]) => text), (i) => put({ preset: me.w.presets[i][0] }));
  const dials = Object.entries({ J: { min: 3, max: 50, step: 1 }, n: { min: 2, max: 30, step: 1 },
    icc: { min: 0, max: 0.6, step: 0.01 } })
    .map(([name, range]) => ({ name, ...slider(strings[`dial_${name}`], range, (value) => put({ [name]: value })) }));
  const method = options(strings.method, METHODS, (i) => put({ method: METHODS[i] }));
  const remedy = options(strings.remedy, REMEDIES.map((name) => strings[`to_${name}`]), (i) => put({ remedy: REMEDIES[i] }));
  const next = button(strings.next, () => put({ number: (me.w.number % 500) + 1 }));
  const seed = h("span", { class: "seed" });
  const again = () => {
    const seed = me.w.seed + 1;
    const changes = { seed, number: 1 };
    const [J, n, icc] = me.w.cases[(seed - 1) % me.w.cases.length];
    const asked = me.w.simulated ? askAgain(model, ask([J, n, icc], me.w.method, strings)) : {};
    put(asked.question ? { ...changes, J, n, icc, ...asked } : changes);
  };
  const panels = [h("div"), h("div"), h("div")];
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], key(strings), ...dials.map(({ node }) => node)),
      h("div", { class: "side" }, panels[1], remedy.node, method.node)),
    panels[2],
    h("div", { class: "buttons" }, next, button(strings.reset, () => put(me.w.start)), button(strings.redraw, again), seed));
  const show = (w) => {
    preset.show(w.presets.findIndex(([name]) => name === w.preset));
    for (const { name, node, show } of dials) {
      node.hidden = !w.simulated && name !== "icc";
      show(w[name], fixed(w[name], name === "icc" ? 2 : 0));
    }
    method.show(METHODS.indexOf(w.method));
    remedy.show(REMEDIES.indexOf(w.remedy));
    next.hidden = !w.simulated;
    seed.textContent = (w.simulated ? fill(strings.number, w.said) + " · " : "") + fill(strings.seed, w.said);
  };
  return me.begin({ open, panels, show, make: (room) => [...make(room, strings), readOut(strings)] });
}

export default { render };
