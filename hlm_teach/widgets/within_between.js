// W6, within and between: its controls, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, pick, slider, tick } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { ask, look, sentence } from "./within_between_maths.js";

async function render({ model, el }) {
  const { key, readOut, scatterView } = await secondOf(model);
  const sets = model.get("sets");
  const presets = model.get("presets");
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const preset = pick(strings.preset, presets.map(([, text]) => text),
    (i) => put({ preset: presets[i][0], ...sets[presets[i][0]].start }));
  const dials = model.get("dials").map(([name, range, digits]) => ({ name, digits,
    ...slider(strings[`dial_${name}`], range, (value) => put({ [name]: value })) }));
  const mundlak = tick(strings.add_mean, (on) => put({ mundlak: on }));
  const again = button(strings.redraw, () => {
    const seed = me.w.seed + 1;
    const next = look((name) => (name === "seed" ? seed : model.get(name)));
    put({ seed, ...askAgain(model, ask(next, strings)) });
  });
  const seed = h("span", { class: "seed" });
  const note = h("p", { class: "note" });
  const numbers = readOut(strings);
  const panel = h("div");
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panel, key(strings)),
      h("div", { class: "side" }, mundlak.node, numbers.node)),
    h("div", { class: "two" }, ...dials.map(({ node }) => node)), note,
    h("div", { class: "buttons" },
      button(strings.reset, () => put({ ...sets[me.w.preset].start, mundlak: false })), again, seed));
  const show = (w) => {
    numbers.draw(w);
    preset.show(presets.findIndex(([name]) => name === w.preset));
    for (const { name, digits, node, input, show } of dials) {
      if (!digits) node.hidden = !w.simulated;
      else if (name !== "icc") move(input, { min: -w.reach, max: w.reach, step: w.reach / 60 });
      show(model.get(name), fixed(model.get(name), digits && w.digits));
    }
    mundlak.show(w.mundlak);
    again.hidden = seed.hidden = !w.simulated;
    move(seed, { text: fill(strings.seed, w) });
    move(note, { text: w.simulated ? "" : fill(strings.what_if, { shown: w.g.length, N: w.N }) });
  };
  // The view is made for a width and a set of rows, then only moved.
  const make = ([room]) => {
    const node = h("div");
    let view, rows;
    const draw = (w) => {
      if (rows !== w.v) node.replaceChildren((view = scatterView(w, room)).node);
      rows = w.v;
      view.draw(w);
    };
    return [{ node, draw }];
  };
  return me.begin({ open, panels: [panel], show, make });
}

export default { render };
