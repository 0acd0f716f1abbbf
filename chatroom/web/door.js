// @ts-check
/** The door: the name, the password, and how the connection is. */

import { find } from "./panels.js";
import { keep, write } from "./tabs.js";
import { make } from "./elements.js";
import { farewell } from "./words.js";

/** @typedef {Record<string, any>} Frame */

/** Who comes in, and whether they are. */
export class Door {
  constructor(page) {
    this.page = page;
    this.over = false;
    this.again = 0;
    find("door").onsubmit = (event) => {
      event.preventDefault();
      this.enter(find("name").value.trim(), find("password").value);
    };
    // Another name has another password, or none; but a password manager fills in both, and types nothing.
    find("name").oninput = ({ inputType = "" }) => /^(insertText|insertCompositionText|delete)/.test(inputType) && this.ask(false);
    setInterval(() => this.count(), 500);
  }

  get wire() { return this.page.session.wire; }

  /** Begin, at once if one was here. */
  open() {
    const { username } = this.page.session.place;
    const left = sessionStorage.getItem("chat-farewell");
    sessionStorage.removeItem("chat-farewell");
    const remembered = localStorage.getItem("chat-remembered");
    find("name").value = username || remembered || localStorage.getItem("chat-name") || "";
    if (left !== null) this.show(left);
    else if (username || remembered) this.enter(find("name").value, "");
    else this.show();
  }

  async enter(username, password) {
    if (!username) return;
    this.say("");
    const remember = find("remember").checked;
    const { tab } = this.page.session;
    this.wire.enter({ username, session: password ? tab.session : await tab.sessionOf(username), client: "web", ...(password && { password, remember }) });
  }

  /** Show the door. @param {string} [why] */
  show(why = "") {
    this.say(why);
    if (!find("door").hidden) return;
    find("chat").hidden = true;
    find("door").hidden = false;
    this.focus();
  }

  focus() { find(find("secret").hidden ? "name" : "password").focus(); }

  say(text) { find("trouble").textContent = text; }

  /** Ask for a password, or only for a name. @param {boolean} wanted */
  ask(wanted) {
    find("secret").hidden = find("keeps").hidden = !wanted;
    find("password").required = wanted;
    find("password").value = "";
  }

  async refused({ code, message }) {
    this.ask(code.startsWith("password-") || !find("secret").hidden);
    this.turn("connecting");
    this.show(code === "password-required" ? `${message} If it is not yours, choose another name.` : message);
    this.focus();
    const taken = code === "username-taken" && await this.page.session.tab.isHere(this.wire.login?.username || "");
    if (taken) this.say(`${message} Another window of yours has it.`);
  }

  entered() {
    const { session, chat } = this.page;
    write(localStorage, "chat-name", chat.username);
    session.remember();
    session.tab.name = chat.username;
    find("door").hidden = true;
    find("chat").hidden = false;
    this.ask(false);
    this.page.compose.size();
    find("box").focus();
  }

  /** Let the browser be known as a device of an account, and return whether it is. @param {string} account @param {string} ticket */
  async remember(account, ticket) {
    const { ok } = await fetch("remember", { headers: { "Chat-Ticket": ticket } });
    return ok && write(localStorage, "chat-remembered", account);
  }

  turn(state) { document.body.dataset.state = state; }

  state(state, why) {
    this.turn(state);
    this.again = why.seconds === undefined ? 0 : Date.now() + why.seconds * 1000;
    if (state === "away" && why.reason !== "replaced") this.left(why);
    else if (state === "away") this.banner(farewell(why), "Come back here", () => this.wire.back());
    else if (state === "online") this.banner();
    else if (!this.page.chat.username) this.show();
    else this.banner("Connection lost. Type on: what you send waits.", "Try now", () => this.wire.hurry());
    this.count();
  }

  /** Say above the log how the connection is, and what can be done. @param {string} [text] @param {string} [label] @param {() => void} [onclick] */
  banner(text = "", label = "", onclick) {
    const banner = find("banner");
    if (banner.dataset.told === text) return; // the button may have the focus
    banner.dataset.told = text;
    banner.replaceChildren(...(text ? [text, make("small", { role: "timer" }), make("button", { type: "button", onclick }, label)] : []));
  }

  /** Begin anew, for this session is over. @param {Frame} why */
  left(why) {
    const { place: { account }, tab } = this.page.session;
    if (["quit", "revoked"].includes(why.reason)) tab.end();
    else keep(sessionStorage, "chat-place", { rooms: [], account });
    write(sessionStorage, "chat-farewell", why.reason === "quit" ? "" : farewell(why));
    this.over = true;
    location.reload();
  }

  /** Say how long it is until the next attempt. */
  count() {
    const left = Math.max(0, Math.ceil((this.again - Date.now()) / 1000));
    const { state } = document.body.dataset;
    const told = this.again ? left ? `Trying again in ${left} s.` : "Trying again …" : "";
    // An alert is read out whenever it changes.
    if (state === "connecting" && this.again) this.say(`No connection to ${location.host}.`);
    find("again").textContent = state === "connecting" ? told : "";
    const small = find("banner").querySelector("small");
    if (small && small.textContent !== told) small.textContent = told;
  }
}
