/** Are all policies in? Send a file, look at how it is read, try it, import it; and every import there was. */

import { Button, Progress, Title } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { sessionQuery } from '../data/queries.ts';
import { importQuery, importsQuery, sendFile } from '../data/set-up.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, moment, percent } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { ImportDetail } from './import-detail.tsx';
import own from './set-up.module.css';

const route = getRouteApi('/inside/import');
type Row = Data['imports']['imports'][number];

export function ImportPage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(importsQuery);
  const imports = list.data?.pages.flatMap((page) => page.imports) ?? [];
  const show = (importId: number | undefined): void => void navigate({ to: '/import', search: { open: importId } });
  const openId = Number(open);
  if (Number.isInteger(openId) && openId > 0) return <ImportDetail importId={openId} back={() => show(undefined)} />;
  return (
    <div className={css['page']}>
      <Title order={1}>{t('room.import')}</Title>
      {list.isSuccess ? <LastImport imports={imports} timeZone={session.insurer.time_zone} /> : null}
      <SendFile sent={show} />
      <Card title={t('import.earlier')}>
        {list.isPending ? <Loading rows={6} /> : null}
        {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
        {list.isSuccess && imports.length === 0 ? <Empty title={t('import.none')} hint={t('import.none_hint')} /> : null}
        {imports.length === 0 ? null : (
          <DataTable name="imports" columns={columnsOf(t, session.insurer.time_zone)} rows={imports} rowKey={({ import_id: id }) => id} open={({ import_id: id }) => show(id)} />
        )}
        <MoreRows list={list} />
      </Card>
    </div>
  );
}

/** The page's first figure: what the last import that wrote something brought. */
function LastImport({ imports, timeZone }: { imports: readonly Row[]; timeZone: string }) {
  const { t } = useTranslation();
  const last = imports.find(({ dry_run: dry, state }) => !dry && (state === 'done' || state === 'stopped'));
  if (last === undefined) return <Card><strong>{t('import.never')}</strong><span className={css['quiet']}>{t('import.never_hint')}</span></Card>;
  return (
    <Card>
      <div className={own['counts']}>
        <div><span className={own['big']}>{count(last.rows_new + last.rows_changed + last.rows_same)}</span>{t('import.in_force')}</div>
        {last.rows_bad === 0 ? null : <div className={own['bad']}>{t('import.last_bad', { count: last.rows_bad })}</div>}
      </div>
      <span className={css['quiet']}>{t('import.last', { file: last.file_name, at: moment(last.finished_at ?? last.created_at, timeZone) })}</span>
    </Card>
  );
}

const columnsOf = (t: TFunction, timeZone: string): readonly Column<Row>[] => [
  { key: 'file', title: t('import.file'), value: (row) => row.file_name, cell: (row) => <strong>{row.file_name}</strong> },
  {
    key: 'state', title: t('import.state'), value: (row) => row.state,
    cell: (row) => <><StateBadge group="import_state" value={row.state} />{row.dry_run ? <div className={css['quiet']}>{t('import.dry')}</div> : null}</>,
  },
  { key: 'new', title: t('import.new'), amount: true, value: (row) => row.rows_new, cell: (row) => count(row.rows_new) },
  { key: 'changed', title: t('import.changed'), amount: true, wide: true, value: (row) => row.rows_changed, cell: (row) => count(row.rows_changed) },
  { key: 'same', title: t('import.same'), amount: true, wide: true, value: (row) => row.rows_same, cell: (row) => count(row.rows_same) },
  { key: 'bad', title: t('import.bad'), amount: true, value: (row) => row.rows_bad, cell: (row) => <span className={row.rows_bad === 0 ? '' : own['bad']}>{count(row.rows_bad)}</span> },
  { key: 'by', title: t('import.by'), wide: true, value: (row) => row.created_by, cell: (row) => row.created_by ?? t('import.command_line') },
  { key: 'at', title: t('import.at'), wide: true, value: (row) => row.created_at, cell: (row) => <span className={css['code']}>{moment(row.created_at, timeZone)}</span> },
];

function SendFile({ sent }: { sent: (importId: number) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<{ readonly name: string; readonly share: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [over, setOver] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const send = async (file: File | undefined): Promise<void> => {
    if (file === undefined || sending !== null) return;
    const ending = new AbortController();
    stop.current = ending;
    setError(null);
    setSending({ name: file.name, share: 0 });
    try {
      const one = await sendFile(file, (share) => setSending({ name: file.name, share }), ending.signal);
      client.setQueryData(importQuery(one.import_id).queryKey, one);
      sent(one.import_id);
    } catch (problem) {
      if (!ending.signal.aborted) setError(problem);
    } finally {
      setSending(null);
      void client.invalidateQueries({ queryKey: ['imports', 'list'] });
    }
  };
  return (
    <Card>
      <div
        className={own['drop']} data-over={over}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void send(event.dataTransfer.files[0]); }}
      >
        <IconFileImport size={28} stroke={1.4} />
        {sending === null ? (
          <>
            <strong>{t('import.drop')}</strong>
            <span className={css['quiet']}>{t('import.drop_hint')}</span>
            <Button onClick={() => input.current?.click()}>{t('import.choose')}</Button>
            <input
              ref={input} type="file" hidden accept=".csv,.tsv,.txt,.xlsx" aria-label={t('import.choose')}
              onChange={({ currentTarget }) => { void send(currentTarget.files?.[0]); currentTarget.value = ''; }}
            />
          </>
        ) : (
          <>
            <span role="status">{t('import.sending', { file: sending.name, share: percent(sending.share, 0) })}</span>
            <Progress value={sending.share * 100} w="100%" maw={420} aria-label={sending.name} />
            <Button variant="default" onClick={() => stop.current?.abort()}>{t('import.cancel')}</Button>
          </>
        )}
      </div>
      {error === null ? null : <Failed error={error} />}
    </Card>
  );
}
