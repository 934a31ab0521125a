// The page: who is writing, which chat is open, and the loop that keeps both fresh.

import { byId, h, toast } from "./dom.js";
import { get } from "./net.js";
import { clockWords } from "./words.js";
import { renderRows, renderTabs } from "./list.js";
import { Talk } from "./talk.js";
import { Composer } from "./compose.js";
import { renderInfo } from "./info.js";
import { renderWorld } from "./world.js";

const state = {
  person: null, // id
  network: "telegram",
  open: null, // {network, ref}
  before: "list", // on a phone: where one came from to the third view
  seen: { version: 0, chats: [], people: [], accounts: [], sites: [], now: null, mode: "real" },
  fetched: 0, // the browser's clock when `seen` came
};

const talk = new Talk(state, refresh);
const composer = new Composer(state, refresh);
let turn = 0; // a newer loop ends the older ones

function storageKey(chat) {
  return `seen/${state.person}/${chat.network}/${chat.ref}`;
}

export function unread(chat) {
  if (!chat.last || chat.last.from_id === state.person) return 0;
  const known = Number(localStorage.getItem(storageKey(chat)) ?? 0);
  return Math.max(0, Math.min(chat.count, chat.last.id - known));
}

function markRead(chat) {
  if (chat?.last && document.visibilityState === "visible") localStorage.setItem(storageKey(chat), chat.last.id);
}

function openChat() {
  if (!state.open) return null;
  return state.seen.chats.find((c) => c.network === state.open.network && c.ref === state.open.ref) ?? null;
}

/** A bot that the person has no dialog with yet, opened as if there were one. */
function openStranger() {
  if (!state.open || openChat()) return null;
  const account = state.seen.accounts.find(
    (a) => a.network === state.open.network && `${a.name}:${state.person}` === state.open.ref,
  );
  return account && { network: account.network, ref: state.open.ref, kind: "private", title: account.title, account: account.name,
    person: state.person, members: [], admins: account.admins, blocked: false, started: false, id: account.id, count: 0, last: null, stranger: true };
}

function now() {
  const at = new Date(state.seen.now ?? Date.now());
  return state.seen.mode === "manual" ? at : new Date(at.getTime() + (Date.now() - state.fetched));
}

function pick(network, ref) {
  state.open = { network, ref };
  state.network = network;
  show("talk");
  render();
  refresh();
}

function show(view) {
  const { dataset } = document.body;
  if (view === "side" && dataset.view !== "side") state.before = dataset.view;
  dataset.view = view;
}

function render() {
  const chat = openChat() ?? openStranger();
  renderTabs(byId("tabs"), state, (network) => {
    state.network = network;
    render();
  });
  renderRows(byId("rows"), state, { pick, unread, now: now() });
  talk.head(chat, { back: () => show("list"), info: () => show("side") });
  composer.render(chat);
  renderInfo(byId("info"), state, chat, refresh);
  renderWorld(byId("world"), state, refresh);
  tick();
  location.replace(`#as=${state.person}${state.open ? `&chat=${state.open.network}/${encodeURIComponent(state.open.ref)}` : ""}`);
}

function tick() {
  byId("bar-clock").textContent = clockWords(now());
  const shown = byId("clock-now");
  if (shown) shown.textContent = clockWords(now());
}

function renderPeople() {
  const select = byId("person");
  const wanted = state.seen.people.map((p) => `${p.id} ${p.name}`).join();
  if (select.dataset.people !== wanted) {
    select.dataset.people = wanted;
    select.replaceChildren(...state.seen.people.map((p) => h("option", { value: p.id }, p.name)));
  }
  select.value = String(state.person);
}

async function refresh(wait = 0) {
  const mine = turn;
  const after = wait ? `&wait=${wait}&after=${state.seen.version}` : "";
  const seen = await get(`/control/seen?as=${state.person}${after}`);
  if (mine !== turn) return;
  state.seen = seen;
  state.fetched = Date.now();
  const chat = openChat();
  const stranger = openStranger();
  if (state.open && !chat && !stranger) state.open = null;
  await talk.load(chat ?? stranger);
  composer.keyboardOf(talk.messages);
  markRead(chat);
  renderPeople();
  render();
}

async function loop() {
  const mine = ++turn;
  let first = true;
  while (mine === turn) {
    try {
      await refresh(first ? 0 : 25);
      first = false;
      await new Promise((done) => setTimeout(done, 120)); // many changes at once become one picture
    } catch (error) {
      if (mine !== turn) return;
      toast(error.message, "error");
      if (error.message.includes("nobody is")) await choosePerson();
      first = true;
      await new Promise((done) => setTimeout(done, 3000));
    }
  }
}

async function choosePerson() {
  const world = await get("/control/world");
  const ids = world.people.map((p) => p.id);
  if (!ids.includes(state.person)) state.person = ids[0] ?? null;
  if (state.person === null) {
    byId("rows").replaceChildren(h("p", { class: "empty" }, "Мир пуст: добавьте людей через POST /control/world или верните демонстрационный мир."));
    renderWorld(byId("world"), state, start);
  }
  return state.person !== null;
}

async function start() {
  const hash = new URLSearchParams(location.hash.slice(1));
  state.person = Number(hash.get("as")) || Number(localStorage.getItem("person")) || null;
  const chat = hash.get("chat");
  if (chat) {
    const slash = chat.indexOf("/");
    state.open = { network: chat.slice(0, slash), ref: chat.slice(slash + 1) };
    state.network = state.open.network;
    show("talk");
  }
  try {
    if (await choosePerson()) await loop();
  } catch (error) {
    toast(error.message, "error");
    setTimeout(start, 3000);
  }
}

byId("person").addEventListener("change", (event) => {
  state.person = Number(event.target.value);
  state.open = null;
  localStorage.setItem("person", state.person);
  talk.clear();
  show("list");
  loop();
});
byId("to-world").addEventListener("click", () => show("side"));
byId("side-back").addEventListener("click", () => show(state.open ? state.before : "list"));
document.addEventListener("visibilitychange", () => {
  markRead(openChat());
  if (document.visibilityState === "visible" && state.person !== null) render();
});
setInterval(tick, 1000);
start();
