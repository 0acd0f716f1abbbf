// @ts-check
/** What is known of rooms and talks: a window of each log, who is there, and what is new. It knows no page. */

import { whole } from "./text.js";

/** @typedef {Record<string, any>} Frame */

/** Messages that are kept of a room. */
export const WINDOW = 600;

/** Return a name as it is compared. @param {string} name */
export const fold = (name) => name.normalize("NFC").toLowerCase();

/** A room, or the talk with one person, whose name begins with `@`. */
export class Conversation {
  constructor(name) {
    this.name = name;
    this.talk = name.startsWith("@");
    /** @type {Frame[]} the window, oldest first */
    this.messages = [];
    /** @type {{after: number, text: string, who?: string, kind?: string}[]} what happened in between */
    this.notes = [];
    /** @type {Map<string, string>} who is here, and in which role */
    this.people = new Map();
    this.older = this.kept = true; // whether there is more above, and whether the server keeps it
    this.newer = this.level = false;
    /** @type {Promise<void> | undefined} it is read again, for something in it was not taken */
    this.failing = undefined;
    /** @type {Promise<Frame> | undefined} a page that is on its way */
    this.busy = undefined;
    this.topic = this.creator = "";
    this.head = this.read = this.unread = this.mentions = this.members = 0;
    this.fresh = false; // entered just now, and what comes was said before
    this.marked = 0; // up to where the server knows that it is read
    /** @type {any} */
    this.timer = undefined;
    /** @type {Map<number, Promise<Frame>>} what was looked up for answers */
    this.cited = new Map();
    /** @type {number | null} what is behind this is new */
    this.line = null;
    /** @type {Frame} slow, locked, guests, private, invite_only, muted */
    this.settings = {};
    this.draft = "";
    /** @type {number | null} */
    this.answering = null;
    /** @type {string[]} */
    this.sent = [];
  }

  get first() { return this.messages[0]?.seq ?? 0; }
  get last() { return this.messages.at(-1)?.seq ?? 0; }

  /** Return the frame's field that names it. */
  get address() { return this.talk ? { with: this.name.slice(1) } : { room: this.name }; }

  find(seq) { return this.messages.find((message) => message.seq === seq); }

  /** Return the newest message of somebody that was not taken back. @param {string} who */
  newest(who) {
    return this.messages.findLast((message) => fold(message.from) === fold(who) && !message.redacted)?.seq;
  }

  /** Add what was said now; the view may hold on to what is above. @param {Frame} message @param {boolean} follows */
  add(message, follows) {
    if (message.seq <= this.head) return false;
    if (!this.newer) {
      if (this.messages.length >= WINDOW && !follows) this.newer = true;
      else this.messages.push(message);
      this.cut(true);
    }
    this.head = message.seq;
    return true;
  }

  /** Cut the window to its size, above or below. @param {boolean} above */
  cut(above) {
    const many = this.messages.length - WINDOW;
    if (many <= 0) return;
    if (above) {
      this.messages.splice(0, many);
      this.older = true;
    } else {
      this.messages.splice(-many);
      this.newer = true;
    }
    this.notes = this.notes.filter(({ after }) => after >= this.first && after <= this.last);
  }

  /** Take a page of the log that was asked for by *asked*. @param {Frame} asked @param {Frame} reply */
  take(asked, reply) {
    const { entries, more } = reply;
    // The window may have become another one meanwhile.
    if (asked.before) {
      if (asked.before !== this.first) return;
      this.messages.unshift(...entries);
      this.older = more;
      this.cut(false);
    } else if (asked.after) {
      if (asked.after !== this.last) return;
      this.messages.push(...entries);
      this.newer = more || this.head > this.last;
      this.cut(true);
    } else {
      this.messages = entries;
      this.notes = [];
      this.older = reply.more_before ?? (asked.since ? true : more);
      this.newer = reply.more_after ?? (asked.since ? more : false);
      if (!this.newer) this.head = Math.max(this.head, this.last);
    }
  }

