/** Where systems say different things of a person: both values with source and moment, and the choice between them. */

import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { choose, holderConflictsQuery, type Choice, type Conflict } from '../data/connections.ts';
import { LANGUAGES, word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

/** Nothing where nobody disagrees. */
export function HolderConflicts({ holderId, timeZone }: { holderId: number; timeZone: string }) {
  const { t } = useTranslation();
  const asked = useQuery(holderConflictsQuery(holderId));
  const conflicts = asked.data?.conflicts ?? [];
  if (conflicts.length === 0) return null;
  return (
    <Card title={t('conflict.title')}>
      <div className={own['stack']}>
        <span className={css['quiet']}>{t('conflict.hint')}</span>
        {conflicts.map((one) => (
          <div key={one.conflict_id}>
            <strong>{word('import_field', one.field)}</strong>
            <Choose conflict={one} mayChoose={asked.data?.may_choose === true} timeZone={timeZone} />
          </div>
        ))}
      </div>
    </Card>
  );
}

export function valueText(field: Conflict['field'], value: string | null): string {
  if (value === null || value === '') return '—';
  if (field === 'consents' || field === 'opted_out') return value.split(',').map((one) => word('channel', one)).join(', ');
  return field === 'language' ? (LANGUAGES.find(({ tag }) => tag === value)?.name ?? value) : value;
}

/** Both values, each with its button; the other side is told by the next sync. */
export function Choose({ conflict, mayChoose, timeZone }: { conflict: Conflict; mayChoose: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: (choice: Choice) => choose(conflict, choice),
    onSettled: () => Promise.all([['connections'], ['holder', conflict.holder_id]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const sides = [
    { choice: 'ours', value: conflict.ours, source: conflict.our_source === null ? t('conflict.ours') : word('source', conflict.our_source), at: conflict.ours_as_of },
    { choice: 'theirs', value: conflict.theirs, source: word('source', conflict.source), at: conflict.theirs_as_of },
  ] as const;
  return (
    <div className={own['sides']}>
      {sides.map(({ choice, value, source, at }) => (
        <div key={choice}>
          <span className={own['value']}>{valueText(conflict.field, value)}</span>
          <span className={css['quiet']}>{source}{at === null ? '' : ` · ${moment(at, timeZone)}`}{choice === 'ours' ? ` · ${t('conflict.in_use')}` : ''}</span>
          {mayChoose ? (
            <Button
              size="compact-xs" variant="light" disabled={take.isPending} loading={take.isPending && take.variables === choice} onClick={() => take.mutate(choice)}
              aria-label={t('conflict.choose_value', { value: valueText(conflict.field, value) })}
            >
              {t('conflict.choose')}
            </Button>
          ) : null}
        </div>
      ))}
      {take.error === null ? null : <Failed error={take.error} />}
    </div>
  );
}
