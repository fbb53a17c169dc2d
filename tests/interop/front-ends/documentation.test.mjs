// The recipes in docs/front-ends.md are the files that the tests run.
import { holdToRecipes } from '../../e2e/harness/documentation.mjs';

holdToRecipes('front-ends.md', import.meta.url);
