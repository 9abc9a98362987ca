// The page: a session with the server, and the panels over it. It uses the public API alone.

import { Client, ClientError } from './datasynth.js';
import { byId, size, whole } from './elements.js';
import { EntriesPanel } from './entries_panel.js';
import { FiguresPanels } from './figures_panels.js';
import { StreamPanel } from './stream_panel.js';

const KEY = 'datasynth-key';
const EVENTS = ['started', 'warning', 'paused', 'resumed', 'trigger', 'progress', 'stopped', 'error', 'complete'];
const ENTRIES_EVERY = 7.5; // With the figures at most 16 counted calls a minute, of a limit of 60. [s]
const FIGURES_EVERY = 15; // [s]
const FIRST_FIGURES = 1; // After a start. [s]
const PROBE_EVERY = 2; // While the server is gone; probes do not count. [s]
const REPLAY = 11; // For so long a server tells of a stream that has ended. [s]

const sleep = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
const words = (error) => `${error.message}${error.retryAfter ? ` Try again in ${Math.ceil(error.retryAfter)} s.` : ''}`;

class Page {
  client;
  stream;
  #keyText;
  #session = new AbortController();
  #following = new AbortController();
  #busy = false;

  constructor() {
    this.#open(sessionStorage.getItem(KEY) ?? undefined);
    this.streamPanel = new StreamPanel(this);
    this.entriesPanel = new EntriesPanel(this);
    this.figures = new FiguresPanels(this);
    byId('key-form').addEventListener('submit', (event) => {
      event.preventDefault();
      sessionStorage.setItem(KEY, byId('key').value);
      this.#open(byId('key').value);
      byId('key').value = '';
      this.run();
    });
  }

  /** Whether commands need a key. */
  get key() {
    return this.#keyText !== undefined;
  }

  /** Do something that may fail, and say it if it does. */
  async try(act) {
    try {
      await act();
      this.#say();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Follow a stream that was started here. */
  async started(id) {
    this.stream = await this.client.stream(id);
    this.streamPanel.show(this.stream);
    this.#follow(id);
    await sleep(FIRST_FIGURES);
    await this.#refresh();
  }

  /** Run until the tab is closed: beat by beat, over every loss of the server. */
  async run() {
    this.#session.abort();
    this.#session = new AbortController();
    const { signal } = this.#session;
    this.#refreshInTurn(signal);
    while (!signal.aborted) {
      try {
        await this.#load();
        for await (const figures of this.client.metrics({ signal })) this.#beat(figures);
      } catch (error) {
        if (signal.aborted) return;
        if (this.#failed(error)) return;
        await this.#untilBack(signal);
      }
    }
  }

  #open(key) {
    this.#keyText = key;
    this.client = new Client(undefined, { apiKey: key, retries: 0 });
  }

  async #load() {
    const [version, config, document] = await Promise.all([this.client.version(), this.client.config(), this.client.get('openapi.json').catch(() => ({}))]);
    byId('version').textContent = version.version;
    byId('key-form').hidden = true;
    this.#say();
    this.#lamp('live', 'connected');
    const known = document.components?.schemas?.Config?.properties?.global?.properties?.industry?.enum;
    this.streamPanel.fill(config, known?.filter(Boolean) ?? [config.global.industry]);
    this.stream = await this.client.stream().catch((error) => {
      if (error.status !== 404) throw error;
    });
    this.streamPanel.show(this.stream);
    this.#follow(this.#isActive() ? this.stream.stream_id : undefined);
    await this.#refresh();
  }

  #isActive() {
    return ['preparing', 'running', 'paused'].includes(this.stream?.state);
  }

