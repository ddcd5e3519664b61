/** The day that a page speaks of: one back, one ahead, or any. */

import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import own from './law.module.css';

type Day = { readonly on: string | null; readonly previous: string | null; readonly next: string | null };

export function DayChoice({ day, choose }: { day: Day | undefined; choose: (on: string | undefined) => void }) {
  const { t } = useTranslation();
  const previous = day?.previous ?? null;
  const next = day?.next ?? null;
  return (
    <div className={own['day']}>
      <ActionIcon variant="default" size="lg" aria-label={t('day.previous')} title={t('day.previous')} disabled={previous === null} onClick={() => choose(previous ?? undefined)}>
        <IconChevronLeft size={16} />
      </ActionIcon>
      <TextInput type="date" size="sm" aria-label={t('day.choose')} value={day?.on ?? ''} onChange={(event) => choose(event.currentTarget.value || undefined)} />
      <ActionIcon variant="default" size="lg" aria-label={t('day.next')} title={t('day.next')} disabled={next === null} onClick={() => choose(next ?? undefined)}>
        <IconChevronRight size={16} />
      </ActionIcon>
    </div>
  );
}
