// W8, group-level predictors: its controls, and what they do to the traits.

import { button, options, pick, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { look, sentence } from "./group_predictors_maths.js";

const TARGETS = ["mean", "line"];

async function render({ model, el }) {
  const { MOST, key, readOut, scatterView } = await secondOf(model);
  const [sets, presets, patterns] = ["sets", "presets", "patterns"].map((name) => model.get(name));
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const edit = (change) => put({ edits: { ...me.w.edits, [me.w.selected]: { ...me.w.edits[me.w.selected], ...change } } });
  const fresh = { edits: {}, selected: 0 };

  const preset = pick(strings.preset, presets.map(([, text]) => text), (i) => put({ preset: presets[i][0], ...fresh }));
  const target = options(strings.target, TARGETS.map((name) => strings[`to_${name}`]), (i) => put({ target: TARGETS[i] }));
  const r2 = slider(strings.dial_r2, { min: 0, max: 1, step: 0.05 }, (value) => put({ r2: value }));
  const outlier = slider("", { min: -30, max: 30, step: 1 }, (value) => put({ outlier: value }));
  const pattern = pick(strings.pattern, patterns.map(([, text]) => text), (i) => put({ pattern: patterns[i][0], edits: {} }));
  const size = slider("", { min: 1, step: 1 }, (n) => {
    const { N, n: sizes, selected } = me.w;
    const others = N - sizes[selected] - sizes.length + 1;
    edit({ n: others ? n : Math.max(2, n) });
  });
  const mean = slider("", { step: "any" }, (value) => edit({ mean: Number(value.toFixed(me.w.digits[0])) }));
  const groups = h("div");
  const again = button(strings.redraw, () => put({ seed: me.w.seed + 1, edits: {} }));
  const seed = h("span", { class: "seed" });
  const note = h("p", { class: "note" });
  const numbers = readOut(strings);
  const panel = h("div");
  const truth = h("div", {}, r2.node, outlier.node, pattern.node);
  const open = h("div", { class: "open" }, preset.node,
    h("div", { class: "panels" }, h("div", { class: "main" }, panel, key(strings)),
      h("div", { class: "side" }, target.node, numbers.node)),
    h("div", { class: "two" }, truth, h("div", {}, groups, size.node, mean.node)), note,
    h("div", { class: "buttons" },
      button(strings.reset, () => put({ ...sets.simulated.start, ...fresh, target: "mean" })), again, seed));
  // The list of groups is made for their names, and the ends of a slider for the groups themselves.
  let group, listed, span;
  const fit = (w) => {
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
  const show = (w) => {
    fit(w);
    numbers.draw(w);
    const [j, d] = [w.selected, w.digits[0]];
    const label = { group: w.labels[j] };
    preset.show(presets.findIndex(([name]) => name === w.preset));
    target.show(TARGETS.indexOf(w.target));
    truth.hidden = again.hidden = seed.hidden = !w.simulated;
    r2.show(w.r2, fixed(w.r2, 2));
    move(outlier.node.firstChild, { text: fill(strings.dial_outlier, { group: w.labels[w.outlying] }) });
    outlier.show(w.outlier, fixed(w.outlier, 0));
    pattern.show(patterns.findIndex(([name]) => name === w.pattern));
    group.show(j);
    move(size.node.firstChild, { text: fill(strings.group_n, label) });
    move(size.input, { max: Math.max(60, ...w.n) });
    size.show(w.n[j], String(w.n[j]));
    move(mean.node.firstChild, { text: fill(strings.group_mean, label) });
    mean.show(w.y[j], fixed(w.y[j], d));
    move(seed, { text: fill(strings.seed, w) });
    move(note, { text: w.n.length > MOST ? fill(strings.some, { shown: MOST, J: w.n.length }) : "" });
  };
  return me.begin({ open, panels: [panel], show, make: ([room]) => [scatterView(room, (j) => put({ selected: j }))] });
}

export default { render };
