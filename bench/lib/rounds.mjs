// Runs all measurements of one kind in rounds, each round in a new random order, so that no contender owns a quiet minute.

function shuffled(list) {
  const order = [...list];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

/** Calls every measurement once a round. Returns its results by name, without those of the first rounds. */
export async function inRounds(measurements, rounds, warmUp) {
  const results = new Map([...measurements.keys()].map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of shuffled(measurements.keys())) {
      const result = await measurements.get(name)();
      if (round >= 0) results.get(name).push(result);
    }
  }
  return results;
}
