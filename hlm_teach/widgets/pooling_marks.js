// What both pictures of the pooling explorer share: which groups are drawn, how large, and the formulas beside them.

import { h } from "./shared/dom.js";
import { formula } from "./shared/formula.js";
import { fixed } from "./shared/numbers.js";

export const ROWS = 100; // more groups than this are shown in part

// Which groups get marks, and the radius of a circle whose area goes with n (down to what can still be seen).
export const shownGroups = (J) => [...Array(Math.min(J, ROWS)).keys()].map((k) => Math.floor((k * J) / Math.min(J, ROWS)));
export const radius = (n, w) => Math.max(3, 12.5 * Math.sqrt(n / Math.max(...w.n)));
export const letter = (w, j) => (w.tagged.includes(j) ? "ABC"[w.tagged.indexOf(j)] : "");
export const spanOf = (w) => {
  const values = [...w.y, ...w.truth, ...w.start.y];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.12 * (high - low) || w.sigma;
  return [low - room, high + room];
};

// The formulas, with the numbers of the state in the place of the letters.
export const readOut = (strings) => {
  const node = h("div", { class: "formulas", tabindex: "0", role: "group" });
  const draw = (w) => {
    const j = w.selected;
    const d = (x, more = 0) => fixed(x, w.digits + more);
    const signed = (x) => (x < 0 ? `( ${d(x)} )` : d(x));
    const [tau, lambda, rest] = [d(w.tau, 1), fixed(w.lambda[j], 3), fixed(1 - w.lambda[j], 3)];
    const aim = w.target === "all" ? "ȳ_all" : "μ̂";
    const weight = w.tau === Infinity ? "→ 1" : `= { ${tau}^2 | ${tau}^2 + ${d(w.sigma)}^2 / ${w.n[j]} } = ${lambda}`;
    const lines = [
      `λ_j = { τ^2 | τ^2 + σ^2 / n_j } ${weight}`,
      `α̂_j = λ_j ȳ_j + ( 1 − λ_j ) ${aim}`,
      `= ${lambda} × ${signed(w.y[j])} + ${rest} × ${signed(w.aim)} = ${d(w.estimate[j])}`,
    ];
    if (w.mode === "full") {
      const total = w.lambda.reduce((sum, l, k) => sum + l * (w.y[k] - w.aim), 0);
      lines.push(`ȳ_j − α̂_j = ( 1 − λ_j ) ( ȳ_j − ${aim} )`,
        `= ${rest} × ${signed(w.y[j] - w.aim)} = ${d(w.movement[j], 1)}`,
        `Σ û_j = Σ λ_j ( ȳ_j − ${aim} ) = ${d(total, 1)}`);
    }
    const name = [letter(w, j), w.labels[j]].filter(Boolean).join(" · ");
    const note = w.mode === "full" ? strings[w.target === "all" ? "sums_not" : "sums_to_zero"] : "";
    node.setAttribute("aria-label", name);
    [name, ...lines, note].forEach((text, k) => {
      const line = node.childNodes[k] || node.appendChild(h("p"));
      if (line.said === text) return;
      line.said = text;
      line.className = k ? (text[0] === "=" ? "more" : text === note ? "words" : "") : "strong";
      if (k && text !== note) line.innerHTML = formula(text);
      else line.textContent = text;
    });
  };
  return { node, draw };
};
