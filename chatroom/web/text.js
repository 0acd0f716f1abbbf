// @ts-check
/** Texts: what stands out in them, times and durations as people write them, and pieces that fit. */

const UNITS = { w: 604800, d: 86400, h: 3600, m: 60, s: 1 };
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const LINK = /(?<![\p{L}\p{N}_])(?:https?:\/\/|www\.)[\p{L}\p{N}[][^\s<>"`]*/giu;
// From a line of three backticks to the next one, or to the end; what ends in the same line is code within a text.
const FENCED = /^[^\S\n]*```(?!.*```)[^]*?(?:\n[^\S\n]*```(?!.*```).*|(?![^]))/gm;
const BEHIND = /[.,:;!?'*…‘’“”«»]+$/u;

/** A line that can't be carried out; its message says why. It is typed again as *line*, if it is not to be seen as it was. */
export class NotDone extends Error {
  /** @param {string} message @param {string} [line] */
  constructor(message, line) {
    super(message);
    this.line = line;
  }
}

/** Return an expression for a word by itself. @param {string} word */
export const whole = (word) => new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_-])@?${word}(?![\\p{L}\\p{M}\\p{N}_]|-[\\p{L}\\p{N}])`, "giu");

/** Return where links are in a text. @param {string} text */
export function links(text) {
  return [...text.matchAll(LINK)].map((found) => {
    let link = found[0].replace(BEHIND, "");
    for (const [open, close] of ["()", "[]"]) {
      while (link.endsWith(close) && link.split(open).length < link.split(close).length) {
        link = link.slice(0, -1).replace(BEHIND, "");
      }
    }
    return { start: found.index, end: found.index + link.length, text: link };
  });
}

/** Return the address that a link leads to. @param {string} link */
export const target = (link) => /^www\./i.test(link) ? `http://${link}` : link;

/** Whether a text has a block of code. @param {string} text */
export const coded = (text) => text.search(FENCED) >= 0;

/** Return what stands out in a text: kinds and places. @param {string} text @param {RegExp} me */
export function spans(text, me) {
  const found = [];
  const blocks = [...text.matchAll(FENCED)].map(({ index, 0: block }) => ({ start: index, end: index + block.length }));
  const add = (pattern, kind, anywhere = true) => {
    for (const { index, 0: word } of text.matchAll(pattern)) {
      const inside = blocks.some(({ start, end }) => index >= start && index < end);
      if (anywhere || !inside) found.push({ kind, start: index, end: index + word.length });
    }
  };
  add(/(?<!`)(`+)(?!`)[^`\n].*?(?<!`)\1(?!`)/g, "code", false);
  add(/^> .*$/gm, "cited", false);
  if (blocks.length) add(/^[^\S\n]*```(?!.*```).*$/gm, "cited");
  add(/(?<![\p{L}\p{N}_/#&])#[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*/giu, "link");
  add(me, "me");
  return [...found, ...links(text).map((link) => ({ kind: "link", ...link }))];
}

/** Return the seconds that a word means. @param {string} word @param {number} [least] */
export function seconds(word, least = 1) {
  const found = /^(\d{1,10})([wdhms]?)$/i.exec(word);
  const time = found ? Number(found[1]) * UNITS[found[2].toLowerCase() || "s"] : -1;
  if (time < least) throw new NotDone(`${word} is no time; write one like 30s, 10m, 2h, 1d or 4w.`);
  return time;
}

/** Return the seconds at the beginning of a text, if any, and the rest. @param {string} text @returns {[number | undefined, string]} */
export function leading(text) {
  const [first, rest] = words(text);
  return /^\d+([wdhmsy]|$)/i.test(first) ? [seconds(first), rest] : [undefined, text];
}

/** Return the first word, and what stands behind it. @param {string} text */
export function words(text) {
  const [, first, rest] = /^(\S*)\s*([^]*)$/.exec(text.trim()) || ["", "", ""];
  return [first, rest];
}

/** Return when a text is: a day, a time, or both. @param {string} text */
export function moment(text) {
  const bad = new NotDone(`${text} is no day and no time; write it like 2026-11-20, yesterday, monday or 14:30.`);
  const at = new Date();
  const [, day, clock] = /^(\D\w*|\d{4}-\d{1,2}-\d{1,2})?(?:\s+|t|^)?(\d{1,2}:\d{2})?$/i.exec(text.trim()) || [];
  if (!day && !clock) throw bad;
  const weekday = DAYS.indexOf(day?.toLowerCase());
  if (/^\d/.test(day)) {
    const [year, month, date] = day.split("-").map(Number);
    at.setFullYear(year, month - 1, date);
  } else if (weekday >= 0) at.setDate(at.getDate() - ((at.getDay() - weekday + 6) % 7) - 1);
  else if (/^yesterday$/i.test(day)) at.setDate(at.getDate() - 1);
  else if (day && !/^today$/i.test(day)) throw bad;
  const [hours, minutes] = (clock || "0:0").split(":").map(Number);
  if (hours > 23 || minutes > 59) throw bad;
  at.setHours(hours, minutes, 0, 0);
  if (!day && at.getTime() > Date.now()) at.setDate(at.getDate() - 1);
  return at;
}

/** Return the request for what is searched, as `from:bob since:monday words`. @param {string} text */
export function query(text) {
  /** @type {Record<string, any>} */
  const found = { type: "search", newest_first: true };
  const parts = text.split('"').map((part, number) => number % 2 ? part
    : part.replace(/(?<!\S)(from|since|after|before|until):(\S+)/gi, (_, name, value) => {
      if (/from/i.test(name)) found.from = value.replace(/^@/, "");
      else found[/since|after/i.test(name) ? "since" : "until"] = moment(value).toISOString();
      return "";
    }));
  return { ...found, query: parts.join('"').trim().replace(/\s+/g, " ") };
}

const bytes = (text) => new TextEncoder().encode(text).length;

/** Return a text in pieces of so many bytes and 400 lines: they end where lines end, or words. @param {string} text @param {number} limit */
export function pieces(text, limit) {
  const fits = (piece) => bytes(piece) <= limit && piece.split("\n").length <= 400;
  const found = [];
  let rest = text;
  while (rest && !fits(rest)) {
    let [few, many] = [0, Math.min(rest.length, limit)];
    while (few < many) {
      const middle = (few + many + 1) >> 1;
      if (fits(rest.slice(0, middle))) few = middle;
      else many = middle - 1;
    }
    if (/[\uD800-\uDBFF]/.test(rest[few - 1])) few--;
    const head = rest.slice(0, few);
    const end = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" ") * Number(!head.includes("\n"))) || few;
    const cut = end > 0 ? end : few;
    found.push(rest.slice(0, cut));
    rest = rest.slice(cut).replace(/^[ \n]/, "");
  }
  return rest ? [...found, rest] : found;
}
