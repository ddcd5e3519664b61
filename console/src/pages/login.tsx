/** Log in; a simulated insurer offers its people as buttons. */

import { Button, PasswordInput, Select, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, rememberCsrfToken } from '../data/api.ts';
import { insurersQuery, sessionQuery } from '../data/queries.ts';
import icon from '../icon.svg';
import { word } from '../language.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { LanguageMenu } from '../shell/shell.tsx';
import css from './login.module.css';

const route = getRouteApi('/login');
type LogIn = { readonly email: string; readonly password: string };

export function LoginPage() {
  const { t } = useTranslation();
  const { next } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  const insurers = useQuery(insurersQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const all = insurers.data?.insurers ?? [];
  const insurer = all.find(({ code }) => code === chosen) ?? all[0];
  const logIn = useMutation({
    mutationFn: (person: LogIn) => api.logIn(insurer?.code ?? '', person.email, person.password),
    onSuccess: (session) => {
      rememberCsrfToken(session.csrf_token);
      client.setQueryData(sessionQuery.queryKey, session);
      router.history.push(next ?? '/');
    },
  });
  return (
    <main className={css['page']}>
      <div className={css['sheet']}>
        <div className={css['brand']}>
          <img src={icon} alt="" />
          <span>Inforce</span>
          <LanguageMenu />
        </div>
        <Title order={1}>{t('login.title')}</Title>
        {insurers.isPending ? <Loading rows={3} /> : null}
        {insurers.error === null ? null : <Failed error={insurers.error} retry={() => void insurers.refetch()} />}
        {insurers.isSuccess && insurer === undefined ? <Empty title={t('login.no_insurer')} hint={t('login.no_insurer_hint')} /> : null}
        {insurer === undefined ? null : (
          <form
            className={css['form']}
            onSubmit={(event) => {
              event.preventDefault();
              logIn.mutate({ email, password });
            }}
          >
            {all.length > 1 ? (
              <Select
                label={t('login.insurer')}
                data={all.map(({ code, name }) => ({ value: code, label: name }))}
                value={insurer.code}
                onChange={setChosen}
                allowDeselect={false}
              />
            ) : (
              <Text c="dimmed">{insurer.name}</Text>
            )}
            <TextInput
              label={t('login.email')}
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label={t('login.password')}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {logIn.error === null ? null : <Failed error={logIn.error} />}
            <Button type="submit" loading={logIn.isPending}>
              {t('login.submit')}
            </Button>
          </form>
        )}
        {insurer !== undefined && insurer.demo_logins.length > 0 ? (
          <div className={css['demo']}>
            <Text size="sm" c="dimmed">
              {t('login.demo')}
            </Text>
            {insurer.demo_logins.map((person) => (
              <Button
                key={person.email}
                variant="default"
                justify="space-between"
                disabled={logIn.isPending}
                onClick={() => logIn.mutate(person)}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {word('role', person.role)}
                  </Text>
                }
              >
                {person.name}
              </Button>
            ))}
          </div>
        ) : null}
      </div>
    </main>
  );
}
