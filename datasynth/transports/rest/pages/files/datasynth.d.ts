// Types of datasynth.js.

export type View = 'line' | 'document';

export type Pattern = 'month_end' | 'quarter_end' | 'year_end';

export type State = 'preparing' | 'running' | 'paused' | 'stopped' | 'completed' | 'failed';

/** A record of entries: a line with the fields of its entry, or an entry with `lines`. Amounts are decimal text. */
export type Entry = { sequence: number; [field: string]: unknown };

export type StreamInfo = {
  stream_id: string;
  state: State;
  paused_by: string[];
  current: number;
  total: number;
  percent: number;
  rate: number;
  [key: string]: unknown;
};

export type StreamEvent =
  | { type: 'started'; stream_id: string; message: string; total: number }
  | { type: 'warning'; stream_id: string | null; message: string; used_bytes: number; limit_bytes: number }
  | { type: 'paused'; stream_id: string; message: string; paused_by: string[] }
  | { type: 'resumed' | 'stopped'; stream_id: string; message: string; current: number }
  | { type: 'trigger'; stream_id: string; message: string; pattern: Pattern; at_sequence: number; entries: number }
  | { type: 'progress'; stream_id: string; current: number; total: number; percent: number; rate: number }
  | { type: 'entry'; stream_id: string; sequence: number; line?: number; company_code: string; currency: string; data: Record<string, unknown> }
  | { type: 'error'; stream_id: string; message: string }
  | { type: 'complete'; stream_id: string; total_entries: number; duration_ms: number; status: 'completed' | 'stopped' };

export type EventType = StreamEvent['type'];

export interface ClientOptions {
  apiKey?: string;
  /** Longest wait for the beginning of an answer. [s] */
  timeout?: number;
  /** Number of retries without progress, after the first try. */
  retries?: number;
  fetch?: typeof globalThis.fetch;
  /** A WebSocket constructor, such as that of the package `ws`. Without it, the client uses Server-Sent Events. */
  WebSocket?: unknown;
}

export interface Range {
  /** Sequence number of the first entry; 0 by default. */
  first?: number;
  /** Number of entries; all by default. */
  count?: number;
  /** Id of a stream; the current configuration by default. */
  streamId?: string;
  signal?: AbortSignal;
  view?: View;
  /** Names of fields, separated by commas. */
  fields?: string;
  company?: string;
  from_date?: string;
  to_date?: string;
}

export interface Download extends Range {
  format?: 'ndjson' | 'csv' | 'arrow' | 'parquet';
  amounts?: 'decimal' | 'minor' | 'text';
  compression?: 'none' | 'gzip' | 'snappy' | 'zstd';
  header?: boolean;
  dialect?: 'excel';
  decimal?: 'point' | 'comma';
}

export interface Follow {
  /** Id of a stream; the active stream by default, or the next one. */
  streamId?: string;
  /** First entry; `latest` means the current position of the stream. */
  first?: number | 'latest';
  /** Types of events; all by default. */
  types?: EventType[];
  view?: View;
  signal?: AbortSignal;
}

export class ClientError extends Error {
  /** Error code of the server, or `connection_lost`, `timed_out` or `stream_failed` of the client. */
  readonly code: string;
  /** HTTP status of the answer; 0 without an answer. */
  readonly status: number;
  readonly details: Record<string, unknown>;
  readonly requestId?: string;
  /** Time to wait before the next try. [s] */
  readonly retryAfter?: number;
  /** Whether the same call may succeed later. */
  readonly passing: boolean;
}

export class Client {
  constructor(url?: string | URL, options?: ClientOptions);
  address(path: string, query?: Record<string, unknown>): URL;
  get(path: string, query?: Record<string, unknown>, signal?: AbortSignal): Promise<any>;
  post(path: string, body?: object, signal?: AbortSignal): Promise<any>;
  version(): Promise<{ name: string; version: string; python: string }>;
  health(): Promise<{ status: string; uptime_seconds: number; version: string }>;
  config(): Promise<any>;
  setConfig(patch: object): Promise<any>;
  validate(patch: object): Promise<{ valid: true; config: any }>;
  start(options?: { count?: number; entriesPerSecond?: number; config?: object; waitForSubscriber?: number }): Promise<string>;
  stop(): Promise<{ status: 'stopped'; stream_id: string }>;
  pause(): Promise<{ status: 'paused'; stream_id: string }>;
  resume(): Promise<{ status: 'resumed'; stream_id: string }>;
  trigger(pattern: Pattern): Promise<{ status: 'triggered'; stream_id: string; pattern: Pattern; at_sequence: number; entries: number }>;
  stream(id?: string): Promise<StreamInfo>;
  streams(): Promise<StreamInfo[]>;
  ticket(): Promise<string>;
  download(options?: Download): Promise<Response>;
  entries(options?: Range): AsyncGenerator<Entry, void, void>;
  follow(options?: Follow): AsyncGenerator<StreamEvent, void, void>;
  metrics(options?: { signal?: AbortSignal }): AsyncGenerator<Record<string, number | string>, void, void>;
}
