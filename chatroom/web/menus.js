// @ts-check
/** Menus: what can be done with a message, somebody, a room, and oneself. Rows and words are those of the table. */

import { agree } from "./command.js";
import { carryOut } from "./commands.js";
import { ask, menu } from "./dialogs.js";
import { fold } from "./rooms.js";
import { MESSAGES, PEOPLE } from "./tables.js";
import { links, target } from "./text.js";
import { make } from "./elements.js";
import { ROLES, time } from "./words.js";

/** @typedef {Record<string, any>} Frame */

const RANKS = { voiced: 0.5, moderator: 1, owner: 2, operator: 3 };

const others = (to) => !to.oneself;
const moderates = (to) => others(to) && to.own >= 1 && to.own > to.theirs;
const owns = (to) => moderates(to) && to.own >= 2;
const erases = (to) => to.takesBack && others(to) && to.own >= 1;

/** For whom a row is, by the names that the table has. @type {Record<string, (to: Frame) => boolean>} */
const WHOSE = {
  others, moderates, owns, erases,
  apart: (to) => others(to) && !to.private,
  ignorable: (to) => others(to) && !to.ignored,
  ignored: (to) => others(to) && to.ignored,
  appoints: (to) => owns(to) && to.theirs < 1,
  voices: (to) => moderates(to) && !to.theirs,
  silences: (to) => moderates(to) && to.theirs === 0.5,
  dismisses: (to) => owns(to) && to.theirs === 1,
  gives: (to) => owns(to) && to.own === 2,
  answerable: (to) => to.replies && !to.blank,
  answers: (to) => to.answer,
  written: (to) => !to.blank,
  revocable: (to) => to.takesBack && to.oneself && !to.blank,
  erasable: (to) => erases(to) && !to.blank,
  reportable: (to) => to.reports && others(to) && !to.blank,
};

/** Return the rows that are for one. @param {string[][]} table @param {string} name @param {Frame} [message] */
function offered(page, table, name, message) {
  const { chat } = page;
  const here = chat.current;
  const rank = (who) => RANKS[here?.people.get(who)] || 0;
  const to = {
    own: chat.role === "operator" ? 3 : rank(chat.username), theirs: rank(name), oneself: fold(name) === fold(chat.username),
    ignored: chat.ignores(name), takesBack: chat.has("redaction"), reports: chat.has("moderation"), replies: chat.has("replies"),
    blank: !!message?.redacted, answer: !!message?.re, private: !!here?.talk,
  };
  // Names and numbers are one word each: what somebody said is never in a line, for that is carried out.
  const values = { name, room: here?.name, seq: message?.seq, re: message?.re, readers: here?.talk ? "the operators" : `the moderators of ${here?.name}` };
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  return table.filter(([, , , whose]) => WHOSE[whose](to)).map(([label, line, then, , prompt, hint]) =>
    ({ label: fill(label), run: () => page.attempt(async () => {
      await THEN[then](page, { line: fill(line), prompt: fill(prompt), hint: fill(hint), said: message?.text });
      page.compose.box.focus();
    }) }));
}

/** What becomes of a row that is chosen, by the names that the table has. @type {Record<string, (page: any, row: Frame) => any>} */
const THEN = {
  DO: (page, { line }) => page.act(line),
  ASK: (page, row) => completed(page, row, false),
  NEED: (page, row) => completed(page, row, true),
  async CONFIRM(page, { line, prompt, hint }) {
    await ask(prompt.replace(/ \(yes or no\) $/, ""), [], { label: "Yes", why: hint, does: () => carryOut(page, line) });
  },
  ADDRESS: ({ compose }, { line }) => compose.insert(compose.box.selectionStart ? `${line} ` : `${line}: `),
  ANSWER: (page, { line }) => page.answer(Number(line)),
  async COPY(page, { said }) {
    if (await copied(said)) page.aside("Copied.");
    else page.aside("This browser does not let the page copy: select the text, and copy it.", true);
  },
};

agree([...MESSAGES, ...PEOPLE].map(([, , then]) => then), THEN, "outcomes");
agree([...MESSAGES, ...PEOPLE].map(([, , , whose]) => whose), WHOSE, "conditions");

