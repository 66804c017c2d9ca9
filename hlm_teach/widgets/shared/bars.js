// Bars with their names and numbers: rows are [name, value, text, class].

import { h } from "./dom.js";

export const drawBars = (node, title, rows) => {
  const most = Math.max(...rows.map(([, value]) => value)) || 1;
  node.replaceChildren(h("p", { class: "strong" }, title), ...rows.map(([name, value, text, kind]) =>
    h("div", {}, h("span", {}, name), h("i", { class: kind, style: `width:${(46 * value) / most}%` }), text)));
};
