/** What holders received, as it looks on their phones. A simulated insurer's only: real people's messages are not shown like this. */

import { Button, SegmentedControl, Title } from '@mantine/core';
import { IconDeviceMobileMessage, IconMail } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Message } from '../data/api.ts';
import { inboxQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Simulated } from '../parts/badges.tsx';
import { Card } from '../parts/card.tsx';
import { moment } from '../parts/format.ts';
import { SafeHtml } from '../parts/safe-html.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import parts from '../parts/parts.module.css';
import css from './inbox.module.css';

const route = getRouteApi('/inside/inbox');

export function InboxPage() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const inbox = useInfiniteQuery(inboxQuery(filter));
  const messages = inbox.data?.pages.flatMap((page) => page.messages) ?? [];
  return (
    <div className={parts['page']}>
      <div className={parts['title']}>
        <Title order={1}>{t('room.inbox')}</Title>
        <Simulated simulated />
        <span className={parts['quiet']}>{t('inbox.explained')}</span>
      </div>
      <div>
        <SegmentedControl
          value={filter.channel ?? 'all'}
          onChange={(value) => void navigate({ to: '/inbox', search: { ...filter, channel: value === 'all' ? undefined : value } })}
          data={[
            { value: 'all', label: t('inbox.all') },
            { value: 'email', label: word('channel', 'email') },
            { value: 'sms', label: word('channel', 'sms') },
          ]}
        />
        {filter.holder_id === undefined ? null : (
          <Button ml="sm" variant="subtle" onClick={() => void navigate({ to: '/inbox', search: { channel: filter.channel } })}>
            {t('inbox.everybody')}
          </Button>
        )}
      </div>
      {inbox.isPending ? (
        <Card>
          <Loading />
        </Card>
      ) : null}
      {inbox.error === null ? null : <Failed error={inbox.error} retry={() => void inbox.refetch()} />}
      {inbox.isSuccess && messages.length === 0 ? (
        <Card>
          <Empty title={t('inbox.none')} hint={t('inbox.none_hint')} />
        </Card>
      ) : null}
      <div className={css['grid']}>
        {messages.map((message) => (
          <Phone key={message.message_id} message={message} />
        ))}
      </div>
      {inbox.hasNextPage ? (
        <div>
          <Button variant="default" loading={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
            {t('list.more')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Phone({ message }: { message: Message }) {
  const { t } = useTranslation();
  const Icon = message.channel === 'email' ? IconMail : IconDeviceMobileMessage;
  return (
    <article className={css['phone']} lang={message.language}>
      <div className={css['bar']}>
        <Icon size={15} />
        <span>{message.to}</span>
        <time dateTime={message.received_at}>{moment(message.received_at)}</time>
      </div>
      <div className={css['body']}>
        {message.channel === 'email' ? (
          <>
            <div className={css['subject']}>{message.subject}</div>
            <div className={css['from']}>{message.from.replace(/^"(.*)" </, '$1 <')}</div>
            {message.html === null ? <div className={css['text']}>{message.text}</div> : <SafeHtml html={message.html} />}
          </>
        ) : (
          <div className={css['sms']}>
            <div className={css['bubble']}>{message.text}</div>
          </div>
        )}
      </div>
      <div className={css['foot']}>
        {message.pay_link === null ? null : (
          <Button component="a" href={message.pay_link} target="_blank" rel="noreferrer" size="compact-md" flex={1}>
            {t('inbox.pay')}
          </Button>
        )}
        {message.holder_id === null ? null : (
          <Button
            component={Link}
            to="/holders/$holderId"
            params={{ holderId: String(message.holder_id) } as never}
            variant="default"
            size="compact-md"
            flex={1}
          >
            {t('inbox.holder')}
          </Button>
        )}
      </div>
    </article>
  );
}
