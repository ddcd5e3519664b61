/** The payment providers of this installation. A new one is a file beside this one and a line here. */

import { type Provider } from './provider.ts';
import { sandboxProvider, sandboxSettings, type SandboxSettings } from './sandbox.ts';

export type PaymentSettings = { readonly sandbox: SandboxSettings };

/** Settings of an installation whose sandbox provider answers at `sandboxUrl`. */
export const paymentSettings = (secret: Buffer, sandboxUrl: string): PaymentSettings => ({ sandbox: sandboxSettings(secret, sandboxUrl) });

export const providersOf = (settings: PaymentSettings): readonly Provider[] => [sandboxProvider(settings.sandbox)];

/** The provider through which a holder of a market pays; one for all until there is a real one. */
export function providerFor(providers: readonly Provider[], _market: string): Provider {
  const [first] = providers;
  if (first === undefined) throw new Error('no payment provider');
  return first;
}
