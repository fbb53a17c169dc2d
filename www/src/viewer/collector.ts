// The collector's read API, as far as the viewer uses it.
import type { SpanRecord } from 'tracelink';
import { type Filters, summariesQuery } from './route.ts';

export interface TraceSummary {
  traceId: string;
  rootName: string;
  rootService: string;
  startTimeUnixNano: string;
  durationMs: number;
  spanCount: number;
  serviceCount: number;
  services: string[];
  errorCount: number;
  status: 'ok' | 'error' | 'unset';
}

export interface Summaries {
  traces: TraceSummary[];
  nextCursor?: string;
}

export interface LinkSource {
  traceId: string;
  spanId: string;
  serviceName: string;
  name: string;
}

export interface WaterfallSpan extends SpanRecord {
  depth: number;
  offsetMs: number;
  durationMs: number;
  orphan?: boolean;
  linkedFrom?: LinkSource[];
  /** Places in the waterfall's `resources` and `scopes`. */
  resource?: number;
  scope?: number;
}

export interface Waterfall {
  traceId: string;
  durationMs: number;
  spans: WaterfallSpan[];
  resources?: { attributes: Record<string, unknown> }[];
  scopes?: { name: string; version: string; attributes: Record<string, unknown> }[];
}

export interface Finding {
  kind: string;
  severity: 'error' | 'warning' | 'info';
  /** At most 100; `spanCount` counts all. */
  spanIds: string[];
  spanCount: number;
  message: string;
}

export interface Diagnosis {
  findings: Finding[];
  omitted?: number;
}

export type RootCause = { class: null } | { class: string; spanIds: string[]; message: string };

/** An answer that is no success, in words for the person who looks. */
export class CollectorError extends Error {
  constructor(
    message: string,
    /** Without one the collector did not answer at all. */
    readonly status?: number,
  ) {
    super(message);
  }
}

const PAGE = 50;

export function fetchSummaries(
  filters: Filters,
  signal: AbortSignal,
  cursor?: string,
): Promise<Summaries> {
  const query = summariesQuery(filters, Date.now());
  query.set('limit', String(PAGE));
  if (cursor) query.set('cursor', cursor);
  return get<Summaries>(`api/summaries?${query}`, signal);
}

export function fetchWaterfall(traceId: string, signal: AbortSignal): Promise<Waterfall> {
  return get<Waterfall>(`api/traces/${encodeURIComponent(traceId)}/waterfall`, signal);
}

export function fetchDiagnosis(traceId: string, signal: AbortSignal): Promise<Diagnosis> {
  return get<Diagnosis>(`api/traces/${encodeURIComponent(traceId)}/diagnosis`, signal);
}

export function fetchRootCause(traceId: string, signal: AbortSignal): Promise<RootCause> {
  return get<RootCause>(`api/traces/${encodeURIComponent(traceId)}/root-cause`, signal);
}

export async function fetchServices(signal: AbortSignal): Promise<string[]> {
  const { services } = await get<{ services: string[] }>('api/v3/services', signal);
  return services;
}

/** Relative to the page, so that the collector may be served below a path. */
async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' } });
    if (response.ok) return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CollectorError('The collector does not answer.');
  }
  const { status } = response;
  if (status === 404) throw new CollectorError('The collector does not know this trace.', status);
  const reason = await reasonOf(response);
  throw new CollectorError(
    `The collector answered ${status}${reason ? `: ${reason}` : '.'}`,
    status,
  );
}

/** What the collector itself says of a refusal. */
async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = await response.json();
    return typeof error?.message === 'string' ? error.message : '';
  } catch {
    return '';
  }
}
