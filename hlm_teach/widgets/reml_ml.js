// W3, REML against ML: its controls, and what they do to the traits.

import { button, pick, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { look, sentence } from "./reml_ml_maths.js";

async function render({ model, el }) {
  const { gate, key, make, readOut } = await secondOf(model);
  const [sets, presets] = [model.get("sets"), model.get("presets")];
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const edit = (j, mean) => put({ selected: j, edits: { ...me.w.edits, [j]: Number(mean.toFixed(me.w.digits[0])) } });
  const start = (preset) => put({ preset, ...sets[preset].start, edits: {}, times: 1, selected: 0 });
  const dial = (name, range, send) => ({ name, ...slider(strings[`dial_${name}`], range, send) });

  const preset = pick(strings.preset, presets.map(([, text]) => text), (i) => start(presets[i][0]));
  const dials = [
    dial("J", { min: 3, max: 50, step: 1 }, (J) => put({ J, p: Math.min(me.w.p, J - 1), edits: {}, selected: 0 })),
    dial("n", { min: 2, max: 30, step: 1 }, (n) => put({ n })),
    dial("p", { min: 1, max: 8, step: 1 }, (p) => put({ p: Math.min(p, me.w.J - 1), times: p > 1 ? me.w.times : 1 })),
    dial("tau", { min: 0, step: "any" }, (tau) => put({ tau: Number(tau.toFixed(me.w.digits[0])) })),
  ];
  const groups = h("div");
  const mean = slider("", { step: "any" }, (value) => edit(me.w.selected, value));
  const trap = button("", () => put({ p: Math.max(2, me.w.p), times: 11 - me.w.times }));
  const seed = h("span", { class: "seed" });
  const panels = [h("div"), h("div"), h("div")];
  const numbers = readOut(strings);
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], ...dials.map(({ node }) => node), key(strings)),
      h("div", { class: "side" }, numbers.node, trap)),
    h("div", { class: "two" }, panels[1], h("div", {}, panels[2], groups, mean.node)),
    h("div", { class: "buttons" }, button(strings.reset, () => start(me.w.preset)),
      button(strings.redraw, () => put({ seed: me.w.seed + 1, edits: {} })), seed));
  // The list of groups is made for their names.
  let group, listed;
  const list = (w) => {
    if (listed === String(w.labels)) return;
    listed = String(w.labels);
    group = pick(strings.group, w.labels, (j) => put({ selected: j }));
    groups.replaceChildren(group.node);
  };
  const show = (w) => {
    list(w);
    numbers.draw(w);
    preset.show(presets.findIndex(([name]) => name === w.preset));
    group.show(w.selected);
    move(dials[1].input, { max: Math.max(30, w.n) });
    move(dials[3].input, { max: Math.max(3 * w.sigma, w.tau), step: w.sigma / 20 });
    for (const { name, node, show } of dials) {
      node.hidden = !w.simulated && name !== "tau";
      show(w[name], fixed(w[name], name === "tau" ? w.digits[0] : 0));
    }
    move(mean.input, { min: w.span[0], max: w.span[1], step: (w.span[1] - w.span[0]) / 100 });
    move(mean.node.firstChild, { text: fill(strings.group_mean, { group: w.labels[w.selected] }) });
    mean.show(w.means[w.selected], fixed(w.means[w.selected], w.digits[0]));
    trap.hidden = !w.simulated;
    move(trap, { text: w.times > 1 ? strings.untrap : strings.trap });
    move(seed, { text: fill(strings.seed, w) });
  };
  return me.begin({ open, panels, show, make: (room) => make(room, strings, edit) });
}

export default { render };
