// @ts-check
/** The page: it puts the parts together, and shows in which state it is. */

import { Alerts } from "./alerts.js";
import { carryOut } from "./commands.js";
import { Compose } from "./compose.js";
import { ask } from "./dialogs.js";
import { Door } from "./door.js";
import * as finding from "./finding.js";
import { listen } from "./hands.js";
import * as menus from "./menus.js";
import { Panels, find } from "./panels.js";
import { Session } from "./session.js";
import { Tab } from "./tabs.js";
import { apart } from "./wire.js";
import { NotDone } from "./text.js";
import { linked, make } from "./elements.js";
import { Log } from "./view.js";

/** @typedef {Record<string, any>} Frame */
/** @typedef {import("./rooms.js").Conversation} Conversation */

class Page {
  /** @param {Tab} tab */
  constructor(tab) {
    this.session = new Session(this, tab);
    this.chat = this.session.chat;
    this.log = new Log(find("log"), this);
    this.panels = new Panels(this);
    this.compose = new Compose(this);
    this.alerts = new Alerts(this);
    this.door = new Door(this);
    this.drawing = this.told = 0;
    listen(this);
  }

  // What happens in the session.

  state(state, why) {
    this.door.state(state, why);
    this.changed();
  }

  refused(error) { this.door.refused(error); }

  entered(reply, first) {
    this.door.entered();
    this.alerts.read();
    if (first) this.compose.show();
    if (first && reply.motd) this.aside(reply.motd);
    this.changed();
  }

  /** Draw anew, once for all that happens until then. */
  changed() {
    if (this.drawing) return;
    const draw = () => {
      this.drawing = 0;
      this.draw();
    };
    this.drawing = document.hidden ? setTimeout(draw, 300) : requestAnimationFrame(draw);
  }

  draw() {
    const { here } = this;
    apart(() => this.panels.draw());
    const shown = here && apart(() => this.log.draw());
    if (shown && this.looks() && this.follows()) this.session.seen(here);
    this.scrolled();
    apart(() => this.alerts.draw());
  }

  get here() { return this.chat.current; }

  arrived(here, message, how) { this.alerts.arrived(here, message, how); }

  /** Whether one sees what comes. */
  looks() { return document.visibilityState === "visible" && document.hasFocus() && !this.here?.newer; }

  follows() { return this.log.check(); }

  /** Look at something else. @param {Conversation | null} from */
  looked(from) {
    this.compose.show();
    this.putAway(true);
    this.log.turn(from, this.here);
    document.body.classList.remove("drawn");
    find("drawer").setAttribute("aria-expanded", "false");
    if (matchMedia("(pointer: fine)").matches) find("box").focus({ preventScroll: true });
  }

  drafted(here) { if (here && here === this.here) this.compose.show(); }

  /** What is said, and not in the log yet. @param {Conversation} here */
  unsent(here) {
    const landing = (this.session.landing.get(here.name) || []).filter(({ seq }) => seq > here.head);
    return [...landing, ...this.session.wire.unsent.filter(({ key, shown }) => key === here.name && !shown)];
  }

  // What one is told beside the log.

  aside(text, wrong = false) {
    if (!text) return;
    this.told = Date.now();
    const box = find("aside");
    box.className = wrong ? "wrong" : "";
    box.replaceChildren(make("pre", { dir: "auto" }, ...linked(text)), make("button", { type: "button", className: "icon", "aria-label": "Put away", onclick: () => this.putAway(true) }, "×"));
    box.hidden = false;
  }

  notice(text) { this.aside(text); }

  putAway(now = false) {
    // What came a moment ago was not read by who is typing.
    if (now || Date.now() - this.told > 1500) find("aside").hidden = true;
  }

  /** Show what a word may be completed to. @param {string[]} found @param {number} index */
  offer(found, index) {
    if (found.length < 2) return;
    const first = Math.max(0, Math.min(index - 3, found.length - 8));
    const words = found.slice(first, first + 8).map((word, number) => make(first + number === index ? "mark" : "span", {}, word));
    find("aside").className = "offer";
    find("aside").replaceChildren(...words);
    find("aside").hidden = false;
    this.told = 0;
  }

