/** A segment is made or changed, on the version that is seen; beside it who would be in it now. */

import { ActionIcon, Button, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import { isApiError } from '../data/api.ts';
import {
  addSegment, archiveSegment, changeSegment, CHOICE_NAMES, CHOICES, conditionsOf, NO_CONDITIONS, segmentPreviewQuery, type Bounds, type ChoiceName, type Conditions, type Segment,
} from '../data/segments.ts';
import { count, percent } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import own from './dashboard.module.css';
import { choiceWord, sentenceOf } from './segment-words.ts';
import look from './segments.module.css';

const PREVIEW_MS = 300;

/** @param saved is told which segment it is now */
export function SegmentForm({ segment, currencies, saved }: { segment: Segment | null; currencies: readonly string[]; saved: (segmentId: number) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(segment?.name ?? '');
  const [conditions, setConditions] = useState<Conditions>(segment === null ? NO_CONDITIONS : conditionsOf(segment));
  const set = (change: Partial<Conditions>): void => setConditions({ ...conditions, ...change });
  const refresh = () => client.invalidateQueries({ queryKey: ['segments'] });
  const save = useMutation({
    mutationFn: async () => {
      const body = { name: name.trim(), conditions: { ...conditions, premium: conditions.premium.filter(hasBound) } };
      if (segment === null) {
        const { segment_id: id } = await addSegment(body);
        return { id, back: () => archiveSegment(id, 1, true) };
      }
      const { version } = await changeSegment(segment.segment_id, segment.version, body);
      return { id: segment.segment_id, back: () => changeSegment(segment.segment_id, version, { name: segment.name, conditions: conditionsOf(segment) }) };
    },
    onSuccess: ({ id, back }) => {
      toast(t('segments.saved', { name: name.trim() }), { label: t('toast.undo'), undone: t('segments.undone'), act: () => back().then(refresh) });
      saved(id);
      return refresh();
    },
  });
  const conflict = isApiError(save.error) && save.error.code === 'changed_meanwhile';
  return (
    <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <TextInput label={t('segments.name')} required maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <p className={`${css['quiet'] ?? ''} ${look['flat'] ?? ''}`}>{t('segments.form_hint')}</p>
      {CHOICE_NAMES.map((field) => <Choices key={field} field={field} value={conditions[field]} choose={(value) => set({ [field]: value })} />)}
      <Value bounds={conditions.premium} currencies={currencies} set={(premium) => set({ premium })} />
      <Preview conditions={conditions} mainCurrency={currencies[0] ?? ''} />
      {save.error === null ? null : <Failed error={save.error} />}
      {conflict ? <div><Button size="xs" variant="default" onClick={() => { save.reset(); void refresh(); }}>{t('segments.see_now')}</Button></div> : null}
      <div><Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>{t('segments.save')}</Button></div>
    </form>
  );
}

const hasBound = ({ at_least_minor: from, below_minor: below }: Bounds): boolean => (from ?? null) !== null || (below ?? null) !== null;

function Choices({ field, value, choose }: { field: ChoiceName; value: readonly string[]; choose: (value: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      label={t(`segments.field.${field}`)} description={field === 'tiers' ? t('segments.field.tiers_hint') : undefined} clearable placeholder={value.length === 0 ? t('segments.any') : ''} value={[...value]}
      data={CHOICES[field].map((one) => ({ value: one, label: choiceWord(field, one) }))} onChange={choose}
    />
  );
}

/** Bounds of the annual premium, each currency by itself. */
function Value({ bounds, currencies, set }: { bounds: readonly Bounds[]; currencies: readonly string[]; set: (bounds: readonly Bounds[]) => void }) {
  const { t } = useTranslation();
  const free = currencies.filter((currency) => bounds.every((one) => one.currency !== currency));
  const change = (place: number, to: Partial<Bounds>): void => set(bounds.map((one, index) => (index === place ? { ...one, ...to } : one)));
  return (
    <fieldset className={look['value']}>
      <legend>{t('segments.value')}</legend>
      <p className={`${css['quiet'] ?? ''} ${look['flat'] ?? ''}`}>{t('segments.value_hint')}</p>
      {bounds.map((one, place) => {
        const unit = 10 ** decimalsOf(one.currency);
        const bound = (key: 'at_least_minor' | 'below_minor', label: string) => (
          <NumberInput
            size="sm" aria-label={`${label} (${one.currency})`} placeholder={label} min={0} decimalScale={decimalsOf(one.currency)} thousandSeparator="," hideControls
            value={(one[key] ?? null) === null ? '' : (one[key] ?? 0) / unit} onChange={(value) => change(place, { [key]: value === '' ? null : Math.round(Number(value) * unit) })}
          />
        );
        return (
          <div key={one.currency} className={look['bounds']}>
            <Select
              size="sm" aria-label={t('segments.currency')} allowDeselect={false} value={one.currency} data={[one.currency, ...free]}
              onChange={(currency) => change(place, { currency: currency ?? one.currency })}
            />
            {bound('at_least_minor', t('segments.at_least'))}
            {bound('below_minor', t('segments.below'))}
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('segments.drop_currency', { currency: one.currency })} onClick={() => set(bounds.filter((_, index) => index !== place))}><IconX size={15} /></ActionIcon>
          </div>
        );
      })}
      {free.length === 0 ? null : (
        <div>
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => set([...bounds, { currency: free[0] ?? '', at_least_minor: null, below_minor: null }])}>{t('segments.add_currency')}</Button>
        </div>
      )}
    </fieldset>
  );
}

function Preview({ conditions, mainCurrency }: { conditions: Conditions; mainCurrency: string }) {
  const { t } = useTranslation();
  const asked = { ...conditions, premium: conditions.premium.filter(hasBound) };
  const [settled] = useDebouncedValue(asked, PREVIEW_MS);
  const everybody = Object.values(settled).every((list) => list.length === 0);
  const preview = useQuery({ ...segmentPreviewQuery(settled), enabled: !everybody });
  const { holders = 0, policies = 0, of = 0, whole = true } = preview.data ?? {};
  return (
    <div className={look['preview']} role="status">
      <strong>{t('segments.preview')}</strong>
      {everybody ? <span>{t('segments.preview_everybody')}</span> : <span className={css['quiet']}>{sentenceOf(t, settled, mainCurrency)}</span>}
      {preview.error !== null ? <Failed error={preview.error} /> : preview.data === undefined || everybody ? null : (
        <span>
          {whole ? t('segments.preview_whole', { count: holders, holders: count(holders), policies: count(policies), of: count(of) })
            : t('segments.preview_sample', { share: percent(of === 0 ? 0 : holders / of, 0), holders: count(holders), of: count(of) })}
        </span>
      )}
    </div>
  );
}
