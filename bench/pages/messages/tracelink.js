// tracelink finds the context in the text and makes the consumer span; by default it also looks for what the handler
// shows and makes a ui.update span of it, for which OpenTelemetry has nothing.

import { flush, stats, traceMessage } from 'tracelink';
import { swallow } from '../network.js';
import { start } from '../tracelink.js';
import { offer } from './round.js';
import { handle } from './workload.js';

const plain = { destination: 'shop.example/prices', update: false };
const updated = { destination: 'shop.example/prices' };

await start();
swallow();
offer(
  {
    traced: (text) => traceMessage(text, () => handle(JSON.parse(text)), plain),
    updated: (text) => traceMessage(text, () => handle(JSON.parse(text)), updated),
  },
  async () => {
    await flush();
    const { pending, ignored, dropped } = stats();
    if (pending || ignored || dropped.buffer_full)
      throw new Error(`${pending} spans wait, ${ignored} contexts ignored`);
  },
);
