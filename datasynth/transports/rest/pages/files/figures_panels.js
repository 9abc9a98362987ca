// What the entries add up to: digits, days, accounts, statements and the trial balance.

import { daysChart, digitsChart } from './charts.js';
import { amount, byId, curl, element, table, whole } from './elements.js';

export class FiguresPanels {
  #page;
  #digits = digitsChart(byId('digits-chart'));
  #days = daysChart(byId('days-chart'));
  #statements;

  constructor(page) {
    this.#page = page;
    byId('company').addEventListener('change', () => this.#drawStatements());
  }

  /** Ask for all figures as of where the stream is now, in two calls. */
  async refresh() {
    const { client, stream } = this.#page;
    const query = stream ? { stream_id: stream.stream_id, at: 'head' } : {};
    for (const name of ['digits', 'days', 'busiest']) byId(`${name}-curl`).textContent = curl(client.address('api/statistics', query), this.#page);
    for (const name of ['trial', 'income', 'sheet']) byId(`${name}-curl`).textContent = curl(client.address('api/statements', query), this.#page);
    const [statistics, statements] = await Promise.all([client.get('api/statistics', query), client.get('api/statements', query)]);
    this.#drawDigits(statistics.first_digits);
    this.#drawDays(statistics);
    this.#drawBusiest(statistics.busiest_accounts);
    this.#statements = statements;
    this.#fillCompanies(statements.statements);
    this.#drawStatements();
  }

  #drawDigits({ entries, counts, benford }) {
    const shares = counts.map((count) => (entries ? count / entries : 0));
    this.#digits.show([counts.map((_, digit) => digit + 1), shares, benford]);
    byId('digits-text').textContent = entries ? `Totals of ${entries < (this.#page.stream?.current ?? entries) ? 'a sample of ' : ''}${whole(entries)} entries against Benford’s law.` : 'No entries yet.';
    byId('digits-shares').textContent = shares.map((share, digit) => `${digit + 1}: ${(100 * share).toFixed(1)} %`).join(', ');
  }

  #drawDays({ per, entries_by_day: days }) {
    this.#days.show([days.map((day) => Date.parse(day.posting_date) / 1000), days.map((day) => day.entries)]);
    byId('days-title').textContent = `Entries by ${per}`;
    const busiest = days.reduce((best, day) => (day.entries > best.entries ? day : best), { entries: 0 });
    byId('days-text').textContent = busiest.entries
      ? `The busiest ${per} is ${busiest.posting_date} with ${whole(busiest.entries)} entries.`
      : 'No entries yet.';
  }

  #drawBusiest(accounts) {
    const several = new Set(accounts.map((one) => one.company_code)).size > 1;
    const name = (one) => `${one.account} ${one.account_name}${several ? `, company ${one.company_code}, ${one.currency}` : ''}`;
    byId('busiest').replaceChildren(table(['account', 'debit', 'credit'], accounts.map((one) => [name(one), amount(one.debit), amount(one.credit)]), [1, 2]));
  }

  #fillCompanies(companies) {
    const chosen = byId('company').value;
    byId('company').replaceChildren(...companies.map((one) => element('option', { value: one.company_code }, `${one.company_code} (${one.currency})`)));
    if (companies.some((one) => one.company_code === chosen)) byId('company').value = chosen;
  }

  #drawStatements() {
    const company = this.#statements?.statements.find((one) => one.company_code === byId('company').value);
    if (!company) return;
    const { trial_balance: trial, income_statement: income, balance_sheet: sheet, currency } = company;
    const sides = ['debit', 'credit', 'difference'].map((side) => [side, amount(trial[side])]);
    byId('trial').replaceChildren(
      element('p', { class: 'nil', 'data-state': /[1-9]/.test(trial.difference) ? 'off' : 'nil' }, amount(trial.difference)),
      table(['side', currency], sides, [1]),
      element('p', { class: 'hint' }, `Debit balances minus credit balances after ${whole(this.#statements.at_sequence)} entries, ${this.#statements.at_date ?? 'before the first day'}.`));
    byId('income').replaceChildren(statement(currency, [
      ...income.sections.flatMap(rowsOf), ['sum', `Result of ${income.fiscal_year}`, income.result],
    ]));
    byId('sheet-title').textContent = `Balance sheet of company ${company.company_code}`;
    byId('sheet').replaceChildren(statement(currency, [
      ...rowsOf(sheet.sections[0]), ['sum', 'Assets', sheet.assets],
      ...sheet.sections.slice(1).flatMap(rowsOf), ['', 'Result not yet closed', sheet.result],
      ['sum', 'Liabilities and equity', sheet.liabilities_and_equity],
    ]));
  }
}

/** A section and its groups, as kind of row, name and amount. */
function rowsOf(section) {
  return [['section', section.name, section.amount], ...section.groups.map((group) => ['', group.name, group.amount])];
}

function statement(currency, rows) {
  const body = rows.map(([kind, name, text]) => element('tr', { class: kind || undefined },
    element('th', { scope: 'row' }, name), element('td', { class: 'number' }, amount(text))));
  const head = element('tr', {}, element('th', { scope: 'col' }, 'item'), element('th', { scope: 'col', class: 'number' }, currency));
  return element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'statement' },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)));
}
