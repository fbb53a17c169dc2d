// Arranging a minified module changes neither what it exports nor what that does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { arranged } from '../../scripts/build/arrange/javascript.mjs';

// As terser writes it. What may not be renamed: aa, key and variable at once in `ii`; bb, hidden by a parameter of `dd`.
const MODULE = `var k=[];function aa(e,t){return k.push(e),e+t}function bb(e){return aa(e,1)}\
async function cc(){return aa(1,await bb(2))}function dd(bb){return bb.aa+{aa:1,bb}.bb.bb}\
function ee(e,{ff:t=aa(1,2),...r}={}){return[e,t,r]}var gg=e=>ee(e,{aa:3});class hh{aa(){return gg(this.bb)}get bb(){return 4}}\
function ii(){return{aa,ee:bb}}function jj(e){try{return e.cc()}catch(ii){return ii instanceof TypeError}}\
export{aa as sum,bb as next,cc as later,dd as both,ii as parts,jj as caught,hh as Thing,k as list};`;

const imported = (code) => import(`data:text/javascript,${encodeURIComponent(code)}`);

async function outcome({ sum, next, later, both, parts, caught, Thing, list }) {
  const { aa, ee } = parts();
  const results = [sum(1, 2), next(3), await later(), both({ aa: 5, bb: 6 }), aa(7, 8), ee(9)];
  return [...results, caught({}), new Thing().aa(), new Thing().bb, list];
}

test('the exports are the same and do the same', async () => {
  const [before, after] = await Promise.all([MODULE, arranged(MODULE)].map(imported));
  assert.deepEqual(Object.keys(after), Object.keys(before));
  assert.deepEqual(await outcome(after), await outcome(before));
});

test('the same module gives the same text, and never a larger one', () => {
  const text = arranged(MODULE);
  assert.equal(arranged(MODULE), text);
  assert.ok(gzipSync(text, { level: 9 }).length < gzipSync(MODULE, { level: 9 }).length);
});
