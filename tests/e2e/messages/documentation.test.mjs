// The examples in docs/messages.md are the files that the tests run.
import { holdToRecipes } from '../harness/documentation.mjs';

holdToRecipes('messages.md', import.meta.url);
