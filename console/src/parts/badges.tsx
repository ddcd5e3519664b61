/** States in colour and word: the colour never stands alone. */

import { Badge } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { word } from '../language.ts';
import css from './parts.module.css';

const COLOURS: Readonly<Record<string, string>> = {
  in_force: 'harbour',
  paid: 'harbour',
  succeeded: 'harbour',
  done: 'harbour',
  delivered: 'harbour',
  sent: 'harbour',
  allow: 'harbour',
  kept: 'harbour',
  low: 'harbour',
  due: 'sky',
  open: 'sky',
  queued: 'sky',
  pending: 'sky',
  created: 'sky',
  running: 'sky',
  medium_low: 'sky',
  not_due: 'gray',
  grace: 'amber',
  defer: 'amber',
  medium_high: 'amber',
  stopped: 'amber',
  unconfirmed: 'amber',
  late: 'danger',
  suspended: 'danger',
  lapsed: 'danger',
  failed: 'danger',
  refuse: 'danger',
  broken: 'danger',
  high: 'danger',
  written_off: 'danger',
  bounced: 'danger',
  active: 'harbour',
  published: 'harbour',
  within: 'harbour',
  good: 'harbour',
  attention: 'amber',
  met: 'harbour',
  complete: 'harbour',
  mine: 'sky',
  unmet: 'amber',
  outside: 'amber',
  failing: 'danger',
  escalated: 'danger',
};

export function StateBadge({ group, value }: { group: string; value: string }) {
  return (
    <Badge variant="light" color={COLOURS[value] ?? 'gray'} radius="sm" tt="none" fw={500} miw="max-content">
      {word(group, value)}
    </Badge>
  );
}

/** Beside every figure of an insurer whose data is made up. */
export function Simulated({ simulated }: { simulated: boolean }) {
  const { t } = useTranslation();
  if (!simulated) return null;
  return (
    <span className={css['simulated']}>
      <IconTestPipe size={12} stroke={1.6} />
      {t('simulated')}
    </span>
  );
}
