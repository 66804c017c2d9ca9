// W3, REML against ML: its controls, and what they do to the traits.

import { button, pick, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { look, sentence } from "./reml_ml_maths.js";

async function render({ model, el }) {
  const { key, make, readOut } = await secondOf(model);
  const strings = model.get("strings");
  const [sets, presets] = [model.get("sets"), model.get("presets")];
  let w, busy;
  const put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };
  const edit = (j, mean) => put({ selected: j, edits: { ...w.edits, [j]: Number(mean.toFixed(w.digits[0])) } });
  const start = (preset) => put({ preset, ...sets[preset].start, edits: {}, times: 1, selected: 0 });
  const dial = (name, range, send) => ({ name, ...slider(strings[`dial_${name}`], range, send) });

  const asked = gate(model, strings);
  const preset = pick(strings.preset, presets.map(([, text]) => text), (i) => start(presets[i][0]));
  const dials = [
    dial("J", { min: 3, max: 50, step: 1 }, (J) => put({ J, p: Math.min(w.p, J - 1), edits: {}, selected: 0 })),
    dial("n", { min: 2, max: 30, step: 1 }, (n) => put({ n })),
    dial("p", { min: 1, max: 8, step: 1 }, (p) => put({ p: Math.min(p, w.J - 1), times: p > 1 ? w.times : 1 })),
    dial("tau", { min: 0, step: "any" }, (tau) => put({ tau: Number(tau.toFixed(w.digits[0])) })),
  ];
  const groups = h("div");
  const mean = slider("", { step: "any" }, (value) => edit(w.selected, value));
  const trap = button("", () => put({ p: Math.max(2, w.p), times: 11 - w.times }));
  const seed = h("span", { class: "seed" });
  const status = h("p", { role: "status" });
  const panels = [h("div"), h("div"), h("div")];
  const numbers = readOut(strings);
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panels[0], ...dials.map(({ node }) => node), key(strings)),
      h("div", { class: "side" }, numbers.node, trap)),
    h("div", { class: "two" }, panels[1], h("div", {}, panels[2], groups, mean.node)),
    h("div", { class: "buttons" }, button(strings.reset, () => start(w.preset)),
      button(strings.redraw, () => put({ seed: w.seed + 1, edits: {} })), seed));
  el.append(h("div", { class: "hlm" }, asked.node, open, status));

  // The views are built for a width and the list of groups for their names, then only moved.
  let views = [];
  let built, group, listed;
  const build = () => {
    const room = panels.map((panel) => panel.clientWidth);
    if (built === String(room) || !room[0]) return;
    built = String(room);
    views = make(room, strings, edit);
    views.forEach((view, i) => panels[i].replaceChildren(view.node));
  };
  const list = () => {
    if (listed === String(w.labels)) return;
    listed = String(w.labels);
    group = pick(strings.group, w.labels, (j) => put({ selected: j }));
    groups.replaceChildren(group.node);
  };

  let later;
  function draw() {
    if (busy) return;
    w = look((name) => model.get(name));
    asked.draw();
    open.hidden = !w.committed;
    if (w.committed) {
      build();
      list();
      for (const view of [...views, numbers]) view.draw(w);
      preset.show(presets.findIndex(([name]) => name === w.preset));
      group.show(w.selected);
      move(dials[1].input, { max: Math.max(30, w.n) });
      move(dials[3].input, { max: Math.max(3 * w.sigma, w.tau), step: w.sigma / 20 });
      for (const { name, node, show } of dials) {
        node.hidden = !w.simulated && name !== "tau";
        show(w[name], fixed(w[name], name === "tau" ? w.digits[0] : 0));
      }
      move(mean.input, { min: w.span[0], max: w.span[1], step: (w.span[1] - w.span[0]) / 100 });
      mean.node.firstChild.textContent = fill(strings.group_mean, { group: w.labels[w.selected] });
      mean.show(w.means[w.selected], fixed(w.means[w.selected], w.digits[0]));
      trap.hidden = !w.simulated;
      trap.textContent = w.times > 1 ? strings.untrap : strings.trap;
      seed.textContent = fill(strings.seed, w);
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
