// What became of the spans of a fault: in the collector's database, acknowledged more than once, told of, or lost.

/** The spans that the database holds, of these traces, by `traceId/spanId`; each must stand there once. */
async function storedSpans(scene, traceIds) {
  const found = new Map();
  for (const traceId of traceIds) {
    for (const span of await scene.collector.spans(traceId)) {
      const key = `${traceId}/${span.spanId}`;
      scene.must(!found.has(key), `${span.name} stands in the database twice`);
      found.set(key, span);
    }
  }
  return found;
}

const isIncomplete = ({ attributes = [] }) =>
  attributes.some(({ key }) => key === 'tracelink.incomplete');

/**
 * One row of the table. `ended`: how many spans ended, where they are not known one by one; `toldOf`: how many spans `stats()` still has or dropped, where nothing could be delivered;
 * `mayRepeat`: the browsers in which a page, or its successor, cannot know that they had arrived.
 */
export async function account(
  scene,
  { ended = scene.ended.length, toldOf = 0, note },
  { mayRepeat = [] },
) {
  const database = await storedSpans(scene, new Set(scene.ended.map(([traceId]) => traceId)));
  const sent = scene.proxy.stored();
  const stored = scene.ended.filter(([traceId, spanId, name]) => {
    const span = database.get(`${traceId}/${spanId}`);
    if (!span) return false;
    scene.must(span.name === name, `${name} is stored as ${span.name}`);
    scene.must(!isIncomplete(span), `${name} is stored as incomplete`);
    return true;
  }).length;
  const twice = scene.ended.filter(([traceId, spanId]) => sent.get(`${traceId}/${spanId}`) > 1);
  scene.must(
    mayRepeat.includes(scene.browserName) || twice.length === 0,
    `${twice.length} spans were sent twice`,
  );
  const lost = ended - stored - toldOf;
  scene.must(
    lost === 0,
    lost > 0 ? `${lost} spans are lost` : `${-lost} spans count as gone and are stored`,
  );
  return {
    ended,
    stored,
    twice: twice.length,
    toldOf,
    lost,
    note,
    problems: [...new Set(scene.problems)],
  };
}
