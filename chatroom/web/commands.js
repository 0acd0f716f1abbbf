// @ts-check
/** The commands that are typed with a slash: what each does. Their names and their help are those of the table. */

import { Incomplete, agree, here, listed, message, request, room, word } from "./command.js";
import { ask, read } from "./dialogs.js";
import { renamed } from "./events.js";
import { collect } from "./sending.js";
import { MODERATING } from "./moderating.js";
import { fold } from "./rooms.js";
import { COMMANDS, KEYS } from "./tables.js";
import { NotDone, moment, words } from "./text.js";
import { stamp } from "./words.js";

// Those of who has an account, or wants one.

function account(page, owns = true) {
  if (!page.chat.has("accounts")) throw new NotDone("This server has no accounts.");
  if (owns && !page.chat.account) throw new NotDone("You have no account; /register makes your name yours.");
  if (!owns && page.chat.account) throw new NotDone(`You are ${page.chat.account} already.`);
}

const secret = (label) => ({ label, type: "password", needed: true });

/** Ask for a new password, twice. @param {string} title @param {any[]} before @param {string} label @param {(given: string[]) => any} does */
const anew = (title, before, label, does) => ask(title, [...before, secret("New password"), secret("The same again")], {
  label,
  does(given) {
    if (given.at(-1) !== given.at(-2)) throw new NotDone("These are two different passwords.");
    return does(given);
  },
});

/** Let the browser be remembered: only a login brings what it is known by. @param {string} password @returns {Promise<boolean>} whether it is */
async function remembered({ session, chat, door }, password) {
  const { ticket } = await session.wire.beside({ username: chat.username, password, remember: true, client: "web" });
  return ticket && door.remember(chat.account, ticket);
}

/** See that nothing is typed behind a command that is not to be seen. @param {string} line @param {string} rest */
function alone(line, rest) {
  if (rest) throw new NotDone(`Write ${line} alone: what it needs is asked for then, and not shown.`, line);
}

/** @type {Record<string, (page: any, rest: string) => any>} */
const ACCOUNTS = {
  async login(page, rest) {
    account(page, false);
    const [username, more] = words(word(rest) && rest);
    alone(`/login ${username}`, more);
    /** @type {any} */
    let reply;
    await ask(`Password of ${username}`, [secret("Password")], { label: "Come in", async does([password]) {
      reply = await request(page, { type: "authenticate", username, password, remember: true });
    } });
    if (!reply) return;
    page.chat.named(reply.username);
    page.session.belongs(reply);
    collect(page.session, true);
    for (const name of (reply.follows || []).slice(-50)) {
      if (!page.chat.find(name)) page.session.join(name, () => {}); // one may be banned there meanwhile
    }
    page.aside(`You are ${reply.account} now, and no guest any more.`);
  },
  async register(page, rest) {
    alone("/register", rest);
    account(page, false);
    await anew(`Make ${page.chat.username} yours`, [], "Register", async ([password]) => {
      const { account: name } = await request(page, { type: "register", password });
      page.session.belongs({ account: name, role: "member" });
      const known = await remembered(page, password);
      page.aside(`${name} is yours now. ${known ? "You stay signed in on this device." : "At the next start you are asked for the password once."}`);
    });
  },
  async password(page, rest) {
    alone("/password", rest);
    account(page);
    await anew("Change your password", [secret("Present password")], "Change", async ([old, changed]) => {
      await request(page, { type: "password", old, new: changed }, "Your password is changed, and all your other devices are signed out.");
      if (localStorage.getItem("chat-remembered")) await remembered(page, changed);
    });
  },
  async unregister(page, rest) {
    alone("/unregister", rest);
    account(page);
    await ask("Give up your account?", [secret("Password")], {
      label: "Give it up", why: "Without it anybody can take your name when you are gone.",
      does: ([password]) => request(page, { type: "unregister", password }, () => {
        page.session.belongs({});
        return `You have no account any more; ${page.chat.username} is yours until you go.`;
      }),
    });
  },
  devices(page) {
    account(page);
    return request(page, { type: "devices" }, ({ devices, more }) => listed(devices, (one) =>
      `${one.device}${one.client ? ` ${one.client}` : ""} (${one.door} from ${one.host}), ${one.current ? "this one" : `seen ${stamp(one.seen)}`}, ${/ion$/.test(one.kind) ? "until it goes" : "remembered"}`, "", more));
  },
  revoke(page, rest) {
    account(page);
    if (!/^\d+$/.test(word(rest))) throw new NotDone(`${rest} is no device; /devices lists them by number.`);
    return request(page, { type: "revoke", device: Number(rest) }, `Device ${rest} is signed out.`);
  },
};

