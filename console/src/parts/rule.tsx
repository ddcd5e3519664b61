/** A rule as a person reads it: what it governs, its article, and its whole text on asking. */

import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { rulesQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import css from './parts.module.css';

/** `where` adds the market, for lists in which one subject stands several times. */
export function RuleName({ rule, article, where = false }: { rule: string; article: string | null; where?: boolean }) {
  const known = useQuery(rulesQuery).data?.get(rule);
  const shownArticle = [article, known?.article].find((one) => one != null && /\w/.test(one)) ?? null;
  const subject = known === undefined ? word('rule', rule) : word('governs', known.governs);
  const name = where && known !== undefined ? `${subject} · ${word('market', known.market)}` : subject;
  const body = <span tabIndex={known === undefined ? undefined : 0}>{name}</span>;
  return (
    <div>
      {known === undefined ? (
        body
      ) : (
        <Tooltip
          label={`${known.text} (${known.law}, ${known.article})`}
          multiline
          w={340}
          withArrow
          events={{ hover: true, focus: true, touch: true }}
        >
          {body}
        </Tooltip>
      )}
      {shownArticle === null ? null : <div className={css['quiet']}>{shownArticle}</div>}
    </div>
  );
}
