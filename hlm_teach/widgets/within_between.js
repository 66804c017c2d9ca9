// W6, within and between: its controls, and what they do to the traits.

import { button, pick, slider, tick } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { askAgain, gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { ask, look, sentence } from "./within_between_maths.js";

async function render({ model, el }) {
  const { key, readOut, scatterView } = await secondOf(model);
  const strings = model.get("strings");
  const sets = model.get("sets");
  const presets = model.get("presets");
  let w, busy;
  const put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };

  const asked = gate(model, strings);
  const preset = pick(strings.preset, presets.map(([, text]) => text),
    (i) => put({ preset: presets[i][0], ...sets[presets[i][0]].start }));
  const dials = model.get("dials").map(([name, range, digits]) => ({ name, digits,
    ...slider(strings[`dial_${name}`], range, (value) => put({ [name]: value })) }));
  const mundlak = tick(strings.add_mean, (on) => put({ mundlak: on }));
  const again = button(strings.redraw, () => {
    const seed = w.seed + 1;
    const next = look((name) => (name === "seed" ? seed : model.get(name)));
    put({ seed, ...askAgain(model, ask(next, strings)) });
  });
  const seed = h("span", { class: "seed" });
  const note = h("p", { class: "note" });
  const status = h("p", { role: "status" });
  const numbers = readOut(strings);
  const panel = h("div");
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panel, key(strings)),
      h("div", { class: "side" }, mundlak.node, numbers.node)),
    h("div", { class: "two" }, ...dials.map(({ node }) => node)), note,
    h("div", { class: "buttons" }, button(strings.reset, () => put({ ...sets[w.preset].start, mundlak: false })), again, seed));
  el.append(h("div", { class: "hlm" }, asked.node, open, status));

  // The view is built for a width and a set of rows, then only moved.
  let view = {};
  const build = (room) => {
    if (!room || (view.room === room && view.rows === w.v)) return;
    view = Object.assign(scatterView(w, room), { room, rows: w.v });
    panel.replaceChildren(view.node);
  };

  let later;
  function draw() {
    if (busy) return;
    w = look((name) => model.get(name));
    asked.draw();
    open.hidden = !w.committed;
    if (w.committed) {
      build(panel.clientWidth);
      view.draw?.(w);
      numbers.draw(w);
      preset.show(presets.findIndex(([name]) => name === w.preset));
      for (const { name, digits, node, input, show } of dials) {
        if (!digits) node.hidden = !w.simulated;
        else if (name !== "icc") move(input, { min: -w.reach, max: w.reach, step: w.reach / 60 });
        show(model.get(name), fixed(model.get(name), digits && w.digits));
      }
      mundlak.show(w.mundlak);
      again.hidden = seed.hidden = !w.simulated;
      seed.textContent = fill(strings.seed, w);
      note.textContent = w.simulated ? "" : fill(strings.what_if, { shown: w.g.length, N: w.N });
    }
    clearTimeout(later);
    later = setTimeout(() => (status.textContent = sentence(w, strings)), status.textContent ? 120 : 0);
  }
  model.on("change", draw);
  const watch = new ResizeObserver(draw);
  watch.observe(el);
  draw();
  return () => {
    watch.disconnect();
    model.off("change", draw);
  };
}

export default { render };
