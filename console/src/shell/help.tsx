/** What the keyboard can do. */

import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextKey } from '../language.ts';
import css from './shell.module.css';

const KEYS: readonly (readonly [string, TextKey])[] = [
  ['/', 'help.search'],
  ['Ctrl K', 'help.search'],
  ['j', 'help.next'],
  ['k', 'help.previous'],
  ['Enter', 'help.open'],
  ['x', 'help.select'],
  ['1 – 9', 'help.outcome'],
  ['Esc', 'help.close'],
  ['?', 'help.help'],
];

export function Help({ opened, close }: { opened: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={close} title={t('help.title')} centered>
      <div className={css['keys']}>
        {KEYS.map(([key, text]) => (
          <Fragment key={key}>
            <Kbd>{key}</Kbd>
            <span>{t(text)}</span>
          </Fragment>
        ))}
      </div>
    </Modal>
  );
}
