// @ts-check
/** Keys: how they are called in the table, and which action they mean. */

import { KEYS } from "./tables.js";

const NAMES = { Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", ArrowUp: "Up", ArrowDown: "Down" };
// On a Mac, Alt writes letters.
const ALT_WRITES = /Mac|iPhone|iPad/.test(navigator.platform);

/** @type {Map<string, string>} */
const ACTIONS = new Map(KEYS.flatMap(([action, names]) => names.split(" ").map((name) => [name, action])));

/** Return the action that a key means, if any. @param {KeyboardEvent} event */
export function action(event) {
  const { altKey, ctrlKey, metaKey, shiftKey, code, key } = event;
  if (metaKey || (altKey && ALT_WRITES && /^(Key|Digit|Slash)/.test(code))) return undefined;
  // By Alt and Ctrl a key means the same on every layout.
  const letter = altKey || ctrlKey ? /^(?:Key|Digit)(.)$/.exec(code)?.[1].toLowerCase() : undefined;
  const name = letter || (altKey && code === "Slash" ? "/" : NAMES[key] || key);
  return ACTIONS.get(`${ctrlKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shiftKey ? "Shift+" : ""}${name}`);
}

/** Whether a key types something. @param {KeyboardEvent} event */
export const types = ({ key, altKey, ctrlKey, metaKey }) => key.length === 1 && key !== " " && !altKey && !ctrlKey && !metaKey;
