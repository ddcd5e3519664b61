/** Keys of programs: listed, made and shown once, revoked for good. */

import { Button, CopyButton, Modal, Select, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createKey, keysQuery, revokeKey, ROLES, type Role } from '../data/set-up.ts';
import { word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './set-up.module.css';

export function Keys({ mayChange, timeZone }: { mayChange: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const asked = useQuery(keysQuery);
  const [creating, setCreating] = useState(false);
  /** A key that was revoked cannot come back, so the second press does it. */
  const [sure, setSure] = useState<number | null>(null);
  const revoke = useMutation({ mutationFn: revokeKey, onSettled: () => client.invalidateQueries({ queryKey: ['people', 'keys'] }) });
  const keys = asked.data?.keys ?? [];
  return (
    <Card
      title={t('keys.title')}
      aside={mayChange ? <Button size="compact-sm" variant="default" leftSection={<IconKey size={14} />} onClick={() => setCreating(true)}>{t('keys.create')}</Button> : undefined}
    >
      {asked.isPending ? <Loading rows={2} /> : null}
      {asked.error === null ? null : <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {revoke.error === null ? null : <Failed error={revoke.error} />}
      {asked.isSuccess && keys.length === 0 ? <Empty title={t('keys.none')} hint={t('keys.none_hint')} /> : null}
      {keys.length === 0 ? null : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <thead><tr><th>{t('keys.name')}</th><th>{t('people.role')}</th><th className={css['wide']}>{t('keys.created')}</th><th>{t('people.state')}</th></tr></thead>
            <tbody>
              {keys.map((key) => (
                <tr key={key.key_id}>
                  <td><strong>{key.name}</strong></td>
                  <td>{word('role', key.role)}</td>
                  <td className={`${css['wide'] ?? ''} ${css['code'] ?? ''}`}>{moment(key.created_at, timeZone)}</td>
                  <td>
                    {key.revoked_at === null ? (
                      <>
                        {t('keys.active')}{' '}
                        {mayChange ? (
                          <Button
                            size="compact-xs" variant={sure === key.key_id ? 'filled' : 'subtle'} color="danger" loading={revoke.isPending && revoke.variables === key.key_id}
                            onClick={() => { if (sure === key.key_id) revoke.mutate(key.key_id); else setSure(key.key_id); }}
                          >
                            {t(sure === key.key_id ? 'keys.revoke_sure' : 'keys.revoke')}
                          </Button>
                        ) : null}
                      </>
                    ) : <span className={css['quiet']}>{t('keys.revoked', { at: moment(key.revoked_at, timeZone) })}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Modal opened={creating} onClose={() => setCreating(false)} title={t('keys.create')} centered>{creating ? <CreateKey close={() => setCreating(false)} /> : null}</Modal>
    </Card>
  );
}

function CreateKey({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('it');
  const create = useMutation({ mutationFn: () => createKey({ name, role }), onSuccess: () => client.invalidateQueries({ queryKey: ['people', 'keys'] }) });
  if (create.data !== undefined) {
    return (
      <div className={own['stack']}>
        <Secret label={t('keys.key')} hint={t('keys.key_hint')} value={create.data.key} />
        <div><Button onClick={close}>{t('people.close')}</Button></div>
      </div>
    );
  }
  return (
    <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); create.mutate(); }}>
      <TextInput label={t('keys.name')} required maxLength={100} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus />
      <Select
        label={t('people.role')} allowDeselect={false} value={role} data={ROLES.map((value) => ({ value, label: word('role', value) }))}
        onChange={(value) => setRole(ROLES.find((one) => one === value) ?? role)}
      />
      {create.error === null ? null : <Failed error={create.error} />}
      <div><Button type="submit" loading={create.isPending}>{t('keys.create')}</Button></div>
    </form>
  );
}

/** What is shown this once. */
export function Secret({ label, hint, value }: { label: string; hint: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Card>
      <span className={css['quiet']}>{label}</span>
      <span className={own['secret']}>{value}</span>
      <span className={css['quiet']}>{hint}</span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button mt="xs" size="compact-sm" variant="light" onClick={copy} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>{t(copied ? 'act.copied' : 'act.copy')}</Button>
        )}
      </CopyButton>
    </Card>
  );
}