/** Carry a line out with what is written behind it. @param {Frame} row @param {boolean} needed */
const completed = (page, { line, prompt, hint }, needed) =>
  ask(prompt.replace(/: $/, ""), [{ label: hint, needed }], { does: ([given]) => carryOut(page, line + given) });

/** Copy a text, and return whether that was done. @param {string} text */
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  // Without TLS there is only what browsers had before.
  const field = make("textarea", { className: "unseen", value: text });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

export function personMenu(page, name) {
  const role = ROLES[page.chat.current?.people.get(name)];
  const rows = offered(page, PEOPLE, name);
  if (fold(name) === fold(page.chat.username)) selfMenu(page);
  else menu(role ? `${name} · ${role}` : name, rows);
}

export function messageMenu(page, message) {
  const opens = links(message.text).map(({ text }) => ({ label: `open ${text}`, run: () => follow(text) }));
  menu(`${message.from} · ${time(message.at)}`, [...opens, ...offered(page, [...MESSAGES, ...PEOPLE], message.from, message)]);
}

/** Open a link in a tab of its own. @param {string} link */
export function follow(link) {
  open(target(link), "_blank", "noopener,noreferrer");
}

/** Ask for what a command needs, and do it. @param {string} line @param {string} title @param {string} label @param {string} [value] */
const asked = (page, line, title, label, value) => page.attempt(() =>
  ask(title, [{ label, value, needed: true }], { does: ([given]) => carryOut(page, `${line} ${given}`) }));

export function roomMenu(page) {
  const here = page.chat.current;
  if (!here) return;
  const level = page.chat.level(here.name);
  const own = RANKS[here.people.get(page.chat.username)] || (page.chat.role === "operator" ? 3 : 0);
  const does = (label, line) => ({ label, run: () => page.act(line) });
  const switches = (is, on, off, name) => does(is ? on : off, name);
  const levels = ["all", "mentions", "mute"].filter((one) => one !== level).map((one) =>
    does({ all: "tell me of every message", mentions: "tell me of mentions only", mute: "tell me of nothing here" }[one] || "", `/notify ${here.name} ${one}`));
  const { locked, guests, private: hidden } = here.settings;
  menu(here.name, here.talk ? [...levels, does("close this page", "/leave")] : [
    { label: "set the topic …", run: () => asked(page, "/topic", `Topic of ${here.name}`, "What is it about?", here.topic) },
    ...levels,
    ...(own >= 1 ? [
      { label: "invite somebody …", run: () => asked(page, "/invite", `Invite to ${here.name}`, "Who?") },
      { label: "slow it down …", run: () => asked(page, "/slow", `Slow ${here.name} down`, "One message each in 10s or 5m; 0 ends it") },
      switches(locked, "let all speak again", "let only moderators speak", locked ? "/unlock" : "/lock"),
      switches(guests === false, "let guests in again", "let only people with an account in", `/guests ${guests === false ? "on" : "off"}`),
      does("who is banned or muted", "/bans"), does("what was reported", "/reports"), does("what was done here", "/audit"),
    ] : []),
    ...(own >= 2 ? [switches(hidden, "let all find the room", "let only those find it who are invited", `/private ${hidden ? "off" : "on"}`), does("delete the room …", "/delete")] : []),
    does("leave the room", "/leave"),
  ]);
}

export function selfMenu(page) {
  const { chat } = page;
  const does = (label, line) => ({ label, run: () => page.act(line) });
  const able = "Notification" in window && isSecureContext;
  const accounts = !chat.has("accounts") ? [] : chat.account
    ? [does("change your password …", "/password"), does("where you are signed in", "/devices")]
    : [does("make this name yours …", "/register"), { label: "sign in to an account …", run: () => asked(page, "/login", "Sign in", "Name of the account") }];
  menu(chat.username, [
    { label: "be called otherwise …", run: () => asked(page, "/nick", "Be called otherwise", "Your new name", chat.username) },
    ...accounts,
    { label: page.notifies ? "call me no more" : "call me when somebody names me",
      hint: able ? "" : "needs a page by https: a browser has no notifications without", run: () => page.callMe() },
    does("what can be done here", "/help"),
    ...(localStorage.getItem("chat-remembered") ? [{ label: "leave, and forget me on this device", run: () => page.forget() }] : []),
    does("leave", "/quit"),
  ]);
}
