// The frame of a widget: traits in, picture and sentence out. Views are made for the widths of their panels, then only moved.

import { h } from "./dom.js";
import { gate } from "./gate.js";

// look(get) gives all numbers of a state, sentence(w, strings) says it. `put` changes traits and draws once.
export const stage = (model, el, look, sentence) => {
  const strings = model.get("strings");
  const asked = gate(model, strings);
  const status = h("p", { role: "status" });
  const me = { strings, w: look((name) => model.get(name)) };
  let busy, later, built, parts;
  let views = [];
  const draw = () => {
    if (busy) return;
    const w = (me.w = look((name) => model.get(name)));
    asked.draw();
    parts.open.hidden = !w.committed;
    if (w.committed) {
      const room = parts.panels.map((panel) => panel.clientWidth);
      if (room[0] && built !== String(room)) {
        built = String(room);
        views = parts.make(room);
        views.forEach((view, i) => parts.panels[i].replaceChildren(view.node));
      }
      for (const view of views) view.draw(w);
      parts.show(w);
    }
    clearTimeout(later);
    later = setTimeout(() => (status.textContent = sentence(w, strings)), status.textContent ? 120 : 0);
  };
  me.put = (changes) => {
    busy = true;
    for (const name in changes) model.set(name, changes[name]);
    busy = false;
    draw();
    model.save_changes();
  };
  // { open, panels, make(widths), show(w) }: what opens with the bet, where the views stand, and what moves the controls.
  me.begin = (given) => {
    parts = given;
    el.append(h("div", { class: "hlm" }, asked.node, parts.open, status));
    model.on("change", draw);
    const watch = new ResizeObserver(draw);
    watch.observe(el);
    draw();
    return () => {
      watch.disconnect();
      model.off("change", draw);
    };
  };
  return me;
};
