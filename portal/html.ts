/** Building pages from strings, safely. */

export { escape, html, type Html } from '../src/kernel/index.ts';
