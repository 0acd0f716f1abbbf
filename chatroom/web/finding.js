// @ts-check
/** Finding: what was said, rooms by their names, what is new, and who is here. */

import { pick } from "./dialogs.js";
import { person } from "./elements.js";
import { query } from "./text.js";
import { some, stamp } from "./words.js";

/** @typedef {import("./rooms.js").Conversation} Conversation */

const FOUND = 50;

/** Search a conversation, or all of them. @param {string} typed @param {boolean} everywhere */
export function search(page, typed, everywhere) {
  const { current } = page.chat;
  const all = everywhere || !current;
  const look = async (text) => {
    const asked = { ...query(text), limit: FOUND, ...(all ? {} : current.address) };
    return found(page, await page.session.wire.ask(asked), asked);
  };
  const where = all ? "all your rooms" : current.name;
  pick(`Search ${where}`, "Words, word*, \"two words\", from:bob, since:monday", look, { typed, slow: true });
}

function found(page, reply, asked) {
  if (reply.type !== "entries") throw new Error(reply.message);
  const rows = reply.entries.map((one) => {
    const name = one.with ? `@${one.with}` : one.room || (asked.with ? `@${asked.with}` : asked.room);
    return { label: one.text, hint: `${asked.room || asked.with ? "" : `${name} · `}${one.from} · ${stamp(one.at)}`, run: () => page.jumpTo(name, one.seq) };
  });
  if (reply.more && rows.length) {
    const last = reply.entries.at(-1);
    const on = asked.room || asked.with ? { before: last.seq } : { until: last.at };
    const look = async () => found(page, await page.session.wire.ask({ ...asked, ...on }), asked);
    rows.push({ label: "Older ones …", run: () => pick("Older ones", "", look) });
  }
  return rows;
}

/** List what mentions one. */
export function mentions(page) {
  const asked = { type: "search", query: page.chat.username, newest_first: true, limit: FOUND };
  const look = async () => found(page, await page.session.wire.ask(asked), asked)
    .filter(({ label }) => !label || label === "Older ones …" || page.chat.mentioned({ from: "", text: label }));
  pick("Messages that mention you", "", look, { nothing: "Nobody has mentioned you." });
}

/** List what is new. */
export function catchup(page) {
  const look = (part) => page.chat.active.filter(({ name }) => name.includes(part)).map((one) => {
    const last = one.messages.at(-1);
    return { label: one.name, hint: `${one.unread} new${one.mentions ? `, ${some(one.mentions, "mention")}` : ""}${last ? ` · ${last.from}: ${last.text.slice(0, 80)}` : ""}`, run: () => page.go(one) };
  });
  pick("What is new", "Part of a name", look, { nothing: "Nothing is new." });
}

/** Say how well letters fit a name: from 0, or -1 if they do not occur in their order. @param {string} name @param {string} letters */
function fit(name, letters) {
  const [whole, part] = [name.toLowerCase(), letters.toLowerCase()];
  let at = -1;
  if (![...part].every((letter) => (at = whole.indexOf(letter, at + 1)) >= 0)) return -1;
  return whole.startsWith(part) ? 0 : whole.includes(part) ? 1 : 2;
}

/** Return what fits, the best first. @template T @param {T[]} all @param {string} letters @param {(one: T) => string} name */
const fitting = (all, letters, name) => all.map((one) => ({ one, how: fit(name(one), letters) }))
  .filter(({ how }) => how >= 0).sort((one, other) => one.how - other.how).slice(0, 50).map(({ one }) => one);

/** Jump to a room by some letters of its name. */
export function jump(page) {
  const { chat } = page;
  const look = (letters) => {
    const known = [...chat.active, ...(chat.before ? [chat.before] : []), ...chat.ordered];
    const rows = [...new Set(known)].map((one) => ({
      label: one.name, hint: one.unread ? `${one.unread} new` : one.topic, run: () => page.go(one) }));
    const others = [...chat.open.values()].filter(({ room }) => !chat.find(room))
      .map(({ room, members, topic }) => ({ label: room, hint: `${some(members, "person", "people")}${topic ? ` · ${topic}` : ""}`, run: () => page.enter(room) }));
    return fitting([...rows, ...others], letters, ({ label }) => label);
  };
  pick("Go to a room", "Some letters of its name", look, { nothing: "No room is called so." });
}

/** Choose somebody who is here. */
export function people(page) {
  const { current } = page.chat;
  if (!current || current.talk) return;
  const look = (letters) => fitting([...current.people], letters, ([name]) => name).map(([name, role]) => ({ label: person(name, role), run: () => page.personMenu(name) }));
  pick("Who is here", "Some letters of a name", look, { nothing: "Nobody here is called so." });
}
