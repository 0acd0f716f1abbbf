// @ts-check
/** A command that is typed with a slash: what it needs, and how the server is asked. */

import { NotDone, words } from "./text.js";

/** @typedef {Record<string, any>} Frame */

/** See that there is something in *code* for each of the *words* of a table. @param {string[]} words @param {Frame} code @param {string} what */
export function agree(words, code, what) {
  const missing = words.filter((one) => !Object.hasOwn(code, one));
  if (missing.length) throw new Error(`tables.js has ${what} that this page does not know: ${missing.join(", ")}`);
}

/** A command that lacks a word. */
export class Incomplete extends Error {}

/** Return the first word of what there has to be. @param {string} rest */
export function word(rest) {
  if (!rest) throw new Incomplete();
  return words(rest)[0];
}

/** Return the name of the room that one looks at. */
export function room(page) {
  const { current } = page.chat;
  if (!current) throw new NotDone("You are in the lobby: enter the room that it is about.");
  if (current.talk) throw new NotDone("That is for rooms: go to the one that it is about.");
  return current.name;
}

/** Return the room or talk that one looks at. @returns {import("./rooms.js").Conversation} */
export function here(page) {
  if (!page.chat.current) throw new NotDone("You are in the lobby: enter the room that it is about.");
  return page.chat.current;
}

/** Return the number of a message, or of the newest of somebody. @param {string} what @param {string} done */
export function message(page, what, done) {
  const who = what.replace(/^@/, "");
  const seq = /^\d+$/.test(what) ? Number(what) : here(page).newest(who);
  if (!seq) throw new NotDone(`Nothing that ${who} said here is left to ${done}.`);
  return seq;
}

/** Ask the server, and say what there is to say when it is done. @param {Frame} frame @param {string | ((reply: Frame) => string)} [done] */
export async function request(page, frame, done) {
  const reply = await page.session.wire.ask(frame);
  if (reply.type === "error" || reply.type === "lost") throw new NotDone(reply.message);
  const told = typeof done === "function" ? done(reply) : done;
  if (told) page.aside(told);
  return reply;
}

/** Write the rows of an answer. @param {Frame[]} rows @param {(row: Frame) => string} write @param {string} none @param {boolean} [more] */
export const listed = (rows, write, none, more) => [...rows.map(write), ...(more ? ["There are more."] : [])].join("\n") || none;
