// Which messages a person has seen, kept by this browser.

const keyOf = (person, chat) => `seen/${person}/${chat.network}/${chat.ref}`;

/** How many of the newest messages have not been seen; `chat` has network, ref, last_id and incoming. */
export function unread(person, chat) {
  const mark = Number(localStorage.getItem(keyOf(person, chat)) ?? 0);
  const known = mark > chat.last_id ? 0 : mark; // a number not given out yet was of an earlier world
  return chat.incoming.filter((id) => id > known).length;
}

export function markRead(person, chat) {
  localStorage.setItem(keyOf(person, chat), chat.last_id);
}
