/** How a file is read: each column with some of its values and the field it fills, and what holds where a row says nothing. */

import { NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MARKETS } from '../data/law.ts';
import { importQuery, mapImport, type ImportOne } from '../data/set-up.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'] as const;
const MODES = ['annual', 'half_yearly', 'quarterly', 'monthly', 'single'] as const;
type Change = { readonly columns?: Readonly<Record<string, string | null>>; readonly defaults?: Readonly<Record<string, string | null>>; readonly days?: number | null };

export function ImportMapping({ one }: { one: ImportOne }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { queryKey } = importQuery(one.import_id);
  const map = useMutation({
    mutationFn: (change: Change) => {
      // What stands in the cache now, so that two quick changes do not undo each other.
      const now = client.getQueryData(queryKey) ?? one;
      const columns = withChange(Object.fromEntries(now.columns.map(({ name, field }) => [name, field])), change.columns);
      const assume = change.days === undefined ? now.assume : change.days === null ? withoutDays(now.assume) : { ...now.assume, next_due_within_days: change.days };
      return mapImport(one.import_id, { columns, defaults: withChange(now.defaults, change.defaults), assume });
    },
    scope: { id: `mapping ${one.import_id}` },
    onSuccess: (after) => client.setQueryData(queryKey, after),
  });
  const fixed = !one.file_kept || one.state === 'running';
  const fields = one.fields.map(({ name }) => ({ value: name, label: word('import_field', name) }));
  const taken = new Set(one.columns.map(({ field }) => field));
  const unused = one.columns.filter(({ field }) => field === null).length;
  const choice = (name: 'market' | 'line' | 'mode', values: readonly string[]) => (
    <Select
      size="sm" clearable label={word('import_field', name)} value={one.defaults[name] ?? null} disabled={fixed || taken.has(name)}
      data={values.map((value) => ({ value, label: word(name, value) }))} onChange={(value) => map.mutate({ defaults: { [name]: value } })}
    />
  );
  return (
    <Card title={t('import.mapping')} aside={unused === 0 ? undefined : <span className={css['quiet']}>{t('import.unused', { count: unused })}</span>}>
      <span className={css['quiet']}>{t('import.mapping_hint')}</span>
      {map.error === null ? null : <Failed error={map.error} />}
      <div className={css['scroll']}>
        <table className={`${css['table'] ?? ''} ${own['mapping'] ?? ''}`}>
          <thead><tr><th>{t('import.column')}</th><th>{t('import.samples')}</th><th>{t('import.field')}</th></tr></thead>
          <tbody>
            {one.columns.map(({ name, samples, field }) => (
              <tr key={name} className={field === null ? own['unused'] : undefined}>
                <td><strong>{name}</strong></td>
                <td className={own['values']}>{samples.length === 0 ? '—' : samples.map((sample, at) => <span key={sample} className={at === 0 ? '' : css['wide']}>{at === 0 ? sample : ` · ${sample}`}</span>)}</td>
                <td>
                  <Select
                    size="xs" searchable clearable placeholder={t('import.not_used')} aria-label={`${name}: ${t('import.field')}`} value={field} disabled={fixed}
                    data={fields.map((option) => ({ ...option, disabled: taken.has(option.value) && option.value !== field }))}
                    onChange={(value) => map.mutate({ columns: { [name]: value } })} w={{ base: 150, sm: 240 }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <strong className={own['defaults']}>{t('import.defaults')}</strong>
      <span className={css['quiet']}>{t('import.defaults_hint')}</span>
      <div className={own['fields']}>
        {choice('market', MARKETS)}
        {choice('line', LINES)}
        {choice('mode', MODES)}
        <Currency key={one.defaults['currency'] ?? ''} value={one.defaults['currency'] ?? ''} disabled={fixed || taken.has('currency')} choose={(value) => map.mutate({ defaults: { currency: value } })} />
        <NumberInput
          size="sm" label={t('import.spread')} description={t('import.spread_hint')} min={1} max={366} allowDecimal={false} disabled={fixed || taken.has('next_due_on') || taken.has('cover_from')}
          value={one.assume.next_due_within_days ?? ''} onBlur={({ currentTarget: { value } }) => {
            const days = value === '' ? null : Number(value);
            if (days !== (one.assume.next_due_within_days ?? null)) map.mutate({ days });
          }}
        />
      </div>
    </Card>
  );
}

function Currency({ value, disabled, choose }: { value: string; disabled: boolean; choose: (value: string | null) => void }) {
  const [text, setText] = useState(value);
  return (
    <TextInput
      size="sm" label={word('import_field', 'currency')} placeholder="HKD" maxLength={3} value={text} disabled={disabled} onChange={({ currentTarget }) => setText(currentTarget.value.toUpperCase())}
      onBlur={() => { if (text !== value) choose(text === '' ? null : text); }}
    />
  );
}

/** With what is set, and without what is set to nothing. */
function withChange(before: Readonly<Record<string, string | null>>, change: Readonly<Record<string, string | null>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

const withoutDays = ({ email }: ImportOne['assume']): ImportOne['assume'] => (email === undefined ? {} : { email });
