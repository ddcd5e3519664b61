/** One target: set, changed on the version that is seen, taken away; each with a way back. */

import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, addMonths, type PlainDate } from '../../../src/kernel/index.ts';
import { isApiError } from '../data/api.ts';
import { colleaguesQuery } from '../data/desks.ts';
import { addTarget, changeTarget, removeTarget, type NewTargetBody, type Target, type TargetBody } from '../data/know.ts';
import { word } from '../language.ts';
import { moment } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import type { PartView } from './dashboard-card.tsx';
import own from './dashboard.module.css';

const FIGURES = ['paid_on_time', 'days_to_collect', 'uncollectible', 'mean_days_late', 'digital', 'on_time_any', 'in_full', 'reminded_on_time', 'reminder_response'] as const;
const TERMS = ['short', 'middle', 'long'] as const;
const MONTHS = { short: 6, middle: 12, long: 36 } as const;
const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
const inDays = (figure: string): boolean => figure === 'days_to_collect' || figure === 'mean_days_late';
const bodyOf = ({ goal, warning, owner_id, from_on, until_on }: TargetBody): TargetBody => ({ goal, warning, owner_id, from_on, until_on });

export function TargetForm({ target, figure: asked, line: askedLine, view, close }: { target: Target | null; figure: string | undefined; line: string | undefined; view: PartView; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const colleagues = useQuery(colleaguesQuery).data?.colleagues ?? [];
  const today = view.today as PlainDate;
  const [draft, setDraft] = useState<Omit<NewTargetBody, 'goal'> & { goal: number | null }>(() => target ?? {
    figure: FIGURES.find((one) => one === asked) ?? 'paid_on_time', market: view.filter.market ?? null, line: askedLine === undefined || askedLine === '' ? null : askedLine, term: 'short', goal: null,
    warning: null, owner_id: view.userId, from_on: today, until_on: addDays(addMonths(today, MONTHS.short), -1),
  });
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change });
  const refresh = () => client.invalidateQueries({ queryKey: ['dashboard', 'targets'] });
  const undo = (act: () => Promise<unknown>) => ({ label: t('toast.undo'), undone: t('target.undone'), act: () => act().then(refresh) });
  const save = useMutation({
    mutationFn: async () => {
      const body = bodyOf({ ...draft, goal: draft.goal ?? 0 });
      if (target !== null) {
        const { version } = await changeTarget(target.target_id, target.version, body);
        return () => changeTarget(target.target_id, version, bodyOf(target));
      }
      const { figure, market, line, term } = draft;
      const { target_id: id } = await addTarget({ figure, market, line, term, ...body });
      return () => removeTarget(id, 1);
    },
    onSuccess: (back) => { toast(t('target.saved'), undo(back)); close(); return refresh(); },
  });
  const remove = useMutation({
    mutationFn: (gone: Target) => removeTarget(gone.target_id, gone.version),
    onSuccess: (_, { figure, market, line, term, ...rest }) => {
      toast(t('target.removed'), undo(() => addTarget({ figure, market, line, term, ...bodyOf(rest) })));
      close();
      return refresh();
    },
  });
  const failed = save.error ?? remove.error;
  const conflict = isApiError(failed) && failed.code === 'changed_meanwhile';
  const factor = inDays(draft.figure) ? 1 : 100;
  const suffix = inDays(draft.figure) ? ` ${t('target.unit_days')}` : ' %';
  const number = (name: 'goal' | 'warning') => (
    <NumberInput label={t(`target.${name}`)} description={name === 'warning' ? t('target.warning_hint') : undefined} required={name === 'goal'} min={0} max={inDays(draft.figure) ? 1000 : 100} decimalScale={2} suffix={suffix}
      value={draft[name] === null ? '' : Math.round(draft[name] * factor * 100) / 100} onChange={(value) => set({ [name]: value === '' ? null : Number(value) / factor })} />
  );
  return (
    <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      {target === null ? (
        <>
          <Select label={t('target.figure')} allowDeselect={false} value={draft.figure} data={FIGURES.map((value) => ({ value, label: t(`dashboard.figure.${value}`) }))}
            onChange={(value) => set({ figure: FIGURES.find((one) => one === value) ?? draft.figure, goal: null, warning: null })} />
          <Select label={t('dashboard.filter.market')} clearable placeholder={t('target.all_markets')} value={draft.market} data={view.markets.map((value) => ({ value, label: word('market', value) }))} onChange={(market) => set({ market })} />
          <Select label={t('dashboard.filter.line')} clearable placeholder={t('target.all_lines')} value={draft.line} data={LINES.map((value) => ({ value, label: word('line', value) }))} onChange={(line) => set({ line })} />
          <Select label={t('target.term')} allowDeselect={false} value={draft.term} data={TERMS.map((value) => ({ value, label: word('term', value) }))}
            onChange={(value) => { const term = TERMS.find((one) => one === value) ?? draft.term; set({ term, until_on: addDays(addMonths(draft.from_on as PlainDate, MONTHS[term]), -1) }); }} />
        </>
      ) : <span className={css['quiet']}>{word('term', target.term)} · {t('target.changed_by', { by: target.changed_by, at: moment(target.changed_at, view.timeZone) })}</span>}
      {number('goal')}
      {number('warning')}
      <Select label={t('target.owner')} clearable searchable placeholder={t('target.all_managers')} value={draft.owner_id === null ? null : String(draft.owner_id)}
        data={colleagues.map(({ user_id: id, name }) => ({ value: String(id), label: name }))} onChange={(value) => set({ owner_id: value === null ? null : Number(value) })} />
      <div className={own['pair']}>
        <TextInput type="date" required label={t('target.from_on')} value={draft.from_on} onChange={(event) => set({ from_on: event.currentTarget.value })} />
        <TextInput type="date" required label={t('target.until_on')} value={draft.until_on} min={draft.from_on} onChange={(event) => set({ until_on: event.currentTarget.value })} />
      </div>
      {conflict ? <><Failed error={failed} /><div><Button size="xs" variant="default" onClick={() => void refresh()}>{t('target.see_now')}</Button></div></> : failed === null ? null : <Failed error={failed} />}
      <div className={own['row']}>
        <Button type="submit" loading={save.isPending} disabled={draft.goal === null}>{t('target.save')}</Button>
        {target === null ? null : <Button variant="light" color="danger" loading={remove.isPending} onClick={() => remove.mutate(target)}>{t('target.remove')}</Button>}
      </div>
    </form>
  );
}
