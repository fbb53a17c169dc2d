// The calls of the build API, each inside a span named after what the user did.
import { tracedFetch, withSpan } from 'tracelink';
import type { BuildSession } from './build.ts';
import { type ClickListener, read } from './todo-api.ts';

export function startBuild(api: string, listener: ClickListener): Promise<{ buildId: string }> {
  return withSpan('click start-build', async (span) => {
    listener(span.traceId);
    return read(await tracedFetch(new URL('/api/builds', api), { method: 'POST' }));
  });
}

export function loadLatestBuild(api: string): Promise<BuildSession | null> {
  return withSpan('load build', async () => {
    const response = await tracedFetch(new URL('/api/builds/latest', api));
    return (await read<{ session: BuildSession | null }>(response)).session;
  });
}
