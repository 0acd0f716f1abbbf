// @ts-check
/** Alerts: what is told of who does not look, and what one prefers to be told. */

import { find } from "./panels.js";
import { fold } from "./rooms.js";
import { keep, recall } from "./tabs.js";

/** @typedef {import("./rooms.js").Conversation} Conversation */

const REFUSED = "This browser shows no notifications of a page.";
const SPOKEN = 3; // messages that a screen reader says at once

/** Title, icon, notifications, and what a screen reader says. */
export class Alerts {
  constructor(page) {
    this.page = page;
    this.notifies = false;
    /** @type {string[]} */
    this.waiting = [];
  }

  get key() { return `chat-likes-${fold(this.page.chat.username)}`; }

  /** Know what one prefers. */
  read() {
    const { levels = {}, ignored = [], notifies = false } = recall(localStorage, this.key, {});
    Object.assign(this.page.chat, { levels, ignored });
    this.notifies = notifies;
  }

  prefer(changed) {
    const { chat } = this.page;
    const { levels, ignored } = { levels: chat.levels, ignored: chat.ignored, ...changed };
    Object.assign(chat, { levels, ignored });
    this.notifies = changed.notifies ?? this.notifies;
    keep(localStorage, this.key, { levels, ignored, notifies: this.notifies });
    this.page.changed();
  }

  /** Let one be called by the system, or no more. */
  async ask() {
    if (this.notifies) return this.prefer({ notifies: false });
    const granted = "Notification" in window && await Notification.requestPermission() === "granted";
    this.prefer({ notifies: granted });
    this.page.aside(granted ? "You are notified of mentions and private messages." : REFUSED, !granted);
  }

  arrived(here, message, how) {
    const { chat } = this.page;
    if (message.from === chat.username || chat.ignores(message.from)) return;
    if (here === chat.current) this.speak(`${message.from}, ${message.text}`);
    if (how !== "ring" || !this.notifies || this.page.looks() || !("Notification" in window)) return;
    const title = here.talk ? message.from : `${message.from} in ${here.name}`;
    const note = this.note(title, { body: message.text.slice(0, 200), tag: here.name, icon: "icon.svg" });
    if (note) note.onclick = () => {
      window.focus();
      this.page.go(here);
      note.close();
    };
  }

  /** Show a notification, if the browser can: some grant it, and throw when there is one. @param {string} title @param {NotificationOptions} how */
  note(title, how) {
    try {
      return new Notification(title, how);
    } catch {
      this.prefer({ notifies: false });
      this.page.aside(REFUSED, true);
    }
  }

  /** Have a screen reader say the last few lines. @param {string} text */
  speak(text) {
    this.waiting.push(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      find("spoken").textContent = this.waiting.slice(-SPOKEN).join("\n");
      this.waiting = [];
    }, 200);
  }

  /** Say in title and icon what is new. */
  draw() {
    const { chat } = this.page;
    const fresh = chat.ordered.reduce((sum, { unread }) => sum + unread, 0);
    document.title = `${fresh ? `(${fresh}) ` : ""}${chat.current?.name || "chatroom"}`;
    const icon = fresh ? "icon-dot.svg" : "icon.svg";
    if (find("icon").getAttribute("href") !== icon) find("icon").href = icon;
  }
}
