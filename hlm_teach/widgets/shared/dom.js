// Elements: h("div", { class: "a", click: listener }, child, "text"); s(…) is the same for SVG.
// An attribute that is a function is a listener; one that is false is left out.

const dress = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};

export const h = (tag, attributes = {}, ...children) =>
  dress(document.createElement(tag), attributes, children);

export const s = (tag, attributes = {}, ...children) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Change attributes of an element that exists (text: its text); what is so already is left alone.
export const move = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (node.getAttribute(name) !== `${value}`) node.setAttribute(name, value);
  }
};
