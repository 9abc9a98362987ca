// Starts a stream over REST, reads it over WebSocket, and goes on where a connection broke.
//
//     node stream.js http://localhost:3000 1000
import { on } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';

const [url = 'http://localhost:3000', count = '1000'] = process.argv.slice(2);
const key = process.env.DATASYNTH_API_KEY;
const headers = key ? { 'X-API-Key': key } : {};
const TRIES = 8;

async function post(path, body) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  if (!answer.ok) throw new Error(`${result.message} ${JSON.stringify(result.details)}`);
  return result;
}

/** The messages of a stream, each once, also if the connection breaks in between. */
async function* follow(stream, types) {
  let sequence = 0;
  let line = 0;
  for (let failed = 1; failed <= TRIES; failed += 1) {
    const query = new URLSearchParams({ stream_id: stream, types, from: sequence, line: line + 1 });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/events?${query}`, { headers });
    try {
      for await (const [data] of on(socket, 'message', { close: ['close'] })) {
        const message = JSON.parse(data);
        if (message.type === 'entry') ({ sequence, line } = message);
        yield message;
        if (message.type === 'complete') return;
        failed = 1;
      }
    } catch (error) {
      // The server has answered, and no other try would change its mind.
      if (error.message.startsWith('Unexpected server response: 4')) throw error;
    } finally {
      socket.terminate();
    }
    console.error(`again from entry ${sequence}, line ${line + 1}`);
    await pause(50 * 2 ** failed);
  }
  throw new Error(`the connection to ${url} broke ${TRIES} times in a row`);
}

/** An amount in minor units: whole numbers do not round. */
const minor = (amount) => BigInt(amount.replace('.', ''));

const { stream_id: stream } = await post('/api/stream/start', { count: Number(count) });
const lines = new Map();
const balances = new Map();
for await (const message of follow(stream, 'entry,complete')) {
  if (message.type === 'complete') {
    console.log(`${message.status}: ${message.total_entries} entries`);
    break;
  }
  const { currency, data } = message;
  lines.set(currency, (lines.get(currency) ?? 0) + 1);
  balances.set(currency, (balances.get(currency) ?? 0n) + minor(data.debit) - minor(data.credit));
}
for (const [currency, number] of lines) console.log(`${currency}: ${number} lines, balance ${balances.get(currency)}`);
