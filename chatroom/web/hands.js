// @ts-check
/** Hands: what keys, clicks and touches do. */

import * as finding from "./finding.js";
import * as menus from "./menus.js";
import { agree } from "./command.js";
import { find } from "./panels.js";
import { KEYS } from "./tables.js";
import { links } from "./text.js";
import { stamp } from "./words.js";
import { keys, make } from "./elements.js";

const NAMES = { Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", ArrowUp: "Up", ArrowDown: "Down" };
// On a Mac, Alt writes letters.
const ALT_WRITES = /Mac|iPhone|iPad/.test(navigator.platform);

/** @type {Map<string, string>} */
const MEANT = new Map(KEYS.flatMap(([action, names]) => names.split(" ").map((name) => [name, action])));

/** Return the action that a key means, if any. @param {KeyboardEvent} event */
function action(event) {
  const { altKey, ctrlKey, metaKey, shiftKey, code, key } = event;
  if (metaKey || (altKey && ALT_WRITES && /^(Key|Digit|Slash)/.test(code))) return undefined;
  // By Alt and Ctrl a key means the same on every layout.
  const letter = altKey || ctrlKey ? /^(?:Key|Digit)(.)$/.exec(code)?.[1].toLowerCase() : undefined;
  const name = letter || (altKey && code === "Slash" ? "/" : NAMES[key] || key);
  return MEANT.get(`${ctrlKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shiftKey ? "Shift+" : ""}${name}`);
}

/** Whether a key types something. @param {KeyboardEvent} event */
const types = ({ key, altKey, ctrlKey, metaKey }) => key.length === 1 && key !== " " && !altKey && !ctrlKey && !metaKey;

/** What an action of the table does; one that returns false leaves the key to the browser. @type {Record<string, (page: any, event: KeyboardEvent) => any>} */
const ACTIONS = {
  SUBMIT: (page) => inBox() && page.compose.send(),
  NEWLINE: (page, { ctrlKey }) => ctrlKey && inBox() ? page.compose.insert("\n") : false,
  COMPLETE: (page) => inBox() && find("box").value ? page.compose.complete(1) : false,
  COMPLETE_BACK: (page) => inBox() && page.compose.turning ? page.compose.complete(-1) : false,
  UP: (page) => inHall(page, -1) || (inBox() && page.compose.recall(1)),
  DOWN: (page) => inHall(page, 1) || (inBox() && page.compose.recall(-1)),
  KILL_LINE: (page) => finding.jump(page),
  CANCEL: (page) => {
    page.putAway(true);
    page.compose.leaves = true;
    if (document.body.classList.contains("drawn")) drawer(false);
    else if (page.here?.answering) page.cancel();
    else page.end();
    find("box").focus();
  },
  NEXT_ACTIVE: (page) => page.chat.active[0] && page.go(page.chat.active[0]),
  NEXT_ROOM: (page) => step(page, 1),
  PREVIOUS_ROOM: (page) => step(page, -1),
  LAST_ROOM: (page) => page.go(page.chat.before),
  LOBBY: (page) => page.go(page.here ? null : page.chat.before),
  ACCEPT: (page) => page.chat.invited && page.enter(page.chat.invited),
  MARK_READ: (page) => page.chat.ordered.forEach((one) => { one.line = null; page.session.seen(one); page.changed(); }),
  SEARCH: (page) => page.search("", false),
  UNREAD: (page) => page.log.toLine(),
  PREVIOUS_MENTION: (page) => page.log.toMention(-1),
  NEXT_MENTION: (page) => page.log.toMention(1),
  MENTIONS: (page) => page.mentions(),
  ANSWER: (page) => choose(page),
  CHOOSE_MESSAGE: (page) => choose(page),
  CHOOSE_PERSON: (page) => finding.people(page),
  PAGE_UP: (page) => page.log.leaf(-1),
  PAGE_DOWN: (page) => page.log.leaf(1),
  TOP: (page) => { find("log").scrollTop = 0; },
  BOTTOM: (page) => page.end(),
  END: (page) => page.follows() ? false : page.end(),
  HELP: (page) => page.act("/help"),
  RETRY: (page) => page.session.wire.hurry(),
};

agree(KEYS.map(([name]) => name).filter((name) => !name.startsWith("ROOM_")), ACTIONS, "keys");

const inBox = () => document.activeElement === find("box");

/** Go to the next conversation, or the one before. @param {number} by */
function step(page, by) {
  const all = [null, ...page.chat.ordered];
  page.go(all[(all.indexOf(page.here) + by + all.length) % all.length]);
}

/** Choose a message, the newest in view first. */
function choose(page) {
  const { bottom } = find("log").getBoundingClientRect();
  const rows = [...find("log").querySelectorAll(".row[data-seq]")];
  rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 4)?.focus({ preventScroll: true });
}

/** Return the message of a row. */
const message = (page, inside) => page.here?.find(Number(inside.closest(".row[data-seq]")?.dataset.seq));

/** Return the link under a point of a text, if any. @param {any} text @param {MouseEvent} event */
function linkAt(text, { clientX, clientY }) {
  const at = document.caretPositionFromPoint ? document.caretPositionFromPoint(clientX, clientY)?.offset
    : /** @type {any} */ (document).caretRangeFromPoint(clientX, clientY)?.startOffset;
  return links(text.textContent).find(({ start, end }) => at >= start && at < end)?.text;
}

