// npm run test:faults: what goes wrong around a page, one fault after the other; ends with 1 when a span is lost.
import { parseArgs } from 'node:util';
import { build } from '../../scripts/build/index.mjs';
import { main, StepError } from '../../scripts/lib/step.mjs';
import { setup } from '../../scripts/setup/index.mjs';
import { BROWSERS } from '../e2e/harness/browsers.mjs';
import { faults, QUICK } from './index.mjs';
import { runLane } from './lane.mjs';
import { heading, row, summary } from './support/table.mjs';

const ORIGINS = ['same', 'cross'];
const EVERYWHERE = { browsers: BROWSERS, origins: ORIGINS };

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    browser: { type: 'string', multiple: true },
    origin: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const browsers = values.browser ?? (values.quick ? ['chromium'] : BROWSERS);
const origins = values.origin ?? (values.quick ? ['cross'] : ORIGINS);

/** The faults whose names start with one of those asked for. */
function chosen() {
  const all = Object.entries(faults);
  if (values.quick) return all.filter(([name]) => QUICK.includes(name));
  if (!values.only) return all;
  const found = all.filter(([name]) => values.only.some((start) => name.startsWith(start)));
  if (found.length === 0) {
    const known = all.map(([name]) => name).join('; ');
    throw new StepError('faults', `there is no fault ${values.only}`, `Faults: ${known}.`);
  }
  return found;
}

/** One lane for each browser and origin that is asked for, with the faults that it can show. */
function lanes() {
  const all = browsers.flatMap((browserName) =>
    origins.map((origin) => {
      const shows = ([, fault]) => {
        const { browsers, origins } = { ...EVERYWHERE, ...fault };
        return browsers.includes(browserName) && origins.includes(origin);
      };
      return { browserName, origin, faults: chosen().filter(shows) };
    }),
  );
  return all.filter((lane) => lane.faults.length > 0);
}

await main(async () => {
  const say = (text) => process.stdout.write(`${text}\n`);
  if (values.list) return say(Object.keys(faults).join('\n'));
  const planned = lanes();
  await setup({ tests: true });
  await build({ collector: true });
  say(`\n${heading()}`);
  const rows = [];
  for (const lane of planned)
    await runLane(lane, (result) => {
      rows.push(result);
      say(row(result));
    });
  say(`\n${summary(rows)}`);
  return rows.some(({ problems }) => problems.length) ? 1 : 0;
});