  scrolled() {
    const { here } = this;
    const away = !!here && !this.follows() && here.messages.length > 0;
    const pill = find("pill");
    pill.hidden = !away;
    pill.textContent = here?.unread ? `${here.unread} new ↓` : "newest ↓";
  }

  // Where one goes.

  go(here) { this.session.look(here); }

  /** Enter a room. @param {string} room */
  enter(room) { this.act(`/join ${room}`); }

  /** Open a room, after asking for its name and topic. @param {string} [name] */
  async create(name = "") {
    const fields = [{ label: "Name", value: name, needed: true }, { label: "Topic", hint: "What is it about? You can leave that out" }];
    await this.attempt(() => ask("Open a new room", fields, { label: "Open", does: ([room, topic]) => carryOut(this, `/create ${room.trim()} ${topic}`) }));
  }

  /** Do what Enter means in the lobby. @param {string} name */
  chosen(name) {
    const [first] = this.panels.listed();
    this.compose.put("");
    if (first) this.enter(first.room);
    else this.create(name);
  }

  /** Carry a line out. @param {string} line */
  act(line) { return this.attempt(() => carryOut(this, line)); }

  /** Do something, and say why where that can't be. @param {() => any} does */
  async attempt(does) {
    try {
      await does();
    } catch (error) {
      this.aside(/** @type {Error} */ (error).message, true);
    }
  }

  /** Go to the newest line. */
  async end() {
    const { here } = this;
    if (here?.newer) await this.session.load(here, {});
    this.log.follows = true;
    this.log.at = 0;
    this.changed();
  }

  /** Go to a message, and load what is around it. @param {Conversation} here @param {number} seq */
  async jump(here, seq) {
    this.go(here);
    if (!here.find(seq)) {
      await this.session.load(here, { around: seq });
      if (!here.find(seq)) throw new NotDone("The server does not keep that message any more.");
    }
    this.log.show(seq);
  }

  jumpTo(name, seq) {
    return this.attempt(async () => {
      if (name.startsWith("@")) this.session.talk(name.slice(1));
      else if (!this.chat.find(name)) await carryOut(this, `/join ${name}`);
      await this.jump(this.chat.at(name), seq);
    });
  }

  /** Look up what an answer answers. */
  async quoted(quote) {
    const { here } = this;
    if (!here) return;
    this.log.watch.unobserve(quote);
    const re = Number(quote.dataset.re);
    if (!here.cited.has(re)) here.cited.set(re, this.session.wire.ask({ type: "history", ...here.address, around: re, limit: 1 }));
    const { entries } = await /** @type {Promise<Frame>} */ (here.cited.get(re));
    if (entries?.[0]?.seq === re) this.log.cite(quote, entries[0]);
  }

  /** Answer a message by what is typed next. @param {number} seq */
  answer(seq) {
    if (this.here) this.here.answering = seq;
    find("box").focus();
    this.changed();
  }

  /** Drop what is to be answered. */
  cancel() {
    if (this.here) this.here.answering = null;
    find("box").focus();
    this.changed();
  }

  search(words, everywhere) { finding.search(this, words, everywhere); }
  mentions() { finding.mentions(this); }
  catchup() { finding.catchup(this); }

  personMenu(name) { menus.personMenu(this, name); }

  // What one prefers.

  prefer(changed) { this.alerts.prefer(changed); }
  get notifies() { return this.alerts.notifies; }
  callMe() { return this.alerts.ask(); }

  /** Go away, at the latest when the connection turns out to be lost. */
  async quit(note) {
    const { wire } = this.session;
    const reply = wire.ask({ type: "quit", note });
    if (wire.online) wire.hurry();
    const { type, message } = await reply;
    if (type === "error") throw new NotDone(message);
    if (type === "lost") this.door.left({ reason: "quit" });
  }

  /** Leave, and let the browser know nothing more. */
  async forget() {
    await fetch("forget", { headers: { "Chat-Forget": "1" } });
    localStorage.clear();
    await this.quit();
  }
}

new Page(await new Tab().open()).door.open();
