// @ts-check
/** Tabs: each has a session of its own, and keeps what it needs to go on after a reload. */

import { random } from "./wire.js";

export const recall = (where, key, otherwise) => JSON.parse(where.getItem(key) || "null") ?? otherwise;

export const keep = (where, key, value) => where.setItem(key, JSON.stringify(value));

/** Return the id of this tab's session, a new one if another tab has it. @returns {Promise<string>} */
export async function tab() {
  let id = sessionStorage.getItem("chat-session") || random(16);
  const channel = new BroadcastChannel("chat-sessions");
  // A tab that was duplicated begins with what the other one had, and never saw it end.
  if (sessionStorage.getItem("chat-lives")) {
    const taken = await new Promise((answer) => {
      channel.onmessage = ({ data }) => data.lives === id && answer(true);
      channel.postMessage({ asked: id });
      setTimeout(answer, 250, false);
    });
    if (taken) {
      sessionStorage.clear();
      id = random(16);
    }
  }
  channel.onmessage = ({ data }) => data.asked === id && channel.postMessage({ lives: id });
  const lives = () => sessionStorage.setItem("chat-lives", "1");
  addEventListener("pagehide", () => sessionStorage.removeItem("chat-lives"));
  addEventListener("pageshow", lives);
  lives();
  sessionStorage.setItem("chat-session", id);
  return id;
}
