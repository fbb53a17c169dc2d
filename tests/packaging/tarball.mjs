// The npm package as a user gets it: packed, and installed from the tarball into an empty project.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { must } from '../../scripts/lib/run.mjs';

const NPM = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** { folder, files, manifest, remove }: a project with tracelink in its node_modules, and what the tarball held. */
export async function installTarball() {
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-packaging-'));
  const packed = await must(
    'npm pack',
    'npm',
    ['pack', '--json', '--pack-destination', folder, ...NPM],
    {
      cwd: root,
    },
  );
  const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[')));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', type: 'module' }));
  await must('npm install', 'npm', ['install', '--offline', ...NPM, join(folder, filename)], {
    cwd: folder,
  });
  const installed = join(folder, 'node_modules', 'tracelink');
  return {
    folder,
    installed,
    files: files.map((file) => file.path),
    manifest: JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
