/** The command line as it is shipped: the product's commands, and the simulator's beside them. */

import packageFile from '../package.json' with { type: 'json' };
import { registerSimulator } from '../simulator/index.ts';
import { dataDirectory } from '../src/cli/house.ts';
import { buildProgram } from '../src/cli/main.ts';
import { connect } from '../src/database/index.ts';

await buildProgram(packageFile.version, [(program) => registerSimulator(program, () => connect({ dataDirectory: dataDirectory() }))]).parseAsync();
