// @ts-check
/** What stands around the log: the rooms, the people, the lobby, and the bars. */

import { linked, make, person, reconcile } from "./elements.js";
import { ROLES, restraints, some } from "./words.js";

/** @typedef {import("./rooms.js").Conversation} Conversation */
/** Return an element of the page. @param {string} id @returns {any} */
export const find = (id) => document.getElementById(id);

const RANKS = { operator: 0, owner: 1, moderator: 2, voiced: 3 };
const MANY = 400; // people that are listed

/** The panels of the page. */
export class Panels {
  /** has chat, go, enter, unsent */
  constructor(page) {
    this.page = page;
    find("rooms").onclick = ({ target }) => {
      const row = target.closest("button");
      if (row) page.go(page.chat.find(row.dataset.name));
    };
    find("hall").onclick = ({ target }) => {
      const row = target.closest("button");
      if (row?.dataset.name) page.enter(row.dataset.name);
      else if (row) page.create();
    };
    find("people").onclick = ({ target }) => {
      const row = target.closest("button");
      if (row) page.personMenu(row.dataset.name, row);
    };
  }

  draw() {
    const { chat } = this.page;
    const here = chat.current;
    this.rooms();
    this.people(here);
    this.hall(here);
    find("title").replaceChildren(make("bdi", {}, here ? here.name : "Lobby"));
    const open = chat.open.size;
    const topic = here?.talk ? chat.keeps(here) ? "kept by the server" : "only here, until you close this page"
      : here ? here.topic : open ? `${some(open, "room")} open` : "no room is open";
    if (find("topic").title !== topic) {
      find("topic").title = topic; // and a link in it keeps the focus
      find("topic").replaceChildren(...linked(topic));
    }
    find("count").hidden = !here || here.talk;
    find("more").hidden = !here;
    find("count").textContent = here ? some(here.members, "person", "people") : "";
    find("find").setAttribute("aria-label", here ? "Search" : "Search all rooms");
    find("box").placeholder = here ? here.talk ? `Tell ${here.name.slice(1)} alone` : `Say something in ${here.name}` : "Type a room, or /help";
    find("self").replaceChildren(person(chat.username), make("small", {}, chat.account ? "" : "guest"));
    find("answering").hidden = !here?.answering;
    if (here?.answering) this.answering(here);
    const held = here ? restraints(here.settings) : "";
    find("restraint").hidden = !held;
    find("restraint").textContent = held;
  }

  answering(here) {
    const to = here.find(here.answering ?? 0);
    find("answering").replaceChildren(
      make("span", {}, "Answering ", ...(to ? [make("bdi", {}, to.from), `: ${to.text.slice(0, 80)}`] : [`#${here.answering}`])),
      make("button", { type: "button", className: "icon", "aria-label": "Don’t answer", onclick: () => this.page.cancel() }, "×"),
    );
  }

  rooms() {
    const { chat } = this.page;
    find("lobby").setAttribute("aria-current", chat.current ? "false" : "page");
    reconcile(find("rooms"), chat.ordered.map((one) => {
      const { name, unread, mentions, draft, talk } = one;
      const is = one === chat.current;
      const muted = chat.level(name) === "mute";
      const typed = draft && !is;
      return { key: name, sign: [unread, mentions, is, muted, typed].join(), row: () => {
        const count = make("span", { className: mentions || (talk && unread) ? "badge loud" : "badge" }, `${mentions ? "@" : ""}${unread}`);
        count.setAttribute("aria-label", `${unread} new${mentions ? `, ${some(mentions, "mention")}` : ""}`);
        const row = make("button", { type: "button", className: muted ? "muted" : unread ? "unread" : "", "data-name": name },
          make("bdi", {}, name), ...(typed ? [make("i", { title: "You have begun to write" }, "…")] : []), ...(unread ? [count] : []));
        if (is) row.setAttribute("aria-current", "page");
        return make("li", {}, row);
      } };
    }));
  }

  people(here) {
    find("people").hidden = !here || here.talk;
    if (!here || here.talk) return;
    const rank = (role) => RANKS[role] ?? 3;
    const all = [...here.people].sort(([a, x], [b, y]) => rank(x) - rank(y) || a.localeCompare(b)).slice(0, MANY);
    find("people").firstChild.textContent = some(here.members, "person", "people");
    reconcile(find("people").lastChild, all.map(([name, role]) => ({ key: name, sign: role, row: () =>
      make("li", {}, make("button", { type: "button", "data-name": name, title: ROLES[role] || "", "aria-haspopup": "dialog" }, person(name, role))) })));
  }

  /** Return the open rooms that fit what is typed, those with most people first. */
  listed() {
    const { chat } = this.page;
    const typed = find("box").value.trim().toLowerCase();
    const part = chat.current || typed.startsWith("/") ? "" : typed;
    return [...chat.open.values()].filter(({ room }) => room.toLowerCase().includes(part))
      .sort((one, other) => other.members - one.members || one.room.localeCompare(other.room));
  }

  hall(here) {
    find("hall").hidden = !!here;
    find("paper").hidden = !here;
    if (here) return;
    const { chat } = this.page;
    const typed = find("box").value.trim();
    const rooms = this.listed();
    const rows = rooms.map((one) => {
      const { room, topic, members, capacity } = one;
      const joined = chat.find(room);
      const last = joined?.messages.at(-1);
      const said = last && !last.redacted ? `${last.from}: ${last.text}`.slice(0, 200) : "";
      const tags = [joined && "you are in", members >= capacity && "full", one.guests === false && "no guests", one.private && "private", one.invite_only && "invited only", one.keyed && "with a key"].filter(Boolean).join(" · ");
      return { key: room, sign: [topic, members, said, tags].join("\n"), row: () => make("li", {}, make("button", { type: "button", "data-name": room },
        make("strong", {}, make("bdi", {}, room)), make("span", { className: "many" }, some(members, "person", "people")),
        make("span", { className: "about", dir: "auto" }, topic || "No topic"), ...(tags ? [make("span", { className: "tags" }, tags)] : []),
        ...(said ? [make("span", { className: "last", dir: "auto" }, said)] : []))) };
    });
    let list = find("halls");
    if (!list) {
      list = make("ul", { id: "halls" });
      find("hall").append(make("h2", {}, "Where do you want to talk?"), make("p", { id: "hint" }), list, make("button", { type: "button", className: "quiet" }, "Open a new room"));
    }
    const named = typed && !typed.startsWith("/");
    find("hint").textContent = rooms.length ? named ? `Enter goes to ${rooms[0].room}.` : "Choose a room, or type some letters of its name."
      : named ? `No room has that in its name; Enter opens one called ${typed}.` : "No room is open yet. Type a name and press Enter: that opens one.";
    reconcile(list, rows);
  }
}
