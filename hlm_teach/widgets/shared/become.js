// Make what stands in the page equal to what was made anew, and touch only what differs: the rest needs no new layout.

export const become = (old, fresh) => {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType === 3) return (old.data = fresh.data);
  const names = fresh.getAttributeNames();
  for (const name of old.getAttributeNames()) if (!names.includes(name)) old.removeAttribute(name);
  for (const name of names) {
    const value = fresh.getAttribute(name);
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const [was, now] = [[...old.childNodes], [...fresh.childNodes]];
  now.forEach((child, k) => (was[k] ? become(was[k], child) : old.append(child)));
  was.slice(now.length).forEach((child) => child.remove());
};

// The same for the children alone: of an element that keeps its own attributes.
export const fillWith = (node, ...children) => {
  const fresh = node.cloneNode();
  fresh.append(...children);
  become(node, fresh);
};
