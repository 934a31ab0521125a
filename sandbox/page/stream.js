// News from the sandbox as they happen: one stream per tab, which comes back by itself.

import { get } from "./net.js";

const RETRY_MS = 2000;
const WAIT_S = 25; // of a question that stands in for the stream where there is none

/**
 * Tells what a person sees until `stop`. `hear` is {seen, calls, online, failed}: seen(picture), calls(log),
 * online(whether), failed(error): the world has no such person any more, or its answer cannot be read.
 */
export class News {
  constructor(hear) {
    this.hear = hear;
    this.turn = new AbortController();
    this.version = null;
    this.streams = true; // until one has broken before it told anything
  }

  stop() {
    this.turn.abort();
  }

  /** Follows the news of a person; `since` is the first call of the log that is wanted, null for none. */
  async follow(person, since) {
    this.stop();
    this.turn = new AbortController();
    const { signal } = this.turn;
    let wait = 0;
    while (!signal.aborted) {
      try {
        const picture = await get(`/control/seen?as=${person}${wait ? `&wait=${wait}&after=${this.version}` : ""}`, signal);
        if (signal.aborted) return;
        this.version = picture.version;
        this.hear.online(true);
        await this.hear.seen(picture);
        const told = this.streams && !signal.aborted && await this.listen(person, since(), signal);
        wait = told ? 0 : WAIT_S;
        if (told) await pause(RETRY_MS / 4);
        this.streams = told || !this.streams;
      } catch (error) {
        if (signal.aborted) return;
        wait = 0;
        this.hear.online(Boolean(error.cause));
        if (await this.hear.failed(error)) return;
        await pause(RETRY_MS);
      }
    }
  }

  /** Hears a stream until it ends; false if it told nothing at all. */
  listen(person, since, signal) {
    return new Promise((done) => {
      const address = `/control/events?as=${person}&after=${this.version}${since === null ? "" : `&calls=${since}`}`;
      const stream = new EventSource(address);
      let told = false;
      const end = () => {
        stream.close();
        done(told);
      };
      stream.onopen = () => (told = true);
      stream.onerror = end; // an end of the stream too: what comes next is asked for anew
      signal.addEventListener("abort", end, { once: true });
      stream.addEventListener("seen", (event) => {
        const told = JSON.parse(event.data); // what changed, or all of it
        this.version = told.version;
        this.hear.seen(told);
      });
      stream.addEventListener("calls", (event) => this.hear.calls(JSON.parse(event.data)));
    });
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
