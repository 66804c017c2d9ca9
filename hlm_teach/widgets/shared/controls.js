// Controls: native inputs with labels. JupyterLab would take their arrow keys for its own
// shortcuts unless the element itself says otherwise.

import { h } from "./dom.js";

// Several widgets may stand on a page, each with its own copy of this module.
export const unique = () => `hlm-${Math.random()}`;
export const keys = { "data-lm-suppress-shortcuts": "true" };

// A slider with its label and value; `show` moves it without telling anybody.
export const slider = (label, range, onInput) => {
  const id = unique();
  const value = h("output", { for: id });
  const input = h("input", { ...keys, ...range, id, type: "range", input: () => onInput(Number(input.value)) });
  const node = h("div", { class: "slider" }, h("label", { for: id }, label), value, input);
  const show = (number, text, spoken = text) => {
    input.value = number;
    value.textContent = text;
    input.setAttribute("aria-valuetext", spoken);
  };
  return { node, input, show };
};

export const button = (text, onClick, extra = {}) =>
  h("button", { ...keys, type: "button", click: onClick, ...extra }, text);

// One of several: a group of radio buttons. `show` ticks one of them.
export const options = (legend, texts, onChange) => {
  const name = unique();
  const inputs = texts.map((text, i) =>
    h("input", { ...keys, type: "radio", name, value: i, change: () => onChange(i) }));
  const node = h("fieldset", {}, h("legend", {}, legend),
    ...texts.map((text, i) => h("label", {}, inputs[i], text)));
  return { node, show: (i) => inputs.forEach((input, k) => (input.checked = k === i)) };
};

export const tick = (text, onChange) => {
  const input = h("input", { ...keys, type: "checkbox", change: () => onChange(input.checked) });
  return { node: h("label", { class: "tick" }, input, text), show: (on) => (input.checked = on) };
};

export const pick = (label, texts, onChange) => {
  const id = unique();
  const input = h("select", { ...keys, id, change: () => onChange(Number(input.value)) },
    ...texts.map((text, i) => h("option", { value: i }, text)));
  return { node: h("div", {}, h("label", { for: id }, label), input), show: (i) => (input.value = i) };
};
