// What an address means inside this world. Nothing here touches the page: it can be run by itself.

const TELEGRAM = ["t.me", "telegram.me", "telegram.dog"];
const VK = ["vk.com", "m.vk.com", "vk.ru", "m.vk.ru"];
const VK_DIALOGS = ["vk.me", "vk.link"];

/**
 * Returns what an address leads to, or null for the world outside:
 * `{dialog: {network, account, payload}}` a dialog with a bot or community (`payload` may be ""),
 * `{place: {network, ref, message}}` a channel, group or wall, `message` being a post's number or null,
 * `{missing: words}` a link that only makes sense in here, and has nobody to lead to.
 */
export function meaningOf(address, seen) {
  const url = parsed(address);
  if (!url) return null;
  if (url.protocol === "tg:") return resolved(url, seen);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const host = url.hostname.replace(/^www\./, "");
  const steps = url.pathname.split("/").filter(Boolean);
  if (TELEGRAM.includes(host)) return telegram(steps, url.searchParams, seen);
  if (VK_DIALOGS.includes(host)) return steps.length === 1 ? dialog("vk", steps[0], url.searchParams.get("ref"), seen) : null;
  if (VK.includes(host)) return vk(steps, url.searchParams, seen);
  return null;
}

/** The dialog that such a text means: an address with or without its beginning, of a bot or community. */
export function dialogIn(text, seen) {
  const words = text.trim();
  if (/\s/.test(words) || !/[./]/.test(words)) return null;
  return meaningOf(words.includes(":/") ? words : `https:/${"/"}${words}`, seen)?.dialog ?? null;
}

/** The account that a handle names; the only one of its network if `guess` and the handle fits none. */
export function accountOf(network, handle, accounts, guess = false) {
  const wanted = handle.replace(/^@/, "").toLowerCase();
  const there = accounts.filter((a) => a.network === network);
  const fitting = there.filter((a) => namesOf(a).includes(wanted));
  if (fitting.length === 1) return fitting[0];
  return guess && fitting.length === 0 && there.length === 1 ? there[0] : null;
}

function namesOf(account) {
  const names = [account.username, account.name, String(account.id)];
  const ofNetwork = account.network === "vk" ? [`club${account.id}`, `public${account.id}`] : [`${account.name}_bot`];
  return [...names, ...ofNetwork].filter(Boolean).map((name) => name.toLowerCase());
}

function telegram(steps, params, seen) {
  if (steps[0] === "c" && /^\d+$/.test(steps[1] ?? "")) return place("telegram", (c) => String(c.id) === `-100${steps[1]}`, steps.at(-1), seen, 2 < steps.length);
  if (steps.length === 1) {
    const here = place("telegram", (c) => c.username?.toLowerCase() === steps[0].toLowerCase(), null, seen);
    return here ?? dialog("telegram", steps[0], params.get("start"), seen);
  }
  return steps.length === 2 ? place("telegram", (c) => c.username?.toLowerCase() === steps[0].toLowerCase(), steps[1], seen) : null;
}

function resolved(url, seen) {
  const domain = url.searchParams.get("domain");
  const post = url.searchParams.get("post");
  return url.host === "resolve" && domain ? telegram(post ? [domain, post] : [domain], url.searchParams, seen) : null;
}

function vk(steps, params, seen) {
  const first = steps[0] ?? "";
  const written = /^write-(\d+)$/.exec(first) ?? (first === "im" ? /^-(\d+)$/.exec(params.get("sel") ?? "") : null);
  if (written) return dialog("vk", written[1], params.get("ref"), seen);
  const post = /^wall-(\d+)_(\d+)$/.exec(params.get("w") ?? first);
  if (post) return place("vk", (c) => String(c.id) === `-${post[1]}`, post[2], seen);
  const account = steps.length === 1 && accountOf("vk", first, seen.accounts);
  return account ? place("vk", (c) => c.id === -account.id, null, seen) : null;
}

function dialog(network, handle, payload, seen) {
  const account = accountOf(network, handle, seen.accounts, payload !== null);
  if (account) return { dialog: { network, account: account.name, payload: payload ?? "" } };
  return payload === null ? null : { missing: `Ссылка ведёт к «${handle}», а в песочнице такого собеседника для этого человека нет.` };
}

function place(network, fits, number, seen, numbered = true) {
  const chat = seen.chats.find((c) => c.network === network && c.kind !== "private" && fits(c));
  if (!chat) return null;
  return { place: { network, ref: chat.ref, message: numbered && /^\d+$/.test(number ?? "") ? Number(number) : null } };
}

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
