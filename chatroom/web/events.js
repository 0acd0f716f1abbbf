// @ts-check
/** Events: what the server says has happened, as it changes what is known. */

import { appointed, because, configured, ending } from "./words.js";

/** @typedef {Record<string, any>} Frame */

/** Know of what has happened. @param {import("./session.js").Session} session @param {Frame} frame */
export function happened(session, frame) {
  const { chat, page } = session;
  const { type, room, by, username, members } = frame;
  const name = room || (frame.with && `@${frame.with}`);
  const here = name && type !== "told" ? chat.find(name) : undefined;
  if (here && members !== undefined) here.members = members;
  switch (type) {
    case "said": if (here) session.said(here, frame); break;
    case "told": {
      if (room) { chat.find(room)?.note(`${frame.from} to ${frame.role === "voiced" ? "all with a role" : "the moderators"}: ${frame.text}`); break; }
      const other = frame.with || (frame.from === chat.username ? frame.to : frame.from);
      if (chat.ignores(other)) break;
      const talk = session.talk(other);
      talk.kept = !!frame.seq;
      if (frame.seq > talk.head + 1) session.catchUp(talk).then(() => session.noticed(talk, frame));
      else session.said(talk, { ...frame, seq: frame.seq || talk.head + 1 });
      break;
    }
    case "redacted": here?.redact(frame.seq, frame); break;
    case "joined":
      here?.people.set(username, frame.role || "");
      here?.note(`${username} came in`, username, "traffic");
      break;
    case "left":
      here?.people.delete(username);
      here?.note(`${username} ${by ? `was ${frame.reason} by ${by}` : "left"}${because(frame.note)}`, by ? undefined : username, by ? "" : "traffic");
      break;
    case "presence": if (here?.level) session.people(here); break;
    case "renamed": renamed(session, frame.from, frame.to, here); break;
    case "appointed":
      here?.people.set(username, frame.role === "member" ? "" : frame.role);
      here?.note(`${by} ${appointed(frame)}`);
      break;
    case "configured": {
      const { type: _, room: __, by: ___, ...settings } = frame;
      if (here) Object.assign(here.settings, settings);
      here?.note(`${by}: ${configured(frame)}`);
      break;
    }
    case "topic-changed":
      if (here) here.topic = frame.topic;
      here?.note(`${by} set the topic: ${frame.topic}`);
      break;
    case "sanctioned": case "lifted": {
      const told = type === "lifted" ? `${by} lets you speak again` : `${by} has muted you${here ? "" : " everywhere"}${ending(frame.until)}${because(frame.reason)}`;
      if (here) here.settings.muted = type === "lifted" ? undefined : frame;
      here ? here.note(told) : page.notice(`${told}.`);
      break;
    }
    case "level":
      if (here) session.leveled(here, frame);
      break;
    case "gap":
      if (frame.kept) here?.forget();
      else here?.note(`messages ${frame.first} to ${frame.last} are not kept any more`);
      break;
    case "marked":
      if (here) here.marked = Math.max(here.marked, frame.seq);
      here?.reads(frame.seq);
      break;
    case "removed": session.out(room, `You were ${frame.why} from ${room} by ${by}${ending(frame.until)}${because(frame.note)}.`); break;
    case "deleted": session.out(room, `${by} deleted ${room}.`); break;
    case "invited":
      chat.invited = room;
      page.notice(`${by} invites you to ${room}: /join ${room} enters it, and Alt+j.`);
      break;
    case "other-invited": page.notice(`${by} invites ${username} to ${room}.`); break;
    case "reported": page.notice(`${by} reports message ${frame.seq} of ${room || `your talk with ${frame.with}`}${because(frame.reason)}; /reports shows it (report ${frame.report}).`); break;
    case "notice": page.notice(by === "server" ? frame.text : `The operator: ${frame.text}`); break;
    case "slowed": page.notice("Slower, please: the server takes the rest one after the other."); break;
    case "rooms":
      chat.open = new Map((frame.rooms || []).map((one) => [one.room, one]));
      break;
    case "rooms-changed":
      for (const one of frame.rooms) chat.open.set(one.room, one);
      for (const one of frame.closed) chat.open.delete(one);
  }
  page.changed();
}

/** Know somebody by another name, in a room or everywhere. @param {import("./session.js").Session} session @param {string} from @param {string} to @param {import("./rooms.js").Conversation} [here] */
export function renamed(session, from, to, here) {
  const { chat } = session;
  if (here) {
    here.people.set(to, here.people.get(from) || "");
    here.people.delete(from);
    here.note(`${from} is now ${to}`, from, "traffic");
  }
  if (from === chat.username) chat.named(to);
  const talk = chat.conversations.get(`@${from}`);
  if (talk && !chat.find(`@${to}`)) {
    chat.conversations.delete(talk.name);
    talk.name = `@${to}`;
    chat.conversations.set(talk.name, talk);
  }
}
