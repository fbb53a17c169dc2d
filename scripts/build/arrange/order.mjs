// Puts the parts of a JavaScript module in an order that was kept, as far as they may stand in it.

/** Where a part goes that the kept order does not have: behind the one that it followed, where it may stand. */
function placeFor(unit, at, units, order) {
  const isMate = ({ list }) => unit.list && list === unit.list;
  const before = units.slice(0, at);
  // What is not free to move stands behind all that it followed of its kind.
  const followed = unit.moves ? before.at(-1) : before.findLast(({ moves }) => !moves);
  const mate = order.findIndex(isMate);
  if (mate >= 0 && !(followed && isMate(followed)))
    return unit.moves ? mate : order.findLastIndex((one) => isMate(one) && one.moves) + 1 || mate;
  let place = order.indexOf(followed) + 1;
  // Never between two parts of a list.
  while (
    !isMate(order[place - 1] ?? {}) &&
    order[place]?.list &&
    order[place].list === order[place - 1]?.list
  )
    place++;
  return place;
}

/** Whether what runs when the module loads still runs in its order, and no list is parted. */
function isWhole(order, units) {
  const fixed = (list) => list.filter(({ moves }) => !moves);
  const inOrder = fixed(order).every((unit, at) => unit === fixed(units)[at]);
  const heads = order.filter(({ list }, at) => list && list !== order[at - 1]?.list);
  const isParted = new Set(heads.map(({ list }) => list)).size < heads.length;
  const isLate = ({ list, moves }, at) =>
    list && moves && order[at - 1]?.list === list && !order[at - 1].moves;
  return inOrder && !isParted && !order.some(isLate);
}

/** The units in the order of `lines` (see found.mjs); as they stand, where that is none that they may have. */
export function ordered(units, lines) {
  const placeOf = ({ name }) => lines.get(name).at;
  const order = units.filter(({ name }) => lines.has(name)).sort((a, b) => placeOf(a) - placeOf(b));
  for (const [at, unit] of units.entries())
    if (!lines.has(unit.name)) order.splice(placeFor(unit, at, units, order), 0, unit);
  return isWhole(order, units) ? order : units;
}
