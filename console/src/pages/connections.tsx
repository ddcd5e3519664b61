import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function ConnectionsPage() {
  const { t } = useTranslation();
  return <Title order={1}>{t('room.connections')}</Title>;
}
