// @ts-check
/** The log on the screen: rows that are kept in step with a window of messages, and never move by themselves. */

import { linked, make, person, reconcile } from "./elements.js";
import { coded, spans } from "./text.js";
import { day, retracted, time } from "./words.js";

/** @typedef {import("./rooms.js").Conversation} Conversation */
/** @typedef {Record<string, any>} Frame */

const RUN = 300000; // ms within which what somebody says stands under their name once
const NEAR = 600; // px from an end where more is loaded

/** The log of the conversation that is looked at. */
export class Log {
  /** @param {HTMLElement} list has chat, session, unsent(), scrolled(), quoted() */
  constructor(list, page) {
    this.list = list;
    this.page = page;
    this.follows = true;
    this.at = 0;
    /** @type {Set<any>} rows in which something stands out */
    this.lit = new Set();
    /** @type {Map<Conversation, {seq: string, top: number}>} where one was */
    this.places = new Map();
    list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.follows && this.end()).observe(list);
    // What is answered and not here is looked up when the answer comes into view.
    this.watch = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) page.quoted(target);
    });
  }

  get here() { return this.page.chat.current; }

  end() {
    this.list.scrollTop = this.list.scrollHeight;
    this.at = this.list.scrollTop;
  }

  /** Return whether the newest line is followed; one may have scrolled, and the event be still to come. */
  check() {
    const { list } = this;
    const below = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (this.follows && below > 8 && list.scrollTop < this.at - 8) this.follows = false;
    return this.follows;
  }

  scrolled() {
    const { list } = this;
    const below = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (!this.drawing) this.follows = below < 8 && !this.here?.newer;
    if (this.here?.messages.length) {
      if (list.scrollTop < NEAR && this.here.older) this.more({ before: this.here.first });
      else if (below < NEAR && this.here.newer) this.more({ after: this.here.last });
    }
    this.page.scrolled();
  }

  more(asked) { this.page.session.load(this.here, asked); }

  /** Remember where one is in a conversation, and go where one was in another. @param {Conversation | null} from @param {Conversation | null} to */
  turn(from, to) {
    const anchor = this.anchor();
    if (from && anchor && !this.follows) this.places.set(from, { seq: anchor.row.dataset.seq, top: anchor.top });
    else if (from) this.places.delete(from);
    /** @type {any} */ (this.list).kept = undefined;
    this.list.replaceChildren();
    this.chosen = undefined;
    const place = to && this.places.get(to);
    this.follows = !place;
    this.at = 0;
    this.draw();
    if (place) this.put(this.row(place.seq), place.top);
    // What is new begins in view.
    const line = /** @type {any} */ (this.list.querySelector(".new"));
    if (line && line.offsetTop < this.list.scrollTop) this.put(line, this.list.clientHeight / 3);
  }

  /** Show a message a third below the top, and let it stand out until the next key. @param {number} seq */
  show(seq) {
    this.follows = false;
    this.draw();
    const row = this.row(seq);
    this.put(row, this.list.clientHeight / 3);
    for (const other of this.list.querySelectorAll(".found")) other.classList.remove("found");
    row?.classList.add("found");
    // Not by the key that has brought one here, which is still on its way.
    setTimeout(() => addEventListener("keydown", () => row?.classList.remove("found"), { once: true }));
    this.page.scrolled();
  }

  /** Go to the line above what is new. */
  toLine() {
    const { here } = this;
    if (here?.line === null || !here) return;
    const first = here.messages.find(({ seq }) => seq > (here.line ?? 0));
    if (first && here.first <= here.line + 1) this.show(first.seq);
    else this.page.jumpTo(here.name, here.line || 1);
  }

  /** Go to the mention above or below what is in view. @param {number} step */
  toMention(step) {
    const at = this.chosen ?? (step < 0 ? Infinity : 0);
    const all = (this.here?.messages || []).filter((message) => this.page.chat.mentioned(message));
    const next = step < 0 ? all.findLast(({ seq }) => seq < at) : all.find(({ seq }) => seq > at);
    if (!next) return this.page.aside(step < 0 ? "No earlier mention" : "No later mention");
    this.chosen = next.seq;
    this.show(next.seq);
  }

  /** Turn a page. @param {number} step */
  leaf(step) { this.list.scrollBy({ top: step * this.list.clientHeight * 0.9 }); }

  row(seq) { return this.list.querySelector(`[data-seq="${seq}"]`); }

  /** Scroll so that a row is so far below the top. @param {number} top */
  put(row, top) {
    if (row) this.list.scrollTop += row.getBoundingClientRect().top - this.list.getBoundingClientRect().top - top;
  }

  /** Return the first message in view, and how far below the top it is. @returns {{row: any, top: number} | undefined} */
  anchor() {
    const { top } = this.list.getBoundingClientRect();
    for (const row of /** @type {any} */ (this.list).children) {
      const place = row.getBoundingClientRect();
      if (row.dataset.seq && place.bottom > top) return { row, top: place.top - top };
    }
  }

  /** Draw what there is; what one reads stays where it is. */
  draw() {
    const { here, list } = this;
    this.check();
    this.drawing = true;
    const anchor = this.follows ? undefined : this.anchor();
    reconcile(list, here ? this.items(here) : []);
    if (this.follows) this.end();
    else if (anchor) this.put(this.row(anchor.row.dataset.seq), anchor.top);
    this.drawing = false;
    this.light();
    if (here?.level && here.older && here.messages.length && list.scrollHeight < list.clientHeight + NEAR) this.scrolled();
  }

  items(here) {
    const { chat } = this.page;
    /** @type {{key: string, sign: string, row(): any}[]} */
    const items = [];
    const add = (key, sign, row) => items.push({ key, sign, row });
    if (here.level && (here.talk ? !here.messages.length : !here.older)) add("intro", here.topic + here.creator + here.messages.length, () => this.intro(here));
    const notes = [...here.notes];
    let date = "";
    let lined = here.line === null || (here.older && here.line + 1 < here.first);
    /** @type {Frame | null} */
    let before = null;
    const note = (seq) => {
      while (notes.length && notes[0].after < seq) {
        const { text, who } = notes.shift() || { text: "" };
        if (who && !this.known(here, who)) continue;
        add(`n${items.length}-${notes.length}`, text, () => make("li", { className: "note" }, make("bdi", {}, text)));
        before = null;
      }
    };
    for (const message of here.messages) {
      const { seq, from, at } = message;
      note(seq);
      if (message.me !== chat.me) Object.assign(message, { me: chat.me, day: day(at), mention: chat.mentioned(message) });
      const { day: today, mention } = message;
      if (today !== date) {
        add(`d${today}`, "", () => make("li", { className: "day" }, make("span", {}, today)));
        before = null;
      }
      date = today;
      if (!lined && seq > (here.line ?? 0)) {
        lined = true;
        add("new", "", () => make("li", { className: "new" }, make("span", {}, "new")));
        before = null;
      }
      if (chat.ignores(from)) continue;
      const same = before && before.from === from && Date.parse(at) - Date.parse(before.at) < RUN;
      if (!same) before = message;
      const role = here.people.get(from) || "";
      add(`s${seq}`, `${same}${mention}${role}${message.redacted || ""}`, () => this.message(here, message, { same, mention, role }));
    }
    note(Infinity);
    for (const { cid, frame } of here.newer ? [] : this.page.unsent(here)) {
      add(`c${cid}`, "", () => this.message(here, { ...frame, from: chat.username }, { waits: true }));
    }
    return items;
  }

  /** Whether one has to do with somebody who came or went. @param {Conversation} here @param {string} who */
  known(here, who) {
    const lately = here.messages.slice(-100);
    return lately.some(({ from }) => from === who) || here.sent.some((text) => text.startsWith(`${who}:`));
  }

  intro(here) {
    const about = here.talk ? this.page.chat.keeps(here) ? "Kept by the server: all that you tell each other is here." : "Only here, until you close this page."
      : [here.topic, here.creator && `${here.creator} created this room.`].filter(Boolean).join(" — ");
    const said = here.messages.length ? [] : [make("strong", {}, "Nothing was said here yet.")];
    return make("li", { className: "intro" }, ...said, ...(about ? [make("p", { dir: "auto" }, ...linked(about))] : []));
  }

  /** Make a row. @param {Conversation} here @param {Frame} message @param {Frame} how */
  message(here, message, { same, mention, role, waits }) {
    const { seq, from, at, text, action, notice, re, redacted } = message;
    const body = make("div", { className: "body" });
    if (re && !redacted) {
      const quote = make("button", { className: "quote", type: "button", tabIndex: -1, "data-re": re }, `#${re}`);
      body.append(quote);
      const known = here.find(re);
      if (known) this.cite(quote, known);
      else this.watch.observe(quote);
    }
    body.append(make("span", { className: !redacted && coded(text) ? "text block" : "text", dir: "auto" }, redacted ? retracted(message) : text));
    const row = make("li", { tabIndex: -1 }, person(from, role), body);
    row.append(at ? make("time", { dateTime: at, title: new Date(at).toLocaleString() }, time(at)) : make("span", { className: "time", "aria-label": "waits" }, "…"));
    row.classList.add("row", ...Object.entries({ same, mention, action, notice, waits, gone: redacted, own: from === this.page.chat.username })
      .filter(([, is]) => is).map(([name]) => name));
    if (seq) row.dataset.seq = seq;
    return row;
  }

  /** Write on a quote what was said. @param {any} quote @param {Frame} message */
  cite(quote, { from, text, redacted }) {
    this.watch.unobserve(quote);
    quote.replaceChildren(make("bdi", {}, from), `: ${redacted ? "(taken back)" : text.slice(0, 100).replace(/\s+/g, " ")}`);
  }

  /** Let links, names and code stand out, each text staying in one piece. */
  light() {
    if (!("highlights" in CSS)) return;
    for (const row of this.lit) {
      if (row.isConnected) continue;
      this.lit.delete(row);
      for (const { kind, range } of row.spans) highlight(kind).delete(range);
    }
    for (const row of /** @type {any} */ (this.list).children) {
      if (row.spans || !row.matches(".row:not(.gone)")) continue;
      const text = row.querySelector(".text").firstChild;
      row.spans = spans(text.data, this.page.chat.me).map(({ kind, start, end }) =>
        ({ kind, range: new StaticRange({ startContainer: text, startOffset: start, endContainer: text, endOffset: end }) }));
      if (row.spans.length) this.lit.add(row);
      for (const { kind, range } of row.spans) highlight(kind).add(range);
    }
  }
}

/** Return what stands out in one way. @param {string} kind @returns {any} */
function highlight(kind) {
  if (!CSS.highlights.has(kind)) CSS.highlights.set(kind, new Highlight());
  return CSS.highlights.get(kind);
}
