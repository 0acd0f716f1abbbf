// @ts-check
/** Elements: made, named in a hue, and kept in step with what there is to show. */

import { links, target } from "./text.js";
import { MARKS } from "./words.js";

/**
 * Make an element.
 * @param {string} tag @param {Record<string, any>} [has] properties, or attributes where there is no property
 * @param {...(Node | string)} inside
 */
export function make(tag, has = {}, ...inside) {
  const made = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(has)) {
    if (name in made) made[name] = value;
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...inside);
  return made;
}

/** Return what does something about keys, but not about those that an input method takes. @param {(event: KeyboardEvent) => any} does */
export const keys = (does) => (/** @type {KeyboardEvent} */ event) => {
  // Safari tells of the key that confirms a word when the word is done, and marks it by this number alone.
  if (!event.isComposing && event.keyCode !== 229) does(event);
};

/** Write a text in which links can be followed. @param {string} text @returns {(Node | string)[]} */
export function linked(text) {
  const found = [];
  let at = 0;
  for (const { start, end, text: link } of links(text)) {
    found.push(text.slice(at, start), make("a", { href: target(link), target: "_blank", rel: "noopener noreferrer" }, link));
    at = end;
  }
  return [...found, text.slice(at)];
}

const HUES = 16;
/** @type {Map<string, number>} who has which hue */
const hues = new Map();

/** Return the hue of a name: its own, as long as there are some that nobody has. @param {string} name */
export function hue(name) {
  const key = name.toLowerCase();
  let found = hues.get(key);
  if (found === undefined) {
    let sum = 0;
    for (const letter of key) sum = (sum * 31 + (letter.codePointAt(0) || 0)) % 9973;
    const taken = new Set([...hues.values()].slice(-HUES + 1));
    found = sum % HUES;
    // Who comes later steps far aside, so that neighbours differ.
    for (let tries = 0; taken.has(found) && tries < HUES; tries++) found = (found + 5) % HUES;
    hues.set(key, found);
  }
  return found * (360 / HUES);
}

/** Write a name in its hue. @param {string} name @param {string} [role] */
export function person(name, role) {
  const made = make("bdi", { className: "name" }, name);
  made.style.setProperty("--hue", String(hue(name)));
  return make("span", { className: "who" }, ...(role ? [make("span", { className: "mark" }, MARKS[role] || "")] : []), made);
}

/** Make children of a list be those of *items*, and keep all that stay. @param {{key: string, sign: string, row(): any}[]} items */
export function reconcile(list, items) {
  const old = list.kept || new Map();
  const kept = (list.kept = new Map());
  for (const { key, sign, row } of items) {
    let node = old.get(key);
    if (!node || node.sign !== sign) {
      node?.remove();
      node = row();
      node.sign = sign;
    }
    kept.set(key, node);
  }
  for (const [key, node] of old) if (kept.get(key) !== node) node.remove();
  let at = list.firstChild;
  for (const node of kept.values()) {
    if (node === at) at = at.nextSibling;
    else list.insertBefore(node, at);
  }
}
