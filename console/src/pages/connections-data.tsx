/** How complete what each source says is, and the same exchange by files for systems without an API. */

import { Button, FileButton, Select, TextInput } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { completenessQuery, FIELDS, FILE_SOURCES, journalAddress, sendContacts, type FileSource, type Kind } from '../data/connections.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { count, percent } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

/** Below this share a field is marked: reminders would not reach one holder in ten. */
const GOOD_SHARE = 0.9;
const NEEDED: ReadonlySet<string> = new Set(['phone', 'email']);

export function Completeness({ failing }: { failing: readonly Kind[] }) {
  const { t } = useTranslation();
  const asked = useQuery(completenessQuery);
  const known = asked.data;
  return (
    <Card title={t('completeness.title')}>
      {asked.isPending ? <Loading /> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {failing.length === 0 ? null : <span className={own['warned']} role="status">{t('completeness.failing', { sources: failing.map((kind) => word('source', kind)).join(', ') })}</span>}
      {known === undefined ? null : (
        <>
          <p className={css['quiet']}>{t('completeness.hint', { count: known.sampled, shown: count(known.sampled) })}</p>
          <div className={css['scroll']} tabIndex={0} role="region" aria-label={t('completeness.title')}>
            <table className={css['table']}>
              <thead>
                <tr>
                  <th>{t('completeness.field')}</th><th className={css['amount']}>{t('completeness.profile')}</th>
                  {known.sources.map(({ source }) => <th key={source} className={css['amount']}>{word('source', source)}</th>)}
                </tr>
              </thead>
              <tbody>
                {FIELDS.filter((field) => field !== 'opted_out').map((field) => (
                  <tr key={field}>
                    <td>{word('import_field', field)}</td>
                    <td className={`${css['amount'] ?? ''} ${NEEDED.has(field) && known.profile[field] < GOOD_SHARE ? (own['bad'] ?? '') : ''}`}>{percent(known.profile[field], 0)}</td>
                    {known.sources.map(({ source, fields }) => <td key={source} className={css['amount']}>{percent(fields[field], 0)}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Card>
  );
}

const monthStart = (date: string): string => `${date.slice(0, 7)}-01`;

export function Files({ may, today }: { may: boolean; today: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [from, setFrom] = useState(monthStart(today));
  const [to, setTo] = useState(today);
  const [source, setSource] = useState<FileSource>('erp');
  const send = useMutation({
    mutationFn: async (file: File) => sendContacts(source, await file.text()),
    onSuccess: () => client.invalidateQueries({ queryKey: ['connections'] }),
  });
  const taken = send.data;
  return (
    <Card title={t('files.title')}>
      <div className={own['stack']}>
        <span className={css['quiet']}>{t('files.hint')}</span>
        <div className={own['acts']}>
          <TextInput size="xs" type="date" label={t('files.from')} value={from} onChange={({ currentTarget }) => setFrom(currentTarget.value)} />
          <TextInput size="xs" type="date" label={t('files.to')} value={to} onChange={({ currentTarget }) => setTo(currentTarget.value)} />
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} component="a" href={journalAddress(from, to)} download mt="auto">{t('files.journal')}</Button>
        </div>
        {may ? (
          <div className={own['acts']}>
            <Select
              size="xs" label={t('files.source')} allowDeselect={false} value={source} data={FILE_SOURCES.map((value) => ({ value, label: word('source', value) }))}
              onChange={(value) => setSource(FILE_SOURCES.find((one) => one === value) ?? source)}
            />
            <FileButton accept=".csv,text/csv" onChange={(file) => { if (file !== null) send.mutate(file); }}>
              {(props) => <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={14} />} loading={send.isPending} mt="auto">{t('files.contacts')}</Button>}
            </FileButton>
          </div>
        ) : null}
        {send.error === null ? null : <Failed error={send.error} />}
        {taken === undefined ? null : (
          <div className={own['said']} role="status">
            {t('files.taken', { rows: count(taken.rows), changed: count(taken.changed), conflicts: count(taken.conflicts), skipped: count(taken.skipped) })}
            {taken.bad.map((one) => <div key={`${one.external_ref} ${one.field}`} className={own['bad']}>{t('files.bad', { ref: one.external_ref, field: word('import_field', one.field), value: one.value })}</div>)}
          </div>
        )}
      </div>
    </Card>
  );
}
