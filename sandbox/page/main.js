// The page: who is writing, which chat is open, and the news that keep both fresh.

import { byId, fill, h, toast } from "./dom.js";
import { Calls } from "./calls.js";
import { findChat, keyOf, merged, refOf } from "./chats.js";
import { Composer } from "./compose.js";
import { Links } from "./follow.js";
import { renderInfo } from "./info.js";
import { renderRows, renderTabs, watchRows } from "./list.js";
import { markRead } from "./marks.js";
import { get } from "./net.js";
import { Panel } from "./panel.js";
import { renderPeople, watchPeople } from "./people.js";
import { News } from "./stream.js";
import { Talk } from "./talk.js";
import { Weather } from "./weather.js";
import { exactTime, weekday } from "./words.js";
import { renderWorld } from "./world.js";

const RETRY_MS = 3000;
const NOTHING_YET = { messages: [], commands: null };
const narrow = matchMedia("(max-width: 860px)");

const state = {
  person: null, // id
  network: "telegram",
  open: null, // {network, ref}
  places: new Map(), // person → where they were: {network, open}
  seen: { version: 0, chats: [], people: [], accounts: [], sites: [], now: null, mode: "real" },
  newest: {}, // the last picture that came, perhaps not drawn yet
  fetched: 0, // the browser's clock when `seen` came
};

const talk = new Talk(state, {
  refresh: () => refresh(), atEnd: () => read(), changed: () => render(),
  follow: (address) => links.follow(address), openAs: (addresses) => links.openAs(addresses),
  requests: () => panel.open("info"), reply: (message) => composer.reply(message), writable: (chat) => composer.writable(chat),
});
const composer = new Composer(state, {
  refresh: () => refresh(), start: (chat, words) => links.start(chat, words), sent: () => talk.end(),
  topicOf: (chat) => talk.pins.topicOf(keyOf(state.person, chat)),
});
const links = new Links(state, { pick, become, refresh: () => refresh(), sent: () => talk.end(), composer });
const calls = new Calls();
const weather = new Weather(now);
const panel = new Panel({ opened: () => listen(), show: (view) => show(view), narrow: () => narrow.matches });
const news = new News({
  seen: (picture) => take(picture), calls: (told) => hearCalls(told),
  online: (yes) => (byId("offline").hidden = yes), failed: (error) => recover(error),
});

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
  composer.focus();
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
  follow(then);
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
  tick();
  const address = `#as=${state.person}${state.open ? `&chat=${state.open.network}/${encodeURIComponent(state.open.ref)}` : ""}`;
  if (location.hash !== address) history.replaceState(history.state, "", address);
}

function tick() {
  renderWorld(byId("world"), state, () => refresh(), now());
  panel.render(now(), state.seen.mode === "manual");
  byId("clock-now").textContent = exactTime(now());
  byId("clock-day").textContent = weekday(now());
  weather.tick();
}

// Keeping fresh

let then = () => {}; // to be done after the first look of another person
let taking = Promise.resolve(); // pictures are drawn one after the other

/** Draws what the world has become; of several pictures that wait, only the newest. */
function take(told) {
  const picture = merged(state.newest, told);
  state.newest = picture;
  taking = taking.then(() => state.newest === picture && draw(picture)).catch((error) => toast(error.message, "error"));
  return taking;
}

async function draw(picture) {
  if (picture.person !== state.person) return;
  state.seen = picture;
  state.fetched = Date.now();
  const chat = openChat();
  if (state.open && !chat) {
    state.open = null;
    home();
  }
  const person = state.person;
  await talk.load(chat);
  if (person !== state.person) return;
  read();
  render();
  const act = then;
  then = () => {};
  act();
}

/** Looks at the world now, after something that this page did itself. */
async function refresh() {
  const { person, newest } = state;
  const told = await get(`/control/seen?as=${person}${newest.person === person ? `&since=${newest.version}` : ""}`);
  if (person === state.person) await take(told);
}

/** Follows the news of the chosen person; `act` is done after the first look. */
function follow(act = then) {
  then = act;
  return news.follow(state.person, () => (panel.wantsCalls() ? calls.since : null));
}

/** Another pane is open: the stream brings what it shows. */
function listen() {
  if (state.seen.now) render();
  if (panel.current === "weather") weather.refresh().catch((error) => toast(error.message, "error"));
  if (state.person !== null && document.visibilityState === "visible") follow();
}

function hearCalls(told) {
  calls.take(told);
  if (panel.current === "weather") weather.refresh().catch(() => {});
}

/** What to do when the world could not be looked at; true if it cannot be looked at any more. */
async function recover(error) {
  talk.version = null; // it may be another world that answers next
  then = () => {};
  if (!error.cause?.includes("nobody is")) return error.cause && toast(error.message, "error");
  const found = await choosePerson().catch(() => null);
  if (found) follow();
  return found;
}

async function choosePerson() {
  const world = await get("/control/world");
  const ids = world.people.map((p) => p.id);
  if (!ids.includes(state.person)) state.person = ids[0] ?? null;
  if (state.person === null) {
    fill(byId("rows"), "empty", () => h("p", { class: "empty" }, "Мир пуст: добавьте людей через POST /control/world или верните демонстрационный мир."));
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
    if (await choosePerson()) follow();
    else setTimeout(open, RETRY_MS);
  } catch (error) {
    toast(error.message, "error");
    setTimeout(open, RETRY_MS);
  }
}

watchPeople(byId("people"));
watchRows(byId("rows"));
byId("side-back").addEventListener("click", back);
for (const id of ["picture", "choice"]) {
  byId(id).addEventListener("click", (event) => event.target === event.currentTarget && event.currentTarget.close());
}
addEventListener("popstate", (event) => {
  if (!event.state) return; // an address typed by hand
  document.body.dataset.view = event.state.view;
  if (state.person !== null) render();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.target.closest("textarea")?.value) return; // what is being written is not left by accident
  if (narrow.matches) document.body.dataset.view !== "list" && back();
  else if (panel.current) panel.close();
});
addEventListener("hashchange", () => history.state === null && open());
document.addEventListener("visibilitychange", () => {
  read();
  if (state.person === null) return;
  if (document.visibilityState === "visible") follow();
  else news.stop(); // a browser keeps few connections to one server: tabs that nobody looks at need none
});
setInterval(tick, 1000);
open();
