// @ts-check
/** Sending: what is said, stored or given back, and what was left to be sent by a tab that is closed. */

/** @typedef {Record<string, any>} Frame */
/** @typedef {import("./rooms.js").Conversation} Conversation */
/** @typedef {import("./session.js").Session} Session */

/** Say something. @param {Session} session @param {Conversation} here @param {string} text @param {Frame} more */
export function say(session, here, text, more) {
  const re = here.answering;
  here.answering = here.line = null;
  const to = here.talk ? { type: "tell", to: here.name.slice(1) } : { type: "say", room: here.name };
  session.wire.say(here.name, { ...to, text, ...(re && { re }), ...more });
  if (here === session.chat.current) session.page.end();
  else if (here.newer) session.load(here, {});
  session.page.changed();
}

/** Show what was stored. @param {Session} session @param {Frame} out @param {Frame} reply */
export function stored(session, out, reply) {
  const { chat, page, landing } = session;
  const here = chat.at(out.key);
  const { text, action, re } = out.frame;
  if (reply.away) page.aside(`${here.name.slice(1)} is away (${reply.away}).`);
  if (here.talk) {
    if (reply.seq && reply.seq > here.head + 1) return session.catchUp(here);
    here.kept = !!reply.seq;
    const at = reply.at || new Date().toISOString();
    session.said(here, { seq: reply.seq || here.head + 1, at, from: chat.username, text, action, re });
  } else if (reply.seq > here.head) landing.set(here.name, [...(landing.get(here.name) || []), { ...out, seq: reply.seq }]);
  page.changed();
}

/** Return a message as it is typed. @param {Frame} frame */
const typed = ({ text, action }) => `${action ? "/me " : /^\//.test(text) ? "/" : ""}${text}`;

/** Put a text above the draft of a conversation. @param {Session} session @param {string} name @param {string} text */
function give(session, name, text) {
  const { chat, place, page } = session;
  const here = chat.find(name);
  const join = (draft) => [text, draft].filter(Boolean).join("\n");
  if (here) here.draft = join(here.draft);
  else place.drafts[name] = join(place.drafts[name]);
  page.drafted(here);
}

/** Give back what was not taken. @param {Session} session @param {Frame} out @param {Frame} error */
export function returned(session, out, error) {
  const here = session.chat.find(out.key);
  if (here && error.code === "muted") here.settings.muted = error;
  give(session, out.key, typed(out.frame));
  session.page.aside(`Not sent: ${error.message}`, true);
}

/** Take what a tab that is closed has left of the same person. @param {Session} session @param {boolean} known whether the server knows the session */
export async function collect(session, known) {
  const { chat, wire, tab } = session;
  const left = await tab.take(({ account, session: by }) => chat.account ? account === chat.account : !account && by === tab.session);
  const doubtful = [];
  for (const { drafts = {}, unsent = [] } of left) {
    for (const out of unsent) {
      // It may have arrived, and whose it was is known by the account, or for as long as a session is.
      if (!out.tried || chat.account || (known && !out.key.startsWith("@"))) wire.unsent.push(out);
      else {
        give(session, out.key, typed(out.frame));
        doubtful.push(out.key);
      }
    }
    for (const [name, text] of Object.entries(drafts)) give(session, name, text);
  }
  if (!left.length) return;
  session.remember();
  if (doubtful.length) session.page.aside(`What you wrote in ${[...new Set(doubtful)].join(", ")} may have been sent, and is a draft there now.`, true);
  for (const key of new Set(wire.unsent.map((out) => out.key))) {
    if (key.startsWith("@") || chat.find(key)) wire.flush(key);
    else if (!session.entering.has(key)) session.back(key, true);
  }
}
