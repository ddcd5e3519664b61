/** The bill as its holder gets it: as PDF, as a page, and how it looks. */

import { Anchor, Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { documentAddress } from '../data/bill-designs.ts';
import { LANGUAGES } from '../language.ts';
import { Card } from '../parts/card.tsx';
import board from './dashboard.module.css';
import own from './bill-designs.module.css';

export function BillPaper({ holderId, billId }: { holderId: number; billId: number }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState('own');
  const [shown, setShown] = useState(false);
  const spoken = LANGUAGES.find(({ tag }) => tag === language)?.tag;
  return (
    <Card title={t('bill_design.document')}>
      <div className={board['scroll']}><SegmentedControl size="xs" aria-label={t('bill_design.language')} value={language} onChange={setLanguage} data={[{ value: 'own', label: t('bill_design.holders_language') }, ...LANGUAGES.map(({ tag, name }) => ({ value: tag as string, label: name }))]} /></div>
      <div className={board['row']}>
        <Anchor size="sm" href={documentAddress('pdf', holderId, billId, spoken)} target="_blank" rel="noreferrer">{t('bill_design.as_pdf')}</Anchor>
        <Anchor size="sm" href={documentAddress('html', holderId, billId, spoken)} target="_blank" rel="noreferrer">{t('bill_design.as_page')}</Anchor>
        <Button size="compact-sm" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>{t(shown ? 'bill_design.hide' : 'bill_design.preview')}</Button>
      </div>
      {shown ? <iframe sandbox="" className={own['preview']} title={t('bill_design.preview')} src={documentAddress('html', holderId, billId, spoken)} /> : null}
    </Card>
  );
}
