// Rules for the options of init: a wrong type or range is refused. What a refusal says is in refused.ts, which is loaded only
// then.

// biome-ignore lint/suspicious/noExplicitAny: what is checked may be anything.
type Accepts = (value: any) => unknown;
/** For one that the crate takes as it is, also the number of its setting; for an object what it may hold. */
type Rule = Accepts | [accepts: Accepts, more: number | Members];
export interface Members {
  [key: string]: Rule;
}

/** An object that can be read. */
export const plain: Accepts = (value) =>
  typeof value === 'object' && !Array.isArray(value) && Object.entries(value);

export const is =
  (type: string): Accepts =>
  (value) =>
    typeof value === type;
export const upTo =
  (most: number): Accepts =>
  (value) =>
    typeof value === 'number' && value >= 0 && value <= most;
export const tagged =
  (tag: RegExp): Accepts =>
  (value) =>
    tag.test({}.toString.call(value));
export const one =
  (...values: unknown[]): Accepts =>
  (value) =>
    values.includes(value);
export const or =
  (a: Accepts, b: Accepts): Accepts =>
  (value) =>
    a(value) || b(value);
export const list =
  (accepts: Accepts): Accepts =>
  (value) =>
    Array.isArray(value) && value.every(accepts);
export const object = (members: Members): Rule => [plain, members];

export const flag = is('boolean');
export const text = is('string');
export const callable = is('function');
export const filled: Accepts = (value) => text(value) && value;
export const pattern = or(text, tagged(/ RegExp]/));

/** Whether a value is accepted; one that cannot be looked at is not. */
function holds(accepts: Accepts, value: unknown): boolean {
  try {
    return !!accepts(value);
  } catch {
    return false;
  }
}

/** An option that is refused; without a name all of them. */
export interface Refused extends Error {
  _name: string;
  _value: unknown;
}

/** The error for an option, with what can be said of it without more code. */
export function refused(_name: string, _value: unknown): Refused {
  const error = new TypeError(`tracelink: option ${_name} is wrong`);
  return Object.assign(error, { _name, _value });
}

/** A setting of the crate with its value: a number, a text, a list of texts. */
export type Setting = [setting: number, value: unknown];

/** What the check of the options found out. */
type Checked = [others: Record<string, unknown>, settings: Setting[]];

/** Checks the options that there are rules for; gives back the others, and settings. Throws for the first one that is wrong. */
export function check(rules: Members, options: object): Checked {
  const others: Record<string, unknown> = {};
  const settings: Setting[] = [];
  const walk = (members: Members, values: object, path: string): void => {
    for (const [key, value] of Object.entries(values)) {
      const name = path + key;
      if (!Object.hasOwn(members, key)) {
        others[name] = value;
      } else if (value !== undefined || key === 'serviceName') {
        const [accepts, more] = [members[key]].flat() as [Accepts, (number | Members)?];
        if (!holds(accepts, value)) throw refused(name, value);
        if (typeof more === 'number') settings.push([more, value]);
        else if (more && plain(value)) walk(more, value as object, `${name}.`);
      }
    }
  };
  if (!holds(plain, options)) throw refused('', options);
  // It is missing unless it is given.
  walk(rules, { ...(rules.serviceName && { serviceName: undefined }), ...options }, '');
  return [others, settings];
}