  /** Begin anew: what was known is not what there is. */
  forget() {
    this.messages = [];
    this.notes = [];
    this.older = true;
    this.newer = false;
    this.head = 0;
    this.line = null;
  }

  /** Note what happened besides. @param {string} text @param {string} [who] who came or went @param {string} [kind] */
  note(text, who, kind) {
    const last = this.notes.at(-1);
    if (last?.kind && last.kind === kind && last.after === this.last && !last.text.includes(text)) last.text += `, ${text}`;
    else this.notes.push({ after: this.last, text, who, kind });
    if (this.notes.length > 100) this.notes.shift();
  }

  redact(seq, frame) {
    const at = this.messages.findIndex((message) => message.seq === seq);
    if (at >= 0) this.messages[at] = { ...this.messages[at], text: "", redacted: true, by: frame?.by, note: frame?.note };
  }

  /** Everything up to *seq* is read. @param {number} seq */
  reads(seq) {
    this.read = Math.max(this.read, seq);
    if (this.read >= this.head) this.unread = this.mentions = 0;
  }
}

/** All that is known: who one is, the conversations, the rooms that are open. */
export class Chat {
  constructor() {
    this.username = this.account = this.role = this.server = "";
    /** @type {string[]} */
    this.features = [];
    /** @type {Frame} */
    this.limits = { text: 4000, page: 100 };
    /** @type {Map<string, Conversation>} */
    this.conversations = new Map();
    /** @type {Map<string, Frame>} the open rooms */
    this.open = new Map();
    /** @type {Record<string, string>} */
    this.levels = {};
    /** @type {string[]} */
    this.ignored = [];
    /** @type {string | null} into which room one was invited last */
    this.invited = null;
    /** @type {Conversation | null} */
    this.current = this.before = null;
    this.me = /$^/gu;
  }

  has(word) { return this.features.includes(word); }

  named(name) {
    this.username = name;
    this.me = whole(name);
  }

  /** Return a conversation by its name in any case. @param {string} name */
  find(name) {
    return this.conversations.get(name) || [...this.conversations.values()].find((one) => fold(one.name) === fold(name));
  }

  /** Return a conversation, new if need be. @param {string} name */
  at(name) {
    let found = this.find(name);
    if (!found) this.conversations.set(name, (found = new Conversation(name)));
    return found;
  }

  /** Whether the server keeps what is said there: of talks those between accounts. @param {Conversation} here */
  keeps(here) { return here.kept && (!here.talk || !!this.account); }

  level(name) { return this.levels[fold(name)] || "mentions"; }

  ignores(name) { return this.ignored.some((one) => fold(one) === fold(name)); }

  mentioned(message) {
    // Not by test(), which would let the next search begin behind what it found.
    return message.from !== this.username && !message.redacted && message.text.search(this.me) >= 0;
  }

  /** Return the rooms in their order, then the talks. */
  get ordered() {
    const all = [...this.conversations.values()];
    return [...all.filter(({ talk }) => !talk), ...all.filter(({ talk }) => talk)];
  }

  /** Return the conversations with something new, what matters most first. */
  get active() {
    const weight = (one) => (one.mentions || (one.talk ? one.unread : 0)) * 10000 + one.unread;
    return this.ordered.filter(({ unread }) => unread).sort((one, other) => weight(other) - weight(one));
  }

  /** Count a message that came now as new, or as read by who *looks*. @param {Conversation} here @param {Frame} message @param {boolean} looks */
  count(here, message, looks) {
    const own = message.from === this.username;
    if (looks || own) {
      if (own) here.line = null;
      if (looks || !here.unread) here.reads(message.seq);
      return "";
    }
    const level = this.level(here.name);
    if (this.ignores(message.from) || level === "mute") return "";
    if (here.line === null) here.line = here.read;
    here.unread++;
    const mention = this.mentioned(message);
    if (mention) here.mentions++;
    return mention || here.talk || level === "all" ? "ring" : "new";
  }
}
