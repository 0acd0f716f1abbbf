// @ts-check
/** Dialogs: a list to choose from, a question, and something to read. One is open at a time. */

import { find } from "./panels.js";
import { keys, make } from "./elements.js";

/** @typedef {{label: string | Node, hint?: string, key?: string, run(): void}} Choice */

/**
 * Open the dialog; what it answers is given to *closed*, nothing if it was left.
 * @param {string} title @param {any[]} inside @param {string} [kind]
 */
function open(title, inside, kind = "") {
  const dialog = find("dialog");
  if (dialog.open) dialog.close();
  const leave = make("button", { type: "button", className: "icon leave", "aria-label": "Close", onclick: () => dialog.close() }, "×");
  dialog.className = kind;
  dialog.replaceChildren(make("header", {}, make("h2", { id: "heading" }, title), leave), ...inside);
  dialog.onclick = ({ target }) => {
    if (target === dialog) dialog.close();
  };
  dialog.onclose = null;
  dialog.showModal();
  return dialog;
}

/** Move the choice in a list by keys. */
function move(list, event) {
  const rows = [...list.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (!step || !rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  const typing = document.activeElement?.tagName === "INPUT";
  if (at === 0 && step < 0 && list.previousElementSibling?.tagName === "INPUT") return list.previousElementSibling.focus();
  rows[Math.max(0, Math.min(rows.length - 1, typing ? 0 : at + step))].focus();
}

const rows = (choices) => choices.map(({ label, hint, run }) => {
  const row = make("button", { type: "button" }, make("span", { className: "label", dir: "auto" }, label));
  if (hint) row.append(make("small", { dir: "auto" }, hint));
  row.onclick = () => {
    find("dialog").close();
    run();
  };
  return make("li", {}, row);
});

/** Let one choose from a menu. @param {string} title @param {Choice[]} choices */
export function menu(title, choices) {
  const list = make("ul", { className: "choices" }, ...rows(choices));
  const dialog = open(title, [list], "menu");
  dialog.onkeydown = keys((event) => move(list, event));
  list.querySelector("button")?.focus();
}

/**
 * Let one choose from what *look* finds for what is typed, at once or when Enter is pressed.
 * @param {string} title @param {string} hint @param {(typed: string) => Choice[] | Promise<Choice[]>} look
 * @param {{typed?: string, slow?: boolean, nothing?: string}} [how]
 */
export function pick(title, hint, look, { typed = "", slow = false, nothing = "Nothing found" } = {}) {
  const input = make("input", { type: "search", placeholder: hint, value: typed, "aria-label": title, autocomplete: "off", spellcheck: false });
  const list = make("ul", { className: "choices" });
  const state = make("p", { className: "state", role: "status" });
  let asked = 0;
  let shown = "";
  const show = async () => {
    const now = ++asked;
    const text = (shown = input.value.trim());
    if (slow && !text) return;
    try {
      const found = await look(text);
      if (now !== asked) return;
      list.replaceChildren(...rows(found));
      state.textContent = found.length ? "" : nothing;
    } catch (error) {
      state.textContent = /** @type {Error} */ (error).message;
    }
  };
  const dialog = open(title, [input, list, state], "pick");
  input.oninput = () => slow || show();
  dialog.onkeydown = keys((event) => {
    if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      if (slow && input.value.trim() !== shown) show();
      else list.querySelector("button")?.click();
    } else if (event.key === "Escape") {
      // A browser would only empty the field.
      event.preventDefault();
      dialog.close();
    } else move(list, event);
  });
  input.focus();
  show();
}

/**
 * Ask for values, and do something with them: the dialog stays, and says why, until that is done. Nothing is answered if it was left.
 * @param {string} title @param {{label: string, hint?: string, type?: string, value?: string, needed?: boolean}[]} fields
 * @param {{label?: string, why?: string, does?: (values: string[]) => any}} [how] @returns {Promise<string[] | null>}
 */
export function ask(title, fields, { label = "OK", why = "", does } = {}) {
  return new Promise((answer, fail) => {
    const inputs = fields.map(({ hint = "", type = "text", value = "", needed }) => make("input", {
      type, value, placeholder: hint, required: !!needed, dir: "auto",
      autocomplete: type === "password" ? (fields.length > 1 ? "new-password" : "current-password") : "off",
    }));
    // A browser that keeps passwords wants to know whose it is.
    const whose = fields.some(({ type }) => type === "password")
      ? [make("input", { hidden: true, autocomplete: "username", value: localStorage.getItem("chat-name") || "" })] : [];
    const wrong = make("p", { className: "wrong", role: "alert" });
    const form = make("form", {}, ...whose, ...(why ? [make("p", {}, why)] : []),
      ...fields.map((field, number) => make("label", {}, field.label, inputs[number])), wrong,
      make("div", { className: "ends" }, make("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, "Cancel"), make("button", {}, label)));
    const dialog = open(title, [form], "ask");
    let values = /** @type {string[] | null} */ (null);
    let busy = false;
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      const given = inputs.map(({ value }) => value);
      try {
        await does?.(given);
        values = given;
        if (form.isConnected) dialog.close();
        answer(values);
      } catch (error) {
        if (!form.isConnected || !dialog.open) return fail(error);
        wrong.textContent = /** @type {Error} */ (error).message;
        inputs.find(({ type }) => type === "password")?.focus();
      }
      busy = false;
    };
    dialog.onkeydown = null;
    // The end of the dialog before may be told only now.
    dialog.onclose = () => dialog.open || busy || answer(values);
    (inputs[0] || form.querySelector("button:last-child")).focus();
  });
}

/** Show tables of what can be done. @param {string} title @param {[string, [string, string][]][]} groups */
export function read(title, groups) {
  const tables = groups.map(([name, lines]) => make("section", {}, make("h3", {}, name),
    make("dl", {}, ...lines.flatMap(([term, text]) => [make("dt", {}, make("code", {}, term)), make("dd", {}, text)]))));
  const dialog = open(title, [make("div", { className: "tables", tabIndex: 0 }, ...tables)], "read");
  dialog.onkeydown = null;
  dialog.querySelector(".tables").focus();
}
