// Starts the to-do backend from environment variables; README.md beside it lists them.
import { fileURLToPath } from 'node:url';
import { runService } from '../shared/service.mjs';
import { startBackend } from './app.mjs';

await runService('The example backend', 'todo-backend', async (settings) => {
  const backend = await startBackend({
    port: settings.number('PORT', 3000),
    host: settings.text('HOST', '127.0.0.1'),
    databaseFile: settings.text('DB_FILE', 'todos.db'),
    pageRoot: settings.text('PAGE_ROOT', fileURLToPath(new URL('../../www/dist', import.meta.url))),
    collector: settings.url('TRACELINK_ENDPOINT', settings.collector),
    buildApi: settings.text('BUILD_API_URL', '') ? settings.url('BUILD_API_URL', '') : undefined,
    environment: settings.environment,
  });
  return { ready: `Example backend ready on ${backend.url}`, close: backend.close };
});
