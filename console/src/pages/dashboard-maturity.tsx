/** How far the data carries, what the next level asks for, and which feeds leave gaps. */

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Data } from '../data/api.ts';
import { maturityQuery } from '../data/know.ts';
import { StateBadge } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { DataTable, type Column } from '../parts/data-table.tsx';
import { count, percent } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { shareOf } from './dashboard-card.tsx';
import own from './dashboard.module.css';
import figures from './today.module.css';

type Shown = Data['maturity'];
type Gate = Shown['gates'][number];
type Feed = Shown['feeds'][number];

export function DataPart() {
  const { t } = useTranslation();
  const asked = useQuery(maturityQuery);
  if (asked.data === undefined) return asked.error === null ? <Card><Loading rows={8} /></Card> : <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const { level, next, gates, feeds, holders } = asked.data;
  const failing = feeds.filter((feed) => feed.failing);
  return (
    <div className={own['cards']}>
      <Card title={t('maturity.title', { level: count(level) })}>
        <div className={figures['big']}>{t(`maturity.level_${level}` as 'maturity.level_1')}</div>
        <p className={css['quiet']}>{t('maturity.about', { holders: count(holders) })}</p>
        {next.length === 0 ? <p>{t('maturity.top')}</p> : (
          <>
            <strong>{t('maturity.next', { level: count(level + 1) })}</strong>
            <ul className={own['steps']}>{next.map((gate) => <li key={gate}>{t(`maturity.step.${gate}`)}</li>)}</ul>
            <Link className={css['link']} to="/import">{t('maturity.import')}</Link>
          </>
        )}
      </Card>
      <Card title={t('maturity.gates')}><DataTable name="data-maturity" columns={gateColumns(t)} rows={gates} rowKey={(gate) => gate.gate} /></Card>
      <Card title={failing.length === 0 ? t('maturity.feeds') : t('maturity.failing', { feeds: failing.map((feed) => t(`maturity.feed.${feed.feed}`)).join(t('dashboard.comma')) })}>
        <p className={css['quiet']}>{t('maturity.feeds_about')}</p>
        <DataTable name="feeds" columns={feedColumns(t)} rows={feeds} rowKey={(feed) => feed.feed} />
      </Card>
    </div>
  );
}

const gateColumns = (t: TFunction): readonly Column<Gate>[] => [
  { key: 'level', title: t('maturity.level'), amount: true, value: (gate) => gate.level, cell: (gate) => count(gate.level) },
  { key: 'gate', title: t('maturity.gate'), value: (gate) => t(`maturity.gate.${gate.gate}`), cell: (gate) => t(`maturity.gate.${gate.gate}`) },
  { key: 'share', title: t('maturity.now'), amount: true, value: (gate) => gate.share, cell: (gate) => percent(gate.share, 0) },
  { key: 'needed', title: t('maturity.needed'), amount: true, value: (gate) => gate.needed, cell: (gate) => percent(gate.needed, 0) },
  { key: 'met', title: t('maturity.state'), value: (gate) => String(gate.met), cell: (gate) => <StateBadge group="gate_state" value={gate.met ? 'met' : 'unmet'} /> },
];

const feedColumns = (t: TFunction): readonly Column<Feed>[] => [
  { key: 'feed', title: t('maturity.feed'), value: (feed) => t(`maturity.feed.${feed.feed}`), cell: (feed) => <>{t(`maturity.feed.${feed.feed}`)}<div className={css['quiet']}>{t(`maturity.complete.${feed.feed}`)}</div></> },
  { key: 'events', title: t('maturity.events'), amount: true, value: (feed) => feed.events, cell: (feed) => count(feed.events) },
  { key: 'share', title: t('maturity.complete'), amount: true, value: (feed) => (feed.events === 0 ? null : shareOf(feed.complete, feed.events)), cell: (feed) => (feed.events === 0 ? '—' : percent(shareOf(feed.complete, feed.events))) },
  { key: 'failing', title: t('maturity.state'), value: (feed) => String(feed.failing), cell: (feed) => <StateBadge group="feed_state" value={feed.events === 0 ? 'empty' : feed.failing ? 'failing' : 'complete'} /> },
];
