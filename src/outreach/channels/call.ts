/** A call is a task for a person: it stays queued until somebody records its outcome (POST /api/contacts/:id/outcome). Nothing is sent. */

import { type OpenChannel } from './channel.ts';

export const openCalls = (): OpenChannel => ({ names: ['call', 'voicemail'], send: null, close: async () => {} });
