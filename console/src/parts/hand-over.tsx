/** Hands one holder, one bill or many rows to a department or a colleague, with a day; can be taken back. */

import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, type PlainDate } from '../../../src/kernel/index.ts';
import { colleaguesQuery, GIVEN_ROLES, handOver, withdrawHandOvers, type About } from '../data/desks.ts';
import { sessionQuery } from '../data/queries.ts';
import { word } from '../language.ts';
import { Failed } from './states.tsx';
import { toast } from './toast.tsx';

const DAYS_DEFAULT = 2;
const STALE = ['hand-overs', 'holder'];

export function HandOverModal({ about, close }: { about: readonly About[]; close: (done: boolean) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const today = useQuery(sessionQuery).data?.business_date ?? '';
  const colleagues = useQuery(colleaguesQuery).data?.colleagues ?? [];
  const [role, setRole] = useState<string>('finance');
  const [person, setPerson] = useState<string | null>(null);
  const [what, setWhat] = useState('');
  const [dueOn, setDueOn] = useState<string>(today === '' ? '' : addDays(today as PlainDate, DAYS_DEFAULT));
  const refresh = (): void => { for (const key of STALE) void client.invalidateQueries({ queryKey: [key] }); };
  const give = useMutation({
    mutationFn: () => handOver({ about, to_role: role, to_user: person === null ? null : Number(person), what, due_on: dueOn }),
    onSuccess: ({ hand_over_ids: ids }) => {
      refresh();
      close(true);
      toast(t('hand_over.given', { count: ids.length, role: word('role', role) }), {
        label: t('toast.undo'), undone: t('hand_over.taken_back'), act: () => withdrawHandOvers(ids).then(refresh),
      });
    },
  });
  return (
    <Modal opened onClose={() => close(false)} title={t('hand_over.title', { count: about.length })} centered>
      <form onSubmit={(event) => {
        event.preventDefault();
        give.mutate();
      }}>
        <Select
          label={t('hand_over.to')} mb="sm" allowDeselect={false} value={role} data={GIVEN_ROLES.map((value) => ({ value, label: word('role', value) }))}
          onChange={(value) => {
            setRole(value ?? 'finance');
            setPerson(null);
          }}
        />
        <Select
          label={t('hand_over.person')} mb="sm" clearable value={person} placeholder={t('hand_over.anybody')} onChange={setPerson}
          data={colleagues.filter((one) => one.role === role).map(({ user_id: id, name }) => ({ value: String(id), label: name }))}
        />
        <Textarea label={t('hand_over.what')} mb="sm" required autosize minRows={2} maxLength={1000} value={what} onChange={(event) => setWhat(event.currentTarget.value)} data-autofocus />
        <TextInput type="date" label={t('hand_over.by_day')} mb="md" required min={today} value={dueOn} onChange={(event) => setDueOn(event.currentTarget.value)} />
        {give.error === null ? null : <Failed error={give.error} />}
        <Button type="submit" loading={give.isPending}>{t('hand_over.give')}</Button>
      </form>
    </Modal>
  );
}
