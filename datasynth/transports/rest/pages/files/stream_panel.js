// Start, steer and watch the stream.

import { speedChart } from './charts.js';
import { byId, curl, duration, element, whole } from './elements.js';

const POINTS = 240; // Of the chart; four a second come.
const RUNNING = ['preparing', 'running', 'paused'];
const WORDS = { preparing: 'getting ready', running: 'running', paused: 'paused', stopped: 'stopped', completed: 'complete', failed: 'failed' };

export class StreamPanel {
  #page;
  #chart = speedChart(byId('speed-chart'));
  #speeds = [];

  /** @param page The page; its `started` is called with a new stream. */
  constructor(page) {
    this.#page = page;
    byId('start').addEventListener('submit', (event) => {
      event.preventDefault();
      page.try(() => this.#start());
    });
    byId('start').addEventListener('input', () => this.#showCurl());
    for (const action of ['pause', 'resume', 'stop']) {
      byId(action).addEventListener('click', () => page.try(() => page.client[action]()));
    }
    byId('trigger').addEventListener('click', () => page.try(() => page.client.trigger(byId('pattern').value)));
  }

  /** Fill in the form from the configuration and the industries that there are. */
  fill(config, industries) {
    byId('industry').replaceChildren(...industries.map((name) => element('option', { value: name }, name.replaceAll('_', ' '))));
    byId('industry').value = config.global.industry;
    byId('count').value = config.transactions.target_count;
    byId('seed').value = config.global.seed;
    this.#showCurl();
  }

  /** Show a stream, or none. */
  show(stream) {
    const active = RUNNING.includes(stream?.state);
    const paused = stream?.state === 'paused';
    byId('start-button').disabled = active;
    byId('stop').disabled = byId('trigger').disabled = !active;
    byId('pause').disabled = !active || paused;
    byId('resume').disabled = !paused;
    byId('pause').hidden = paused;
    byId('resume').hidden = !paused;
    byId('bar').value = stream?.percent ?? 0;
    byId('percent').textContent = `${Math.floor(stream?.percent ?? 0)} %`;
    byId('state').textContent = stream ? this.#words(stream) : 'no stream yet';
    byId('current').textContent = whole(stream?.current ?? 0);
    byId('total').textContent = stream ? whole(stream.total) : '–';
    byId('speed').textContent = active ? whole(stream.rate) : '–';
    byId('left').textContent = active && !paused ? duration((stream.total - stream.current) / stream.rate) : '–';
    document.title = stream ? `${Math.floor(stream.percent)} % · datasynth` : 'datasynth';
  }

  /** Add a point to the chart. */
  addSpeed(rate) {
    byId('speed-figure').hidden = false;
    this.#speeds.push(rate);
    if (this.#speeds.length > POINTS) this.#speeds.shift();
    this.#chart.show([this.#speeds.map((_, place) => place / 4), this.#speeds]);
  }

  #words(stream) {
    const by = stream.state === 'paused' && stream.paused_by?.includes('memory') ? ' by the memory limit' : '';
    return `${WORDS[stream.state] ?? stream.state}${by}`;
  }

  #request() {
    const rate = byId('rate').value;
    return {
      count: Number(byId('count').value),
      entries_per_second: rate === '' ? undefined : Number(rate),
      config: { global: { industry: byId('industry').value, seed: Number(byId('seed').value) } },
    };
  }

  async #start() {
    const { count, entries_per_second: entriesPerSecond, config } = this.#request();
    this.#speeds = [];
    await this.#page.started(await this.#page.client.start({ count, entriesPerSecond, config }));
  }

  #showCurl() {
    const { client } = this.#page;
    byId('stream-curl').textContent = [
      curl(client.address('api/stream/start'), { ...this.#page, body: this.#request() }),
      curl(client.address('api/stream'), this.#page),
    ].join('\n');
  }
}
