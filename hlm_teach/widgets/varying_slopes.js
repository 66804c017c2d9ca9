// W4, varying slopes: its controls, and what they do to the traits.
// The numbers come from varying_slopes_maths.js, the pictures from a second module, varying_slopes_views.js.

import { button, options, pick, slider, tick } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { covarianceOf, look, moved, sentence, spreadOf } from "./varying_slopes_maths.js";

async function render({ model, el }) {
  const { key, make, readOut } = await secondOf(model);
  const strings = model.get("strings");
  const dials = model.get("dials");
  let w, busy;
  const put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };
  const named = (name) => fill(strings[name], w.said);

  // τ0, τ1 and ρ are moved at the origin shown, and kept as they are at x = 0.
  const choose = (change) => {
    const s = { tau0: w.tau0, tau1: w.tau1, rho: w.rho, ...change };
    const base = spreadOf(moved(covarianceOf([s.tau0, s.tau1, s.rho]), -w.origin));
    put({ chosen: [base.tau0, base.tau1, base.rho] });
  };
  // A group's own line is moved at the origin shown; the estimates follow.
  const edit = ({ selected = w.selected, own }) => {
    if (!own) return put({ selected });
    const [height, slope] = own;
    put({ selected, chosen: [], lines: w.lines.map((line, j) => (j === selected ? [height - slope * w.origin, slope] : line)) });
  };

  const asked = gate(model, strings);
  const [low, high, step] = dials.origin;
  const origin = slider("", { min: low, max: high, step }, (value) => put({ origin: value }));
  const spread = [["tau0", 0, dials.tau0], ["tau1", 0, dials.tau1], ["rho", -1, 1]].map(([name, min, max]) =>
    ({ name, ...slider(strings[`dial_${name}`], { min, max, step: name === "rho" ? 0.01 : max / 200 },
      (value) => choose({ [name]: value })) }));
  const without = tick(strings.without, (on) => put({ uncorrelated: on }));
  const group = pick(strings.group_pick, model.get("groups").labels, (j) => put({ selected: j }));
  const own = [0, 1].map((k) => slider("", { step: "any" }, (value) =>
    edit({ own: w.own[w.selected].map((v, i) => (i === k ? value : v)) })));
  const surface = options(strings.surface, [strings.surface_slopes, strings.surface_both],
    (i) => put({ surface: ["slopes", "both"][i] }));
  const best = button(strings.to_reml, () => put({ chosen: [], uncorrelated: false }));
  const reset = button(strings.reset, () =>
    put({ lines: model.get("start"), chosen: [], origin: 0, uncorrelated: false }));
  const numbers = readOut(strings);
  const note = h("p", { class: "note" });
  const warning = h("p", { class: "strong" }, strings.warning);
  const status = h("p", { role: "status" });
  const places = [h("div", { class: "main" }), h("div", { class: "side" }), h("div"), h("div")];
  const open = h("div", { class: "open" }, origin.node,
    h("div", { class: "panels" }, places[0], places[1]), key(strings),
    h("div", { class: "two" }, h("div", {}, ...spread.map(({ node }) => node), without.node, warning), numbers.node),
    h("div", { class: "two" }, h("div", {}, places[2], group.node, ...own.map(({ node }) => node), note),
      h("div", {}, surface.node, places[3], h("p", { class: "note" }, strings.surface_note))),
    h("div", { class: "buttons" }, best, reset));
  el.append(h("div", { class: "hlm" }, asked.node, open, status));

  // Views are built for a width, then only moved.
  let views = [];
  let built;
  const build = () => {
    const room = places.map((node) => Math.floor(node.clientWidth)).join();
    if (!places[0].clientWidth || built === room) return;
    built = room;
    views = make(w, room.split(",").map(Number), { ...dials, rows: model.get("rows") }, edit, strings);
    views.forEach((view, i) => places[i].replaceChildren(view.node));
  };

  let later;
  function draw() {
    if (busy) return;
    w = look((name) => model.get(name));
    asked.draw();
    open.hidden = !w.committed;
    if (w.committed) {
      build();
      for (const view of [...views, numbers]) view.draw(w);
      origin.node.firstChild.textContent = named("dial_origin");
      origin.show(w.origin, w.said.origin);
      for (const { name, node, show } of spread) {
        node.hidden = w.uncorrelated;
        show(w[name], w.said[name]);
      }
      without.show(w.uncorrelated);
      warning.hidden = !w.uncorrelated;
      group.show(w.selected);
      own.forEach(({ node, input, show }, k) => {
        const reach = 2 * [dials.tau0, dials.tau1][k];
        const start = model.get("start")[w.selected];
        const middle = k ? start[1] : start[0] + start[1] * w.origin;
        node.firstChild.textContent = named(`dial_own${k}`);
        node.hidden = !(w.groups.sxx[w.selected] > 0);
        move(input, { min: middle - reach, max: middle + reach, step: reach / 100 });
        show(w.own[w.selected][k], fixed(w.own[w.selected][k], k ? w.slope_digits : w.digits));
      });
      surface.node.hidden = w.uncorrelated;
      surface.show(w.surface === "both" ? 1 : 0);
      best.disabled = !w.chosen.length && !w.uncorrelated;
      const edited = w.lines !== model.get("start") && JSON.stringify(w.lines) !== JSON.stringify(model.get("start"));
      note.textContent = [edited && strings.what_if, w.shown.length < w.lines.length &&
        fill(strings.some_lines, { ...w.said, shown: w.shown.length })].filter(Boolean).join(strings.space);
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
