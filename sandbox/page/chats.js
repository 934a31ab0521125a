// What a chat is called, by people and by control.

/** Names a chat as one person sees it: drafts, scroll and what is drawn belong to that. */
export const keyOf = (person, chat) => `${person}/${chat.network}/${chat.ref}`;

/** A dialog that does not exist yet is named by its account: control makes it. */
export const nameOf = (chat) => (chat.stranger ? chat.account : chat.ref);

export const refOf = (account, person) => `${account}:${person}`;

export const isFeed = (chat) => chat.kind === "channel" || chat.kind === "wall";

export function titleOf(state, chat) {
  if (chat.kind !== "private" || chat.person !== state.person) return chat.title;
  return state.seen.accounts.find((a) => a.network === chat.network && a.name === chat.account)?.title ?? chat.title;
}

/** The chat of that network and ref; a bot or community that the person has no dialog with yet looks like one. */
export function findChat(seen, person, { network, ref }) {
  const chat = seen.chats.find((c) => c.network === network && c.ref === ref);
  if (chat) return chat;
  const account = seen.accounts.find((a) => a.network === network && refOf(a.name, person) === ref);
  return account ? { network, ref, kind: "private", title: account.title, account: account.name, person, members: [], people: 0, admins: account.admins,
    blocked: false, started: false, id: account.id, count: 0, last: null, last_id: 0, incoming: [], stranger: true } : null;
}

const CHANGING = ["version", "now", "mode"];

/** A picture of the world after news of it: a whole one takes the place of what was known, else only what changed does. */
export function merged(known, told) {
  if (told.whole || known.person !== told.person) return told;
  if (told.version <= known.version) return known; // an answer that was overtaken
  const news = Object.fromEntries(CHANGING.map((name) => [name, told[name]]));
  const chats = replaced(known.chats, told.chats, nameIn);
  const gone = new Set(told.gone.map(nameIn));
  return { ...known, ...news, people: replaced(known.people, told.people, (one) => one.id), chats: gone.size ? chats.filter((chat) => !gone.has(nameIn(chat))) : chats };
}

const nameIn = ({ network, ref }) => `${network}/${ref}`;

function replaced(known, fresh, keyIn) {
  if (!fresh.length) return known;
  const rest = new Map(fresh.map((one) => [keyIn(one), one]));
  const kept = known.map((one) => {
    const found = rest.get(keyIn(one));
    rest.delete(keyIn(one));
    return found ?? one;
  });
  return [...kept, ...rest.values()];
}
