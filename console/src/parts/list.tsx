/** What every list has: its next page, and the choices that narrow it. */

import { Button, Select, type ComboboxItem } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Pages = { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly fetchNextPage: () => Promise<unknown> };

/** Nothing where the list is at its end. */
export function MoreRows({ list }: { list: Pages }) {
  const { t } = useTranslation();
  if (!list.hasNextPage) return null;
  return (
    <Button mt="md" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
      {t('list.more')}
    </Button>
  );
}

/** One filter of a list; `undefined` is all. */
export function FilterSelect({ label, value, data, choose, disabled = false }: {
  label: string;
  value: string | undefined;
  data: readonly (string | ComboboxItem)[];
  choose: (value: string | undefined) => void;
  disabled?: boolean;
}) {
  return (
    <Select
      size="sm"
      clearable
      placeholder={label}
      aria-label={label}
      value={value ?? null}
      data={[...data]}
      disabled={disabled}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onChange={(chosen) => choose(chosen ?? undefined)}
    />
  );
}
