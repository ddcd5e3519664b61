/** A strategy is made, or its next version is written on the one that is seen; what the server refuses stands beside its field. */

import { Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../data/api.ts';
import { colleaguesQuery } from '../data/desks.ts';
import { addStrategy, changeStrategy, HOUSE, type Strategies, type Strategy, type StrategyBody } from '../data/foresee.ts';
import { MARKETS } from '../data/law.ts';
import { word } from '../language.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import { GOALS, GUARDS, isShare, TONES, TREATMENTS } from './strategy-words.ts';
import own from './dashboard.module.css';

const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
const CONTACTS_MAX = 14;
const NEW: StrategyBody = {
  name: '', market: null, line: null, segment_id: null, goal_metric: 'recovery_rate', goal_value: 0.9, guard_metric: null, guard_limit: null, contacts_7_days_min: 0, contacts_7_days_max: 3,
  treatments: [...TREATMENTS], first_day: null, tone_max: 'urgent', owner_id: null, state: 'active',
};
/** The fields of a strategy that a person sets. */
export const bodyOf = (one: Strategy): StrategyBody => ({
  name: one.name, market: one.market, line: one.line, segment_id: one.segment_id, goal_metric: one.goal_metric, goal_value: one.goal_value, guard_metric: one.guard_metric, guard_limit: one.guard_limit,
  contacts_7_days_min: one.contacts_7_days_min, contacts_7_days_max: one.contacts_7_days_max, treatments: [...one.treatments], first_day: one.first_day, tone_max: one.tone_max, owner_id: one.owner_id, state: one.state,
});
/** Which field the server's refusal belongs to. */
const FIELD_OF: Readonly<Record<string, 'guard' | 'contacts' | 'treatments' | undefined>> = {
  strategy_without_guard: 'guard', strategy_floor_above_ceiling: 'contacts', strategy_without_treatment: 'treatments',
};

export function StrategyForm({ strategy, segments, done }: { strategy: Strategy | null; segments: Strategies['segments']; done: (id: number) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const colleagues = useQuery(colleaguesQuery).data?.colleagues ?? [];
  const [draft, setDraft] = useState<StrategyBody>(() => (strategy === null ? NEW : bodyOf(strategy)));
  const refresh = () => client.invalidateQueries({ queryKey: ['strategies'] });
  const save = useMutation({
    mutationFn: async () => {
      if (strategy === null) {
        const added = await addStrategy(draft);
        return { id: added.strategy_id, back: () => changeStrategy(added.strategy_id, added.version, { ...draft, state: 'retired' }) };
      }
      const { strategy_id: id, version } = await changeStrategy(strategy.strategy_id, strategy.version, draft);
      return { id, back: () => changeStrategy(id, version, bodyOf(strategy)) };
    },
    onSuccess: async ({ id, back }) => {
      toast(t('strategy.saved'), { label: t('toast.undo'), undone: t('strategy.undone'), act: () => back().then(refresh) });
      await refresh();
      done(id);
    },
  });
  const set = (change: Partial<StrategyBody>): void => { save.reset(); setDraft({ ...draft, ...change }); };
  const failed = save.error;
  const field = isApiError(failed) ? FIELD_OF[failed.code] : undefined;
  const beside = (name: typeof field): string | undefined => (field === name && isApiError(failed) ? failed.message : undefined);
  const house = strategy?.strategy_id === HOUSE;
  const value = (name: 'goal_value' | 'guard_limit', metric: StrategyBody['goal_metric'] | StrategyBody['guard_metric'], label: string) => {
    const share = metric !== null && isShare(metric);
    const now = draft[name];
    return (
      <NumberInput label={label} min={0} max={share ? 100 : 1000} decimalScale={2} suffix={share ? ' %' : ''} value={now === null ? '' : Math.round(now * (share ? 100 : 1) * 100) / 100}
        onChange={(next) => set({ [name]: next === '' ? name === 'goal_value' ? 0 : null : Number(next) / (share ? 100 : 1) })} />
    );
  };
  const contacts = (name: 'min' | 'max') => (
    <NumberInput label={t(`strategy.field.${name}`)} description={t(`strategy.field.${name}_hint`)} min={name === 'min' ? 0 : 1} max={CONTACTS_MAX} allowDecimal={false} error={name === 'min' ? beside('contacts') : undefined}
      value={draft[`contacts_7_days_${name}`]} onChange={(next) => set({ [`contacts_7_days_${name}`]: Number(next) })} />
  );
  return (
    <form className={own['stack']} noValidate onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <TextInput label={t('strategy.field.name')} required maxLength={80} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} data-autofocus />
      {house ? <span className={css['quiet']}>{t('strategy.house_hint')}</span> : (
        <>
          <div className={own['pair']}>
            <Select label={t('dashboard.filter.line')} clearable placeholder={t('target.all_lines')} value={draft.line} data={LINES.map((one) => ({ value: one, label: word('line', one) }))} onChange={(line) => set({ line: LINES.find((one) => one === line) ?? null })} />
            <Select label={t('dashboard.filter.market')} clearable placeholder={t('target.all_markets')} value={draft.market} data={MARKETS.map((one) => ({ value: one, label: word('market', one) }))} onChange={(market) => set({ market })} />
          </div>
          <Select label={t('strategy.field.segment')} clearable placeholder={t('strategy.field.everybody')} value={draft.segment_id === null ? null : String(draft.segment_id)}
            data={segments.map(({ segment_id: id, name }) => ({ value: String(id), label: name }))} onChange={(id) => set({ segment_id: id === null ? null : Number(id) })} />
        </>
      )}
      <div className={own['pair']}>
        <Select label={t('strategy.goal')} allowDeselect={false} value={draft.goal_metric} data={GOALS.map((one) => ({ value: one, label: word('metric', one) }))}
          onChange={(metric) => set({ goal_metric: GOALS.find((one) => one === metric) ?? draft.goal_metric })} />
        {value('goal_value', draft.goal_metric, t('strategy.field.goal_value'))}
      </div>
      <div className={own['pair']}>
        <Select label={t('strategy.guard')} description={t('strategy.field.guard_hint')} clearable withAsterisk error={beside('guard')} value={draft.guard_metric} data={GUARDS.map((one) => ({ value: one, label: word('metric', one) }))}
          onChange={(metric) => set({ guard_metric: GUARDS.find((one) => one === metric) ?? null, guard_limit: null })} />
        {value('guard_limit', draft.guard_metric, t('strategy.field.guard_limit'))}
      </div>
      <div className={own['pair']}>{contacts('min')}{contacts('max')}</div>
      <Checkbox.Group label={t('strategy.field.treatments')} error={beside('treatments')} value={[...draft.treatments]} onChange={(chosen) => set({ treatments: TREATMENTS.filter((one) => chosen.includes(one)) })}>
        <div className={css['boxes']}>{TREATMENTS.map((one) => <Checkbox key={one} size="sm" value={one} label={word('action', one)} />)}</div>
      </Checkbox.Group>
      <NumberInput label={t('strategy.field.first_day')} description={t('strategy.field.first_day_hint')} min={-30} max={3} allowDecimal={false} value={draft.first_day ?? ''} onChange={(next) => set({ first_day: next === '' ? null : Number(next) })} />
      <div className={own['pair']}>
        <Select label={t('strategy.field.tone')} allowDeselect={false} value={draft.tone_max} data={TONES.map((one) => ({ value: one, label: word('tone', one) }))} onChange={(tone) => set({ tone_max: TONES.find((one) => one === tone) ?? draft.tone_max })} />
        <Select label={t('target.owner')} clearable searchable placeholder={t('target.all_managers')} value={draft.owner_id === null ? null : String(draft.owner_id)}
          data={colleagues.map(({ user_id: id, name }) => ({ value: String(id), label: name }))} onChange={(id) => set({ owner_id: id === null ? null : Number(id) })} />
      </div>
      {strategy === null ? (
        <Select label={t('strategy.state')} allowDeselect={false} value={draft.state} data={(['active', 'draft'] as const).map((one) => ({ value: one, label: word('strategy_state', one) }))}
          onChange={(state) => set({ state: state === 'draft' ? 'draft' : 'active' })} />
      ) : null}
      {failed === null || field !== undefined ? null : <Failed error={failed} />}
      {isApiError(failed) && failed.code === 'changed_meanwhile' ? <div><Button size="xs" variant="default" onClick={() => void refresh()}>{t('target.see_now')}</Button></div> : null}
      <div className={own['row']}>
        <Button type="submit" loading={save.isPending} disabled={draft.name.trim() === ''}>{t('strategy.save')}</Button>
        {strategy === null ? null : <Button variant="default" onClick={() => done(strategy.strategy_id)}>{t('strategy.cancel')}</Button>}
      </div>
    </form>
  );
}
