/** One person beside the list: what they may do, changed on the version that is seen; and the invitation of a new one. */

import { Autocomplete, Button, MultiSelect, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../data/api.ts';
import { MARKETS } from '../data/law.ts';
import { changePerson, enablePerson, invitePerson, ROLES, type Person, type Role } from '../data/set-up.ts';
import { currentLanguage, LANGUAGES, word } from '../language.ts';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { Failed } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { Secret } from './people-keys.tsx';
import own from './set-up.module.css';

type Rights = { readonly role: Role; readonly markets: readonly string[]; readonly team: string; readonly language: Person['language'] };
const rightsOf = ({ role, markets, team, language }: Person): Rights => ({ role, markets: markets ?? [], team, language });

function RightsFields({ rights, teams, set, own: isOwn = false, disabled = false }: {
  rights: Rights; teams: readonly string[]; set: (change: Partial<Rights>) => void; own?: boolean; disabled?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('people.role')} allowDeselect={false} disabled={disabled || isOwn} value={rights.role} data={ROLES.map((value) => ({ value, label: word('role', value) }))}
        onChange={(value) => set({ role: ROLES.find((role) => role === value) ?? rights.role })}
      />
      <MultiSelect
        label={t('people.markets')} description={t('people.markets_hint')} clearable searchable disabled={disabled || isOwn} value={[...rights.markets]}
        data={MARKETS.map((value) => ({ value, label: word('market', value) }))} onChange={(markets) => set({ markets })}
      />
      <Autocomplete label={t('people.team')} description={t('people.team_hint')} maxLength={100} disabled={disabled} value={rights.team} data={[...teams]} onChange={(team) => set({ team })} />
      <Select
        label={t('people.language')} allowDeselect={false} disabled={disabled} value={rights.language} data={LANGUAGES.map(({ tag, name }) => ({ value: tag, label: name }))}
        onChange={(value) => set({ language: LANGUAGES.find(({ tag }) => tag === value)?.tag ?? rights.language })}
      />
    </>
  );
}

export function PersonPanel({ person, teams, isSelf, mayChange, timeZone }: { person: Person; teams: readonly string[]; isSelf: boolean; mayChange: boolean; timeZone: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  /** What is being changed, and of which version; what somebody else has saved meanwhile takes its place. */
  const [draft, setDraft] = useState<{ readonly version: number; readonly rights: Rights } | null>(null);
  const rights = draft?.version === person.version ? draft.rights : rightsOf(person);
  const refresh = { onSettled: () => client.invalidateQueries({ queryKey: ['people', 'list'] }) };
  const save = useMutation({
    mutationFn: () => changePerson(person, {
      team: rights.team, language: rights.language, ...(isSelf ? {} : { role: rights.role, markets: rights.markets.length === 0 ? null : [...rights.markets] }),
    }), ...refresh,
  });
  const enable = useMutation({ mutationFn: (enabled: boolean) => enablePerson(person, enabled), ...refresh });
  const failed = save.error ?? enable.error;
  const conflict = isApiError(failed) && failed.code === 'changed_meanwhile';
  const set = (change: Partial<Rights>): void => {
    save.reset();
    setDraft({ version: person.version, rights: { ...rights, ...change } });
  };
  return (
    <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); enable.reset(); save.mutate(); }}>
      <span className={css['quiet']}>
        {person.email} · {t('people.last_login')}: {person.last_login_at === null ? t('people.never') : moment(person.last_login_at, timeZone)}
        {person.changed_at === null ? '' : ` · ${t('people.changed', { at: moment(person.changed_at, timeZone), by: person.changed_by ?? '—' })}`}
      </span>
      {isSelf ? <span className={own['said']}>{t('people.self')}</span> : null}
      {conflict ? <span className={own['warned']} role="alert">{t('people.conflict', { by: person.changed_by ?? '—' })}</span> : failed === null ? null : <Failed error={failed} />}
      {save.isSuccess && draft?.version !== person.version ? <span className={own['said']} role="status">{t('people.saved')}</span> : null}
      <RightsFields rights={rights} teams={teams} set={set} own={isSelf} disabled={!mayChange} />
      {mayChange ? <div><Button type="submit" loading={save.isPending} disabled={draft?.version !== person.version}>{t('people.save')}</Button></div> : null}
      {!mayChange || isSelf ? null : (
        <Card>
          {person.disabled_at === null ? (
            <>
              <span className={css['quiet']}>{t('people.disable_hint')}</span>
              <Button mt="xs" variant="light" color="danger" loading={enable.isPending} onClick={() => { save.reset(); enable.mutate(false); }}>{t('people.disable')}</Button>
            </>
          ) : (
            <>
              <span className={css['quiet']}>{t('people.is_disabled', { at: moment(person.disabled_at, timeZone) })}</span>
              <Button mt="xs" variant="light" loading={enable.isPending} onClick={() => { save.reset(); enable.mutate(true); }}>{t('people.enable')}</Button>
            </>
          )}
        </Card>
      )}
    </form>
  );
}

export function Invite({ teams, close }: { teams: readonly string[]; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [rights, setRights] = useState<Rights>({ role: 'agent', markets: [], team: '', language: currentLanguage() });
  const invite = useMutation({
    mutationFn: () => invitePerson({ ...rights, name, email, markets: rights.markets.length === 0 ? null : [...rights.markets] }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['people', 'list'] }),
  });
  if (invite.data !== undefined) {
    return (
      <div className={own['stack']}>
        <span className={own['said']} role="status">{t('people.invited', { name: invite.data.person.name })}</span>
        <Secret label={t('people.password')} hint={t('people.password_hint')} value={invite.data.password} />
        <div><Button onClick={close}>{t('people.close')}</Button></div>
      </div>
    );
  }
  return (
    <form className={own['stack']} onSubmit={(event) => { event.preventDefault(); invite.mutate(); }}>
      <TextInput label={t('people.name')} required maxLength={100} value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus />
      <TextInput label={t('people.email')} type="email" required maxLength={254} value={email} onChange={({ currentTarget }) => setEmail(currentTarget.value)} />
      <RightsFields rights={rights} teams={teams} set={(change) => setRights({ ...rights, ...change })} />
      {invite.error === null ? null : <Failed error={invite.error} />}
      <div><Button type="submit" loading={invite.isPending}>{t('people.invite')}</Button></div>
    </form>
  );
}
