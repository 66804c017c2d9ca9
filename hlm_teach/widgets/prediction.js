// A prediction before any figure: the picture stays closed until an answer and a confidence are given.

import { button, options } from "./shared/controls.js";
import { h } from "./shared/dom.js";
import { gate } from "./shared/gate.js";

const render = ({ model, el }) => {
  const asked = gate(model, model.get("strings"), { button, options });
  const image = h("img", { src: model.get("image"), alt: model.get("alt"), style: "max-width:100%" });
  const figure = h("figure", { style: "margin:0" }, image, h("figcaption", { role: "status" }));
  const root = h("div", { class: "hlm" }, asked.node, figure);
  const draw = () => {
    asked.draw();
    figure.hidden = !model.get("committed");
    figure.lastChild.textContent = model.get("committed") ? model.get("alt") : "";
  };
  model.on("change:committed", draw);
  draw();
  el.append(root);
};

export default { render };
