// @ts-check
/** The commands that are typed with a slash: what each does. Their names and their help are those of the table. */

import { ask, read } from "./dialogs.js";
import { fold } from "./rooms.js";
import { COMMANDS, KEYS } from "./tables.js";
import { NotDone, leading, moment, seconds, words } from "./text.js";
import { act, because, ending, some, stamp } from "./words.js";

/** @typedef {Record<string, any>} Frame */

const LEVELS = { all: "you are told of every message", mentions: "you are told of messages that mention you", mute: "you are told of nothing, and nothing is counted" };

/** The commands by their names. @type {Map<string, string[]>} */
export const BY_NAME = new Map(Object.values(COMMANDS).flat()
  .flatMap((row) => [row[0], ...row[4].split(" ").filter(Boolean)].map((name) => [name, row])));

const usage = (/** @type {string[]} */ [name, form]) => `/${name} ${form}`.trim();

/** A command that lacks a word. */
class Incomplete extends Error {}

/** @param {string} rest */
function word(rest) {
  if (!rest) throw new Incomplete();
  return words(rest)[0];
}

/** @param {any} page */
function room(page) {
  const { current } = page.chat;
  if (!current) throw new NotDone("You are in the lobby: enter the room that it is about.");
  if (current.talk) throw new NotDone("That is for rooms: go to the one that it is about.");
  return current.name;
}

/** @param {any} page */
function here(page) {
  if (!page.chat.current) throw new NotDone("You are in the lobby: enter the room that it is about.");
  return page.chat.current;
}

/** Return the number of a message, or of the newest of somebody. @param {any} page @param {string} what @param {string} done */
function message(page, what, done) {
  const seq = /^\d+$/.test(what) ? Number(what) : here(page).newest(what);
  if (!seq) throw new NotDone(`Nothing that ${what} said here is left to ${done}.`);
  return seq;
}

/** Ask the server, and say what there is to say when it is done. @param {any} page @param {Frame} frame @param {string | ((reply: Frame) => string)} [done] */
async function request(page, frame, done) {
  const reply = await page.session.wire.ask(frame);
  if (reply.type === "error" || reply.type === "lost") {
    const opens = reply.code === "no-such-room" && frame.type === "join" ? ` /create ${frame.room} opens it.` : "";
    throw new NotDone(`${reply.message}${opens}`);
  }
  const told = typeof done === "function" ? done(reply) : done;
  if (told) page.aside(told);
  return reply;
}

/** @param {any} page @param {Frame} frame */
async function enter(page, frame) {
  const known = page.chat.find(frame.room);
  if (known) return page.go(known);
  const reply = await new Promise((answer) => page.session.wire.join(frame, 100, answer));
  if (reply.type !== "entered") {
    const opens = reply.code === "no-such-room" ? ` /create ${frame.room} opens it.` : "";
    throw new NotDone(`${reply.message}${opens}`);
  }
  page.go(page.chat.find(reply.room));
}

/** @param {any} page @param {string} type @param {string} rest */
function impose(page, type, rest) {
  const [username, why] = words(rest);
  const [time, reason] = leading(why);
  const frame = { type, room: room(page), username: word(username), ...(time && { seconds: time }), ...(reason && { reason }) };
  const lasts = time ? ` for ${words(why)[0]}` : "";
  return request(page, frame, `You ${type === "mute" ? "muted" : "banned"} ${username}${lasts}.`);
}

/** @param {any} page @param {string} rest @param {(on: boolean) => Frame} settings */
function change(page, rest, settings) {
  if (!/^(on|off)$/i.test(rest)) throw new Incomplete();
  return request(page, { type: "configure", room: room(page), ...settings(/on/i.test(rest)) });
}

/** @param {any} page */
function account(page, owns = true) {
  if (!page.chat.has("accounts")) throw new NotDone("This server has no accounts.");
  if (owns && !page.chat.account) throw new NotDone("You have no account; /register makes your name yours.");
  if (!owns && page.chat.account) throw new NotDone(`You are ${page.chat.account} already.`);
}

/** @param {string} label */
const secret = (label) => ({ label, type: "password", needed: true });

/** Ask for a new password, twice. @param {string} title @param {any[]} before @param {string} does */
async function anew(title, before, does) {
  const given = await ask(title, [...before, secret("New password"), secret("The same again")], does);
  if (given && given.at(-1) !== given.at(-2)) throw new NotDone("These were two different passwords: nothing is changed.");
  return given;
}

