// Who takes spans in beside the collector: rotel, which forwards and stores nothing, and Arize Phoenix, which stores.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adopt } from '../../scripts/lib/children.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { startService } from '../../scripts/lib/service.mjs';
import { ensure } from '../../scripts/setup/index.mjs';
import {
  pythonPackages,
  pythonProgram,
  pythonVersion,
} from '../../scripts/setup/python-packages.mjs';
import { startCollector } from '../../scripts/start/services.mjs';

const READY_MS = 120_000;
const WHERE =
  "import importlib.util as u; print(u.find_spec('rotel').submodule_search_locations[0])";

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program that says nothing when it is ready: it is once `url` answers, whatever it answers. */
async function start(command, args, env, url) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    detached: true,
  });
  const kill = adopt(child);
  const exited = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  let gone = false;
  exited.then(() => {
    gone = true;
  });
  const deadline = Date.now() + READY_MS;
  const answers = () => fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  while (!(await answers())) {
    if (gone || Date.now() > deadline) throw new Error(`${command} does not answer on ${url}`);
    await sleep(100);
  }
  return {
    pid: child.pid,
    async stop() {
      kill('SIGTERM');
      const late = setTimeout(() => kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(late);
    },
  };
}

async function tracelink(folder) {
  const { pid, url, stop } = await startCollector({
    port: 0,
    database: join(folder, 'tracelink.db'),
  });
  // What it acknowledges is stored.
  return { pid, url, stop };
}

async function rotel(folder) {
  const folderOfRotel = execFileSync(pythonProgram('rotel'), ['-c', WHERE], { encoding: 'utf8' });
  const sink = await startService('sink', process.execPath, [
    join(root, 'bench', 'collector', 'sink.mjs'),
  ]);
  const [port, grpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const { pid, stop } = await start(
    join(folderOfRotel.trim(), 'rotel-agent'),
    [
      ...['start', '--pid-file', join(folder, 'rotel.pid'), '--log-file', join(folder, 'log')],
      ...['--otlp-http-endpoint', `127.0.0.1:${port}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`],
      ...['--exporter', 'otlp', '--otlp-exporter-protocol', 'http'],
      ...['--otlp-exporter-endpoint', sink.url],
    ],
    {},
    url,
  );
  return {
    pid,
    url,
    async stop() {
      await stop();
      await sink.stop();
    },
  };
}

async function phoenix(folder) {
  const [port, grpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const own = join(folder, 'phoenix');
  await mkdir(own);
  const env = {
    PHOENIX_WORKING_DIR: own,
    PHOENIX_HOST: '127.0.0.1',
    PHOENIX_PORT: String(port),
    PHOENIX_GRPC_PORT: String(grpc),
    // Nothing but taking spans in and storing them, and nobody asked on the internet.
    PHOENIX_TELEMETRY_ENABLED: 'false',
    PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
    PHOENIX_DISABLE_AGENT_ASSISTANT: 'true',
    PHOENIX_ENABLE_MCP_SERVER: 'false',
    PHOENIX_ALLOWED_SANDBOX_PROVIDERS: 'NONE',
  };
  const program = join(dirname(pythonProgram('phoenix')), 'phoenix');
  const { pid, stop } = await start(program, ['serve'], env, `${url}/healthz`);
  const query = JSON.stringify({ query: '{ projects { edges { node { recordCount } } } }' });
  /** What it acknowledges waits in memory; how many spans are in its database. */
  async function stored() {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: query });
    const { data } = await answer.json();
    return data.projects.edges.reduce((sum, { node }) => sum + node.recordCount, 0);
  }
  return { pid, url, stop, stored };
}

/** `batches`: of one round. Phoenix has a few, since it takes its time; its pace stays the same. */
export const CONTENDERS = {
  tracelink: { start: tracelink, batches: 200 },
  rotel: {
    start: rotel,
    batches: 200,
    needs: () => pythonPackages('rotel'),
    version: () => pythonVersion('rotel', 'rotel'),
  },
  phoenix: {
    start: phoenix,
    batches: 8,
    needs: () => pythonPackages('phoenix'),
    version: () => pythonVersion('phoenix', 'arize-phoenix'),
  },
};

/** Installs what contenders need; gives those that cannot run here, with the reason. */
export async function prepare(names) {
  const absent = new Map();
  for (const name of names) {
    const { needs } = CONTENDERS[name];
    try {
      if (needs) await ensure([needs()]);
    } catch (error) {
      absent.set(name, error.message);
    }
  }
  return absent;
}
