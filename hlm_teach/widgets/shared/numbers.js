// Numbers and sentences, written exactly as hlm_teach/widgets/sentences.py writes them.

// A number with so many decimals: a true minus sign, never "−0", ∞ where it is infinite.
export const fixed = (x, digits) => {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "?" : x > 0 ? "∞" : "−∞";
  const text = Math.abs(x).toFixed(digits);
  return (x < 0 && Number(text) ? "−" : "") + text;
};

// A whole sentence with its named values: fill("n = {n}.", { n: 3 }).
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
