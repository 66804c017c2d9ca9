// Lines of formulas with their numbers, a paragraph each; of the paragraphs that stand there only the numbers that differ move.

import { become } from "./become.js";
import { formula } from "./formula.js";

export const writeLines = (node, text) => {
  const fresh = node.cloneNode();
  fresh.innerHTML = text.split("\n").map((one) => `<p>${formula(one)}</p>`).join("");
  become(node, fresh);
};
