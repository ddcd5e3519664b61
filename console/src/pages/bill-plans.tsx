/** Plans of a bill beside how it stands: parts, total cost, until when cover holds, what will be booked; agreed on the phone. */

import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { agreePlan, type PlanOption, planOptionsQuery } from '../data/plans.ts';
import { sessionQuery } from '../data/queries.ts';
import { postingRule } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { day, money } from '../parts/format.ts';
import css from '../parts/parts.module.css';
import { Failed, Loading } from '../parts/states.tsx';
import own from './bill-plans.module.css';

const AGREERS: readonly string[] = ['manager', 'agent'];
const STALE = ['bills', 'today', 'holder', 'payments', 'ledger'];

export function BillPlans({ holderId, billId }: { holderId: number; billId: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const options = useQuery({ ...planOptionsQuery(holderId, billId), enabled: open });
  return (
    <Card title={t('relief.plans')}>
      {open ? null : <Button variant="default" onClick={() => setOpen(true)}>{t('relief.compare')}</Button>}
      {open && options.isPending ? <Loading rows={5} /> : null}
      {options.error === null ? null : <Failed error={options.error} />}
      {options.data === undefined ? null : <Sides holderId={holderId} billId={billId} view={options.data} />}
    </Card>
  );
}

function Sides({ holderId, billId, view }: { holderId: number; billId: number; view: Data['plan_options'] }) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const client = useQueryClient();
  const agree = useMutation({ mutationFn: (option: PlanOption) => agreePlan(holderId, billId, option), onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))) });
  const { currency } = view;
  const [first] = view.options;
  return (
    <>
      {agree.error === null ? null : <Failed error={agree.error} />}
      {agree.data === undefined ? null : <Alert color="teal">{t('relief.agreed')}</Alert>}
      <div className={own['sides']}>
        <section className={own['side']}>
          <strong>{t('relief.present')}</strong>
          <span className={own['total']}>{money(view.left_minor, currency)}</span>
          <span>{day(view.due_on)}</span>
          {first?.cover_until_before == null ? null : <span className={css['quiet']}>{t('relief.cover_until', { date: day(first.cover_until_before) })}</span>}
        </section>
        {view.options.map((option) => (
          <section key={`${option.kind} ${option.parts.length} ${option.days}`} className={own['side']}>
            <strong>{t(`plan_kind.${option.kind}`, { count: option.kind === 'deferral' ? option.days : option.parts.length })}</strong>
            <span className={own['total']}>{money(option.total_minor, currency)}</span>
            <ul className={own['parts']}>{option.parts.map((part) => <li key={part.due_on}><span>{day(part.due_on)}</span><span>{money(part.amount_minor, currency)}</span></li>)}</ul>
            <span className={css['quiet']}>{option.charge_minor > 0 ? t('relief.charge', { amount: money(option.charge_minor, currency) }) : t('relief.free')}</span>
            {option.funding_minor > 0 ? <span className={css['quiet']}>{t('relief.funding', { amount: money(option.funding_minor, currency) })}</span> : null}
            {option.cover_until_after === null ? null : <span className={css['quiet']}>{t('relief.cover_until', { date: day(option.cover_until_after) })}</span>}
            {option.affordable === null ? null : <span className={css['quiet']}>{t(option.affordable ? 'relief.affordable' : 'relief.not_affordable')}</span>}
            <details><summary>{t('relief.entries', { count: option.entries.length })}</summary>
              <ul className={own['parts']}>{option.entries.map((entry) => <li key={`${entry.rule} ${entry.bill_id} ${entry.debit}`}><span>{postingRule(entry.rule)}</span><span>{money(entry.amount_minor, currency)}</span></li>)}</ul>
            </details>
            {AGREERS.includes(session.user.role) ? <Button size="xs" loading={agree.isPending} disabled={agree.data !== undefined} onClick={() => agree.mutate(option)}>{t('relief.agree')}</Button> : null}
          </section>
        ))}
      </div>
    </>
  );
}
