// A table of texts: the first row and the first column are its headings.

import { h } from "./dom.js";

const cell = (text, i, k) => (text && !(i && k) ? h("th", { scope: i ? "row" : "col" }, text) : h("td", {}, text));

export const table = (rows) =>
  h("table", {}, ...rows.map((row, i) => h("tr", {}, ...row.map((text, k) => cell(text, i, k)))));