/** Move in the list of open rooms, from the box into it and back. @param {number} by @returns {boolean} whether the lobby is shown */
function inHall(page, by) {
  if (page.here || !(inBox() || find("hall").contains(document.activeElement))) return false;
  const all = [find("box"), ...find("hall").querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
  return true;
}

/** Copy several messages with who said them, and when: a run has its name once, and of that a part may be chosen. @param {ClipboardEvent} event */
function copy(page, event) {
  const chosen = getSelection();
  const rows = [...find("log").querySelectorAll(".row[data-seq]")].filter((row) => chosen?.containsNode(row, true));
  if (rows.length < 2) return;
  const said = rows.map((row) => message(page, row)).map(({ at, from, text, action }) => `${stamp(at)} ${action ? `* ${from}` : `${from}:`} ${text}`);
  event.clipboardData?.setData("text/plain", said.join("\n"));
  event.preventDefault();
}

/** Say that files can't be sent, where a browser would go to what is dropped, and lose the page. @param {any} event */
function refuseFiles(page, event) {
  const brought = event.dataTransfer || event.clipboardData;
  if (!brought?.types.includes("Files") || brought.types.includes("text/plain")) return;
  event.preventDefault();
  if (event.type !== "dragover") page.aside("Files can’t be sent here: put it where the others can get it, and send the link.", true);
}

/** Move in the list of messages by keys. @param {KeyboardEvent} event @returns {boolean} */
function inLog(page, event) {
  const row = /** @type {any} */ (document.activeElement);
  const log = find("log");
  if (!log.contains(row) || event.altKey || event.ctrlKey) return false;
  const rows = [...log.querySelectorAll(".row[data-seq]")];
  const at = rows.indexOf(row);
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    if (at < 0) choose(page);
    else (event.key === "ArrowUp" ? rows[at - 1] : rows[at + 1] || find("box"))?.focus();
  } else if (event.key === "Enter" && at >= 0) menus.messageMenu(page, message(page, row));
  else return false;
  return true;
}

function key(page, event) {
  if (find("dialog").open || find("chat").hidden) return;
  const at = document.activeElement;
  if (inLog(page, event)) return event.preventDefault();
  const does = action(event);
  const number = /^ROOM_(\d+)$/.exec(does || "");
  if (does === "SUBMIT" && !inBox()) return;
  if (number) page.chat.ordered[Number(number[1]) - 1] && page.go(page.chat.ordered[Number(number[1]) - 1]);
  else if (does && ACTIONS[does](page, event) !== false) { /* done */ }
  else {
    if (types(event) && (at === document.body || find("log").contains(at))) find("box").focus();
    return;
  }
  event.preventDefault();
}

/** Let the page be used. */
export function listen(page) {
  const log = find("log");
  const tools = make("span", { className: "tools" },
    make("button", { type: "button", "aria-label": "Answer", title: "Answer", tabIndex: -1, onclick: ({ target }) => page.answer(message(page, target).seq) }),
    make("button", { type: "button", "aria-label": "More", title: "More", tabIndex: -1, onclick: ({ target }) => menus.messageMenu(page, message(page, target)) }));
  const take = ({ target }) => {
    const row = target.closest?.(".row[data-seq]:not(.gone)");
    if (row && tools.parentNode !== row) row.append(tools);
  };
  log.addEventListener("pointerover", take);
  log.addEventListener("focusin", take);
  log.addEventListener("click", (event) => {
    const { target } = event;
    const said = message(page, target);
    if (target.closest(".quote")) page.jumpTo(page.here.name, Number(target.closest(".quote").dataset.re));
    else if (target.closest(".who") && said) page.personMenu(said.from);
    else if (target.closest(".text") && getSelection()?.isCollapsed) {
      const link = linkAt(target, event);
      if (link) menus.follow(link);
    }
  });
  log.addEventListener("copy", (event) => copy(page, event));
  for (const name of ["dragover", "drop", "paste"]) document.addEventListener(name, (event) => refuseFiles(page, event));
  document.addEventListener("keydown", keys((event) => key(page, event)));
  find("lobby").onclick = () => page.go(null);
  find("self").onclick = () => menus.selfMenu(page);
  find("more").onclick = () => menus.roomMenu(page);
  find("find").onclick = () => page.search("", false);
  find("count").onclick = () => matchMedia("(min-width: 60rem)").matches ? find("people").querySelector("button")?.focus() : finding.people(page);
  find("pill").onclick = () => page.end();
  // Where there is no room for all of it, nor a mouse to hover.
  find("topic").addEventListener("click", ({ target }) => page.here && !page.here.talk && !target.closest("a") && page.act("/topic"));
  find("drawer").onclick = () => drawer(!document.body.classList.contains("drawn"));
  find("side").addEventListener("click", ({ target }) => target.closest("#lobby, #rooms button") && drawer(false));
  document.querySelector("main")?.addEventListener("click", (event) => {
    if (!(/** @type {any} */ (event.target).closest("#drawer"))) drawer(false);
  });

  const wire = page.session.wire;
  const back = () => {
    if (document.visibilityState === "visible") wire.hurry();
    page.changed();
  };
  for (const name of ["online", "pageshow", "focus"]) addEventListener(name, back);
  document.addEventListener("visibilitychange", back);
  addEventListener("offline", () => wire.hurry());
  addEventListener("blur", () => {
    if (page.here && !page.here.unread) page.here.line = null;
  });
  addEventListener("pagehide", () => {
    if (page.here) page.session.mark(page.here);
    page.session.remember();
  });
  // iOS covers the page with its keyboard, and says so only here.
  visualViewport?.addEventListener("resize", () => {
    const covered = Math.max(0, innerHeight - (visualViewport?.height || 0) * (visualViewport?.scale || 1));
    document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  });
}

/** Show the rooms where they are in a drawer. @param {boolean} shown */
function drawer(shown) {
  document.body.classList.toggle("drawn", shown);
  find("drawer").setAttribute("aria-expanded", String(shown));
  if (shown) find("side").querySelector("[aria-current=page]")?.focus();
}