  async #follow(id) {
    this.#following.abort();
    this.#following = new AbortController();
    const { signal } = this.#following;
    const reader = new Client(undefined, { apiKey: this.#keyText, retries: 3 });
    try {
      for (let streamId = id; ; streamId = undefined) {
        for await (const event of reader.follow({ streamId, first: 'latest', types: EVENTS, signal })) this.#take(event);
        await this.#refresh();
        await sleep(REPLAY);
      }
    } catch (error) {
      if (!signal.aborted && error.code !== 'connection_lost') this.#failed(error);
    }
  }

  #take(event) {
    if (event.stream_id && event.stream_id !== this.stream?.stream_id) this.stream = { stream_id: event.stream_id, current: 0, total: event.total ?? 0, percent: 0, rate: 0 };
    const states = { started: 'preparing', paused: 'paused', resumed: 'running', progress: 'running', stopped: 'stopped', complete: event.status, error: 'failed' };
    const state = event.type === 'progress' && this.stream.state === 'paused' ? 'paused' : states[event.type];
    const { current, total, percent, rate, paused_by: pausedBy } = event;
    const news = Object.fromEntries(Object.entries({ state, current, total, percent, rate, paused_by: pausedBy }).filter(([, value]) => value !== undefined));
    if (event.type === 'complete') news.current = event.total_entries;
    if (event.type === 'complete' && event.status === 'completed') news.percent = 100;
    this.stream = { ...this.stream, ...news };
    this.streamPanel.show(this.stream);
    if (event.type === 'progress') this.streamPanel.addSpeed(event.rate);
    if (event.type === 'paused') this.#stands(event.stream_id);
    if (event.type === 'warning' || event.type === 'error') this.#say(event.message);
  }

  /** Show a stream as it stands, which is further than the last event of progress told. */
  async #stands(id) {
    await this.try(async () => {
      this.stream = await this.client.stream(id);
      this.streamPanel.show(this.stream);
    });
    await this.#refresh();
  }

  async #refreshInTurn(signal) {
    for (let turn = 1; !signal.aborted; turn += 1) {
      await sleep(ENTRIES_EVERY);
      if (signal.aborted || document.hidden || !this.#isActive()) continue;
      await this.#refresh({ figures: (turn * ENTRIES_EVERY) % FIGURES_EVERY === 0 });
    }
  }

  async #refresh({ figures = true } = {}) {
    if (this.#busy) return;
    this.#busy = true;
    await this.try(() => Promise.all([this.entriesPanel.moves ? this.entriesPanel.refresh() : undefined, figures ? this.figures.refresh() : undefined]));
    this.#busy = false;
  }

  #beat({ memory_bytes: memory, memory_limit_bytes: limit, readers, entries_sent: sent }) {
    this.#lamp('live', 'connected');
    byId('memory').textContent = limit ? `${size(memory)} of ${size(limit)}` : size(memory);
    byId('readers').textContent = whole(readers);
    byId('sent').textContent = whole(sent);
  }

  async #untilBack(signal) {
    this.#following.abort();
    while (!signal.aborted) {
      await sleep(PROBE_EVERY);
      if (await this.client.version().then(() => true, () => false)) return;
      this.#lamp('gone', 'connection to the server lost; retrying …');
    }
  }

  /** Say a failure; whether nothing can go on without the person. */
  #failed(error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.status === 401) {
      const refused = this.key;
      sessionStorage.removeItem(KEY);
      this.#session.abort();
      this.#following.abort();
      this.#lamp('waiting', 'waiting for an API key');
      byId('key-form').hidden = false;
      byId('key').focus();
      this.#say(refused ? 'The server rejected this key.' : undefined);
      return true;
    }
    if (error.code === 'connection_lost') this.#lamp('gone', 'connection to the server lost; retrying …');
    else this.#say(words(error));
    return false;
  }

  #say(sentence) {
    byId('notice').hidden = !sentence;
    byId('notice').textContent = sentence ?? '';
  }

  #lamp(state, text) {
    if (byId('server-text').textContent !== text) byId('server-text').textContent = text;
    byId('server').dataset.state = state;
  }
}

new Page().run();
