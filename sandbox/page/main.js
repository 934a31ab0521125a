// The page: who is writing, which chat is open, and the loop that keeps both fresh.

import { byId, fill, h, toast } from "./dom.js";
import { findChat, keyOf, refOf } from "./chats.js";
import { Composer } from "./compose.js";
import { Links } from "./follow.js";
import { renderInfo } from "./info.js";
import { renderRows, renderTabs } from "./list.js";
import { markRead } from "./marks.js";
import { get } from "./net.js";
import { renderPeople } from "./people.js";
import { Talk } from "./talk.js";
import { clockWords } from "./words.js";
import { renderWorld } from "./world.js";

const WAIT_S = 25;
const RETRY_MS = 3000;
const GATHER_MS = 120; // many changes at once become one picture
const NOTHING_YET = { messages: [], commands: null };
const narrow = matchMedia("(max-width: 860px)");

const state = {
  person: null, // id
  network: "telegram",
  open: null, // {network, ref}
  places: new Map(), // person → where they were: {network, open}
  seen: { version: 0, chats: [], people: [], accounts: [], sites: [], now: null, mode: "real" },
  fetched: 0, // the browser's clock when `seen` came
};

const talk = new Talk(state, {
  refresh: () => refresh(), atEnd: () => read(),
  follow: (address) => links.follow(address), openAs: (addresses) => links.openAs(addresses),
  reply: (message) => composer.reply(message), writable: (chat) => composer.writable(chat),
});
const composer = new Composer(state, { refresh: () => refresh(), start: (chat, words) => links.start(chat, words), sent: () => talk.end() });
const links = new Links(state, { pick, become, refresh: () => refresh(), sent: () => talk.end(), composer });
let turn = new AbortController(); // a newer loop ends the older one, and its waiting call

const openChat = () => state.open && findChat(state.seen, state.person, state.open);

function now() {
  const at = new Date(state.seen.now ?? Date.now());
  return state.seen.mode === "manual" ? at : new Date(at.getTime() + (Date.now() - state.fetched));
}

/** Marks the open chat as read if somebody looks at its end. */
function read() {
  const chat = openChat();
  const looked = document.visibilityState === "visible" && (!narrow.matches || document.body.dataset.view === "talk");
  if (chat?.last && looked && talk.atEnd && talk.version !== null) markRead(state.person, chat);
}

// Views: on a phone one of three is there at a time, and the browser's own «back» leads from one to the other.

const depth = () => history.state?.depth ?? 0;

function show(view) {
  const { dataset } = document.body;
  if (view === dataset.view) return;
  dataset.view = view;
  if (narrow.matches) history.pushState({ view, depth: depth() + 1 }, "");
}

function home() {
  document.body.dataset.view = "list";
  history.replaceState({ view: "list", depth: depth() }, "");
}

const back = () => (depth() ? history.back() : home());

function pick(network, ref, message = null) {
  talk.leave();
  Object.assign(state, { network, open: { network, ref } });
  talk.show(message);
  show("talk");
  render();
  refresh().catch((error) => toast(error.message, "error"));
}

/** Goes on as another person: where they were last, or in the same place as the one before. */
function become(person, then = () => {}) {
  if (person === state.person) return then();
  const before = state.person;
  talk.leave();
  state.places.set(before, { network: state.network, open: state.open });
  Object.assign(state, state.places.get(person) ?? { network: state.network, open: counterpart(before, person) }, { person });
  localStorage.setItem("person", person);
  if (!state.open) home();
  loop(then);
}

function counterpart(before, person) {
  const chat = openChat();
  if (chat?.kind === "private" && chat.person === before) return { network: chat.network, ref: refOf(chat.account, person) };
  return chat && { network: chat.network, ref: chat.ref };
}

// Drawing

