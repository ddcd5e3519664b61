/** The first minute: six steps on Today in a small panel that covers nothing for good. It begins by itself once, can be left at any time and started again. */

import { Button, CloseButton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tourDone, tourQuery } from '../data/reach.ts';
import css from './tour.module.css';

const STEPS = [1, 2, 3, 4, 5, 6] as const;

export type TourState = { readonly running: boolean; readonly start: () => void; readonly leave: () => void };

/** By itself only where the address is exactly that of Today, and only for who has not seen it; remembered on the server. */
export function useTour(): TourState {
  const client = useQueryClient();
  const navigate = useNavigate();
  const onToday = useLocation({ select: ({ href }) => href === '/' });
  const seen = useQuery({ ...tourQuery, enabled: onToday });
  const [asked, setAsked] = useState(false);
  return {
    running: onToday && (asked || seen.data?.done === false),
    start: () => {
      setAsked(true);
      void navigate({ to: '/' });
    },
    leave: () => {
      setAsked(false);
      client.setQueryData(tourQuery.queryKey, { done: true });
      // Where this cannot be kept, the tour begins again at the next log-in: no harm.
      tourDone().catch(() => {});
    },
  };
}

export function Tour({ leave }: { leave: () => void }) {
  const { t } = useTranslation();
  const [step, setStep] = useState(0);
  const next = useRef<HTMLButtonElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
    next.current?.focus({ preventScroll: true });
    // Whoever leaves is where they were.
    return () => { if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true }); };
  }, []);
  const shown = STEPS[step] ?? STEPS[0];
  const last = step === STEPS.length - 1;
  return (
    <aside
      className={css['tour']}
      role="dialog"
      aria-labelledby="tour-title"
      aria-describedby="tour-text"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        leave();
      }}
    >
      <div className={css['head']}>
        <strong id="tour-title">{t(`tour.${shown}_title`)}</strong>
        <CloseButton size="sm" aria-label={t('tour.leave')} onClick={leave} />
      </div>
      <p id="tour-text" aria-live="polite">{t(`tour.${shown}_text`)}</p>
      <div className={css['foot']}>
        <span>{t('tour.step', { step: step + 1, steps: STEPS.length })}</span>
        <Button ref={next} size="xs" onClick={() => (last ? leave() : setStep(step + 1))}>{t(last ? 'tour.done' : 'tour.next')}</Button>
      </div>
    </aside>
  );
}
