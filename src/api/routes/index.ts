/** Every route of the product, by module. */

import { type Api, type World } from '../world.ts';
import { billRoutes } from './bills.ts';
import { contactRoutes } from './contacts.ts';
import { cycleRoutes } from './cycle.ts';
import { healthRoutes } from './health.ts';
import { holderRoutes } from './holders.ts';
import { ruleRoutes } from './rules.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { todayRoutes } from './today.ts';

export function registerRoutes(app: Api, world: World): void {
  healthRoutes(app, world);
  sessionRoutes(app, world);
  todayRoutes(app, world);
  cycleRoutes(app, world);
  searchRoutes(app, world);
  holderRoutes(app, world);
  billRoutes(app, world);
  contactRoutes(app, world);
  ruleRoutes(app);
}
