// The cases of tests/conformance/fetch_transparency.json.
import { sharedCases } from '/page/probes.js';

export const cases = await sharedCases('fetch_transparency.json', ({ F, other }) => [F, other]);
