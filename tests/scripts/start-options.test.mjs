// npm start's options: from the command line before the environment, and a bad value is one line that says what is accepted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOptions, USAGE } from '../../scripts/start/options.mjs';

test('the command line stands before the environment, and that before the default', () => {
  const names = ['PORT', 'API_PORT', 'FAULT'];
  const before = names.map((name) => [name, process.env[name]]);
  try {
    for (const name of names) delete process.env[name];
    const { port, apiPort, fault } = startOptions([]);
    assert.deepEqual({ port, apiPort, fault }, { port: 3000, apiPort: 0, fault: 'none' });
    Object.assign(process.env, { PORT: '3100', API_PORT: '3101', FAULT: 'slow-db' });
    const chosen = startOptions(['--port', '3200']);
    assert.equal(chosen.port, 3200);
    assert.equal(chosen.apiPort, 3101);
    assert.equal(chosen.fault, 'slow-db');
    assert.equal(startOptions(['--fault', 'drop-event']).fault, 'drop-event');
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test('a fault that does not exist is refused with the list of those that do', () => {
  const accepted = 'none, slow-db, broker-latency, drop-event, no-context';
  assert.throws(() => startOptions(['--fault', 'slow']), {
    message: `start: the fault "slow" is not one of ${accepted}`,
  });
  for (const name of accepted.split(', ')) {
    assert.equal(startOptions(['--fault', name]).fault, name);
    assert.ok(USAGE.includes(`--fault ${name} `), name);
  }
});

test('an SDK is one of those that there are', () => {
  assert.equal(startOptions([]).sdk, 'opentelemetry');
  for (const name of ['opentelemetry', 'sentry']) {
    assert.equal(startOptions(['--sdk', name]).sdk, name);
    assert.ok(USAGE.includes(`--sdk ${name} `), name);
  }
  assert.throws(() => startOptions(['--sdk', 'zipkin']), {
    message: 'start: the SDK "zipkin" is not one of opentelemetry, sentry',
  });
});

test('a port that is none, and an option that does not exist, are refused', () => {
  assert.throws(() => startOptions(['--api-port', 'x']), {
    message: 'start: --api-port is "x", not a port from 0 to 65535',
  });
  assert.throws(() => startOptions(['--nonsense']), /--nonsense.* Try: npm start -- --help/);
});
