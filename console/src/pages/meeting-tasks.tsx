/** Decisions of meetings as tasks: on the meeting's page, and beside what was handed over to me. */

import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { sessionQuery } from '../data/queries.ts';
import { closeDecision, decisionsQuery, reopenDecision, type Decision } from '../data/results.ts';
import { Card } from '../parts/card.tsx';
import { day } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { monthName } from './dashboard-card.tsx';
import own from './meeting.module.css';

export function DecisionLine({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ['meeting-decisions'] });
  const close = useMutation({
    mutationFn: () => closeDecision(decision.decision_id, ''),
    onSuccess: () => {
      toast(t('meeting.closed'), { label: t('toast.undo'), undone: t('meeting.open_again'), act: () => reopenDecision(decision.decision_id).then(refresh) });
      return refresh();
    },
    onError: () => void refresh(),
  });
  const mine = decision.closed_at === null && session.user.role !== 'auditor' && (decision.mine || decision.written_by === session.user.name);
  return (
    <div className={own['line']}>
      <span>{decision.what}</span>
      <span className={css['quiet']}>{monthName(decision.month)} · {decision.owner}</span>
      <span className={decision.overdue ? own['late'] : css['quiet']}>{decision.closed_at === null ? t(decision.overdue ? 'meeting.overdue_since' : 'meeting.by', { day: day(decision.due_on) }) : t('meeting.done_by', { by: decision.closed_by ?? '' })}</span>
      {mine ? <Button size="compact-xs" variant="light" loading={close.isPending} onClick={() => close.mutate()}>{t('meeting.done')}</Button> : null}
      {close.error === null ? null : <Failed error={close.error} />}
    </div>
  );
}

/** Nothing where nothing waits, and for a person of some markets, who is no part of the meeting. */
export function MeetingTasks() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data } = useQuery({ ...decisionsQuery(undefined), enabled: session.user.markets === null });
  if (data === undefined || data.decisions.length === 0) return null;
  return <Card title={t('meeting.tasks')}>{data.decisions.map((one) => <DecisionLine key={one.decision_id} decision={one} />)}</Card>;
}
