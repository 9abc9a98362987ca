/**
 * A client of a datasynth server, for browsers and Node 20 or later. One file, no dependencies.
 *
 *   import { Client } from './datasynth.js';
 *   const client = new Client('http://localhost:3000');
 *   const stream = await client.start({ count: 1000 });
 *   for await (const event of client.follow({ streamId: stream })) console.log(event);
 *
 * Types are in datasynth.d.ts. Calls that are safe to repeat are tried again; entries and events
 * go on where a connection broke, so that nothing is lost and nothing comes twice.
 */

const FIRST_WAIT = 0.2; // Before the second try; it doubles with each further one. [s]
const LONGEST_WAIT = 10; // Where the server does not say how long. [s]
const LONGEST_TOLD = 120; // A server that wants a longer wait than this is not waited for. [s]
const MOST_BUFFERED = 20_000; // Messages; a slower reader's socket is closed, and opened again later.
const SILENCE = 60; // A download on which nothing came for so long is given up. [s]
const LAST_TYPES = ['error', 'complete'];

/** A failure that the server has answered, or that kept an answer from coming. */
export class ClientError extends Error {
  constructor(message, { code = 'client_error', status = 0, details = {}, requestId, retryAfter, passing, cause } = {}) {
    super(message, { cause });
    this.name = 'ClientError';
    /** The server's word for the failure; `connection_lost`, `timed_out` or `stream_failed` are the client's. */
    this.code = code;
    this.status = status;
    this.details = details;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
    /** Whether the same call may succeed later. */
    this.passing = passing ?? (status === 429 || status === 502 || status === 503 || status === 504);
  }
}

/** A server. Every call rejects with a `ClientError` if it fails. */
export class Client {
  #base;
  #key;
  #timeout;
  #retries;
  #fetch;
  #WebSocket;

  /**
   * @param {string | URL} [url] Of the server; in a browser, by default the folder of the page.
   * @param {{apiKey?: string, timeout?: number, retries?: number, fetch?: typeof fetch, WebSocket?: any}} [options]
   */
  constructor(url = defaultUrl(), { apiKey, timeout = 30, retries = 4, fetch, WebSocket } = {}) {
    const text = String(url);
    this.#base = new URL(text.endsWith('/') ? text : `${text}/`);
    this.#key = apiKey;
    this.#timeout = timeout;
    this.#retries = retries;
    this.#fetch = fetch ?? globalThis.fetch.bind(globalThis);
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
  }

