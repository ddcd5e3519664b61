/** Nothing here yet, not here yet, went wrong: each says what to do next. */

import { Alert, Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../data/api.ts';
import css from './parts.module.css';

export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-busy="true" aria-label={t('state.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={20} mb={12} radius="sm" width={`${96 - row * 7}%`} />
      ))}
    </div>
  );
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: React.ReactNode }) {
  return (
    <div className={css['empty']}>
      <strong>{title}</strong>
      {hint === undefined ? null : <span>{hint}</span>}
      {children}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const message =
    isApiError(error) && error.code !== 'offline' && error.message !== ''
      ? error.message
      : t(isApiError(error) && error.code === 'offline' ? 'state.offline' : 'state.failed');
  return (
    <Alert color="danger" variant="light" icon={<IconAlertTriangle size={18} />} role="alert">
      {message}
      {retry === undefined ? null : (
        <Button ml="sm" size="compact-sm" variant="default" onClick={retry}>
          {t('state.retry')}
        </Button>
      )}
    </Alert>
  );
}
