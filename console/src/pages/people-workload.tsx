/** What is open under a person's name, and whom it moves to when they go. */

import { Button, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { moveWorkload, workloadQuery, type Person } from '../data/set-up.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';

const KINDS = ['hand_overs', 'decisions', 'alerts', 'targets', 'strategies'] as const;
const STALE = ['people', 'hand-overs', 'dashboard', 'strategies'];

/** `others`: who may take it. */
export function PersonWorkload({ person, others, mayChange }: { person: Person; others: readonly Person[]; mayChange: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const workload = useQuery(workloadQuery(person.user_id));
  const [to, setTo] = useState<string | null>(null);
  const move = useMutation({
    mutationFn: (taker: number) => moveWorkload(person.user_id, taker),
    onSuccess: () => setTo(null),
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  const { data } = workload;
  const open = data === undefined ? 0 : KINDS.reduce((sum, kind) => sum + data[kind], 0);
  return (
    <Card title={t('people.workload')}>
      {workload.isPending ? <Loading rows={1} /> : null}
      {workload.error === null ? null : <Failed error={workload.error} retry={() => void workload.refetch()} />}
      {data === undefined ? null : <p>{open === 0 ? t('people.workload_none') : KINDS.filter((kind) => data[kind] > 0).map((kind) => `${word('workload', kind)}: ${count(data[kind])}`).join(' · ')}</p>}
      {!mayChange || open === 0 ? null : (
        <>
          <Select label={t('people.workload_to')} description={t('people.workload_hint')} searchable value={to} onChange={setTo} mb="xs"
            data={others.map(({ user_id: id, name, role, team }) => ({ value: String(id), label: [name, word('role', role), team].filter((part) => part !== '').join(' · ') }))} />
          {move.error === null ? null : <Failed error={move.error} />}
          <Button variant="default" disabled={to === null} loading={move.isPending} onClick={() => { if (to !== null) move.mutate(Number(to)); }}>{t('people.workload_move')}</Button>
        </>
      )}
      {move.isSuccess ? <span className={css['quiet']} role="status">{t('people.workload_moved')}</span> : null}
    </Card>
  );
}
