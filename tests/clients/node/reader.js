// A client with grpc-js: node reader.js PROTO TARGET SERVICE, with one wish as JSON on standard input:
//   {count, first, options, pauseAfter, pauseMs, take}
// It prints one object as JSON: what came.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , proto, target, service] = process.argv;
const wish = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const { synth } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number }));
const client = new synth[service](target, grpc.credentials.createInsecure(), wish.options || {});

const metadata = new grpc.Metadata();
for (const first of wish.first || []) metadata.add('x-first', first);

const seen = { ids: [], balanced: true, initial: {}, trailing: {}, code: null, details: null };
const minor = (text) => BigInt(text.replace('.', ''));
const call = client.StartGeneration({ count: wish.count }, metadata);
call.on('metadata', (initial) => { seen.initial = initial.getMap(); });
call.on('data', (entry) => {
  seen.ids.push(entry.document_id);
  const sum = entry.lines.reduce((total, line) => total + minor(line.debit) - minor(line.credit), 0n);
  seen.balanced = seen.balanced && sum === 0n && entry.lines.length >= 2;
  if (seen.ids.length === wish.pauseAfter) {
    call.pause();
    setTimeout(() => call.resume(), wish.pauseMs);
  }
  if (seen.ids.length === wish.take) call.cancel();
});
call.on('error', () => {}); // its status says the same
call.on('status', (status) => {
  Object.assign(seen, { code: status.code, details: status.details, trailing: status.metadata.getMap() });
  console.log(JSON.stringify(seen));
  client.close();
});
