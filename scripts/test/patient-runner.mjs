#!/usr/bin/env node
// Runs wasm-bindgen's test runner, and starts it again when the browser never got to run a test.
//
// The runner's web server (tiny_http) now and then leaves a connection unanswered when a browser opens several at
// once; the page then loads for ever. Only such a run is repeated: once a test has begun, its outcome counts.
import { spawn } from 'node:child_process';
import { adopt } from '../lib/children.mjs';

/** A page that loads at all does so within this; a busy machine gets more time with each attempt. */
const START_MS = 5_000;
const ATTEMPTS = 10;
const BEGUN = /^(running \d+ tests?|no tests to run)/m;

function attempt(runner, args, patience) {
  return new Promise((resolve) => {
    const child = spawn(runner, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kill = adopt(child);
    let output = '';
    let begun = false;
    const timer = setTimeout(() => {
      if (!begun) kill('SIGKILL');
    }, patience);
    const take = (text) => {
      output += text;
      if (begun) process.stdout.write(text);
      else if (BEGUN.test(output)) {
        begun = true;
        process.stdout.write(output);
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => resolve({ begun: true, code: 127, output: error.message }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ begun, code: code ?? 1, output });
    });
  });
}

let last;
for (let i = 0; i < ATTEMPTS; i++) {
  const patience = START_MS * (i + 1);
  last = await attempt(process.env.TRACELINK_WASM_TEST_RUNNER, process.argv.slice(2), patience);
  if (last.begun || last.code === 0) break;
  process.stdout.write(`The browser did not load the page of the tests (attempt ${i + 1}).\n`);
}
if (!last.begun) process.stdout.write(last.output);
process.exitCode = last.code;
