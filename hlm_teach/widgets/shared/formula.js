// Formulas in MathML from a line of words: formula("λ_j = {τ^2 | τ^2 + 1} = 0.5").
// a_b is a subscript, a^b a superscript, {a | b} a fraction; words are separated by spaces.

const word = (text) => {
  if (text[0] === "{") {
    const [over, under] = text.slice(1, -1).split("|");
    return `<mfrac>${row(over)}${row(under)}</mfrac>`;
  }
  const [, base, mark, raised] = /^(.+)([_^])(.+)$/.exec(text) || [];
  if (base) {
    const tag = mark === "_" ? "msub" : "msup";
    return `<${tag}>${word(base)}${word(raised)}</${tag}>`;
  }
  if (/^[-=+×()→−Σ·/≤±]$/.test(text)) return `<mo stretchy="false">${text}</mo>`;
  const tag = /^−?[\d.∞]+$/.test(text) ? "mn" : "mi";
  return `<${tag}>${text}</${tag}>`;
};

const row = (text) => `<mrow>${text.match(/\{[^}]+\}|\S+/g).map(word).join("")}</mrow>`;

export const formula = (text) => `<math displaystyle="true">${row(text)}</math>`;
