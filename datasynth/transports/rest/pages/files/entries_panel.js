// The last entries, or one that was searched for, as T-accounts or as lines.

import { amount, byId, curl, element, table, whole } from './elements.js';

const SHOWN = 3; // Entries at a time.
const MOST_LINES = 60; // Of an entry that was searched for.
const FEW_LINES = 5; // Of one of the latest, in a table or on an account; and its accounts.

export class EntriesPanel {
  #page;
  #wanted; // The entry that was searched for; none for the latest.
  #entries = [];
  #asked = 0; // Counts calls: an answer that another call has overtaken is not shown.

  constructor(page) {
    this.#page = page;
    byId('search').addEventListener('submit', (event) => {
      event.preventDefault();
      const text = byId('sequence').value;
      this.#wanted = text === '' ? undefined : Number(text);
      page.try(() => this.refresh());
    });
    byId('latest').addEventListener('click', () => {
      byId('sequence').value = '';
      this.#wanted = undefined;
      page.try(() => this.refresh());
    });
    for (const choice of document.getElementsByName('as')) choice.addEventListener('change', () => this.#draw());
  }

  /** Whether the latest entries are shown, and so change with the stream. */
  get moves() {
    return this.#wanted === undefined;
  }

  async refresh() {
    const { client, stream } = this.#page;
    const call = (this.#asked += 1);
    const latest = Math.max(0, (stream ? stream.current : SHOWN) - SHOWN);
    const first = this.#wanted ?? latest;
    const query = { view: 'document', from: first, count: this.moves ? SHOWN : 1, stream_id: stream?.stream_id };
    byId('entries-curl').textContent = curl(client.address('api/entries', query), this.#page);
    if (this.moves && stream?.current === 0) {
      this.#show([]);
      return;
    }
    const found = [];
    for await (const entry of client.entries({ first, count: query.count, streamId: query.stream_id })) found.push(entry);
    if (call === this.#asked) this.#show(found.reverse());
  }

  #show(entries) {
    this.#entries = entries;
    this.#draw();
  }

  #draw() {
    const asAccounts = document.querySelector('[name="as"]:checked').value === 'accounts';
    const none = this.moves ? 'No entries yet.' : `Entry ${whole(this.#wanted)} does not exist.`;
    byId('entries').replaceChildren(
      ...(this.#entries.length ? this.#entries.map((entry) => article(entry, asAccounts, this.moves ? FEW_LINES : MOST_LINES)) : [element('p', { class: 'hint' }, none)]),
    );
  }
}

function article(entry, asAccounts, most) {
  const facts = [entry.posting_date, `company ${entry.company_code}`, entry.document_type, entry.reference, entry.created_by];
  return element('article', { class: 'entry' },
    element('h3', {}, `${whole(entry.sequence)} · ${entry.header_text}`, element('small', {}, `${facts.filter(Boolean).join(' · ')} · ${entry.currency}`)),
    asAccounts ? accounts(entry.lines, most) : lineTable(entry.lines.slice(0, most)),
    !asAccounts && entry.lines.length > most ? element('p', { class: 'hint' }, `and ${whole(entry.lines.length - most)} more lines`) : undefined);
}

function accounts(lines, most) {
  const byAccount = new Map();
  for (const line of lines) {
    const found = byAccount.get(line.account) ?? { name: line.account_name, debits: [], credits: [] };
    if (/[1-9]/.test(line.debit)) found.debits.push(line.debit);
    else found.credits.push(line.credit);
    byAccount.set(line.account, found);
  }
  const shown = [...byAccount].slice(0, most);
  const rest = byAccount.size - shown.length;
  return element('div', { class: 'accounts' }, ...shown.map(([account, { name, debits, credits }]) => {
    const length = Math.max(debits.length, credits.length);
    const rows = Array.from({ length: Math.min(length, most) }, (_, row) => [debits[row], credits[row]]);
    return element('div', { class: 't-account' },
      element('h4', {}, `${account} ${name}`),
      element('div', {}, element('span', { class: 'hidden' }, 'debit'), element('span', { class: 'hidden' }, 'credit'),
        ...rows.flat().map((text) => element('span', {}, text === undefined ? '' : amount(text)))),
      length > most ? element('p', { class: 'hint' }, `and ${whole(length - most)} more`) : undefined);
  }), rest ? element('p', { class: 'hint' }, `and ${whole(rest)} more accounts`) : undefined);
}

function lineTable(lines) {
  const side = (text) => (/[1-9]/.test(text) ? amount(text) : '');
  return table(['line', 'account', 'debit', 'credit', 'partner', 'text'],
    lines.map((line) => [String(line.line_number), `${line.account} ${line.account_name}`, side(line.debit), side(line.credit), line.partner_id ?? '', line.line_text ?? '']),
    [2, 3]);
}
