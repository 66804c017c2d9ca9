// W8, group-level predictors: its controls, and what they do to the traits.

import { button, options, pick, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { look, sentence } from "./group_predictors_maths.js";

const TARGETS = ["mean", "line"];

async function render({ model, el }) {
  const { MOST, key, readOut, scatterView } = await secondOf(model);
  const strings = model.get("strings");
  const [sets, presets, patterns] = ["sets", "presets", "patterns"].map((name) => model.get(name));
  let w, busy;
  const put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };
  const edit = (change) => put({ edits: { ...w.edits, [w.selected]: { ...w.edits[w.selected], ...change } } });
  const fresh = { edits: {}, selected: 0 };

  const asked = gate(model, strings);
  const preset = pick(strings.preset, presets.map(([, text]) => text), (i) => put({ preset: presets[i][0], ...fresh }));
  const target = options(strings.target, TARGETS.map((name) => strings[`to_${name}`]), (i) => put({ target: TARGETS[i] }));
  const r2 = slider(strings.dial_r2, { min: 0, max: 1, step: 0.05 }, (value) => put({ r2: value }));
  const outlier = slider("", { min: -30, max: 30, step: 1 }, (value) => put({ outlier: value }));
  const pattern = pick(strings.pattern, patterns.map(([, text]) => text), (i) => put({ pattern: patterns[i][0], edits: {} }));
  const size = slider("", { min: 1, step: 1 }, (n) => {
    const others = w.N - w.n[w.selected] - w.n.length + 1;
    edit({ n: others ? n : Math.max(2, n) });
  });
  const mean = slider("", { step: "any" }, (value) => edit({ mean: Number(value.toFixed(w.digits[0])) }));
  const groups = h("div");
  const again = button(strings.redraw, () => put({ seed: w.seed + 1, edits: {} }));
  const seed = h("span", { class: "seed" });
  const note = h("p", { class: "note" });
  const status = h("p", { role: "status" });
  const numbers = readOut(strings);
  const panel = h("div");
  const truth = h("div", {}, r2.node, outlier.node, pattern.node);
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panel, key(strings)),
      h("div", { class: "side" }, target.node, numbers.node)),
    h("div", { class: "two" }, truth, h("div", {}, groups, size.node, mean.node)), note,
    h("div", { class: "buttons" },
      button(strings.reset, () => put({ ...sets.simulated.start, ...fresh, target: "mean" })), again, seed));
  el.append(h("div", { class: "hlm" }, asked.node, open, status));

  // The view is built for a width, the list of groups for their names and the ends of a slider for the groups themselves.
  let view, built, group, listed, span;
  const build = () => {
    const room = panel.clientWidth;
    if (room && built !== room) {
      built = room;
      view = scatterView(room, (j) => put({ selected: j }));
      panel.replaceChildren(view.node);
    }
    if (listed !== w.labels) {
      listed = w.labels;
      group = pick(strings.group, w.labels, (j) => put({ selected: j }));
      groups.replaceChildren(group.node);
    }
    const [low, high] = [Math.min(...w.y), Math.max(...w.y)];
    if (span?.set !== w.preset || low < span.low || high > span.high) {
      const room = (high - low) / 2 || 1;
      span = { set: w.preset, low: low - room, high: high + room };
      move(mean.input, { min: span.low, max: span.high, step: (span.high - span.low) / 100 });
    }
  };

  let later;
  function draw() {
    if (busy) return;
    w = look((name) => model.get(name));
    asked.draw();
    open.hidden = !w.committed;
    if (w.committed) {
      build();
      view?.draw(w);
      numbers.draw(w);
      const [j, d] = [w.selected, w.digits[0]];
      const label = { group: w.labels[j] };
      preset.show(presets.findIndex(([name]) => name === w.preset));
      target.show(TARGETS.indexOf(w.target));
      truth.hidden = again.hidden = seed.hidden = !w.simulated;
      r2.show(w.r2, fixed(w.r2, 2));
      outlier.node.firstChild.textContent = fill(strings.dial_outlier, { group: w.labels[w.outlying] });
      outlier.show(w.outlier, fixed(w.outlier, 0));
      pattern.show(patterns.findIndex(([name]) => name === w.pattern));
      group.show(j);
      size.node.firstChild.textContent = fill(strings.group_n, label);
      move(size.input, { max: Math.max(60, ...w.n) });
      size.show(w.n[j], String(w.n[j]));
      mean.node.firstChild.textContent = fill(strings.group_mean, label);
      mean.show(w.y[j], fixed(w.y[j], d));
      seed.textContent = fill(strings.seed, w);
      note.textContent = w.n.length > MOST ? fill(strings.some, { shown: MOST, J: w.n.length }) : "";
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
