// Uses the JavaScript client as standard input says, and prints what it gave, an object a line.
// Input: {"client": path, "ws": path or null, "url": …, "options": {…}, "call": name, "arguments": […], "leave": number}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const { Client } = await import(asked.client);
const sockets = asked.ws ? { WebSocket: createRequire(import.meta.url)(asked.ws) } : {};
const client = new Client(asked.url, { ...asked.options, ...sockets });
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

try {
  const given = client[asked.call](...asked.arguments);
  if (given[Symbol.asyncIterator]) {
    let count = 0;
    for await (const one of given) {
      print(one);
      count += 1;
      if (count === asked.leave) break;
    }
  } else {
    print((await given) ?? null);
  }
} catch (error) {
  const { name, code, status, message, details, requestId, retryAfter } = error;
  print({ failed: { name, code, status, message, details, requestId, retryAfter } });
}
