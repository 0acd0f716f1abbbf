// @ts-check
/** The session: what the server says becomes what is known, and rooms are entered, read and marked. */

import { Chat, Conversation } from "./rooms.js";
import { happened } from "./events.js";
import { collect, returned, say, stored } from "./sending.js";
import { COMMANDS } from "./tables.js";
import { keep, recall } from "./tabs.js";
import { Wire } from "./wire.js";

/** @typedef {Record<string, any>} Frame */

// What is typed so is to be asked for, and perhaps has a password in it.
const SECRET = new RegExp(`^\\s*/(${COMMANDS.Accounts.map(([name]) => name).join("|")})\\s`, "i");
const BACKLOG = 100;
const PAGES = 20; // talks that are open at the start

/** One person's session in this tab. */
export class Session {
  /** has changed, arrived, aside, notice, state, refused, looks, follows, find @param {import("./tabs.js").Tab} tab */
  constructor(page, tab) {
    this.page = page;
    this.tab = tab;
    this.chat = new Chat();
    const { drafts = {}, unsent = [] } = tab.kept;
    this.place = { ...recall(sessionStorage, "chat-place", { rooms: [] }), drafts };
    const { protocol, host, pathname } = location;
    this.wire = new Wire(`${protocol.replace("http", "ws")}//${host}${pathname.replace(/[^/]*$/, "ws")}`, this, unsent);
    /** @type {Set<string>} the rooms that are being entered again, and the one that one looked at */
    this.entering = new Set();
    this.goal = "";
    this.keeps = true; // whether the browser keeps what is typed
    /** @type {Map<string, any[]>} what is stored, and not shown yet */
    this.landing = new Map();
  }

  /** Write down where one is, and what is typed. */
  remember() {
    const { chat, place, tab } = this;
    if (this.page.door.over || !chat.username) return;
    for (const { name, draft } of chat.ordered) place.drafts[name] = draft;
    place.rooms = [...new Set([...chat.ordered.map(({ name }) => name), ...this.entering])];
    place.current = chat.current?.name ?? this.goal;
    Object.assign(place, { username: chat.username, account: chat.account });
    const { drafts, username, account, ...where } = place;
    keep(sessionStorage, "chat-place", { username, account, ...where });
    const unsent = this.wire.unsent.map(({ cid, key, frame, tried }) => ({ cid, key, frame, tried }));
    const kept = tab.keep({ username, account, drafts: Object.fromEntries(Object.entries(drafts).filter(([, text]) => text && !SECRET.test(text))), unsent });
    if (!kept && this.keeps) this.page.aside("This browser keeps no more of what you type: what is not sent is lost when you close the page.", true);
    this.keeps = kept;
  }

  /** Leave to somebody else what is kept for them, and begin with nothing. */
  part() {
    this.tab.part();
    this.place = { rooms: [], drafts: {} };
    this.wire.unsent = [];
  }

  state(state, why) { this.page.state(state, why); }

  refused(error) { this.page.refused(error); }

  async welcomed(reply) {
    const { chat, wire, tab } = this;
    const again = chat.username;
    if (!again && this.place.account && this.place.account !== reply.account) this.part();
    if (wire.login?.session) tab.speakAs(wire.login.session);
    const { place } = this;
    chat.named(reply.username);
    chat.limits = reply.limits;
    chat.features = reply.features;
    chat.server = reply.server;
    const waits = wire.unsent.map(({ key }) => key);
    const { current } = place;
    const rooms = [...new Set([...place.rooms, ...waits])];
    this.goal = again ? "" : current;
    this.entering = new Set(again ? [] : rooms);
    this.belongs(reply);
    this.page.entered(reply, !again);
    const known = again ? chat.ordered.map(({ name }) => name) : rooms;
    const wanted = [...new Set([...known, ...reply.rooms, ...(again ? [] : (reply.follows || []).slice(-50))])];
    for (const room of wanted) this.back(room, known.includes(room));
    if (!again) collect(this, reply.resumed);
    if (this.goal && chat.find(this.goal)) this.look(chat.at(this.goal));
    wire.request({ type: "list", watch: true }, (listed) => this.event({ ...listed, type: "rooms" }));
    if (chat.has("marks")) wire.request({ type: "unread" }, ({ unread }) => this.counted(unread || []));
    if (chat.account && chat.has("talks") && !again) {
      const { talks = [] } = await wire.ask({ type: "talks" });
      for (const talk of talks.slice(0, PAGES)) if (!talk.gone) this.catchUp(this.talk(talk.with));
    }
  }

