// Reads entries over gRPC, goes on where a connection broke, and checks that each entry balances.
//
//     node grpc.js localhost:50051 1000
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [target = 'localhost:50051', count = '1000'] = process.argv.slice(2);
const TRIES = 8;

const proto = fileURLToPath(new URL('../../protos/synth.proto', import.meta.url));
const { synth } = grpc.loadPackageDefinition(loadSync(proto, { keepCase: true, longs: Number }));
const client = new synth.SynthService(target, grpc.credentials.createInsecure());

/** Entries 0 to count - 1, each once, also if the connection breaks in between. */
async function* entries(count) {
  let first = 0;
  for (let failed = 1; ; failed += 1) {
    const metadata = new grpc.Metadata();
    metadata.set('x-first', String(first));
    if (process.env.DATASYNTH_API_KEY) metadata.set('x-api-key', process.env.DATASYNTH_API_KEY);
    try {
      for await (const entry of client.StartGeneration({ count }, metadata)) {
        first += 1;
        failed = 1;
        yield entry;
      }
      return;
    } catch (error) {
      if (error.code !== grpc.status.UNAVAILABLE || failed > TRIES) throw error;
      console.error(`again from entry ${first}: ${error.details}`);
      await pause(50 * 2 ** failed);
    }
  }
}

/** An amount in minor units: whole numbers do not round. */
const minor = (amount) => BigInt(amount.replace('.', ''));

let number = 0;
let lines = 0;
let unbalanced = 0;
for await (const entry of entries(Number(count))) {
  if (number === 0) {
    console.log(entry.posting_date, entry.company_code, entry.document_id);
    for (const line of entry.lines) {
      console.log(`    ${line.account} ${line.debit.padStart(12)} ${line.credit.padStart(12)}`);
    }
  }
  number += 1;
  lines += entry.lines.length;
  if (entry.lines.reduce((sum, line) => sum + minor(line.debit) - minor(line.credit), 0n) !== 0n) unbalanced += 1;
}
console.log(`${number} entries, ${lines} lines, ${unbalanced} entries out of balance`);
client.close();
