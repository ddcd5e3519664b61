/** Before a policy is bound: how likely is it to be paid on time, why, and what is asked in advance? Nothing that is entered here is kept. */

import { Button, Checkbox, NumberInput, Select, TextInput, Title } from '@mantine/core';
import { IconTrendingDown, IconTrendingUp } from '@tabler/icons-react';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decimalsOf } from '../../../src/kernel/index.ts';
import { MARKETS } from '../data/law.ts';
import { sessionQuery } from '../data/queries.ts';
import { askQuote, quoteTerms, type Quote } from '../data/results.ts';
import { word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { count, money, percent } from '../parts/format.ts';
import { Empty, Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './dashboard.module.css';
import figures from './today.module.css';

const LINES = ['life', 'health', 'accident', 'motor', 'property', 'liability', 'commercial'];
const MODES = ['monthly', 'quarterly', 'half_yearly', 'annual', 'single'];
const CURRENCIES: Readonly<Record<string, string>> = { CN: 'CNY', HK: 'HKD', TW: 'TWD', PH: 'PHP', DE: 'EUR', FR: 'EUR', IT: 'EUR', US: 'USD', CA: 'CAD', GB: 'GBP', IN: 'INR', JP: 'JPY', SG: 'SGD' };

export function QuotePage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [market, setMarket] = useState<string>(session.user.markets?.[0] ?? 'HK');
  const [line, setLine] = useState<string>('life');
  const [mode, setMode] = useState<string>('monthly');
  const [age, setAge] = useState<number | null>(null);
  const [premium, setPremium] = useState<number | null>(null);
  const [income, setIncome] = useState<number | null>(null);
  const [autopay, setAutopay] = useState(false);
  const [holder, setHolder] = useState('');
  const currency = CURRENCIES[market] ?? session.insurer.reporting_currency;
  const minor = (amount: number | null): number | null => (amount === null ? null : Math.round(amount * 10 ** decimalsOf(currency)));
  const body = { market, line, mode, age_years: age, premium_minor: minor(premium) ?? 0, currency, income_monthly_minor: minor(income), autopay, holder: holder.trim() === '' ? null : holder.trim() };
  const ask = useMutation({ mutationFn: () => askQuote(body) });
  const [coverFrom, setCoverFrom] = useState('');
  const terms = useMutation({
    mutationFn: () => quoteTerms({ ...body, cover_from: coverFrom }),
    onSuccess: (file) => {
      const address = URL.createObjectURL(file);
      // A tab that is opened after an answer may be stopped by the browser; a file that is saved is not.
      const link = Object.assign(document.createElement('a'), { href: address, download: 'payment-terms.pdf' });
      link.click();
      URL.revokeObjectURL(address);
    },
  });
  const number = (label: string, value: number | null, set: (value: number | null) => void, more: { required?: boolean; suffix?: string; max?: number } = {}) => (
    <NumberInput label={label} min={0} value={value ?? ''} thousandSeparator="," onChange={(next) => set(next === '' ? null : Number(next))} {...more} />
  );
  return (
    <div className={css['page']}>
      <div className={css['title']}><Title order={1}>{t('room.quote')}</Title><span className={css['quiet']}>{t('quote.question')}</span></div>
      <div className={own['cards']}>
        <Card title={t('quote.offer')}>
          <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
            <div className={own['pair']}>
              <Select label={t('dashboard.filter.market')} allowDeselect={false} value={market} data={(session.user.markets ?? MARKETS).map((value) => ({ value, label: word('market', value) }))} onChange={(value) => setMarket(value ?? market)} />
              <Select label={t('dashboard.filter.line')} allowDeselect={false} value={line} data={LINES.map((value) => ({ value, label: word('line', value) }))} onChange={(value) => setLine(value ?? line)} />
              <Select label={t('quote.mode')} allowDeselect={false} value={mode} data={MODES.map((value) => ({ value, label: word('mode', value) }))} onChange={(value) => setMode(value ?? mode)} />
              {number(`${t('quote.premium')} (${currency})`, premium, setPremium, { required: true, suffix: ` ${currency}` })}
              {number(t('quote.age'), age, setAge, { max: 120 })}
              {number(`${t('quote.income')} (${currency})`, income, setIncome, { suffix: ` ${currency}` })}
            </div>
            <TextInput label={t('quote.holder')} description={t('quote.holder_hint')} maxLength={64} value={holder} onChange={(event) => setHolder(event.currentTarget.value)} />
            <Checkbox label={t('quote.autopay')} checked={autopay} onChange={(event) => setAutopay(event.currentTarget.checked)} />
            <div><Button type="submit" loading={ask.isPending} disabled={premium === null || premium <= 0}>{t('quote.ask')}</Button></div>
            <div className={own['pair']}>
              <TextInput type="date" label={t('quote.cover_from')} value={coverFrom} onChange={(event) => setCoverFrom(event.currentTarget.value)} />
              <div><Button variant="default" loading={terms.isPending} disabled={premium === null || premium <= 0 || coverFrom === ''} onClick={() => terms.mutate()}>{t('quote.terms')}</Button></div>
            </div>
            {terms.error === null ? null : <Failed error={terms.error} />}
            <p className={css['quiet']}>{t('quote.not_kept')}</p>
          </form>
        </Card>
        {ask.error !== null ? <Failed error={ask.error} /> : ask.data === undefined ? <Card title={t('quote.hint')}><Empty title={t('quote.none')} hint={t('quote.none_hint')} /></Card> : <Answer quote={ask.data} />}
      </div>
    </div>
  );
}

function Answer({ quote: { probability_late: probability, tier, reasons, known, rule, in_advance_minor: inAdvance, currency } }: { quote: Quote }) {
  const { t } = useTranslation();
  return (
    <div role="status">
      <Card title={t('quote.hint')} aside={<StateBadge group="tier" value={tier} />}>
        <div className={figures['big']}>{percent(probability, 0)}</div>
        <p className={css['quiet']}>{t('quote.probability')}{known === null ? '' : ` · ${t('quote.known', { name: known.name, policies: count(known.policies) })}`}</p>
        {reasons.map((reason) => (
          <div key={reason.feature}>{reason.contribution > 0 ? <IconTrendingUp size={14} aria-label={t('risk.raises')} /> : <IconTrendingDown size={14} aria-label={t('risk.lowers')} />} {reason.text}</div>
        ))}
        <h3>{t('quote.rule')}</h3>
        <div className={own['sum']}>{money(inAdvance, currency)}</div>
        <p>{t('quote.instalments', { count: rule.instalments })}{rule.autopay ? ` · ${t('quote.autopay_asked')}` : ''}</p>
        <p className={css['quiet']}>{rule.origin} {rule.verified ? '' : t('quote.unverified')}</p>
      </Card>
    </div>
  );
}
