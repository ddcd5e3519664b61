/** One row of a list, opened beside it: the list keeps its place, Esc closes. What is open stands in the address. */

import { Drawer, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function SidePanel({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={<Title order={2}>{title}</Title>} overlayProps={{ backgroundOpacity: 0.15 }} transitionProps={{ duration: 100 }} closeButtonProps={{ 'aria-label': t('help.close') }}>
      {children}
    </Drawer>
  );
}