// All others.

const LEVELS = { all: "you are told of every message", mentions: "you are told of messages that mention you", mute: "you are told of nothing, and nothing is counted" };

/** The commands by their names. @type {Map<string, string[]>} */
export const BY_NAME = new Map(Object.values(COMMANDS).flat()
  .flatMap((row) => [row[0], ...row[4].split(" ").filter(Boolean)].map((name) => [name, row])));

const usage = (/** @type {string[]} */ [name, form]) => `/${name} ${form}`.trim();

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

function tell(page, to, text) {
  const other = to.replace(/^@/, "");
  const talk = page.session.talk(page.chat.find(`@${other}`)?.name.slice(1) || other);
  if (text) page.session.say(talk, text);
  return talk;
}

function known({ username, realname, account, operator, bot, held, since, rooms, away }) {
  const about = [account && `registered as ${account}`, operator && "an operator", bot && "a bot", held && "connection lost",
    since && `here since ${stamp(since)}`, rooms && `in ${rooms.map((one) => one.room).join(", ")}`];
  return `${username}${realname ? ` (${realname})` : ""}: ${about.filter(Boolean).join("; ")}.${away ? ` Away: ${away}.` : ""}`;
}

/** @type {Record<string, (page: any, rest: string) => any>} */
const DO = {
  join: (page, rest) => {
    const [name, key] = words(rest);
    return enter(page, { type: "join", room: word(name), ...(key && { key }) });
  },
  create: (page, rest) => {
    const [name, topic] = words(rest);
    return enter(page, { type: "create", room: word(name), ...(topic && { topic }) });
  },
  async leave(page, rest) {
    const [name, note] = words(rest);
    const there = name ? page.chat.find(name) || page.chat.find(`@${name}`) : here(page);
    if (!there) throw new NotDone(`You are not in ${name}.`);
    if (!there.talk) await request(page, { type: "leave", room: there.name, note });
    page.session.out(there.name);
  },
  async delete(page, rest) {
    const name = rest || room(page);
    await ask(`Delete ${name}?`, [], {
      label: "Delete", why: "All that was said there is removed, for everybody.",
      does: () => request(page, { type: "delete", room: name }, `You deleted ${name}.`),
    });
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
    renamed(page.session, page.chat.username, word(rest));
    return `You are ${word(rest)} now.`;
  }),
  topic(page, rest) {
    const name = room(page);
    if (rest) return request(page, { type: "topic", room: name, topic: rest });
    page.aside(here(page).topic ? `The topic of ${name}: ${here(page).topic}` : `${name} has no topic.`);
  },
  away: (page, rest) => request(page, { type: "profile", away: rest || "away" }, `You are away (${rest || "away"}); /back ends it.`),
  back: (page) => request(page, { type: "profile", away: "" }, "You are back."),
  whois: (page, rest) => request(page, { type: "whois", username: word(rest) }, ({ people }) => people.map(known).join("\n")),
  who(page, rest) {
    const { current } = page.chat;
    const name = rest || (current && !current.talk ? current.name : "");
    return request(page, { type: "who", ...(name && { room: name }) }, ({ usernames, away = {}, more, room: where }) =>
      `${where ? `In ${where}` : "Online"}: ${usernames.map((one) => (away[one] ? `${one} (away: ${away[one]})` : one)).join(", ") || "nobody"}${more ? ", and others" : ""}`);
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
    page.prefer({ ignored: [...ignored.filter((one) => fold(one) !== fold(whom)), whom] });
    page.aside(`What ${whom} says is hidden, until you write /unignore ${whom}.`);
  },
  unignore(page, rest) {
    const whom = word(rest);
    if (!page.chat.ignores(whom)) throw new NotDone(`You do not ignore ${whom}; /ignore lists whom you do.`);
    page.prefer({ ignored: page.chat.ignored.filter((one) => fold(one) !== fold(whom)) });
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
    const commands = groups.map(([title, rows]) => [title, [...rows.map((one) => [usage(one), one[2]]), ...(title === "Commands" ? [["//text", "say /text"]] : [])]]);
    read("What can be done here", /** @type {any} */ ([...commands, ...keys]));
  },
  quit: (page, rest) => page.quit(rest),
  ...MODERATING,
  ...ACCOUNTS,
};

agree(Object.values(COMMANDS).flat().map(([name]) => name), DO, "commands");

/** Do what a line means: say it, or what its command does. @param {string} line */
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
