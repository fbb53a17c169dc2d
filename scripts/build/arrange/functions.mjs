// Reads the functions of a wasm module, cut where their text names a local or another function.
import { Reader } from '../../lib/wasm-binary.mjs';

/** Reads over the operands of an instruction. What they are: core specification, section 5.4. */
function skipOperands(reader, opcode) {
  const numbers = (count) => {
    for (let left = count; left > 0; left--) reader.number();
  };
  if (opcode === 0x0e) return numbers(reader.number() + 1);
  if (opcode === 0x1c) return numbers(reader.number());
  if (opcode === 0x43 || opcode === 0x44) {
    reader.at += opcode === 0x43 ? 4 : 8;
    return;
  }
  if (opcode === 0x11 || (opcode >= 0x28 && opcode <= 0x3e)) return numbers(2);
  const further = opcode === 0xfc ? reader.number() : 0;
  if (opcode > 0xfc || further > 11)
    throw new Error(`instruction ${opcode}, ${further} cannot be arranged`);
  if (further >= 8) return numbers(further % 2 ? 1 : 2);
  const hasOne =
    (opcode >= 0x02 && opcode <= 0x04) ||
    opcode === 0x0c ||
    opcode === 0x0d ||
    (opcode >= 0x20 && opcode <= 0x26) ||
    (opcode >= 0x3f && opcode <= 0x42);
  numbers(hasOne ? 1 : 0);
}

/** A function's content, cut at the numbers that may change: every second piece names a local or a function. */
function cut(content, code) {
  const reader = new Reader(content, code);
  const pieces = [];
  let at = 0;
  while (reader.at < content.length) {
    const opcode = reader.byte();
    const start = reader.at;
    const isLocal = opcode >= 0x20 && opcode <= 0x22;
    if (isLocal || opcode === 0x10) {
      const index = reader.number();
      pieces.push(content.subarray(at, start), isLocal ? { local: index } : { callee: index });
      at = reader.at;
    } else skipOperands(reader, opcode);
  }
  return [...pieces, content.subarray(at)];
}

/** How many parameters each type has. */
function parameterCounts(content) {
  const reader = new Reader(content);
  return reader.list(() => {
    reader.byte();
    const [parameters] = [reader.sized(), reader.sized()];
    return parameters.length;
  });
}

/**
 * The functions that the three sections describe: the number of the type, how many parameters stand before the locals,
 * the types of the locals, and the pieces of the text.
 */
export function functionsOf({ types, functions, code }) {
  const parameters = parameterCounts(types);
  const declared = new Reader(functions);
  const bodies = new Reader(code);
  return declared
    .list(() => declared.number())
    .map((type, at) => {
      if (at === 0) bodies.number();
      const content = bodies.sized();
      const reader = new Reader(content);
      const runs = reader.list(() => ({ count: reader.number(), type: reader.byte() }));
      const locals = runs.flatMap(({ count, type }) => new Array(count).fill(type));
      return { type, parameters: parameters[type], locals, pieces: cut(content, reader.at) };
    });
}
