// A page without a kernel: the traits live in a plain object that answers as an anywidget model does.

const pageModel = (traits) => {
  const listeners = [];
  return {
    get: (name) => traits[name],
    set: (name, value) => {
      traits[name] = value;
      listeners.forEach(([event, listener]) => {
        if (event === "change" || event === `change:${name}`) listener();
      });
    },
    on: (event, listener) => listeners.push([event, listener]),
    off: () => {},
    save_changes: () => {},
  };
};

// Put the widget in the place of the static picture that stands there for readers without scripts.
export const mount = (widget, id, traits) =>
  document.querySelectorAll(`[data-hlm="${id}"]:empty, [data-hlm="${id}"]:has(> .static)`).forEach((el) => {
    el.replaceChildren();
    widget.render({ model: pageModel({ ...structuredClone(traits), second: widget.second }), el });
  });
