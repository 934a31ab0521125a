// Following links inside the page: into dialogs and to posts, as oneself or as somebody else.

import { avatar, byId, choose, choosePerson, h, toast } from "./dom.js";
import { findChat, refOf } from "./chats.js";
import { dialogIn, meaningOf } from "./links.js";
import { post } from "./net.js";
import { NETWORKS } from "./words.js";

export class Links {
  /** `acts` are {pick, become, refresh, sent, composer}. */
  constructor(state, acts) {
    this.state = state;
    this.acts = acts;
    byId("messages").addEventListener("click", (event) => this.clicked(event));
  }

  /** Opens what an address means in here; false if it leads outside. */
  follow(address) {
    const meaning = meaningOf(address, this.state.seen);
    if (!meaning) return false;
    if (meaning.missing) toast(meaning.missing, "error");
    else if (meaning.place) this.acts.pick(meaning.place.network, meaning.place.ref, meaning.place.message);
    else this.enter(meaning.dialog);
    return true;
  }

  /** Opens a dialog by a link: a new one asks once, in a known one the link speaks at once. */
  enter({ network, account, payload }) {
    const ref = refOf(account, this.state.person);
    const chat = findChat(this.state.seen, this.state.person, { network, ref });
    const known = chat.started && !chat.blocked;
    if (!known) this.acts.composer.draft(chat).invitation = payload;
    this.acts.pick(network, ref);
    if (known && payload) this.begin(network, account, payload);
  }

  /** Begins a dialog; `words` is a link's parameter, a whole link, which may lead to another dialog, or nothing. */
  start(chat, words) {
    const meant = dialogIn(words, this.state.seen) ?? { network: chat.network, account: chat.account, payload: words };
    this.acts.composer.draft(chat).invitation = null;
    const ref = refOf(meant.account, this.state.person);
    if (meant.network !== chat.network || ref !== chat.ref) this.acts.pick(meant.network, ref);
    return this.begin(meant.network, meant.account, meant.payload);
  }

  async begin(network, account, payload) {
    try {
      await post("/control/do", { network, chat: account, as: this.state.person, what: "start", ...(payload ? { payload } : {}) });
      this.acts.sent();
      await this.acts.refresh();
    } catch (error) {
      toast(error.message, "error");
    }
  }

  /** Lets another person follow a link that stands in this one's chat; of several, one is chosen first. */
  openAs(addresses) {
    if (addresses.length === 1) return this.followAs(addresses[0]);
    const rows = addresses.map((address) => {
      const { network, account, payload } = meaningOf(address, this.state.seen).dialog;
      const { title } = this.state.seen.accounts.find((a) => a.network === network && a.name === account);
      return h("span", { class: "member" }, avatar(title), h("span", {}, `${NETWORKS[network]}, ${title}`, h("small", {}, payload)));
    });
    choose("Какую ссылку открыть?", rows, (number) => this.followAs(addresses[number]));
  }

  followAs(address) {
    const { network } = meaningOf(address, this.state.seen).dialog;
    const fitting = this.state.seen.people.filter((p) => p.messengers.includes(network));
    choosePerson(`Кто откроет ссылку (${NETWORKS[network]})?`, fitting, (id) => this.acts.become(id, () => this.follow(address)), this.state.person);
  }

  /** A link in a message, or a command or name that stands in it. */
  clicked(event) {
    const { composer } = this.acts;
    const link = event.target.closest("a[href]");
    const mark = event.target.closest(".mark")?.textContent ?? "";
    if (link && !event.ctrlKey && !event.metaKey && this.follow(link.href)) event.preventDefault();
    else if (mark.startsWith("/") && composer.box) composer.command(mark.slice(1));
    else if (mark.startsWith("@")) this.follow(`tg:/${"/"}resolve?domain=${encodeURIComponent(mark.slice(1))}`);
  }
}
