// @ts-check
/** The box: what is typed in it, completed, recalled, kept as a draft, and sent. */

import { BY_NAME, carryOut } from "./commands.js";
import { ask } from "./dialogs.js";
import { find } from "./panels.js";
import { COMMANDS } from "./tables.js";
import { pieces } from "./text.js";
import { some } from "./words.js";

const ASKS = 20; // lines above which one is asked before they are sent
const MOST = 30; // messages that one text may become

/** The textbox of the page. */
export class Compose {
  constructor(page) {
    this.page = page;
    this.box = find("box");
    this.back = 0; // how far one went back in what was sent
    this.box.addEventListener("input", () => this.typed());
    find("writing").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  get here() { return this.page.chat.current; }

  /** Know what was typed. */
  typed() {
    this.turning = undefined;
    this.leaves = false; // whether Tab leaves the box
    this.back = 0;
    this.keep();
    this.page.putAway();
    if (!this.here) this.page.changed();
  }

  keep() {
    if (this.here) this.here.draft = this.box.value;
    else this.page.session.place.drafts[""] = this.box.value;
    this.size();
    this.page.session.remember();
  }

  size() {
    const { box } = this;
    box.style.setProperty("block-size", "auto");
    if (box.value) box.style.setProperty("block-size", `${box.scrollHeight}px`);
    find("writing").classList.toggle("typed", !!box.value.trim());
  }

  /** Show the draft of what one looks at. */
  show() {
    this.box.value = this.here ? this.here.draft : this.page.session.place.drafts[""] || "";
    this.back = 0;
    this.size();
  }

  /** Put text into the box, in place of what is there. @param {string} text @param {number} [cursor] */
  put(text, cursor = text.length) {
    this.box.value = text;
    this.box.setSelectionRange(cursor, cursor);
    this.keep();
    if (!this.here) this.page.changed();
  }

  /** Put text where the cursor is. @param {string} text */
  insert(text) {
    const { value, selectionStart: at, selectionEnd: end } = this.box;
    this.put(value.slice(0, at) + text + value.slice(end), at + text.length);
    this.box.focus();
  }

  /** Send what is typed. */
  async send() {
    const { here, page } = this;
    const text = this.box.value;
    const command = text.startsWith("/") && !text.startsWith("//");
    const line = command || !here ? text.trim() : text;
    if (!line.trim()) return;
    if (!here && !command) return page.chosen(line);
    const parts = command ? [line] : pieces(line, page.chat.limits.text);
    const lines = line.split("\n").length;
    if (!command && (parts.length > 1 || lines > ASKS)) {
      if (parts.length > MOST) return page.aside(`That is too long: it would be ${parts.length} messages, and ${MOST} is the most.`, true);
      const how = parts.length > 1 ? `They become ${parts.length} messages.` : "They are sent as one message.";
      if (!await ask(`Send ${some(lines, "line")}?`, [], { label: "Send", why: how })) return;
    }
    this.put("");
    page.putAway(true);
    let kept = line;
    try {
      for (const part of parts) await carryOut(page, part);
    } catch (error) {
      const { message, line: again = line } = /** @type {any} */ (error);
      kept = again;
      page.aside(message, true);
      if (!this.box.value) this.put(kept);
    }
    // What may be a password is in no history.
    if (here) here.sent = [...here.sent, kept].slice(-100);
  }

  /** Go through what was sent. @param {number} step @returns {boolean} whether the key is dealt with */
  recall(step) {
    const { box, here } = this;
    const { value, selectionStart: at } = box;
    if (!here || (step > 0 ? value.slice(0, at) : value.slice(at)).includes("\n")) return false;
    const back = this.back + step;
    if (back < 0 || back > here.sent.length) return false;
    if (!this.back) this.begun = value;
    this.back = back;
    this.put(back ? here.sent.at(-back) : this.begun);
    return true;
  }

  /** Complete the word before the cursor, or take the next word that it may be. @param {number} step @returns {boolean} */
  complete(step) {
    const { box } = this;
    if (this.leaves) return false;
    if (!this.turning) {
      const { value, selectionStart: at } = box;
      const { begun, found, end } = this.candidates(value.slice(0, at));
      if (!found.length) return false;
      const before = value.slice(0, at - begun.length);
      this.turning = { before, behind: value.slice(at), end: value[at] === " " ? end.trimEnd() : end, found, index: step > 0 ? -1 : 0 };
    }
    const turning = this.turning;
    const { before, behind, end, found } = turning;
    turning.index = (turning.index + step + found.length) % found.length;
    const text = before + found[turning.index] + end;
    this.put(text + behind, text.length);
    this.page.offer(found, turning.index);
    return true;
  }

  candidates(before) {
    const { chat } = this.page;
    const starts = (all, begun) =>
      [...new Set(all)].filter((one) => one.toLowerCase().startsWith(begun.toLowerCase()));
    const begun = /[\p{L}\p{M}\p{N}_.-]*$/u.exec(before)?.[0] || "";
    const command = /^\/(\S*)((?:\s+\S*)*)$/.exec(before);
    const rooms = chat.ordered.filter(({ talk }) => !talk).map(({ name }) => name);
    const open = [...chat.open.keys()];
    if (command && !command[2]) return { begun: command[1], found: starts(Object.values(COMMANDS).flat().map(([name]) => name), command[1]), end: " " };
    const people = this.people();
    let kind = "text";
    if (command) {
      const kinds = (BY_NAME.get(command[1].toLowerCase())?.[3] || "").split(" ");
      const number = command[2].trimStart().split(/\s+/).length - 1;
      kind = kinds[number] || (kinds.at(-1) === "text" ? "text" : "");
    }
    const lists = {
      room: [...rooms, ...open], joined: chat.ordered.map(({ name }) => name), elsewhere: [...open.filter((name) => !rooms.includes(name)), ...rooms],
      own: rooms, notified: [...rooms, "all", "mentions", "mute"], level: ["all", "mentions", "mute"], switch: ["on", "off"],
      user: people, ignored: chat.ignored, name: [chat.username], topic: this.here?.topic ? [this.here.topic] : [], command: [...BY_NAME.keys()],
    };
    if (kind !== "text") return { begun, found: starts(lists[kind] || [], begun), end: " " };
    const hash = before.endsWith(`#${begun}`);
    if (!begun && !hash && before && !before.endsWith("@")) return { begun, found: [], end: "" };
    const named = hash ? [] : starts(people, begun);
    const first = before === begun || before === `@${begun}`;
    if (named.length) return { begun, found: named, end: first ? ": " : " " };
    return { begun, found: begun || hash ? starts([...rooms, ...open], begun) : [], end: " " };
  }

  /** Return who may be meant, those who spoke last first. @returns {string[]} */
  people() {
    const { chat } = this.page;
    const { here } = this;
    const spoke = here ? here.messages.map(({ from }) => from).reverse() : [];
    const there = here ? [...here.people.keys()] : [];
    const talks = chat.ordered.filter(({ talk }) => talk).map(({ name }) => name.slice(1));
    return [...new Set([...spoke.filter((one) => there.includes(one)), ...there, ...talks])].filter((one) => one !== chat.username);
  }
}
