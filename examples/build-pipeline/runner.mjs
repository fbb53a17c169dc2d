// The runner: takes build commands from the broker, works through the steps, and tells of each over the same socket.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { contextOf } from '../shared/carriers.mjs';
import { runService } from '../shared/service.mjs';
import { STEPS } from './events.mjs';
import { parseFault } from './faults.mjs';
import { carrierFor, parseMessage, sendMessage } from './messages.mjs';
import { inSpan, messaging } from './spans.mjs';

const RETRY_MS = 500;

await runService('The runner', 'runner', async (settings) => {
  const broker = settings.url('BROKER_URL', 'http://127.0.0.1:3002').replace(/\/+$/, '');
  const stepMs = settings.number('STEP_MS', 600);
  const heartbeatMs = settings.number('HEARTBEAT_MS', 5000);
  const carry = carrierFor(parseFault(settings.text('FAULT', 'none')));
  const url = `${broker.replace(/^http/, 'ws')}/runner`;

  let closing = false;
  let socket = connect();

  function connect() {
    const opened = new WebSocket(url);
    // Tells the broker that the runner is there; part of no trace.
    const heartbeat = setInterval(() => {
      if (opened.readyState === WebSocket.OPEN) opened.send('{"type":"heartbeat"}');
    }, heartbeatMs);
    opened.on('error', () => {}); // `close` follows
    opened.on('close', () => {
      clearInterval(heartbeat);
      if (!closing) setTimeout(() => (socket = connect()), RETRY_MS);
    });
    opened.on('message', (data) => {
      const message = parseMessage(data);
      if (message?.type !== 'start-build') return;
      build(message).catch((error) => console.error(`Build ${message.buildId}: ${error.message}`));
    });
    return opened;
  }

  /** @param {Record<string, any>} command */
  function build(command) {
    const { buildId } = command;
    const attributes = { 'build.id': buildId };
    const work = async () => {
      await sendEvent({
        type: 'status',
        buildId,
        status: 'running',
        todos: STEPS.map(({ title }) => title),
      });
      for (const [position, { command }] of STEPS.entries()) {
        await sendEvent({ type: 'tool_call', buildId, position, command });
        await sleep(stepMs);
        await sendEvent({ type: 'todo', buildId, position, status: 'completed' });
      }
      await sendEvent({ type: 'build-completed', buildId, status: 'completed' });
    };
    const options = messaging('process', 'runner', attributes);
    return inSpan('runner.build', options, work, contextOf(command));
  }

  /** @param {import('./events.mjs').BuildEvent} event */
  function sendEvent(event) {
    return sendMessage(`runner.sendEvent.${event.type}`, {
      socket,
      destination: 'broker',
      message: { type: 'event', event },
      attributes: { 'build.id': event.buildId },
      carry,
      environment: settings.environment,
    });
  }

  while (socket.readyState !== WebSocket.OPEN) {
    await Promise.race([once(socket, 'open').catch(() => {}), sleep(RETRY_MS)]);
  }
  return {
    ready: `Runner connected to ${broker}`,
    async close() {
      closing = true;
      socket.close();
    },
  };
});
