/** Answers that change only when their source does, kept as the text that is sent: a page that many look at is worked out and written down once. */

import { type FastifyReply } from 'fastify';

type Kept = { readonly version: string; readonly text: Promise<string> };

/** At most `most` answers; the one asked for longest ago goes first. */
export function rememberedTexts(most: number): (question: string, version: string, work: () => Promise<string>) => Promise<string> {
  const kept = new Map<string, Kept>();
  return (question, version, work) => {
    const known = kept.get(question);
    const now = known?.version === version ? known : { version, text: work() };
    kept.delete(question);
    kept.set(question, now);
    if (kept.size > most) kept.delete(kept.keys().next().value ?? '');
    // Nobody is answered by a failure of before.
    now.text.catch(() => { if (kept.get(question) === now) kept.delete(question); });
    return now.text;
  };
}

/** JSON that has been written already. */
export const sendJsonText = (reply: FastifyReply, text: string): FastifyReply => reply.type('application/json; charset=utf-8').send(text);
