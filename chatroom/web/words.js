// @ts-check
/** What the page says: sentences about what happened, and times. */

/** @typedef {Record<string, any>} Frame */

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });
const whole = new Intl.DateTimeFormat([], { dateStyle: "full" });

export const time = (at) => clock.format(new Date(at));

export const day = (at) => {
  const then = new Date(at);
  return (Date.now() - then.getTime() > 3e10 ? whole : weekday).format(then);
};

export const stamp = (at) => {
  const then = new Date(at);
  return `${new Date(then.getTime() - then.getTimezoneOffset() * 60000).toISOString().slice(0, 10)} ${time(at)}`;
};

export const because = (note) => (note ? ` (${note})` : "");

export const ending = (until) => (until ? ` until ${stamp(until)}` : "");

export const some = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** What stands before the name of who has a role. */
export const MARKS = { owner: "~", operator: "&", moderator: "@", voiced: "+" };

/** What somebody is. */
export const ROLES = { owner: "owns the room", moderator: "moderator", operator: "operator of the server", voiced: "voiced" };

/** Say who is what now. @param {Frame} frame */
export const appointed = ({ username, role }) =>
  role === "owner" ? `made ${username} the owner`
    : role === "moderator" ? `made ${username} a moderator` : role === "voiced" ? `gave ${username} a voice`
      : role === "member" ? `took the role of ${username} back` : `made ${username} ${role}`;

/** Say what holds in a room now. @param {Frame} frame */
export function configured({ room, slow, locked, guests, private: alone, capacity, invite_only: closed, hidden, topic_locked: held, keyed }) {
  const said = [];
  if (slow !== undefined) said.push(slow ? `one message every ${slow} s` : "as many messages as one likes");
  if (locked !== undefined) said.push(locked ? `${room} is locked, and only moderators speak` : `all may speak in ${room}`);
  if (guests !== undefined) said.push(guests ? `guests may enter ${room}` : `only people with an account enter ${room}`);
  if (alone !== undefined) said.push(alone ? `${room} is private, for those who are invited` : `all may find ${room}`);
  if (closed !== undefined && !alone) said.push(closed ? `only those who are invited enter ${room}` : `${room} is open to those who are not invited`);
  if (hidden !== undefined && !alone) said.push(hidden ? `${room} is in no list` : `${room} is in the list of rooms`);
  if (keyed !== undefined) said.push(keyed ? `a key belongs to ${room}` : `no key belongs to ${room}`);
  if (held !== undefined) said.push(held ? `only moderators set the topic of ${room}` : `all may set the topic of ${room}`);
  if (capacity !== undefined) said.push(capacity ? `up to ${capacity} in ${room}` : `as many in ${room} as find place`);
  return said.join("; ");
}

/** Say how a message was taken back. @param {Frame} message */
export const retracted = ({ from, by, note }) => `taken back${by && by !== from ? ` by ${by}` : ""}${because(note)}`;

/** Why the server closed. @type {Record<string, string>} */
const FAREWELLS = {
  kicked: "The operator has hung up on you", banned: "You are banned from this server",
  revoked: "You were signed out here, by another device of yours or the operator",
  replaced: "You went on in another window", "too-many-tries": "Too many names or passwords were refused",
};

/** Say why one is out. @param {Frame} bye */
export const farewell = ({ reason, note, until }) => `${FAREWELLS[reason] || "You have left"}${ending(until)}${because(note)}.`;

/** Why one may not speak, and what else holds in a room. @param {Frame} settings */
export const restraints = ({ muted, locked, slow, guests, private: alone, invite_only: closed }) => [
  muted && `muted${ending(muted.until)}${because(muted.reason)}`, locked && "locked",
  slow && `slow: one every ${slow} s`, guests === false && "no guests", alone ? "private" : closed && "invited only",
].filter(Boolean).join(" · ");

/** What an act of a moderator was. @param {Frame} act */
export const act = ({ action, username, network, mask, seq, role, reason, until, ...rest }) => {
  const whom = username || network || mask || "";
  const what = action === "appoint" ? appointed({ username, role }) : action === "configure" ? configured(rest)
    : `${action} ${whom}${seq ? ` #${seq}` : ""}`.trim();
  return `${what}${ending(until)}${because(reason)}`;
};