/** Write the rows of an answer. @param {Frame[]} rows @param {(row: Frame) => string} write @param {string} none @param {boolean} [more] */
const listed = (rows, write, none, more) => [...rows.map(write), ...(more ? ["There are more."] : [])].join("\n") || none;

/** @param {any} page @param {string} to @param {string} text */
function tell(page, to, text) {
  const other = to.replace(/^@/, "");
  const talk = page.session.talk(page.chat.find(`@${other}`)?.name.slice(1) || other);
  if (text) page.session.say(talk, text);
  return talk;
}

/** @type {Record<string, (page: any, rest: string) => any>} */
const DO = {
  join: (page, rest) => enter(page, { type: "join", room: word(rest) }),
  create: (page, rest) => {
    const [name, topic] = words(rest);
    return enter(page, { type: "create", room: word(name), ...(topic && { topic }) });
  },
  async leave(page, rest) {
    const there = rest ? page.chat.find(rest) || page.chat.find(`@${rest}`) : here(page);
    if (!there) throw new NotDone(`You are not in ${rest}.`);
    if (!there.talk) await request(page, { type: "leave", room: there.name });
    page.session.out(there.name);
  },
  async delete(page, rest) {
    const name = rest || room(page);
    const sure = await ask(`Delete ${name}?`, [], "Delete", "All that was said there is removed, for everybody.");
    if (sure) await request(page, { type: "delete", room: name }, `You deleted ${name}.`);
  },
  me: (page, rest) => page.session.say(here(page), word(rest) && rest, { action: true }),
  reply(page, rest) {
    const [what, text] = words(rest);
    if (!page.chat.has("replies")) throw new NotDone("On this server, no message can answer another one.");
    here(page).answering = message(page, word(what), "answer");
    if (text) page.session.say(here(page), text);
  },
  msg(page, rest) {
    const [to, text] = words(rest);
    const talk = tell(page, word(to), text);
    if (!text) page.go(talk);
  },
  query(page, rest) {
    const [to, text] = words(rest);
    page.go(tell(page, word(to), text));
  },
  nick: (page, rest) => request(page, { type: "rename", username: word(rest) }, () => {
    page.session.renamed(page.chat.username, word(rest));
    return `You are ${word(rest)} now.`;
  }),
  topic(page, rest) {
    const name = room(page);
    if (rest) return request(page, { type: "topic", room: name, topic: rest });
    page.aside(here(page).topic ? `The topic of ${name}: ${here(page).topic}` : `${name} has no topic.`);
  },
  who(page, rest) {
    const { current } = page.chat;
    const name = rest || (current && !current.talk ? current.name : "");
    return request(page, { type: "who", ...(name && { room: name }) }, ({ usernames, more, room: where }) =>
      `${where ? `In ${where}` : "Online"}: ${usernames.join(", ") || "nobody"}${more ? ", and others" : ""}`);
  },
  notify(page, rest) {
    const given = rest.split(/\s+/).filter(Boolean);
    const level = given.at(-1) && Object.hasOwn(LEVELS, given.at(-1) || "") ? given.pop() : undefined;
    const name = given[0] || here(page).name;
    if (!page.chat.find(name) && !page.chat.open.has(name)) throw new NotDone(`There is no room called ${name}; what you can ask for is all, mentions or mute.`);
    if (level) page.prefer({ levels: { ...page.chat.levels, [fold(name)]: level } });
    page.aside(`${name}: ${LEVELS[page.chat.level(name)]}.`);
  },
  ignore(page, rest) {
    const { ignored, username } = page.chat;
    if (!rest) return page.aside(`You ignore ${ignored.join(", ") || "nobody"}.`);
    const whom = word(rest).replace(/^@/, "");
    if (fold(whom) === fold(username)) throw new NotDone("That is you.");
    page.prefer({ ignored: [...ignored.filter((/** @type {string} */ one) => fold(one) !== fold(whom)), whom] });
    page.aside(`What ${whom} says is hidden, until you write /unignore ${whom}.`);
  },
  unignore(page, rest) {
    const whom = word(rest);
    if (!page.chat.ignores(whom)) throw new NotDone(`You do not ignore ${whom}; /ignore lists whom you do.`);
    page.prefer({ ignored: page.chat.ignored.filter((/** @type {string} */ one) => fold(one) !== fold(whom)) });
    page.aside(`You see again what ${whom} says.`);
  },
  search: (page, rest) => page.search(rest.replace(/^\*\s*/, ""), rest.startsWith("*")),
  async goto(page, rest) {
    const number = /^#?(\d+)$/.exec(word(rest));
    if (number) return page.jump(here(page), Number(number[1]));
    const asked = { since: moment(rest).toISOString(), limit: 1 };
    const { entries } = await request(page, { type: "history", ...here(page).address, ...asked });
    if (!entries.length) throw new NotDone("Nothing was said since then.");
    return page.jump(here(page), entries[0].seq);
  },
  mentions: (page) => page.mentions(),
  catchup: (page) => page.catchup(),
  rooms(page, rest) {
    const rooms = [...page.chat.open.values()].filter(({ room: name }) => name.toLowerCase().includes(rest.toLowerCase()));
    page.aside(listed(rooms, ({ room: name, members, topic }) => `${name}  ${members}  ${topic}`, "No such room is open."));
  },
  lobby: (page) => page.go(null),
  help(page, rest) {
    const wanted = rest.replace(/^\//, "").toLowerCase();
    const row = BY_NAME.get(wanted);
    if (row) return page.aside(`${usage(row)}: ${row[2]}${row[4] ? ` (also /${row[4].replace(/ /g, ", /")})` : ""}`);
    const groups = Object.entries(COMMANDS).filter(([title]) => !rest || title.toLowerCase() === wanted);
    if (!groups.length) throw new NotDone(`There is no command /${wanted}. /help lists them.`);
    const keys = new Map();
    for (const [, names, purpose, group] of rest ? [] : KEYS) {
      if (purpose) keys.set(group, [...(keys.get(group) || []), [names.replace(/ /g, ", "), purpose]]);
    }
    const commands = groups.map(([title, rows]) => [title, [...rows.map((/** @type {string[]} */ one) => [usage(one), one[2]]), ...(title === "Commands" ? [["//text", "say /text"]] : [])]]);
    read("What can be done here", /** @type {any} */ ([...commands, ...keys]));
  },
  quit: (page) => page.quit(),
  kick(page, rest) {
    const [username, reason] = words(rest);
    return request(page, { type: "kick", room: room(page), username: word(username), ...(reason && { reason }) });
  },
  mute: (page, rest) => impose(page, "mute", rest),
  ban: (page, rest) => impose(page, "ban", rest),
  unmute: (page, rest) => request(page, { type: "unmute", room: room(page), username: word(rest) }, `${rest} may speak again.`),
  unban: (page, rest) => request(page, { type: "unban", room: room(page), username: word(rest) }, `${rest} may come in again.`),
  redact(page, rest) {
    if (!page.chat.has("redaction")) throw new NotDone("This server takes nothing back.");
    const [what, why] = words(rest);
    const [time, reason] = what && !/^\d+$/.test(what) ? leading(why) : [undefined, why];
    if (time) {
      return request(page, { type: "redact", room: room(page), username: what, seconds: time, ...(reason && { reason }) },
        ({ count }) => `You took back ${some(count, "message")} of ${what}.`);
    }
    const seq = message(page, what || page.chat.username, "take back");
    return request(page, { type: "redact", ...here(page).address, seq, ...(reason && { reason }) });
  },
  report(page, rest) {
    const [what, reason] = words(rest);
    if (!reason) throw new Incomplete();
    const { talk, name, address } = here(page);
    return request(page, { type: "report", ...address, seq: message(page, what, "report"), reason },
      `Those who ${talk ? "run the server" : `moderate ${name}`} are told.`);
  },
  reports(page, rest) {
    const name = room(page);
    return request(page, { type: "reports", room: name, limit: 5, all: rest === "all" }, ({ reports, more }) => listed(reports,
      (one) => [`${one.report}: message ${one.seq} of ${one.from} in ${name}, as ${one.by} reports${because(one.reason)}${one.resolver ? `; seen to by ${one.resolver}${because(one.note)}` : ""}`,
        ...one.context.map((/** @type {Frame} */ said) => `   ${stamp(said.at)} ${said.from}: ${said.text}`), ` > ${stamp(one.said)} ${one.from}: ${one.text}`].join("\n"),
      `Nothing is reported in ${name}.`, more));
  },
  resolve(page, rest) {
    const [number, note] = words(rest);
    if (!/^\d+$/.test(number)) throw new Incomplete();
    return request(page, { type: "resolve", report: Number(number), ...(note && { note }) }, `Report ${number} is seen to.`);
  },
  audit: (page) => request(page, { type: "audit", room: room(page), limit: 20 }, ({ audit, more }) => listed(audit,
    (one) => `${stamp(one.at)} ${one.by}: ${act(one)}`, `Nothing was done to anybody in ${room(page)}.`, more)),
  bans: (page) => request(page, { type: "sanctions", room: room(page) }, ({ sanctions, more }) => listed(sanctions,
    (one) => `${one.username}${one.host ? ", and all from there," : ""} is ${one.kind === "ban" ? "banned" : "muted"}${ending(one.until)} by ${one.by}${because(one.reason)}`,
    `Nobody is banned from ${room(page)}, or muted.`, more)),
  slow: (page, rest) => request(page, { type: "configure", room: room(page), slow: seconds(word(rest), 0) }),
  lock: (page) => request(page, { type: "configure", room: room(page), locked: true }),
  unlock: (page) => request(page, { type: "configure", room: room(page), locked: false }),
  guests: (page, rest) => change(page, rest, (guests) => ({ guests })),
  private: (page, rest) => change(page, rest, (hidden) => ({ private: hidden })),
  invite: (page, rest) => request(page, { type: "invite", room: room(page), username: word(rest) }, `You invited ${rest} to ${room(page)}.`),
  op: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "moderator" }),
  deop: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "member" }),
  owner: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "owner" }),
  async login(page, rest) {
    account(page, false);
    const username = word(rest);
    const given = await ask(`Password of ${username}`, [secret("Password")], "Come in");
    if (!given) return;
    const reply = await request(page, { type: "authenticate", username, password: given[0], remember: true });
    page.chat.named(reply.username);
    page.session.belongs(reply);
    page.aside(`You are ${reply.account} now, and no guest any more.`);
  },
  async register(page) {
    account(page, false);
    const given = await anew(`Make ${page.chat.username} yours`, [], "Register");
    if (!given) return;
    await request(page, { type: "register", password: given[0] }, ({ account: name }) => {
      page.session.belongs({ account: name, role: "member" });
      return `${name} is yours now. At the next start you are asked for the password once.`;
    });
  },
  async password(page) {
    account(page);
    const given = await anew("Change your password", [secret("Present password")], "Change");
    if (given) await request(page, { type: "password", old: given[0], new: given[1] }, "Your password is changed, and all your other devices are signed out.");
  },
  async unregister(page) {
    account(page);
    const given = await ask("Give up your account?", [secret("Password")], "Give it up", "Without it anybody can take your name when you are gone.");
    if (!given) return;
    await request(page, { type: "unregister", password: given[0] }, () => {
      page.session.belongs({});
      return `You have no account any more; ${page.chat.username} is yours until you go.`;
    });
  },
  devices(page) {
    account(page);
    return request(page, { type: "devices" }, ({ devices, more }) => listed(devices, (one) =>
      `${one.device}${one.client ? ` ${one.client}` : ""} (${one.door} from ${one.host}), ${one.current ? "this one" : `seen ${stamp(one.seen)}`}, ${one.kind === "token" ? "remembered" : "until it goes"}`, "", more));
  },
  revoke(page, rest) {
    account(page);
    if (!/^\d+$/.test(word(rest))) throw new NotDone(`${rest} is no device; /devices lists them by number.`);
    return request(page, { type: "revoke", device: Number(rest) }, `Device ${rest} is signed out.`);
  },
};

/** Do what a line means: say it, or what its command does. @param {any} page @param {string} line */
export async function carryOut(page, line) {
  if (!line.startsWith("/") || line.startsWith("//")) {
    const { current } = page.chat;
    if (!current) throw new NotDone("You are in the lobby: enter a room to talk, or write /msg and a name.");
    return page.session.say(current, line.replace(/^\/\//, "/"));
  }
  const [name, rest] = words(line.slice(1));
  const row = BY_NAME.get(name.toLowerCase());
  if (!row) throw new NotDone(`There is no command /${name}. /help lists them; //${name} says /${name}.`);
  try {
    await DO[row[0]](page, rest);
  } catch (error) {
    if (error instanceof Incomplete) throw new NotDone(`Write ${usage(row)}: ${row[2]}.`);
    throw error;
  }
}
