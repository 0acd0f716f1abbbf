// @ts-check
/** The commands of those who have an account, or want one. */

import { listed, request, word } from "./command.js";
import { ask } from "./dialogs.js";
import { NotDone, words } from "./text.js";
import { stamp } from "./words.js";

function account(page, owns = true) {
  if (!page.chat.has("accounts")) throw new NotDone("This server has no accounts.");
  if (owns && !page.chat.account) throw new NotDone("You have no account; /register makes your name yours.");
  if (!owns && page.chat.account) throw new NotDone(`You are ${page.chat.account} already.`);
}

const secret = (label) => ({ label, type: "password", needed: true });

/** Ask for a new password, twice. @param {string} title @param {any[]} before @param {string} does */
async function anew(title, before, does) {
  const given = await ask(title, [...before, secret("New password"), secret("The same again")], does);
  if (given && given.at(-1) !== given.at(-2)) throw new NotDone("These were two different passwords: nothing is changed.");
  return given;
}

/** See that nothing is typed behind a command that is not to be seen. @param {string} line @param {string} rest */
function alone(line, rest) {
  if (rest) throw new NotDone(`Write ${line} alone: what it needs is asked for then, and not shown.`, line);
}

/** @type {Record<string, (page: any, rest: string) => any>} */
export const ACCOUNTS = {
  async login(page, rest) {
    account(page, false);
    const [username, more] = words(word(rest) && rest);
    alone(`/login ${username}`, more);
    const given = await ask(`Password of ${username}`, [secret("Password")], "Come in");
    if (!given) return;
    const reply = await request(page, { type: "authenticate", username, password: given[0], remember: true });
    page.chat.named(reply.username);
    page.session.belongs(reply);
    for (const name of (reply.follows || []).slice(-50)) {
      if (!page.chat.find(name)) page.session.join(name, () => {}); // one may be banned there meanwhile
    }
    page.aside(`You are ${reply.account} now, and no guest any more.`);
  },
  async register(page, rest) {
    alone("/register", rest);
    account(page, false);
    const given = await anew(`Make ${page.chat.username} yours`, [], "Register");
    if (!given) return;
    await request(page, { type: "register", password: given[0] }, ({ account: name }) => {
      page.session.belongs({ account: name, role: "member" });
      return `${name} is yours now. At the next start you are asked for the password once.`;
    });
  },
  async password(page, rest) {
    alone("/password", rest);
    account(page);
    const given = await anew("Change your password", [secret("Present password")], "Change");
    if (given) await request(page, { type: "password", old: given[0], new: given[1] }, "Your password is changed, and all your other devices are signed out.");
  },
  async unregister(page, rest) {
    alone("/unregister", rest);
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
      `${one.device}${one.client ? ` ${one.client}` : ""} (${one.door} from ${one.host}), ${one.current ? "this one" : `seen ${stamp(one.seen)}`}, ${/ion$/.test(one.kind) ? "until it goes" : "remembered"}`, "", more));
  },
  revoke(page, rest) {
    account(page);
    if (!/^\d+$/.test(word(rest))) throw new NotDone(`${rest} is no device; /devices lists them by number.`);
    return request(page, { type: "revoke", device: Number(rest) }, `Device ${rest} is signed out.`);
  },
};
