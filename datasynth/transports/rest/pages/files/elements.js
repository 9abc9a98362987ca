// Small pieces that every panel is made of: elements, numbers as people read them, and curl lines.

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element; children that are text are text, never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A table with a header row; `numbers` are the columns that are set to the right. */
export function table(names, rows, numbers = []) {
  const kind = (column) => (numbers.includes(column) ? 'number' : undefined);
  const head = element('tr', {}, ...names.map((name, column) => element('th', { scope: 'col', class: kind(column) }, name)));
  const body = rows.map((cells) => element('tr', {}, ...cells.map((cell, column) => element('td', { class: kind(column) }, cell))));
  return element('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': names.join(', ') },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)));
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1234567 as 1,234,567. */
export const whole = (number) => WHOLE.format(number);

/** An amount as the server writes it, with commas; it stays text, so no digit is lost. */
export function amount(text) {
  const [head, ...decimals] = text.split('.');
  return [head.replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...decimals].join('.').replace('-', '−');
}

/** Bytes as MB or GB. */
export function size(bytes) {
  return bytes < 1e9 ? `${whole(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Seconds as people say them. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** The command that asks for the same; a key is named, never shown. */
export function curl(url, { body, key = false } = {}) {
  const parts = ['curl', body === undefined ? undefined : '-X POST', `'${url}'`];
  if (key) parts.push('-H "X-API-Key: $DATASYNTH_API_KEY"');
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  return parts.filter(Boolean).join(' ');
}