  /** Enter a room again, or a talk; *known* if one was there. @param {string} room @param {boolean} known */
  back(room, known) {
    const { chat, wire, place } = this;
    if (room.startsWith("@")) return this.catchUp(chat.at(room));
    this.entering.add(room);
    this.join(room, (error) => {
      this.entering.delete(room);
      if (!known) return;
      // What was written there is not lost with the room.
      const texts = [...wire.abandon(room), chat.find(room)?.draft || place.drafts[room] || ""].filter(Boolean);
      this.out(room, [`You are not in ${room} any more: ${error.message}`, ...texts.map((text) => `Not sent: ${text}`)].join("\n"));
    });
  }

  /** Know to which account one belongs. @param {Frame} reply */
  belongs({ account = "", role = "", ticket }) {
    Object.assign(this.chat, { account, role });
    this.remember();
    if (ticket) this.page.door.remember(account, ticket);
  }

  join(room, failed, frame = { type: "join", room }) {
    this.chat.find(room)?.messages.length || this.page.changed();
    this.wire.join(frame, BACKLOG, (reply) => reply.type === "error" && failed(reply));
  }

  entered(reply) {
    const here = this.chat.at(reply.room);
    const { topic, members, creator, slow, locked, guests, private: hidden, invite_only: closed, muted, marked, seq } = reply;
    here.fresh = !reply.resumed;
    if (here.fresh) {
      here.forget();
      here.read = marked ?? seq;
    } else if (marked) here.reads(marked);
    if (here.draft === "") here.draft = this.place.drafts[here.name] || "";
    here.level = false;
    this.entering.delete(here.name);
    Object.assign(here, { topic, members, creator: creator || "", settings: { slow, locked, guests, private: hidden, invite_only: closed, muted } });
    if (this.goal === here.name) this.look(here);
    this.page.changed();
  }

  counted(rows) {
    for (const { room, with: other, marked, unread, mentions, seq } of rows) {
      const here = room ? this.chat.find(room) : this.talk(other);
      if (!here || this.chat.level(here.name) === "mute") continue;
      Object.assign(here, { read: marked, line: here.line ?? marked, unread, mentions });
      if (here.talk) here.head = Math.max(here.head, seq - 1);
    }
    this.page.changed();
  }

  /** Return the page of a talk. @param {string} other */
  talk(other) {
    const here = this.chat.at(`@${other}`);
    here.level = true;
    return here;
  }

  /** Read what a talk has that is not known here. @param {Conversation} here */
  async catchUp(here) {
    here.level = true;
    if (here.draft === "") here.draft = this.place.drafts[here.name] || "";
    await here.busy;
    if (this.chat.keeps(here)) await this.load(here, here.last ? { after: here.last } : {});
  }

  /** Load a page of the log. @param {Conversation} here @param {Frame} asked @returns {Promise<Frame>} */
  async load(here, asked) {
    // Who scrolls asks again; who goes somewhere waits for what is on its way.
    if (!here.kept || (here.busy && (asked.before || asked.after))) return {};
    await here.busy;
    here.busy = this.wire.ask({ type: "history", ...here.address, limit: BACKLOG, ...asked });
    const reply = await here.busy;
    here.busy = undefined;
    if (reply.type === "entries") {
      here.take(asked, reply);
      if (here.talk && !here.newer) here.head = Math.max(here.head, here.last);
    } else {
      if (reply.type === "error") here.older = here.newer = false;
      if (here.talk && ["no-such-user", "password-required", "not-allowed"].includes(reply.code)) here.kept = false;
    }
    this.page.changed();
    return reply;
  }

