// W2, the ICC explorer: its controls, its game, and what they do to the traits.

import { button, options, slider } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { askAgain, gate } from "./shared/gate.js";
import { fill, fixed } from "./shared/numbers.js";
import { ask, look, points, sample, sentence } from "./icc_maths.js";
import { pairsView, readOut, stripsView } from "./icc_views.js";

function render({ model, el }) {
  const strings = model.get("strings");
  let w;
  let busy;
  const put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };

  const asked = gate(model, strings);
  const dials = Object.entries({ icc: { min: 0, max: 0.9, step: 0.01 }, J: { min: 2, max: 200, step: 1 },
    n: { min: 2, max: 100, step: 1 } })
    .map(([name, range]) => [name, slider(strings[`dial_${name}`], range, (value) => put({ [name]: value }))]);
  const level = options(strings.level, [strings.level_one, strings.level_two], (i) => put({ level: i + 1 }));
  const numbers = readOut(strings);
  const note = h("p", { class: "note" });
  const seed = h("span", { class: "seed" });
  const status = h("p", { role: "status" });
  const step = (text, changes, then) => button(text, () => { put(changes()); then().focus(); });
  const open = { playing: true, guess: -1 };
  const play = step(strings.play, () => (w.guess < 0 ? open : { ...open, round: w.round + 1 }), () => check);
  const check = step(strings.check, () => ({ guess: w.icc, score: w.score + points(w.icc, w.truth) }), () => next);
  const next = step(strings.next, () => ({ ...open, round: w.round + 1 }), () => check);
  const stop = step(strings.stop, () => ({ playing: false }), () => play);
  const outside = [button(strings.hsb, () => put({ icc: 0.18, J: 160, n: 45 })),
    button(strings.redraw, () => {
      const seed = w.seed + 1;
      put({ seed, ...askAgain(model, ask({ ...w, seed }, strings)) });
    }), seed];
  const [upper, lower, pairs] = [h("div"), h("div"), h("div")];
  const side = h("div", { class: "side" }, numbers.node);
  const body = h("div", { class: "open" },
    h("div", { class: "panels" }, h("div", { class: "main" }, upper, lower, dials[0][1].node, pairs), side),
    h("div", { class: "two" }, h("div", {}, dials[1][1].node, dials[2][1].node), level.node), note,
    h("div", { class: "buttons" }, play, check, next, stop,
      button(strings.reset, () => put({ ...model.get("start"), playing: false, round: 1, score: 0, guess: -1 })), ...outside));
  el.append(h("div", { class: "hlm" }, asked.node, body, status));

  // Views are built for a width, then only moved.
  let views = [];
  let built;
  const build = (room) => {
    if (!room || built === room) return;
    built = room;
    views = [stripsView(room, strings.mystery, (w) => sample(w.truth, w.groups, w.rows, w.seed + 1000 + w.round)),
      stripsView(room, strings.strips, (w) => w.own), pairsView(room, strings)];
    views.forEach((view, i) => [upper, lower, pairs][i].replaceChildren(view.node));
  };

  let later;
  function draw() {
    if (busy) return;
    w = look((name) => model.get(name));
    asked.draw();
    body.hidden = !w.committed;
    if (w.committed) {
      const told = w.guess >= 0;
      upper.hidden = !w.playing;
      pairs.hidden = side.hidden = level.node.hidden = play.hidden = w.playing;
      check.hidden = !w.playing || told;
      next.hidden = !w.playing || !told;
      stop.hidden = !w.playing;
      for (const node of [...outside, dials[1][1].node, dials[2][1].node]) node.hidden = w.playing;
      build(lower.clientWidth);
      if (w.playing) views[0]?.draw(w, told ? `ICC = ${w.said.truth}` : strings.mystery);
      views[1]?.draw(w, w.playing ? `${strings.yours}: ICC = ${w.said.icc}` : strings.strips);
      if (!w.playing) views[2]?.draw(w);
      numbers.draw(w);
      for (const [name, dial] of dials) dial.show(w[name], fixed(w[name], name === "icc" ? 2 : 0));
      level.show(w.level - 1);
      seed.textContent = fill(strings.seed, w);
      note.textContent = w.playing ? "" : fill(strings.shown, w.said);
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
