// @ts-check
/** The commands of moderators. */

import { Incomplete, here, listed, message, request, room, word } from "./command.js";
import { NotDone, leading, seconds, words } from "./text.js";
import { act, because, ending, some, stamp } from "./words.js";

/** Return who is meant: a name, or a mask. */
const whom = (who, mask) => who.startsWith("account:") ? { account: who.slice(8) } : { [mask || /[!@*?]/.test(who) ? "mask" : "username"]: who };

const impose = (type, done, mask) => (page, rest) => {
  const [who, why] = words(rest);
  const [time, reason] = leading(why);
  const frame = { type, room: room(page), ...whom(word(who), mask), ...(time && { seconds: time }), ...(reason && { reason }) };
  const lasts = time ? ` for ${words(why)[0]}` : "";
  return request(page, frame, `You ${done} ${who}${lasts}.`);
};

const lift = (type, done, mask) => (page, rest) => request(page, { type, room: room(page), ...whom(word(rest), mask) }, `${rest} ${done}.`);

const toggle = (setting) => (page, rest) => {
  if (!/^(on|off)$/i.test(rest)) throw new Incomplete();
  return request(page, { type: "configure", room: room(page), [setting]: /on/i.test(rest) });
};

const appoint = (role) => (page, rest) => request(page, { type: "appoint", room: room(page), username: word(rest), role });

/** @type {Record<string, (page: any, rest: string) => any>} */
export const MODERATING = {
  kick(page, rest) {
    const [username, reason] = words(rest);
    return request(page, { type: "kick", room: room(page), username: word(username), ...(reason && { reason }) });
  },
  mute: impose("mute", "muted"),
  ban: impose("ban", "banned"),
  exempt: impose("exempt", "exempt", true),
  unmute: lift("unmute", "may speak again"),
  unban: lift("unban", "may come in again"),
  unexempt: lift("unexempt", "is exempt no more", true),
  uninvite: lift("uninvite", "is invited no more", true),
  redact(page, rest) {
    if (!page.chat.has("redaction")) throw new NotDone("This server takes nothing back.");
    const [given, why] = words(rest);
    const what = given.replace(/^@/, ""); // a name may be a number; with an @ it is a name
    const [time, reason] = given && !/^\d+$/.test(given) ? leading(why) : [undefined, why];
    if (time) {
      return request(page, { type: "redact", room: room(page), username: what, seconds: time, ...(reason && { reason }) },
        ({ count }) => `You took back ${some(count, "message")} of ${what}.`);
    }
    const seq = message(page, given || page.chat.username, "take back");
    return request(page, { type: "redact", ...here(page).address, seq, ...(reason && { reason }) });
  },
  report(page, rest) {
    const [what, reason] = words(rest);
    if (!reason) throw new Incomplete();
    const { talk, name, address } = here(page);
    return request(page, { type: "report", ...address, seq: message(page, what, "report"), reason },
      `Those who ${talk ? "run the server" : `moderate ${name}`} are told.`);
  },
  mods: (page, text) => request(page, { type: "confide", room: room(page), text }, ({ count }) => `Told ${some(count, "moderator")}.`),
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
  guests: toggle("guests"),
  private: toggle("private"),
  inviteonly: toggle("invite_only"),
  hidden: toggle("hidden"),
  key: (page, rest) => request(page, { type: "configure", room: room(page), key: rest }),
  topiclock: toggle("topic_locked"),
  invite: (page, rest) => request(page, { type: "invite", room: room(page), ...whom(word(rest)) }, `You invited ${rest} to ${room(page)}.`),
  op: appoint("moderator"),
  voice: appoint("voiced"),
  devoice: appoint("member"),
  deop: appoint("member"),
  owner: appoint("owner"),
};
