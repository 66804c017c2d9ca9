// W5, boundary fits of slopes: its controls, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, options, slider } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { REMEDIES, ask, look, sentence } from "./boundary_slopes_maths.js";

async function render({ model, el }) {
  const { gate, key, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const dials = Object.entries({ J: [{ min: 4, max: 50, step: 1 }, 0], n: [{ min: 3, max: 30, step: 1 }, 0],
    tau1: [{ min: 0, max: 1, step: 0.05 }, 2], rho: [{ min: -0.9, max: 0.9, step: 0.1 }, 1] })
    .map(([name, [range, digits]]) => ({ name, digits,
      ...slider(strings[`dial_${name}`], range, (value) => put({ [name]: Number(value.toFixed(2)) })) }));
  const remedy = options(strings.remedy, REMEDIES.map((name) => strings[`to_${name}`]), (i) => put({ remedy: REMEDIES[i] }));
  const next = button(strings.next, () => put({ number: (me.w.number % 500) + 1 }));
  const seed = h("span", { class: "seed" });
  const again = () => {
    const seed = me.w.seed + 1;
    const [J, n, tau1, rho] = me.w.cases[(seed - 1) % me.w.cases.length];
    const fresh = { seed, number: 1, J, n, tau1, rho };
    const asked = askAgain(model, ask(look((name) => fresh[name] ?? model.get(name)), strings));
    put(asked.question ? { ...fresh, ...asked } : { seed, number: 1 });
  };
  const panels = [h("div"), h("div"), h("div")];
  const open = h("div", { class: "open" },
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], key(strings)),
      h("div", { class: "side" }, panels[1], remedy.node)),
    h("div", { class: "two" }, ...dials.map(({ node }) => node)), panels[2],
    h("div", { class: "buttons" }, next, button(strings.reset, () => put(me.w.start)), button(strings.redraw, again), seed));
  const show = (w) => {
    for (const { name, digits, show } of dials) show(w[name], fixed(w[name], digits));
    remedy.show(REMEDIES.indexOf(w.remedy));
    seed.textContent = fill(strings.number, w.said) + " · " + fill(strings.seed, w.said);
  };
  return me.begin({ open, panels, show, make: (room) => [...make(room, strings), readOut(strings)] });
}

export default { render };