  /** The address of a call. */
  address(path, query = {}) {
    const url = new URL(path.replace(/^\//, ''), this.#base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    return url;
  }

  /** The answer of any GET, as an object. */
  get = async (path, query, signal) => (await this.#send('GET', path, { query, signal })).json();

  /** The answer of any POST, as an object. */
  post = async (path, body = {}, signal) => (await this.#send('POST', path, { body, signal })).json();

  version = () => this.get('version');
  health = () => this.get('health');
  config = () => this.get('api/config');
  setConfig = (patch) => this.post('api/config', patch);
  validate = (patch) => this.post('api/config/validate', patch);
  stop = () => this.post('api/stream/stop');
  pause = () => this.post('api/stream/pause');
  resume = () => this.post('api/stream/resume');
  trigger = (pattern) => this.post(`api/stream/trigger/${encodeURIComponent(pattern)}`);
  stream = (id) => this.get(id === undefined ? 'api/stream' : `api/streams/${encodeURIComponent(id)}`);
  streams = async () => (await this.get('api/streams')).streams;

  /** Start a stream; its id. */
  async start({ count, entriesPerSecond, config, waitForSubscriber } = {}) {
    const body = { count, entries_per_second: entriesPerSecond, config, wait_for_subscriber: waitForSubscriber };
    return (await this.post('api/stream/start', body)).stream_id;
  }

  /** A ticket, which stands for the key once, where a header cannot be set. */
  ticket = async () => (await this.post('api/ws/ticket')).ticket;

  /**
   * The answer to a download, whose body can be read as it comes.
   *
   * @param {{first?: number, count?: number, streamId?: string, signal?: AbortSignal, [key: string]: any}} [options]
   *   Other keys are those of GET /api/entries, such as `format`, `company` and `from_date`.
   */
  download({ first, count, streamId, signal, ...keys } = {}) {
    const query = { ...keys, from: first, count, stream_id: streamId };
    return this.#send('GET', 'api/entries', { query, signal });
  }

  /** Entries as objects, one after the other; a lost connection is taken up again at the next entry. */
  async *entries({ first = 0, count, view = 'document', ...options } = {}) {
    const tries = new Tries(this.#retries);
    const hidden = hiddenFields(options.fields, view);
    const asked = hidden.length ? { ...options, fields: [options.fields, ...hidden].join(',') } : options;
    let next = first;
    let seen = { sequence: -1, line: 0 };
    const end = count === undefined ? undefined : first + count;
    while (end === undefined || next < end) {
      try {
        const answer = await this.download({ ...asked, view, first: next, count: end && end - next });
        for await (const line of textLines(answer)) {
          const record = JSON.parse(line);
          if (record.sequence < seen.sequence) continue;
          if (view === 'line' && record.sequence === seen.sequence && record.line <= seen.line) continue;
          seen = { sequence: record.sequence, line: record.line ?? 0 };
          next = view === 'document' ? record.sequence + 1 : record.sequence;
          tries.progressed();
          for (const name of hidden) delete record[name];
          yield record;
        }
        return;
      } catch (error) {
        await sleep(tries.failed(asClientError(error, options.signal)), options.signal);
      }
    }
  }

  /**
   * The events of a stream, over as many connections as it takes, until the stream is complete.
   *
   * @param {{streamId?: string, first?: number | 'latest', types?: string[], view?: 'line' | 'document',
   *   signal?: AbortSignal}} [options]
   */
  async *follow({ signal, ...options } = {}) {
    const following = new Following(options);
    const tries = new Tries(this.#retries);
    while (true) {
      try {
        for await (const text of this.#messages('events', () => following.query(), signal)) {
          const event = following.accept(text);
          if (following.advanced) tries.progressed();
          if (event) yield event;
          if (following.ended()) return;
        }
        throw lost('The connection was closed.');
      } catch (error) {
        if (error instanceof Behind) continue;
        await sleep(tries.failed(asClientError(error, signal)), signal);
      } finally {
        following.broken();
      }
    }
  }

  /** The server's figures, once a second, until `signal` aborts. */
  async *metrics({ signal } = {}) {
    const tries = new Tries(this.#retries);
    while (true) {
      try {
        for await (const text of this.#messages('metrics', () => ({}), signal)) {
          tries.progressed();
          yield JSON.parse(text);
        }
        throw lost('The connection was closed.');
      } catch (error) {
        await sleep(tries.failed(asClientError(error, signal)), signal);
      }
    }
  }

  /** Messages of a WebSocket, or of Server-Sent Events where there is none. */
  async *#messages(name, query, signal) {
    if (!this.#WebSocket) {
      if (name !== 'events') throw new ClientError('This call needs a WebSocket.', { code: 'unsupported' });
      yield* serverSentEvents(await this.#send('GET', 'api/stream/events', { query: query(), signal }));
      return;
    }
    const ticket = this.#key === undefined ? undefined : await this.ticket();
    const url = this.address(`ws/${name}`, { ...query(), ticket });
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new this.#WebSocket(url.href);
    try {
      yield* socketMessages(socket, signal);
    } catch (error) {
      // A browser does not tell why an upgrade was refused; a request does.
      if (error.opened === false) await this.#explain(query());
      throw error;
    } finally {
      socket.close();
    }
  }

  async #explain({ stream_id: id }) {
    await this.stream(id).catch((error) => {
      if (error.status !== 404 || id !== undefined) throw error;
    });
  }

  async #send(method, path, { query, body, signal } = {}) {
    const tries = new Tries(this.#retries);
    while (true) {
      try {
        return await this.#once(method, this.address(path, query), body, signal);
      } catch (error) {
        const failure = asClientError(error, signal);
        // Whether a POST without an answer was carried out cannot be known; a refused one was not.
        if (method !== 'GET' && failure.status === 0) throw failure;
        await sleep(tries.failed(failure), signal);
      }
    }
  }

  async #once(method, url, body, signal) {
    const headers = this.#key === undefined ? {} : { 'X-API-Key': this.#key };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new ClientError('The server did not answer in time.', { code: 'timed_out' })), this.#timeout * 1000);
    const signals = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal;
    try {
      const answer = await this.#fetch(url, { method, headers, signal: signals, body: body && JSON.stringify(body) });
      if (answer.ok) return answer;
      throw await refusal(answer);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The tries of one call, or of one reader that goes on where its connection broke. */
class Tries {
  #retries;
  #failed = 0;

  constructor(retries) {
    this.#retries = retries;
  }

  progressed() {
    this.#failed = 0;
  }

  /** How long to wait before the next try, in seconds; the error is thrown if none helps. */
  failed(error) {
    this.#failed += 1;
    if (!error.passing || this.#failed > this.#retries) throw error;
    if (error.retryAfter > LONGEST_TOLD) throw error;
    return error.retryAfter ?? Math.min(FIRST_WAIT * 2 ** (this.#failed - 1), LONGEST_WAIT);
  }
}

/** What has arrived of one stream, and where the next connection goes on. */
class Following {
  #streamId;
  #first;
  #types;
  #view;
  #last;
  #furthest = -1;
  #told = new Map();
  #triggers = 0;
  #triggersHere = 0;
  #failure;
  #complete = false;
  advanced = false;

  constructor({ streamId, first = 0, types, view = 'line' }) {
    this.#streamId = streamId;
    this.#first = first;
    this.#types = types;
    this.#view = view;
  }

  query() {
    const types = this.#types && [...new Set([...this.#types, ...LAST_TYPES])].join(',');
    return { view: this.#view, ...this.#place(), stream_id: this.#streamId, types };
  }

  /** The event that a message is; nothing for one that was there before or is not wanted. */
  accept(text) {
    const event = JSON.parse(text);
    this.advanced = this.#isNew(event);
    this.#streamId ??= event.stream_id ?? undefined;
    const passedOn = this.advanced || event.type === 'progress' || event.type === 'warning';
    return passedOn && (!this.#types || this.#types.includes(event.type)) ? event : undefined;
  }

  ended() {
    if (this.#failure !== undefined) throw new ClientError(this.#failure, { code: 'stream_failed' });
    return this.#complete;
  }

  broken() {
    this.#triggersHere = 0;
  }

  #place() {
    if (!this.#last) return this.#first ? { from: this.#first } : {};
    const { sequence, line } = this.#last;
    return this.#view === 'document' ? { from: sequence + 1 } : { from: sequence, line: line + 1 };
  }

  #isNew(event) {
    switch (event.type) {
      case 'entry':
        this.#last = { sequence: event.sequence, line: event.line };
        return true;
      case 'progress': {
        const further = event.current > this.#furthest;
        this.#furthest = Math.max(this.#furthest, event.current);
        return further;
      }
      case 'trigger':
        this.#triggersHere += 1;
        if (this.#triggersHere <= this.#triggers) return false;
        this.#triggers = this.#triggersHere;
        return true;
      case 'resumed':
        this.#told.delete('paused');
        return true;
      case 'started':
      case 'paused':
      case 'stopped': {
        const text = JSON.stringify(event);
        const isNew = this.#told.get(event.type) !== text;
        this.#told.set(event.type, text);
        return isNew;
      }
      case 'error':
        this.#failure = event.message;
        return true;
      case 'complete':
        this.#complete = true;
        return true;
      default:
        return event.type !== 'warning';
    }
  }
}

/** The reader is further behind than what may wait for it in memory. */
class Behind extends Error {}

async function* socketMessages(socket, signal) {
  const waiting = [];
  let taken = 0;
  let opened = false;
  let end;
  let wake = () => {};
  const finish = (error) => { end ??= error; wake(); };
  const fail = () => finish(Object.assign(new Error('the socket was closed'), { opened }));
  const abort = () => finish(signal.reason);
  signal?.addEventListener('abort', abort);
  socket.onopen = () => { opened = true; };
  socket.onerror = socket.onclose = fail;
  socket.onmessage = ({ data }) => {
    if (end) return;
    waiting.push(data);
    if (waiting.length - taken > MOST_BUFFERED) finish(new Behind());
    wake();
  };
  try {
    if (signal?.aborted) throw signal.reason;
    while (true) {
      while (taken < waiting.length) yield waiting[taken++];
      waiting.length = taken = 0;
      if (end) throw end;
      await new Promise((resolve) => { wake = resolve; });
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.onerror = () => {};
  }
}

async function* serverSentEvents(answer) {
  for await (const line of textLines(answer)) if (line.startsWith('data:')) yield line.slice(5);
}

/** The lines of a body; where the last one has no end, the connection broke. */
async function* textLines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let begun = '';
  try {
    while (true) {
      const { value, done } = await inTime(reader.read());
      if (done) break;
      const lines = (begun + value).split('\n');
      begun = lines.pop();
      yield* lines;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
  if (begun) throw lost('The connection was lost during the answer.');
}

/** The value of a promise, unless the server is silent for too long. */
function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(lost('The server sent nothing for too long.')), SILENCE * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const lost = (message, cause) => new ClientError(message, { code: 'connection_lost', passing: true, cause });

async function refusal(answer) {
  const body = await answer.json().catch(() => ({}));
  const wait = Number.parseFloat(answer.headers.get('Retry-After') ?? '');
  return new ClientError(body.message ?? `The server answered ${answer.status}.`, {
    code: body.error ?? 'unexpected_answer',
    status: answer.status,
    details: body.details ?? {},
    requestId: answer.headers.get('X-Request-Id') ?? undefined,
    retryAfter: Number.isNaN(wait) ? undefined : wait,
  });
}

function asClientError(error, signal) {
  if (signal?.aborted) throw signal.reason;
  if (error instanceof ClientError) return error;
  return lost(`The connection was lost: ${error.message}`, error);
}

/** Fields that say where a record lies, which a reader needs to go on, and the program did not ask for. */
function hiddenFields(fields, view) {
  if (fields === undefined) return [];
  const wanted = String(fields).split(',');
  return (view === 'document' ? ['sequence'] : ['sequence', 'line']).filter((name) => !wanted.includes(name));
}

function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}

function defaultUrl() {
  return globalThis.location?.protocol?.startsWith('http') ? new URL('.', globalThis.location.href) : 'http://localhost:3000';
}
