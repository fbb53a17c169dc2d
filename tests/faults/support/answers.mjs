// What can go wrong between a page and its collector: each is a function of one exchange that the proxy runs.
import { setTimeout as sleep } from 'node:timers/promises';

/** An answer of somebody before the collector, which stores nothing. */
export const refuse =
  (status, headers = {}) =>
  async (exchange) => {
    await exchange.body();
    exchange.answer({
      status,
      headers: typeof headers === 'function' ? headers() : headers,
    });
  };

export const resetBeforeBody = (exchange) => exchange.reset();

export async function resetDuringBody(exchange) {
  await exchange.halfOfBody();
  exchange.reset();
}

export async function resetAfterBody(exchange) {
  await exchange.body();
  exchange.reset();
}

/** The collector has stored the request, and the page never hears of it. */
export async function loseAcknowledgement(exchange) {
  await exchange.forward();
  exchange.reset();
}

/** The collector takes its time. */
export const slowly = (ms) => async (exchange) => {
  const answer = await exchange.forward();
  await sleep(ms);
  exchange.answer(answer);
};

/** The request arrives as if from a page that the collector does not allow. */
export const fromStranger = (exchange) => exchange.pass({ origin: 'https://stranger.example' });
