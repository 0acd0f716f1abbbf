// @ts-check
/** Tabs: each has a session of its own, and keeps what is typed in it, until it is sent or one leaves, also when it is closed. */

import { fold } from "./rooms.js";
import { random } from "./wire.js";

/** @typedef {Record<string, any>} Frame */

const KEPT = "chat-kept-";
const MOST = 200000; // characters that a tab keeps
const MANY = 10; // tabs that are closed, and of which something is kept
const LONG = 30 * 86400000; // ms for which that is
const ANSWERS = 250; // ms in which an open tab says so

/** Return what is kept by this key. @param {Storage} where @param {string} key @param {any} otherwise @returns {any} */
export function recall(where, key, otherwise) {
  try {
    return JSON.parse(where.getItem(key) || "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a text, and return whether the browser does: it may be full. @param {Storage} where @param {string} key @param {string} text */
export function write(where, key, text) {
  try {
    where.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Keep a value, and return whether the browser does. @param {Storage} where @param {string} key @param {any} value */
export function keep(where, key, value) {
  const text = JSON.stringify(value);
  return text.length <= MOST && write(where, key, text);
}

/** Return what tabs ask for somebody by. @param {string} username */
const named = (username) => `@${fold(username)}`;

/** This tab. */
export class Tab {
  constructor() {
    this.channel = new BroadcastChannel("chat-tabs");
    this.id = this.session = this.name = "";
  }

  /** Begin: as this tab was before it was loaded again, or anew where it is the copy of one that is open. */
  async open() {
    const before = sessionStorage.getItem("chat-tab");
    // A tab that was duplicated begins with what the other one had, and never saw it end.
    if (before && sessionStorage.getItem("chat-lives") && (await this.living([before])).size) sessionStorage.clear();
    this.id = sessionStorage.getItem("chat-tab") || random(16);
    this.speakAs(sessionStorage.getItem("chat-session") || random(16));
    this.channel.addEventListener("message", ({ data }) => {
      for (const lives of [this.id, named(this.name)]) if (data.asked?.includes(lives)) this.channel.postMessage({ lives });
    });
    const lives = () => write(sessionStorage, "chat-lives", "1");
    addEventListener("pagehide", () => sessionStorage.removeItem("chat-lives"));
    addEventListener("pageshow", lives);
    lives();
    write(sessionStorage, "chat-tab", this.id);
    return this;
  }

  /** Come by this session from now on. @param {string} session */
  speakAs(session) {
    this.session = session;
    write(sessionStorage, "chat-session", session);
  }

  /** Return whether an open tab has this name. @param {string} username */
  async isHere(username) { return !!(await this.living([named(username)])).size; }

  /** Return which of some tabs are open. @param {string[]} ids @returns {Promise<Set<string>>} */
  async living(ids) {
    const found = new Set();
    if (!ids.length) return found;
    return new Promise((done) => {
      this.channel.addEventListener("message", ({ data }) => {
        if (ids.includes(data.lives)) found.add(data.lives);
        if (found.size === ids.length) done(found);
      });
      this.channel.postMessage({ asked: ids });
      setTimeout(done, ANSWERS, found);
    });
  }

  /** What this tab keeps: drafts, and what is not sent. @returns {Frame} */
  get kept() { return recall(localStorage, KEPT + this.id, {}); }

  /** Keep that, and return whether the browser does. @param {{username: string, account: string, drafts: Frame, unsent: Frame[]}} what */
  keep(what) {
    if (!what.unsent.length && !Object.keys(what.drafts).length) return this.drop();
    // An account comes back by its password; a guest has nothing but the session to be known by.
    return keep(localStorage, KEPT + this.id, { at: Date.now(), ...what, ...(what.account ? {} : { session: this.session }) });
  }

  /** Keep nothing of what is typed. */
  drop() {
    localStorage.removeItem(KEPT + this.id);
    return true;
  }

  /** Keep nothing at all: the next one here is somebody else. */
  end() {
    this.drop();
    for (const key of ["chat-session", "chat-place"]) sessionStorage.removeItem(key);
  }

  /** Begin anew, and leave what is kept to whose it is. */
  part() {
    this.id = random(16);
    write(sessionStorage, "chat-tab", this.id);
  }

  /** Return what tabs have left that are closed, the newest first. @returns {Promise<Frame[]>} */
  async left() {
    const all = Object.keys(localStorage).filter((key) => key.startsWith(KEPT)).map((key) => ({ ...recall(localStorage, key, {}), id: key.slice(KEPT.length) }));
    const others = all.filter(({ id }) => id !== this.id);
    const living = await this.living(others.map(({ id }) => id));
    const left = others.filter(({ id }) => !living.has(id)).sort((one, other) => other.at - one.at);
    const good = left.filter(({ at }, number) => number < MANY && Date.now() - at < LONG);
    for (const one of left) if (!good.includes(one)) localStorage.removeItem(KEPT + one.id);
    return good;
  }

  /** Return the session by which a guest was here who left something, else this tab's. @param {string} username */
  async sessionOf(username) {
    const found = (await this.left()).find(({ session, username: whose }) => session && fold(whose) === fold(username));
    return found?.session || this.session;
  }

  /** Take what was left by somebody; no other tab gets it. @param {(one: Frame) => boolean} theirs @returns {Promise<Frame[]>} */
  async take(theirs) {
    const found = (await this.left()).filter((one) => theirs(one) && localStorage.getItem(KEPT + one.id));
    for (const { id } of found) localStorage.removeItem(KEPT + id);
    return found;
  }
}
