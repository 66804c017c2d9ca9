// W2, the ICC explorer: its controls, its game, and what they do to the traits.

import { askAgain } from "./shared/again.js";
import { button, options, slider } from "./shared/controls.js";
import { h, move } from "./shared/dom.js";
import { fill, fixed } from "./shared/numbers.js";
import { secondOf } from "./shared/second.js";
import { stage } from "./shared/stage.js";
import { ask, look, points, sample, sentence } from "./icc_maths.js";

async function render({ model, el }) {
  const { gate, pairsView, readOut, stripsView } = await secondOf(model);
  const me = stage(model, el, gate, look, sentence);
  const { put, strings } = me;
  const dials = Object.entries({ icc: { min: 0, max: 0.9, step: 0.01 }, J: { min: 2, max: 200, step: 1 },
    n: { min: 2, max: 100, step: 1 } })
    .map(([name, range]) => [name, slider(strings[`dial_${name}`], range, (value) => put({ [name]: value }))]);
  const level = options(strings.level, [strings.level_one, strings.level_two], (i) => put({ level: i + 1 }));
  const numbers = readOut(strings);
  const note = h("p", { class: "note" });
  const seed = h("span", { class: "seed" });
  const step = (text, changes, then) => button(text, () => { put(changes()); then().focus(); });
  const open = { playing: true, guess: -1 };
  const play = step(strings.play, () => (me.w.guess < 0 ? open : { ...open, round: me.w.round + 1 }), () => check);
  const check = step(strings.check, () => ({ guess: me.w.icc, score: me.w.score + points(me.w.icc, me.w.truth) }), () => next);
  const next = step(strings.next, () => ({ ...open, round: me.w.round + 1 }), () => check);
  const stop = step(strings.stop, () => ({ playing: false }), () => play);
  const outside = [button(strings.hsb, () => put({ icc: 0.18, J: 160, n: 45 })),
    button(strings.redraw, () => {
      const seed = me.w.seed + 1;
      put({ seed, ...askAgain(model, ask({ ...me.w, seed }, strings)) });
    }), seed];
  const [upper, lower, pairs] = [h("div"), h("div"), h("div")];
  const side = h("div", { class: "side" }, numbers.node);
  const body = h("div", { class: "open" },
    h("div", { class: "panels" }, h("div", { class: "main" }, upper, lower, dials[0][1].node, pairs), side),
    h("div", { class: "two" }, h("div", {}, dials[1][1].node, dials[2][1].node), level.node), note,
    h("div", { class: "buttons" }, play, check, next, stop,
      button(strings.reset, () => put({ ...model.get("start"), playing: false, round: 1, score: 0, guess: -1 })), ...outside));
  const make = ([room]) => {
    const mystery = stripsView(room, strings.mystery, (w) => sample(w.truth, w.groups, w.rows, w.seed + 1000 + w.round));
    const own = stripsView(room, strings.strips, (w) => w.own);
    const both = pairsView(room, strings);
    return [{ node: own.node, draw: (w) => own.draw(w, w.playing ? `${strings.yours}: ICC = ${w.said.icc}` : strings.strips) },
      { node: mystery.node,
        draw: (w) => w.playing && mystery.draw(w, w.guess < 0 ? strings.mystery : `ICC = ${w.said.truth}`) },
      { node: both.node, draw: (w) => w.playing || both.draw(w) }];
  };
  const show = (w) => {
    const told = w.guess >= 0;
    upper.hidden = !w.playing;
    pairs.hidden = side.hidden = level.node.hidden = play.hidden = w.playing;
    check.hidden = !w.playing || told;
    next.hidden = !w.playing || !told;
    stop.hidden = !w.playing;
    for (const node of [...outside, dials[1][1].node, dials[2][1].node]) node.hidden = w.playing;
    numbers.draw(w);
    for (const [name, dial] of dials) dial.show(w[name], fixed(w[name], name === "icc" ? 2 : 0));
    level.show(w.level - 1);
    move(seed, { text: fill(strings.seed, w) });
    move(note, { text: w.playing ? "" : fill(strings.shown, w.said) });
  };
  return me.begin({ open: body, panels: [lower, upper, pairs], show, make });
}

export default { render };
