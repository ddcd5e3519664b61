/** The statement behind a figure or a chart: whoever may read the database can run it as it stands. */

import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TextKey } from '../language.ts';
import { SidePanel } from '../parts/side-panel.tsx';
import { Empty } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import type { BlockName, Shown } from './dashboard-card.tsx';
import own from './dashboard.module.css';

const BLOCKS: readonly BlockName[] = ['ageing', 'roll', 'cohorts', 'funnel', 'heat', 'by_market', 'by_line', 'curve', 'ways', 'cost'];

export function SqlPanel({ shown, block, close }: { shown: Shown; block: string; close: () => void }) {
  const { t } = useTranslation();
  const figure = shown.figures.find((one) => one.figure === block);
  const known = BLOCKS.find((name) => name === block);
  const sql = figure?.sql ?? (known === undefined ? null : shown[known].sql);
  const name = figure !== undefined ? t(`dashboard.figure.${figure.figure}`) : known === undefined ? block : t(`dashboard.block.${known}` as TextKey);
  return <SqlText name={name} sql={sql} close={close} />;
}

export function SqlText({ name, sql, close }: { name: string; sql: string | null; close: () => void }) {
  const { t } = useTranslation();
  return (
    <SidePanel title={t('dashboard.sql_of', { name })} close={close}>
      {sql === null ? <Empty title={t('dashboard.sql_none')} /> : (
        <>
          <p className={css['quiet']}>{t('dashboard.sql_hint')}</p>
          <pre className={own['sql']} tabIndex={0}>{sql}</pre>
          <CopyButton value={sql}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>{t(copied ? 'dashboard.copied' : 'dashboard.copy')}</Button>
            )}
          </CopyButton>
        </>
      )}
    </SidePanel>
  );
}