  /** Look at a conversation, or the lobby. @param {Conversation | null} here */
  look(here) {
    const { chat } = this;
    const { current } = chat;
    if (current === here) return;
    if (current) this.mark(current);
    if (current && !current.unread) current.line = null;
    this.goal = "";
    chat.before = current;
    chat.current = here;
    this.page.looked(current);
    if (here && here.line !== null && here.line + 1 < here.first && !here.newer) this.load(here, { around: here.line });
    else if (here?.talk && !here.messages.length) this.catchUp(here);
    this.remember();
    this.page.changed();
  }

  /** Count as read what one has seen, and tell the server in a second. @param {Conversation} here */
  seen(here) {
    if (here.newer || (here.head <= here.marked && !here.unread)) return;
    if (here.unread) this.page.changed();
    here.reads(here.head);
    here.marked = here.head;
    if (!this.chat.has("marks") || !this.chat.keeps(here)) return;
    here.timer ??= setTimeout(() => this.mark(here), 1000);
  }

  /** Tell the server now up to where one has read, if that is due. @param {Conversation} here */
  mark(here) {
    if (!here.timer) return;
    clearTimeout(here.timer);
    here.timer = undefined;
    this.wire.request({ type: "mark", ...here.address, seq: here.read }, () => {});
  }

  say(here, text, more = {}) { say(this, here, text, more); }

  stored(out, reply) { stored(this, out, reply); }

  returned(out, error) { returned(this, out, error); }

  /** Know of a new message. @param {Conversation} here @param {Frame} message */
  said(here, message) {
    const { chat, page } = this;
    const follows = here !== chat.current || page.follows();
    const live = here.level || !here.fresh;
    if (!here.add(message, follows)) return;
    if (message.from === chat.username) {
      // It was stored, though its ok was lost: it stands there once, and not below once more.
      const out = this.wire.unsent.find(({ key, frame, shown }) => key === here.name && !shown && frame.text === message.text);
      if (out) out.shown = true;
    }
    const landing = this.landing.get(here.name);
    if (landing) this.landing.set(here.name, landing.filter(({ seq }) => seq > message.seq));
    page.changed();
    if (live) this.noticed(here, message, follows);
  }

  /** Count a message, and call who does not look. @param {Conversation} here @param {Frame} message */
  noticed(here, message, follows = true) {
    const looks = here === this.chat.current && this.page.looks() && follows;
    this.page.arrived(here, message, this.chat.count(here, message, looks));
  }

  event(frame) { happened(this, frame); }

  /** Read a room again in which something was not taken; the first failure does so for all of them. @param {Frame} frame */
  failed({ room }) {
    const here = this.chat.find(room);
    if (here) here.failing ??= this.load(here, {}).then(() => { here.failing = undefined; });
  }

  leveled(here, frame) {
    const { chat } = this;
    here.level = true;
    here.topic = frame.topic;
    here.head = Math.max(here.head, frame.seq);
    if (here.fresh) {
      here.older = here.first > 1;
      const fresh = here.messages.filter(({ seq, from }) => seq > here.read && from !== chat.username && !chat.ignores(from));
      if (fresh.length && chat.level(here.name) !== "mute") {
        here.line = here.read;
        here.unread = Math.max(here.unread, fresh.length);
        here.mentions = Math.max(here.mentions, fresh.filter((message) => chat.mentioned(message)).length);
      }
    }
    here.fresh = false;
    this.people(here);
  }

  /** Ask who is here. @param {Conversation} here */
  async people(here) {
    const found = new Map();
    for (let more = true, after; more;) {
      const reply = await this.wire.ask({ type: "who", room: here.name, ...(after && { after }) });
      if (reply.type !== "members") return;
      for (const name of reply.usernames) found.set(name, reply.roles?.[name] || "");
      more = reply.more && found.size < 2000;
      after = reply.usernames.at(-1);
    }
    here.people = found;
    this.page.changed();
  }

  /** Be out of a room. @param {string} room @param {string} [why] */
  out(room, why) {
    const { chat } = this;
    const here = chat.find(room);
    if (why) this.page.notice(why);
    if (!here) return;
    chat.conversations.delete(here.name);
    this.wire.places.delete(here.name);
    if (chat.current === here) this.look(null);
    if (chat.before === here) chat.before = null;
    this.remember();
    this.page.changed();
  }
}
