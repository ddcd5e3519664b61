/** Every route of the product, by module. */

import { providersOf } from '../../payments/index.ts';
import { paymentSettingsOf, type Api, type World } from '../world.ts';
import { actionRoutes } from './actions.ts';
import { billRoutes } from './bills.ts';
import { callRoutes } from './calls.ts';
import { contactRoutes } from './contacts.ts';
import { cycleRoutes } from './cycle.ts';
import { disputeRoutes } from './disputes.ts';
import { gateRoutes } from './gate.ts';
import { handOverRoutes } from './hand-overs.ts';
import { healthRoutes } from './health.ts';
import { holderRoutes } from './holders.ts';
import { payRoutes } from './pay.ts';
import { ledgerRoutes } from './ledger.ts';
import { moneyListRoutes } from './money-lists.ts';
import { optOutRoutes } from './opt-out.ts';
import { promiseRoutes } from './promises.ts';
import { ruleRoutes } from './rules.ts';
import { savedViewRoutes } from './saved-views.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { todayRoutes } from './today.ts';
import { webhookRoutes } from './webhooks.ts';

export function registerRoutes(app: Api, world: World): void {
  healthRoutes(app, world);
  sessionRoutes(app, world);
  todayRoutes(app, world);
  cycleRoutes(app, world);
  searchRoutes(app, world);
  holderRoutes(app, world);
  billRoutes(app, world);
  moneyListRoutes(app, world);
  ledgerRoutes(app, world);
  contactRoutes(app, world);
  callRoutes(app, world);
  promiseRoutes(app, world);
  disputeRoutes(app, world);
  handOverRoutes(app, world);
  savedViewRoutes(app, world);
  optOutRoutes(app, world);
  ruleRoutes(app, world);
  gateRoutes(app, world);
  actionRoutes(app, world);
  const providers = providersOf(paymentSettingsOf(world));
  payRoutes(app, world, providers);
  webhookRoutes(app, world, providers);
}
