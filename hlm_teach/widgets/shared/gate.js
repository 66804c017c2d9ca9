// The predict gate: an answer and a confidence first, then the picture. The traits hold what was said.
// A new question (a new draw) closes the gate again.

import { h } from "./dom.js";
import { fill } from "./numbers.js";

const SURE = [35, 60, 80, 95];

// `button` and `options` are those of controls.js: the gate stands in the first module or in the second.
export const gate = (model, strings, { button, options }) => {
  const node = h("div", { class: "gate" });
  const told = (asked) => {
    const given = asked.options[model.get("choice")];
    const values = { choice: given, confidence: model.get("confidence"), answer: asked.options[asked.answer] };
    const key = model.get("choice") === asked.answer ? "right" : "wrong";
    node.replaceChildren(h("p", { class: "said", tabindex: "-1" },
      h("strong", {}, fill(strings[key], values)), " ", asked.because));
  };
  const ask = (asked) => {
    let choice = -1;
    let confidence = 0;
    const alert = h("span", { role: "alert" });
    const commit = () => {
      if (choice < 0 || !confidence) return (alert.textContent = strings.incomplete);
      model.set("choice", choice);
      model.set("confidence", confidence);
      model.set("committed", true);
      model.save_changes();
      node.querySelector(".said")?.focus();
    };
    node.replaceChildren(
      options(asked.text, asked.options, (i) => (choice = i)).node,
      options(strings.how_sure, SURE.map((p) => strings[`sure_${p}`] + ` (${p} %)`), (i) => (confidence = SURE[i])).node,
      button(strings.commit, commit), alert);
  };
  let drawn;
  const draw = () => {
    const asked = model.get("question");
    const now = JSON.stringify([asked, model.get("committed")]);
    if (!asked.text || drawn === now) return;
    drawn = now;
    (model.get("committed") ? told : ask)(asked);
  };
  draw();
  return { node, draw };
};
