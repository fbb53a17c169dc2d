// Arranging a minified module changes neither what it exports nor what that does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javascriptArrangement } from '../../scripts/build/arrange/javascript.mjs';
import { packed, search } from '../../scripts/build/arrange/search.mjs';
import { garbled, linesByName, seeded, wandered } from './support/arrangements.mjs';

// As terser writes it. What may not be renamed: aa, key and variable at once in `ii`; bb, hidden by a parameter of `dd`.
// What may not move: variables and classes, each of which is used while the module loads. `qq` and `rr` differ in names.
const MODULE = `var k=[];function aa(e,t){return k.push(e),e+t}function bb(e){return aa(e,1)}\
async function cc(){return aa(1,await bb(2))}function dd(bb){return bb.aa+{aa:1,bb}.bb.bb}\
function ee(e,{ff:t=aa(1,2),...r}={}){return[e,t,r]}var gg=e=>ee(e,{aa:3});class hh{aa(){return gg(this.bb)}get bb(){return 4}}\
function ii(){return{aa,ee:bb}}function jj(e){try{return e.cc()}catch(ii){return ii instanceof TypeError}}\
var ll=[1],mm=e=>[...ll,e],nn=e=>mm(e).length,oo=ll.push(nn(5)),pp=new hh;ll.push(oo,pp.bb);function qq(e){return cc(e,4)}\
function rr(e){return gg(e,4)}\
export{mm as appended,nn as counted,oo as pushed,pp as made,qq as fourth,rr as fifth,aa as sum,bb as next,cc as later,dd as both,ii as parts,jj as caught,hh as Thing,k as list};`;

let imports = 0;
/** A module of its own each time, even of the same text. */
const imported = (code) => import(`data:text/javascript,${encodeURIComponent(code)}//${++imports}`);

async function outcome(exports) {
  const { sum, next, later, both, parts, caught, Thing, list } = exports;
  const { appended, counted, pushed, made, fourth, fifth } = exports;
  const { aa, ee } = parts();
  const loaded = [appended(6), counted(7), pushed, made.aa(), await fourth(8), fifth(9)];
  const results = [sum(1, 2), next(3), await later(), both({ aa: 5, bb: 6 }), aa(7, 8), ee(9)];
  return [...loaded, ...results, caught({}), new Thing().aa(), new Thing().bb, list];
}

/** Wherever the search may come by, and whatever text it may start from. */
test('no arrangement changes the exports or what they do', async () => {
  const before = await imported(MODULE);
  const expected = await outcome(before);
  const arrangement = javascriptArrangement(MODULE);
  const lines = arrangement.lines(wandered(arrangement, 500));
  const texts = Array.from({ length: 60 }, (_, seed) => garbled(lines, seeded(seed + 1)));
  const states = [
    ...[0, 1, 2, 5, 20, 80, 300, 1000].map((steps) => wandered(arrangement, steps)),
    ...texts.map((text) => arrangement.from(linesByName(text))),
  ];
  for (const state of states) {
    const written = arrangement.write(state);
    const after = await imported(written);
    assert.deepEqual(Object.keys(after), Object.keys(before), written);
    assert.deepEqual(await outcome(after), expected, written);
  }
});

test('lines say all of an arrangement', () => {
  const arrangement = javascriptArrangement(MODULE);
  for (const steps of [0, 10, 1000]) {
    const state = wandered(arrangement, steps);
    const again = arrangement.from(linesByName(arrangement.lines(state)));
    assert.equal(arrangement.write(again), arrangement.write(state));
  }
});

test('lines of an earlier module hold for what it shares with this one', () => {
  const earlier = javascriptArrangement(MODULE);
  const lines = earlier.lines(wandered(earlier, 1000));
  // A function more, one less, and one that says something else.
  const later = MODULE.replace('function ii()', 'function xx(e,t){return[t,e]}function ii()')
    .replace('function bb(e){return aa(e,1)}', 'function bb(e){return aa(e,2)}')
    .replace('class hh{', 'class hh{cc(){return xx(1,2)}');
  const arrangement = javascriptArrangement(later);
  const kept = arrangement.lines(arrangement.from(linesByName(lines)));
  const shared = lines.filter((line) => kept.includes(line));
  assert.ok(shared.length >= lines.length - 4);
  assert.deepEqual(
    kept.filter((line) => shared.includes(line)),
    shared,
    'in their order',
  );
});

test('the same start gives the same text, and never a larger one', () => {
  const arrangement = javascriptArrangement(MODULE);
  const [one, other] = [1, 2].map(() => {
    const start = arrangement.from(new Map());
    return arrangement.write(search(start, { ...arrangement, steps: 20_000 }));
  });
  assert.equal(one, other);
  assert.ok(packed(one) < packed(MODULE));
});
