// Axes: quiet lines, ticks with numbers, and a title in words.

import { s } from "./dom.js";
import { ticks } from "./scales.js";

export const bottomAxis = (x, y, title, count = 6) =>
  s("g", { class: "axis" },
    s("line", { x1: x.range[0], x2: x.range[1], y1: y, y2: y }),
    ...ticks(...x.ends, count).flatMap(([value, text]) => [
      s("line", { x1: x(value), x2: x(value), y1: y, y2: y + 4 }),
      s("text", { x: x(value), y: y + 17, "text-anchor": "middle" }, text),
    ]),
    s("text", { x: x.range[1], y: y + 34, "text-anchor": "end", class: "title" }, title));

export const leftAxis = (y, x, title, count = 5) =>
  s("g", { class: "axis" },
    s("line", { x1: x, x2: x, y1: y.range[0], y2: y.range[1] }),
    ...ticks(...y.ends, count).flatMap(([value, text]) => [
      s("line", { x1: x - 4, x2: x, y1: y(value), y2: y(value) }),
      s("text", { x: x - 8, y: y(value) + 4, "text-anchor": "end" }, text),
    ]),
    s("text", { x: 4, y: y.range[1] - 12, class: "title" }, title));
