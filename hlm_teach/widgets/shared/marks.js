// Marks: shapes as path data, so that a mark is told by its form and not by its colour alone.

export const diamond = (x, y, r = 6) => `M${x - r},${y}L${x},${y - r}L${x + r},${y}L${x},${y + r}Z`;

export const cross = (x, y, r = 5) => `M${x - r},${y - r}l${2 * r},${2 * r}m0,${-2 * r}l${-2 * r},${2 * r}`;

// From x0 to x1 at height y, with a head; nothing where there is no room for one.
export const arrow = (x0, x1, y, gap = 8) => {
  const way = Math.sign(x1 - x0);
  const tip = x1 - way * gap;
  if (Math.abs(x1 - x0) < gap + 3) return "";
  return `M${x0},${y}H${tip}m${-5 * way},-4L${tip},${y}l${-5 * way},4`;
};

export const line = (points) => "M" + points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");

// Labels cut to a width in pixels, and the width that they then take.
export const fitted = (labels, most) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = "650 12px system-ui, sans-serif";
  const wide = (text) => pen.measureText(text).width;
  const texts = labels.map((label) => {
    let text = label;
    for (let k = label.length; k > 1 && wide(text) > most; k--) text = label.slice(0, k - 1) + "…";
    return text;
  });
  return [texts, Math.ceil(Math.max(...texts.map(wide)))];
};
