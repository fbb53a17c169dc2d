// The source of Rust's standard library, for exactly the installed compiler: from Debian, else from an archive.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cache, root, versions } from '../lib/paths.mjs';
import { cause, must, run } from '../lib/run.mjs';
import { StepError } from '../lib/step.mjs';
import { which } from '../lib/which.mjs';

export const ARCHIVE_VARIABLE = 'TRACELINK_RUST_LIBRARY';
const STEP = 'Rust library source';

/**
 * The Debian archives this machine itself uses, without the security ones: they hold no compilers. Addresses that do
 * not say Debian are only tried where none does.
 */
async function debianArchives() {
  const { code, output } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const all = code === 0 ? output.split('\n') : [];
  const uris = [...new Set(all.filter((uri) => /^\w+:/.test(uri) && !uri.includes('security')))];
  const debian = uris.filter((uri) => /debian/i.test(uri));
  return debian.length > 0 ? debian : uris;
}

/** The keyring the machine's own sources name, so that a package of another suite is verified by the same keys. */
async function debianKeyring() {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? await readdir(folder) : [];
  const files = [...names.map((name) => join(folder, name)), '/etc/apt/sources.list'].filter(
    existsSync,
  );
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const named = texts.flatMap((text) => [
    ...text.matchAll(/signed-by[:=]\s*(\/\S*debian[^\s\]]*)/gi),
  ]);
  const paths = [
    ...named.map((match) => match[1]),
    '/usr/share/keyrings/debian-archive-keyring.gpg',
  ];
  return paths.find(existsSync);
}

/** An apt state of our own: the machine's lists, sources and caches stay as they are. */
async function privateApt(folder, archive, suite, keyring) {
  for (const part of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const list = join(folder, 'sources.list');
  await writeFile(
    list,
    `deb ${keyring ? `[signed-by=${keyring}] ` : ''}${archive} ${suite} main\n`,
  );
  return [
    `-oDir::Etc::sourcelist=${list}`,
    '-oDir::Etc::sourceparts=/dev/null',
    `-oDir::State::Lists=${join(folder, 'lists')}`,
    `-oDir::Cache=${join(folder, 'cache')}`,
    '-oAPT::Sandbox::User=root',
    '-oAcquire::Languages=none',
    '-oAcquire::Retries=1',
  ];
}

async function exactVersion(options, release) {
  const { output } = await run('apt-cache', [...options, 'madison', 'rust-src']);
  const found = output.split('\n').map((line) => line.split('|')[1]?.trim() ?? '');
  return found.find(
    (version) => version.startsWith(`${release}+`) || version.startsWith(`${release}-`),
  );
}

/** Unpacks `usr/src/rustc-VERSION/library` of the package below `into`; the 300 MB beside it are not written. */
async function unpackPackage(deb, into) {
  const unpack = 'tar -x -C "$1" --strip-components=4 --wildcards --no-wildcards-match-slash "$2"';
  const script = `set -o pipefail; dpkg-deb --fsys-tarfile "$0" | ${unpack}`;
  await must(STEP, 'bash', ['-c', script, deb, into, './usr/src/rustc-*/library']);
}

async function fromDebian(release, into, workspace) {
  const missing = ['apt-get', 'apt-cache', 'dpkg-deb'].find((tool) => !which(tool));
  if (missing) return `${missing} is not here`;
  const archives = await debianArchives();
  if (archives.length === 0) return 'apt names no Debian archive';
  const keyring = await debianKeyring();
  let problem = `Debian has no rust-src ${release}`;
  for (const archive of archives) {
    for (const suite of versions.debianRustSuites) {
      const folder = join(workspace, 'apt');
      await rm(folder, { recursive: true, force: true });
      const options = await privateApt(folder, archive, suite, keyring);
      const update = await run('apt-get', [...options, 'update'], { timeoutMs: 120_000 });
      const version = await exactVersion(options, release);
      if (!version) {
        if (update.code !== 0) problem = `apt: ${cause(update.output)}`;
        continue;
      }
      const download = await run('apt-get', [...options, 'download', `rust-src=${version}`], {
        cwd: folder,
        timeoutMs: 300_000,
      });
      const deb = (await readdir(folder)).find((name) => name.endsWith('.deb'));
      if (download.code !== 0 || !deb) {
        problem = `apt: ${cause(download.output)}`;
        continue;
      }
      await unpackPackage(join(folder, deb), into);
      return undefined;
    }
  }
  return problem;
}

async function fromArchive(into) {
  const chosen = process.env[ARCHIVE_VARIABLE];
  if (!chosen) return `${ARCHIVE_VARIABLE} is not set`;
  const archive = resolve(root, chosen);
  if (!existsSync(archive)) return `${ARCHIVE_VARIABLE} names ${archive}, which does not exist`;
  const { code, output } = await run('tar', ['-xf', archive, '-C', into]);
  return code === 0 ? undefined : `${archive}: ${cause(output)}`;
}

/** The folder `library/` for this compiler, kept in the cache. */
export async function rustLibrarySource(release) {
  const home = join(cache, `rust-library-${release}`);
  if (existsSync(join(home, 'library'))) return join(home, 'library');
  const workspace = join(cache, `.rust-library-${release}`);
  const into = join(workspace, 'source');
  const problems = [];
  try {
    for (const source of [() => fromDebian(release, into, workspace), () => fromArchive(into)]) {
      await rm(workspace, { recursive: true, force: true });
      await mkdir(into, { recursive: true });
      const problem = await source();
      if (!problem && existsSync(join(into, 'library', 'sysroot', 'Cargo.toml'))) {
        await rename(into, home);
        return join(home, 'library');
      }
      problems.push(problem ?? 'the archive holds no library/sysroot');
    }
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
  const remedy = `Go online, or set ${ARCHIVE_VARIABLE} to a tar archive of Rust ${release}'s library folder.`;
  throw new StepError(STEP, problems.join('; '), remedy);
}
