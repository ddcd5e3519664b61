/** An address that leads nowhere. */

import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../parts/states.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t('not_found.title')} hint={t('not_found.hint')}>
      <Button component={Link} to="/" variant="light">
        {t('not_found.home')}
      </Button>
    </Empty>
  );
}
