// The cases of tests/conformance/websocket_transparency.json.
import { sharedCases } from '/page/probes.js';

export const together = true;

export const cases = await sharedCases('websocket_transparency.json', ({ W }) => [W]);
