// W10, the MRP board: what its switches and dials do to the traits.

import { button, pick, slider, tick } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { METHODS, ODDS, ask, look, sentence } from "./mrp_board_maths.js";

async function render({ model, el }) {
  const { askAgain, controls, layout, make, readOut } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const own = controls({ pick, slider, tick, odds: ODDS }, me.w, strings, put);
  const seed = h("span", { class: "seed" });
  const again = () => {
    const seed = me.w.seed + 1;
    if (!model.get("question").text) return put({ seed });
    const { cases, start, world } = me.w;
    const j = cases[(seed - 1) % cases.length];
    const traits = { ...start, seed, J: world.labels.length, silent: j, selected: j };
    const next = look((name) => (name in traits ? traits[name] : model.get(name)));
    put({ ...traits, ...askAgain(model, ask(next, strings)) });
  };
  const panels = Array.from({ length: 5 }, () => h("div"));
  const open = h("div", { class: "open" }, ...layout(own, panels, strings),
    h("div", { class: "buttons" }, button(strings.reset, () => put(me.w.start)), button(strings.redraw, again), seed));
  const show = (w) => {
    own.show(w);
    seed.textContent = fill(strings.seed, w);
  };
  const select = (j) => put({ selected: j });
  return me.begin({ open, panels, show, make: (room) => [...make(room, strings, select), readOut(strings, METHODS)] });
}

export default { render };
