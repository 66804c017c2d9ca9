// W1, the pooling explorer: its controls, and what they do to the traits.
// The numbers come from pooling_state.js, the pictures from a second module: pooling_rows.js or pooling_path.js.

import { button, options, pick, slider, tick } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { STEPS, positionOf, tauAt } from "./pooling_maths.js";
import { ask, errors, look, sentence, simulate, tauReml } from "./pooling_state.js";

async function render({ model, el }) {
  const { ROWS, drawBars, make, play: playOf, readOut, spanOf } = await secondOf(model);
  const strings = model.get("strings");
  const full = model.get("mode") === "full";
  const state = () => look((name) => model.get(name));
  let w = state();
  let busy = false;

  const put = (changes) => {
    busy = true;
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    busy = false;
    draw();
    model.save_changes();
  };
  const setTau = (tau) => put({ tau: tau === Infinity ? "inf" : tau });
  const replaced = (list, j, value) => list.map((v, k) => (k === j ? value : v));
  const edit = ({ selected = w.selected, mean, n }) => {
    const changes = { selected };
    if (mean !== undefined) changes.y = replaced(w.y, selected, Number(mean.toFixed(w.digits + 1)));
    if (n !== undefined) changes.n = replaced(w.n, selected, n);
    put(changes);
  };
  const goTo = (begin, more = {}) =>
    put({ y: begin.y, n: begin.n, truth: begin.truth, sigma: begin.sigma, tau: begin.tau, target: "mu", ...more });

  const asked = gate(model, strings, { button, options });
  const panels = h("div");
  const tau = slider(strings.tau, { min: 0, max: STEPS, step: 1 }, (k) => setTau(tauAt(k, w.start.sigma)));
  const stopReml = button("", () => setTau(w.reml));
  const best = h("i", { "aria-hidden": "true" }, "▴");
  const stops = h("div", { class: "stops" }, button(strings.stop_zero, () => setTau(0)), stopReml,
    button(strings.stop_infinity, () => setTau(Infinity)));
  const sigma = slider(strings.sigma, { min: w.start.sigma / 10, max: 3 * w.start.sigma, step: w.start.sigma / 20 },
    (value) => put({ sigma: value }));
  const group = pick(strings.group, w.labels, (j) => put({ selected: j }));
  const size = slider("", { min: 1, max: Math.max(60, ...w.n), step: 1 }, (n) => edit({ n }));
  const mean = slider("", { min: 0, max: 1, step: 10 ** -w.digits }, (value) => edit({ mean: value }));
  const target = options(strings.target, [strings.target_mu, strings.target_all],
    (i) => put({ target: ["mu", "all"][i] }));
  const truth = tick(strings.truth, (on) => put({ show_truth: on }));
  const seed = h("span", { class: "seed" });
  const drawAgain = () => {
    const drawn = { ...simulate(w.seed + 1), seed: w.seed + 1 };
    const reml = tauReml(drawn.y, drawn.n, drawn.sigma);
    const { seed, ...begin } = { ...drawn, tau: full ? reml : 0 };
    goTo(begin, { start: begin, seed, ...(w.tagged.length ? ask({ ...w, ...drawn, reml }, strings) : {}) });
    if (!w.committed) asked.node.querySelector("input").focus();
  };
  const buttons = h("div", { class: "buttons" }, button(strings.reset, () => goTo(w.start)));
  if (w.seed !== null) buttons.append(button(strings.redraw, drawAgain), seed);

  const play = playOf?.(strings, () => w, setTau, () => draw());
  const numbers = readOut(strings);
  const bars = h("div", { class: "bars" });
  const note = h("p", { class: "note" });
  const status = h("p", { role: "status" });
  const key = h("p", { class: "key" }, ...["mean", "estimate", ...(full ? ["mu", "all", "truth"] : [])].map((k) =>
    h("span", { class: k }, strings[`key_${k}`])));
  const over = h("div", {}, tau.node, h("div", { class: "place" }, best));
  const pathTau = h("div", {}, over, stops);
  const side = h("div");
  const open = h("div", { class: "open" }, ...(full
    ? [h("div", { class: "panels" }, h("div", { class: "main" }, panels, key),
      h("div", { class: "side" }, side, numbers.node)), pathTau,
      h("div", { class: "two" }, h("div", {}, sigma.node, group.node, size.node, mean.node),
        h("div", {}, target.node, ...(w.truth.length ? [truth.node] : []), bars))]
    : [h("div", { class: "panels" }, h("div", { class: "main" }, panels, key, pathTau),
      h("div", { class: "side" }, numbers.node, group.node))]),
    note, buttons);
  if (!full) buttons.prepend(play.node);
  const root = h("div", { class: `hlm ${full ? "full" : "path"}` }, asked.node, open, status);
  el.append(root);

  // Views are built for a width and a span of the data, then only moved.
  let views = [];
  let built = "";
  const build = () => {
    const room = Math.floor(panels.clientWidth);
    if (!room) return;
    const span = spanOf(w);
    if (built === room && views.start === w.start && span[0] >= views.span[0] && span[1] <= views.span[1]) return;
    built = room;
    views = make(w, [room, Math.floor(side.clientWidth)], span, edit, strings);
    Object.assign(views, { span, start: w.start });
    if (!full) over.style = views[0].under;
    move(mean.input, { min: span[0].toFixed(w.digits), max: span[1].toFixed(w.digits) });
    views.forEach((view, i) => [panels, side][i].replaceChildren(view.node));
  };

  let later;
  const draw = () => {
    if (busy) return;
    w = state();
    asked.draw();
    open.hidden = !w.committed;
    root.classList.toggle("with-truth", w.show_truth && w.truth.length > 0);
    if (w.committed) {
      build();
      for (const view of [...views, numbers]) view.draw(w);
      bars.hidden = !(w.show_truth && w.truth.length);
      if (!bars.hidden) drawBars(bars, strings.error_title, Object.entries(errors(w)).map(([k, v]) =>
        [strings[k], v, fixed(v, w.digits + 1), k]));
      const j = w.selected;
      const label = w.labels[j];
      const d = (x, more = 0) => fixed(x, w.digits + more);
      tau.show(positionOf(w.tau, w.start.sigma), d(w.tau, 1), `τ = ${d(w.tau, 1)}`);
      best.style.left = `calc(8px + (100% - 16px) * ${Math.round(positionOf(w.reml, w.start.sigma)) / STEPS})`;
      stopReml.textContent = fill(strings.stop_reml, { tau: d(w.reml, 1) });
      sigma.show(w.sigma, d(w.sigma));
      size.node.firstChild.textContent = fill(strings.group_n, { group: label });
      size.show(w.n[j], String(w.n[j]));
      mean.node.firstChild.textContent = fill(strings.group_mean, { group: label });
      mean.show(w.y[j], d(w.y[j]));
      group.show(j);
      target.show(w.target === "all" ? 1 : 0);
      truth.show(w.show_truth);
      seed.textContent = fill(strings.seed, w);
      note.textContent = w.y.length > ROWS ? fill(strings.some_rows, { shown: ROWS, J: w.y.length }) : full ? strings.drag : "";
    }
    clearTimeout(later);
    if (!play?.on()) later = setTimeout(() => (status.textContent = sentence(w, strings)), status.textContent ? 120 : 0);
  };
  model.on("change", draw);
  const watch = new ResizeObserver(() => w.committed && draw());
  watch.observe(el);
  draw();
  return () => {
    play?.stop();
    watch.disconnect();
    model.off("change", draw);
  };
}

export default { render };
