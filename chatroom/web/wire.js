// @ts-check
/** The connection: frames, requests and their replies, what waits to be sent, and coming back. It knows no page. */

/** @typedef {Record<string, any>} Frame */
/** @typedef {{cid: string, key: string, frame: Frame, tried?: boolean, sent?: boolean, shown?: boolean}} Outgoing */

const SILENCE = 15000; // after so many ms the page asks whether the server is alive
const PATIENCE = 10000; // and waits so long for the answer
const WORST = 30; // seconds between two attempts at most

/** Return a word of so many random bytes. @param {number} bytes */
export const random = (bytes) =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

/** Do something whose failure is told and costs nothing else; return whether it was done. @param {() => void} does */
export function apart(does) {
  try {
    does();
    return true;
  } catch (error) {
    reportError(error);
    return false;
  }
}

/** A session: one connection after the other, until it ends. */
export class Wire {
  /**
   * @param {string} url
   * has state, welcomed, refused, entered, event, failed, stored, returned, remember
   * @param {Outgoing[]} unsent what was not stored yet
   */
  constructor(url, listener, unsent) {
    this.url = url;
    this.listener = listener;
    this.unsent = unsent;
    /** @type {Map<string, Frame>} what is known of each room: epoch, after, redactions */
    this.places = new Map();
    /** @type {Map<number, (reply: Frame) => void>} */
    this.waiting = new Map();
    this.state = "connecting";
    this.id = this.failures = this.heard = this.pinged = 0;
    this.online = this.welcomed = this.asking = false;
    setInterval(() => this.watch(), 5000);
  }

  /** Log in, or do so again with what was missing. @param {Frame} login */
  enter(login) {
    this.login = login;
    this.asking = false;
    if (this.socket?.readyState === WebSocket.OPEN) this.identify();
    else this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.drop();
    const socket = (this.socket = new WebSocket(this.url));
    this.bye = null;
    socket.onopen = () => this.identify();
    socket.onmessage = ({ data }) => {
      for (const line of data.split("\n")) if (line.startsWith("{")) apart(() => this.receive(JSON.parse(line)));
    };
    socket.onclose = () => this.closed();
  }

  identify() {
    this.heard = Date.now();
    this.request({ type: "login", ...this.login }, (reply) => {
      if (reply.type === "lost") return;
      if (reply.type !== "welcome") {
        this.asking = true;
        return this.listener.refused(reply);
      }
      delete this.login?.password;
      this.failures = 0;
      this.online = this.welcomed = true;
      this.tell("online");
      this.listener.welcomed(reply);
      this.flush("@");
    });
  }

  /** Tell in which state this is. @param {string} state @param {Frame} [why] */
  tell(state, why) {
    this.state = state;
    this.listener.state(state, why || {});
  }

