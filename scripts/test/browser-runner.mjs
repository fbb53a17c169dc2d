#!/usr/bin/env node
// Runs wasm-bindgen's test runner with a browser that asks for one thing at a time.
//
// The runner's web server (tiny_http 0.12) takes two connections that arrive at once for one when a single of its threads
// is idle, and answers the second only when another connection ends. A browser opens six and keeps them: a third of the
// pages never loaded.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { adopt } from '../lib/children.mjs';
import { oneRequestProxy } from './one-request.mjs';

/** The capabilities of the file, for browsers that ask the proxy, also for what is on this machine. */
function throughProxy(file, port) {
  const capabilities = JSON.parse(readFileSync(file, 'utf8'));
  const at = `127.0.0.1:${port}`;
  capabilities['goog:chromeOptions'].args.push(
    `--proxy-server=${at}`,
    '--proxy-bypass-list=<-loopback>',
  );
  Object.assign(capabilities['moz:firefoxOptions'].prefs, {
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': port,
    'network.proxy.allow_hijacking_localhost': true,
  });
  const own = file.replace('.json', `-${process.pid}.json`);
  writeFileSync(own, JSON.stringify(capabilities));
  return own;
}

const { TRACELINK_WASM_TEST_RUNNER: runner, WASM_BINDGEN_TEST_WEBDRIVER_JSON: file } = process.env;
const { port } = await oneRequestProxy();
const own = throughProxy(file, port);
process.on('exit', () => rmSync(own, { force: true }));
const child = spawn(runner, process.argv.slice(2), {
  env: { ...process.env, WASM_BINDGEN_TEST_WEBDRIVER_JSON: own },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
adopt(child);
child.on('error', (error) => {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 127;
});
child.on('close', (code) => {
  process.exitCode ??= code ?? 1;
});
