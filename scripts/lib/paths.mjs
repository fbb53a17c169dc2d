// Where things are: the checkout, and the per-user cache that every checkout shares.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tracelink');
export const tools = join(cache, 'tools');
export const logs = join(root, '.tmp', 'logs');
export const nodeBin = join(root, 'node_modules', '.bin');
export const cargoTarget = resolve(root, process.env.CARGO_TARGET_DIR || 'target');

export const versions = JSON.parse(readFileSync(new URL('../versions.json', import.meta.url)));
