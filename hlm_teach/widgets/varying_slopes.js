// W4, varying slopes: its controls, and what they do to the traits.
// The numbers come from varying_slopes_maths.js, the pictures from a second module, varying_slopes_views.js.

import { button, options, pick, slider, tick } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { covarianceOf, look, moved, sentence, spreadOf } from "./varying_slopes_maths.js";

async function render({ model, el }) {
  const { gate, key, make, readOut } = await secondOf(model);
  const dials = model.get("dials");
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;

  // τ0, τ1 and ρ are moved at the origin shown, and kept as they are at x = 0.
  const choose = (change) => {
    const { tau0, tau1, rho, origin } = { ...me.w, ...change };
    const base = spreadOf(moved(covarianceOf([tau0, tau1, rho]), -origin));
    put({ chosen: [base.tau0, base.tau1, base.rho] });
  };
  // A group's own line is moved at the origin shown; the estimates follow.
  const edit = ({ selected = me.w.selected, own }) => {
    if (!own) return put({ selected });
    const [height, slope] = own;
    const line = [height - slope * me.w.origin, slope];
    put({ selected, chosen: [], lines: me.w.lines.map((old, j) => (j === selected ? line : old)) });
  };

  const [low, high, step] = dials.origin;
  const origin = slider("", { min: low, max: high, step }, (value) => put({ origin: value }));
  const spread = [["tau0", 0, dials.tau0], ["tau1", 0, dials.tau1], ["rho", -1, 1]].map(([name, min, max]) =>
    ({ name, ...slider(strings[`dial_${name}`], { min, max, step: name === "rho" ? 0.01 : max / 200 },
      (value) => choose({ [name]: value })) }));
  const without = tick(strings.without, (on) => put({ uncorrelated: on }));
  const group = pick(strings.group_pick, model.get("groups").labels, (j) => put({ selected: j }));
  const own = [0, 1].map((k) => slider("", { step: "any" }, (value) =>
    edit({ own: me.w.own[me.w.selected].map((v, i) => (i === k ? value : v)) })));
  const surface = options(strings.surface, [strings.surface_slopes, strings.surface_both],
    (i) => put({ surface: ["slopes", "both"][i] }));
  const best = button(strings.to_reml, () => put({ chosen: [], uncorrelated: false }));
  const reset = button(strings.reset, () =>
    put({ lines: model.get("start"), chosen: [], origin: 0, uncorrelated: false }));
  const numbers = readOut(strings);
  const note = h("p", { class: "note" });
  const warning = h("p", { class: "strong" }, strings.warning);
  const places = [h("div", { class: "main" }), h("div", { class: "side" }), h("div"), h("div")];
  const open = h("div", { class: "open" }, origin.node,
    h("div", { class: "panels" }, places[0], places[1]), key(strings),
    h("div", { class: "two" }, h("div", {}, ...spread.map(({ node }) => node), without.node, warning), numbers.node),
    h("div", { class: "two" }, h("div", {}, places[2], group.node, ...own.map(({ node }) => node), note),
      h("div", {}, surface.node, places[3], h("p", { class: "note" }, strings.surface_note))),
    h("div", { class: "buttons" }, best, reset));
  const show = (w) => {
    const { said, selected: j } = w;
    const start = model.get("start");
    numbers.draw(w);
    move(origin.node.firstChild, { text: fill(strings.dial_origin, said) });
    origin.show(w.origin, said.origin);
    for (const { name, node, show } of spread) {
      node.hidden = w.uncorrelated;
      show(w[name], said[name]);
    }
    without.show(w.uncorrelated);
    warning.hidden = !w.uncorrelated;
    group.show(j);
    own.forEach(({ node, input, show }, k) => {
      const reach = 2 * [dials.tau0, dials.tau1][k];
      const middle = k ? start[j][1] : start[j][0] + start[j][1] * w.origin;
      move(node.firstChild, { text: fill(strings[`dial_own${k}`], said) });
      node.hidden = !(w.groups.sxx[j] > 0);
      move(input, { min: middle - reach, max: middle + reach, step: reach / 100 });
      show(w.own[j][k], said[`own${k}`]);
    });
    surface.node.hidden = w.uncorrelated;
    surface.show(w.surface === "both" ? 1 : 0);
    best.disabled = !w.chosen.length && !w.uncorrelated;
    const edited = w.lines !== start && JSON.stringify(w.lines) !== JSON.stringify(start);
    move(note, { text: [edited && strings.what_if, w.shown.length < w.lines.length &&
      fill(strings.some_lines, { ...said, shown: w.shown.length })].filter(Boolean).join(strings.space) });
  };
  return me.begin({ open, panels: places, show,
    make: (room, w) => make(w, room, { ...dials, rows: model.get("rows") }, edit, strings) });
}

export default { render };