function render() {
  const chat = openChat();
  renderPeople(byId("people"), state, become);
  renderTabs(byId("tabs"), state, (network) => {
    state.network = network;
    render();
  });
  renderRows(byId("rows"), state, { pick, now: now() });
  talk.head(chat, { back, info: () => show("side") });
  composer.render(chat, chat && talk.key === keyOf(state.person, chat) ? talk : NOTHING_YET);
  renderInfo(byId("info"), state, chat, { refresh: () => refresh(), start: (shown, words) => links.start(shown, words) });
  renderWorld(byId("world"), state, () => refresh());
  tick();
  const address = `#as=${state.person}${state.open ? `&chat=${state.open.network}/${encodeURIComponent(state.open.ref)}` : ""}`;
  if (location.hash !== address) history.replaceState(history.state, "", address);
}

function tick() {
  byId("bar-clock").textContent = clockWords(now());
  const shown = byId("clock-now");
  if (shown) shown.textContent = clockWords(now());
}

// Keeping fresh

async function refresh(wait = 0) {
  const { signal } = turn;
  const after = wait ? `&wait=${wait}&after=${state.seen.version}` : "";
  let seen;
  try {
    seen = await get(`/control/seen?as=${state.person}${after}`, signal);
  } catch (error) {
    if (signal.aborted) return; // somebody else is looking by now
    throw error;
  }
  if (signal.aborted || (wait && seen.version < state.seen.version)) return;
  state.seen = seen;
  state.fetched = Date.now();
  const chat = openChat();
  if (state.open && !chat) {
    state.open = null;
    home();
  }
  await talk.load(chat);
  if (signal.aborted) return;
  read();
  render();
}

/** Looks at the world for as long as this person is chosen; `then` is done after the first look. */
async function loop(then = () => {}) {
  turn.abort();
  turn = new AbortController();
  const { signal } = turn;
  let wait = 0;
  while (!signal.aborted) {
    try {
      await refresh(wait);
      if (!wait && !signal.aborted) then();
      wait = WAIT_S;
      await pause(GATHER_MS);
    } catch (error) {
      if (signal.aborted) return;
      toast(error.message, "error");
      if (error.cause?.includes("nobody is")) await choosePerson().catch(() => {});
      wait = 0;
      talk.version = null; // it may be another world that answers next
      then = () => {};
      await pause(RETRY_MS);
    }
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function choosePerson() {
  const world = await get("/control/world");
  const ids = world.people.map((p) => p.id);
  if (!ids.includes(state.person)) state.person = ids[0] ?? null;
  if (state.person === null) {
    fill(byId("rows"), "empty", () => h("p", { class: "empty" }, "Мир пуст: добавьте людей через POST /control/world или верните демонстрационный мир."));
    renderWorld(byId("world"), state, open);
  }
  return state.person !== null;
}

/** Begins with the person and chat that the page's address names. */
async function open() {
  const hash = new URLSearchParams(location.hash.slice(1));
  state.person = Number(hash.get("as")) || Number(localStorage.getItem("person")) || null;
  const [, network, ref] = /^(\w+)\/(.+)$/s.exec(hash.get("chat") ?? "") ?? [];
  state.open = network ? { network, ref } : null;
  if (network) state.network = network;
  const view = state.open ? "talk" : "list";
  document.body.dataset.view = view;
  history.replaceState({ view, depth: 0 }, "");
  try {
    if (await choosePerson()) await loop();
  } catch (error) {
    toast(error.message, "error");
    setTimeout(open, RETRY_MS);
  }
}

byId("to-world").addEventListener("click", () => show("side"));
byId("side-back").addEventListener("click", back);
for (const id of ["picture", "choice"]) {
  byId(id).addEventListener("click", (event) => event.target === event.currentTarget && event.currentTarget.close());
}
addEventListener("popstate", (event) => {
  if (!event.state) return; // an address typed by hand
  document.body.dataset.view = event.state.view;
  if (state.person !== null) render();
});
addEventListener("hashchange", () => history.state === null && open());
document.addEventListener("visibilitychange", () => {
  read();
  if (document.visibilityState === "visible" && state.person !== null) render();
});
setInterval(tick, 1000);
open();
