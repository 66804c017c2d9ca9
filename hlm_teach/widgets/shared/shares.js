// A bar cut into shares: shares([0.3, 0.7], ["#0072b2", "#c14f00"]). Its numbers stand in the text beside it.

import { h } from "./dom.js";

export const shares = (parts, colours, gap = 2) =>
  h("div", { style: `display:flex;gap:${gap}px`, "aria-hidden": "true" }, ...parts.map((share, i) =>
    h("i", { style: `flex:${share} 0 0;height:12px;background:${colours[i]}` })));
