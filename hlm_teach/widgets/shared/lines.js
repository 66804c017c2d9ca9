// Lines of formulas with their numbers, a paragraph each. Where a line differs from what stands there by its numbers alone,
// only these are written anew.

import { h } from "./dom.js";
import { formula } from "./formula.js";

const NUMBER = /(?<![^\s{}|_^])−?[\d.∞]+(?![^\s{}|_^])/g;

export const writeLines = (node, text) => {
  const lines = text.split("\n");
  while (node.childElementCount > lines.length) node.lastChild.remove();
  lines.forEach((line, k) => {
    const place = node.children[k] ?? node.appendChild(h("p"));
    const shape = line.replace(NUMBER, "0");
    if (place.shape !== shape) {
      place.innerHTML = formula(line);
      Object.assign(place, { shape, numbers: [...place.querySelectorAll("mn")].map((one) => one.firstChild) });
    } else (line.match(NUMBER) ?? []).forEach((number, i) => {
      const old = place.numbers[i];
      if (old.data !== number) old.data = number;
    });
  });
};
