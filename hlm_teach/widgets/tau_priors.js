// W11, priors on τ: its controls, and what they do to the traits.

import { button, pick, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { FAMILIES, likelihood, logPrior, look, plain, sentence } from "./tau_priors_maths.js";

async function render({ model, el }) {
  const { key, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const family = pick(strings.family, FAMILIES.map((name) => strings[`family_${name}`]), (i) => put({ family: FAMILIES[i] }));
  // The slider of the scale is one of powers of ten around the usual scale.
  const scale = slider(strings.dial_scale, { min: -1.5, max: 1.5, step: 0.05 }, (power) =>
    put({ scales: { ...me.w.scales, [me.w.family]: Number((me.w.usual * 10 ** power).toPrecision(3)) } }));
  const size = slider(strings.dial_J, { min: 3, step: 1 }, (J) => put({ J, selected: Math.min(me.w.selected, J - 1) }));
  const inflate = slider(strings.dial_inflate, { min: 1, max: 5, step: 0.1 }, (value) => put({ inflate: value }));
  const groups = h("div");
  const seed = h("span", { class: "seed" });
  const note = h("p", { class: "note" });
  const panels = [h("div"), h("div"), h("div"), h("div")];
  const open = h("div", { class: "open" }, family.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], panels[1], key(strings)),
      h("div", { class: "side" }, panels[2], groups)),
    h("div", { class: "two" }, h("div", {}, scale.node, size.node, inflate.node), panels[3]), note,
    h("div", { class: "buttons" }, button(strings.reset, () => put({ ...me.w.start, selected: 0 })),
      button(strings.redraw, () => put({ first: (me.w.first + 1) % me.w.n })), seed));
  let listed, group;
  const show = (w) => {
    family.show(FAMILIES.indexOf(w.family));
    scale.node.hidden = w.family === "flat";
    move(scale.input, { max: w.family === "inverse_gamma" ? 3 : 1.5 });
    scale.show(Math.log10(w.scale / w.usual), plain(w.scale));
    move(size.input, { max: w.n });
    size.show(w.J, String(w.J));
    inflate.show(w.inflate, fixed(w.inflate, 1));
    if (listed !== w.labels.join("\n")) {
      listed = w.labels.join("\n");
      group = pick(strings.group, w.labels, (j) => put({ selected: j }));
      groups.replaceChildren(group.node);
    }
    group.show(w.selected);
    seed.textContent = fill(strings.seed, { group: w.labels[0] });
    note.textContent = w.J > 40 ? fill(strings.some, { shown: 40, J: w.J }) : "";
  };
  return me.begin({ open, panels, show, make: (room) =>
    [...make(room, strings, (j) => put({ selected: j }), { likelihood, logPrior }), readOut(strings)] });
}

export default { render };
