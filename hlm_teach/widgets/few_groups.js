// W7, few groups: its controls, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, options, slider } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { METHODS, ask, coverage, look, sentence } from "./few_groups_maths.js";

async function render({ model, el }) {
  const { gate, key, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const dials = Object.entries({ J: { min: 2, max: 50, step: 1 }, n: { min: 2, max: 50, step: 1 },
    icc: { min: 0, max: 0.8, step: 0.01 } })
    .map(([name, range]) => ({ name, ...slider(strings[`dial_${name}`], range, (value) => put({ [name]: value })) }));
  const method = options(strings.method, METHODS.map((name) => strings[`method_${name}`]), (i) => put({ method: METHODS[i] }));
  const seed = h("span", { class: "seed" });
  const again = () => {
    const seed = me.w.seed + 1;
    const [J, n, icc, method] = me.w.cases[(seed - 1) % me.w.cases.length];
    const asked = askAgain(model, ask([J, n, icc, method], strings));
    put(asked.question ? { seed, J, n, icc, method, ...asked } : { seed });
  };
  const panels = [h("div"), h("div"), h("div"), h("div")];
  const open = h("div", { class: "open" },
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], key(strings)),
      h("div", { class: "side" }, panels[1], panels[2])),
    h("div", { class: "two" }, h("div", {}, ...dials.map(({ node }) => node)), method.node), panels[3],
    h("div", { class: "buttons" }, button(strings.reset, () => put(me.w.start)), button(strings.redraw, again), seed));
  const show = (w) => {
    for (const { name, show } of dials) show(w[name], fixed(w[name], name === "icc" ? 2 : 0));
    method.show(METHODS.indexOf(w.method));
    seed.textContent = fill(strings.seed, w.said);
  };
  return me.begin({ open, panels, show, make: (room) => [...make(room, strings, coverage), readOut(strings)] });
}

export default { render };
