// Charts, drawn by uPlot in the colours of the page.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A chart that fills a box, and is drawn anew when the box or the colour scheme changes. */
export class Chart {
  #box;
  #options;
  #data;
  #plot;

  /**
   * @param {HTMLElement} box
   * @param {(colours: {text: string, line: string, accent: string, second: string}) => object} options Of uPlot, without its size.
   */
  constructor(box, options) {
    this.#box = box;
    this.#options = options;
    new ResizeObserver(() => this.#resize()).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** Show columns: x, then a column for each series. */
  show(data) {
    this.#data = data;
    if (this.#plot) this.#plot.setData(data);
    else this.#draw();
  }

  #size() {
    return { width: Math.max(160, this.#box.clientWidth), height: Math.max(110, this.#box.clientHeight) };
  }

  #resize() {
    if (this.#plot && this.#plot.width !== this.#size().width) this.#plot.setSize({ ...this.#size(), height: this.#plot.height });
  }

  #draw() {
    if (!this.#data || !window.uPlot) return;
    const height = this.#plot?.height;
    this.#plot?.destroy();
    const colours = { text: colour('--soft'), line: colour('--line'), accent: colour('--accent'), second: colour('--second') };
    const size = this.#size();
    this.#plot = new window.uPlot({ ...size, height: height ?? size.height, ...this.#options(colours) }, this.#data, this.#box);
  }
}

const axis = (colours, more = {}) => ({ stroke: colours.text, grid: { stroke: colours.line, width: 1 }, ticks: { stroke: colours.line, width: 1 }, ...more });
const quiet = { legend: { show: false }, cursor: { show: false } };
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const shorts = (_, values) => values.map((value) => short.format(value));

/** Entries a second over the last minute. */
export const speedChart = (box) => new Chart(box, (colours) => ({
  ...quiet,
  scales: { x: { time: false }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
  axes: [{ show: false }, axis(colours, { values: shorts, size: 48 })],
  series: [{}, { stroke: colours.accent, width: 2, fill: `${colours.accent}22` }],
}));

/** Entries by day or month. */
export const daysChart = (box) => new Chart(box, (colours) => ({
  ...quiet,
  scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] } },
  tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
  axes: [axis(colours, { space: 60 }), axis(colours, { values: shorts, size: 48 })],
  series: [{}, { stroke: colours.accent, fill: colours.accent, width: 0, points: { show: false }, paths: window.uPlot.paths.bars({ size: [0.9, 40] }) }],
}));

/** Shares of first digits, as bars, and Benford's law as a line. */
export const digitsChart = (box) => new Chart(box, (colours) => ({
  cursor: { show: false },
  legend: { show: true, live: false },
  scales: { x: { time: false, range: [0.4, 9.6] }, y: { range: (_, __, most) => [0, Math.max(0.35, most * 1.05)] } },
  axes: [
    axis(colours, { splits: () => [1, 2, 3, 4, 5, 6, 7, 8, 9], grid: { show: false } }),
    axis(colours, { values: (_, values) => values.map((value) => `${Math.round(value * 100)} %`), size: 48 }),
  ],
  series: [
    { label: 'digit' },
    { label: 'entries', stroke: colours.accent, fill: colours.accent, width: 0, points: { show: false }, paths: window.uPlot.paths.bars({ size: [0.6, 60] }) },
    { label: 'Benford', stroke: colours.second, width: 2, points: { show: true, size: 6, fill: colours.second } },
  ],
}));
