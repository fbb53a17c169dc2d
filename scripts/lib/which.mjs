// Finds programs: on PATH, or where an environment variable points.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { StepError } from './step.mjs';

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function which(name) {
  if (isAbsolute(name)) return executable(name) ? name : undefined;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(executable);
}

/** The program that `variable` names, else the first of `names` on PATH. A variable that names nothing is an error. */
export function programFor(variable, names) {
  const chosen = process.env[variable];
  if (!chosen) return names.map(which).find(Boolean);
  const path = which(chosen);
  if (!path) {
    throw new StepError(
      `${variable}`,
      `${chosen} is not a program`,
      `Set ${variable} to a path, or unset it.`,
    );
  }
  return path;
}
