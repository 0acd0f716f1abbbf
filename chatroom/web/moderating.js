// @ts-check
/** The commands of moderators. */

import { Incomplete, here, listed, message, request, room, word } from "./command.js";
import { NotDone, leading, seconds, words } from "./text.js";
import { act, because, ending, some, stamp } from "./words.js";

/** Return whom a word means: a name, unless it looks like a mask. @param {string} who @param {boolean} [always] a mask */
function whom(who, always) {
  const [, account] = /^account:(.*)$/.exec(who) || [];
  return account !== undefined ? { account } : { [always || /[!@*?]/.test(who) ? "mask" : "username"]: who };
}

function impose(page, type, rest) {
  const [who, why] = words(rest);
  const [time, reason] = leading(why);
  const frame = { type, room: room(page), ...whom(word(who), type === "exempt"), ...(time && { seconds: time }), ...(reason && { reason }) };
  const lasts = time ? ` for ${words(why)[0]}` : "";
  return request(page, frame, type === "exempt" ? `No ban or mute touches ${who}${lasts}.` : `You ${type === "mute" ? "muted" : "banned"} ${who}${lasts}.`);
}

const lift = (page, type, rest, done) => request(page, { type, room: room(page), ...whom(word(rest), /^unex|^unin/.test(type)) }, done);

function change(page, rest, settings) {
  if (!/^(on|off)$/i.test(rest)) throw new Incomplete();
  return request(page, { type: "configure", room: room(page), ...settings(/on/i.test(rest)) });
}

/** @type {Record<string, (page: any, rest: string) => any>} */
export const MODERATING = {
  kick(page, rest) {
    const [username, reason] = words(rest);
    return request(page, { type: "kick", room: room(page), username: word(username), ...(reason && { reason }) });
  },
  mute: (page, rest) => impose(page, "mute", rest),
  ban: (page, rest) => impose(page, "ban", rest),
  exempt: (page, rest) => impose(page, "exempt", rest),
  unmute: (page, rest) => lift(page, "unmute", rest, `${rest} may speak again.`),
  unban: (page, rest) => lift(page, "unban", rest, `${rest} may come in again.`),
  unexempt: (page, rest) => lift(page, "unexempt", rest, `Bans and mutes touch ${rest} again.`),
  uninvite: (page, rest) => lift(page, "uninvite", rest, `That does not invite ${rest} any more.`),
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
        ...one.context.map((said) => `   ${stamp(said.at)} ${said.from}: ${said.text}`), ` > ${stamp(one.said)} ${one.from}: ${one.text}`].join("\n"),
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
    (one) => `${one.mask || one.account || one.username}${one.host ? ", and all from there," : ""} is ${{ ban: "banned", mute: "muted", invite: "invited" }[one.kind] || one.kind}${ending(one.until)} by ${one.by}${because(one.reason)}`,
    `Nobody is banned from ${room(page)}, or muted.`, more)),
  slow: (page, rest) => request(page, { type: "configure", room: room(page), slow: seconds(word(rest), 0) }),
  lock: (page) => request(page, { type: "configure", room: room(page), locked: true }),
  unlock: (page) => request(page, { type: "configure", room: room(page), locked: false }),
  guests: (page, rest) => change(page, rest, (guests) => ({ guests })),
  private: (page, rest) => change(page, rest, (hidden) => ({ private: hidden })),
  inviteonly: (page, rest) => change(page, rest, (on) => ({ invite_only: on })),
  hidden: (page, rest) => change(page, rest, (hidden) => ({ hidden })),
  key: (page, rest) => request(page, { type: "configure", room: room(page), key: rest }),
  topiclock: (page, rest) => change(page, rest, (on) => ({ topic_locked: on })),
  invite: (page, rest) => request(page, { type: "invite", room: room(page), ...whom(word(rest)) }, `You invited ${rest} to ${room(page)}.`),
  op: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "moderator" }),
  voice: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "voiced" }),
  devoice: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "member" }),
  deop: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "member" }),
  owner: (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role: "owner" }),
};