  /** Forget the connection, whose end may take its time. */
  drop() {
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = undefined;
    this.online = false;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const out of this.unsent) out.sent = false;
    for (const done of waiting) apart(() => done({ type: "lost", message: "That was not done: the connection was lost." }));
  }

  closed() {
    const reason = this.bye?.reason;
    this.drop();
    if (["quit", "replaced", "revoked", "kicked", "banned", "too-many-tries"].includes(reason)) {
      return this.tell("away", this.bye || {});
    }
    // Who is asked for a name or a password gets a new connection when there is an answer.
    if (this.asking) return;
    const bound = Math.min(WORST, 0.5 * 2 ** this.failures++);
    const seconds = Math.random() * bound + (this.bye?.retry_after || 0);
    this.again = Date.now() + seconds * 1000;
    this.timer = setTimeout(() => this.open(), seconds * 1000);
    this.tell(this.welcomed ? "lost" : "connecting", { failed: true, seconds });
  }

  /** Try now what would be tried later; see whether the server is alive. */
  hurry() {
    if (!this.socket && this.login && !this.asking && this.state !== "away") this.open();
    else if (this.online) this.ping(Date.now() - PATIENCE / 2);
  }

  /** Come back although the session went on elsewhere. */
  back() {
    this.tell(this.welcomed ? "lost" : "connecting");
    this.open();
  }

  ping(since = Date.now()) {
    this.pinged = since;
    const { heard } = this;
    this.send({ type: "ping", id: ++this.id });
    setTimeout(() => this.heard === heard && this.watch(), PATIENCE / 2 + 100);
  }

  watch() {
    if (!this.online) return;
    const now = Date.now();
    if (this.pinged > this.heard && now - this.pinged >= PATIENCE) this.closed();
    else if (this.pinged <= this.heard && now - this.heard > SILENCE) this.ping();
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** Ask for something; *done* has the reply before what follows it. @param {Frame} frame @param {(reply: Frame) => void} done */
  request(frame, done) {
    if (this.socket?.readyState !== WebSocket.OPEN) return done({ type: "lost", message: "There is no connection." });
    this.waiting.set(++this.id, done);
    this.send({ ...frame, id: this.id });
  }

  /** Ask for something. @param {Frame} frame @returns {Promise<Frame>} */
  ask(frame) {
    return new Promise((done) => this.request(frame, done));
  }

  /** Log in by a connection beside this one, and out again. @param {Frame} login @returns {Promise<Frame>} the reply */
  beside(login) {
    const socket = new WebSocket(this.url);
    return new Promise((done) => {
      socket.onopen = () => socket.send(JSON.stringify({ type: "login", id: 1, ...login }));
      socket.onmessage = ({ data }) => {
        const reply = data.split("\n").filter(Boolean).map((line) => JSON.parse(line)).find(({ id }) => id === 1);
        if (reply) done(reply);
        if (reply) socket.send(JSON.stringify({ type: "quit" }));
      };
      socket.onclose = () => done({ type: "lost" });
    });
  }

  receive(frame) {
    this.heard = Date.now();
    if (frame.type === "ping") return this.send({ type: "pong" });
    if (frame.type === "bye") this.bye = frame;
    const done = this.waiting.get(frame.id);
    if (done) {
      this.waiting.delete(frame.id);
      return done(frame);
    }
    const place = this.places.get(frame.room);
    if (apart(() => this.listener.event(frame))) {
      if (place) this.advance(place, frame);
    } else if (place) {
      // What was not taken is not passed over: it is read again now, and the whole room when one comes back.
      place.failed = true;
      this.listener.failed(frame);
    }
  }

  /** Keep the *place* in a room. @param {Frame} place @param {Frame} frame */
  advance(place, frame) {
    if (frame.type === "said" || frame.type === "level") place.after = Math.max(place.after, frame.seq);
    else if (frame.type === "gap") place.after = Math.max(place.after, frame.last);
    else if (frame.type === "redacted") place.redactions = Math.max(place.redactions, frame.redactions);
    else if (frame.type === "removed" || frame.type === "deleted") this.places.delete(frame.room);
    if (frame.type === "level") place.redactions = Math.max(place.redactions, place.later || 0);
  }

  /**
   * Enter a room, or read on where one stopped.
   * @param {Frame} frame @param {number} backlog @param {(reply: Frame) => void} [done]
   */
  join(frame, backlog, done) {
    const known = this.places.get(frame.room);
    const place = known?.failed ? { key: known.key } : known;
    const { epoch, after, redactions, key } = place || {};
    const wanted = frame.type === "join" ? { backlog, ...(epoch && { epoch, after, redactions }), ...(key && { key }) } : {};
    this.request({ ...frame, ...wanted }, (reply) => {
      if (reply.type === "entered") {
        const { room, epoch, redactions, resumed, key } = reply;
        const from = resumed && place ? place : { after: 0, redactions };
        this.places.set(room, { ...from, epoch, later: redactions, key });
        this.listener.entered(reply);
        this.flush(room);
      }
      done?.(reply);
    });
  }

  /** Say something to a room, or by the key `@name` to one person, as soon as that can be. @param {string} key @param {Frame} frame */
  say(key, frame) {
    const out = { cid: random(9), key, frame };
    this.unsent.push(out);
    if (key.startsWith("@") ? this.online : this.places.has(key)) this.flush(key);
    else this.listener.remember();
    return out;
  }

  /** Send what waits for a room that was entered, or for all people. @param {string} key */
  flush(key) {
    const fits = (out) => !out.sent && this.online && (key === "@" ? out.key.startsWith("@") : out.key === key);
    const going = this.unsent.filter(fits);
    if (!going.length) return;
    for (const out of going) out.sent = out.tried = true;
    // It is written down before that it may arrive, though one will not know.
    this.listener.remember();
    for (const out of going) {
      this.request({ ...out.frame, cid: out.cid }, (reply) => this.settle(out, reply));
    }
  }

  /** Give up what waits for a room that is gone. @param {string} key @returns {string[]} the texts */
  abandon(key) {
    const given = this.unsent.filter((out) => out.key === key);
    this.unsent = this.unsent.filter((out) => out.key !== key);
    this.listener.remember();
    this.places.delete(key);
    return given.map(({ frame }) => frame.text);
  }

  settle(out, reply) {
    if (reply.type === "lost" || reply.code === "not-a-member") out.sent = false;
    else if (reply.code === "storage-failed") {
      setTimeout(() => { out.sent = false; this.flush(out.key); }, Math.random() * 2000);
    } else {
      this.unsent = this.unsent.filter((other) => other !== out);
      this.listener.remember();
      if (reply.type === "ok") this.listener.stored(out, reply);
      else this.listener.returned(out, reply);
    }
  }
}
