/** Loaded before every test file: one seed for all that is random, so that a failing run can be replayed. */

import fc from 'fast-check';

const seed = Number(process.env['INFORCE_SEED'] ?? 1);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
