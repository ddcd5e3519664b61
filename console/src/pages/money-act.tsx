/** An act on money: first what it will book, then the button that does it. */

import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Acted, Booked } from '../data/money-acts.ts';
import { postingRule, word } from '../language.ts';
import { money } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import own from './money.module.css';

/** Who moves money. */
export const MONEY_ACTORS: readonly string[] = ['manager', 'finance'];
const STALE = ['payments', 'bills', 'approvals', 'groups', 'ledger', 'holder', 'today'];

/** `asked`: all that the act depends on; null while something is missing. */
export function MoneyAct({ label, asked, act, done, leave }: {
  label: string; asked: readonly unknown[] | null; act: (preview: boolean) => Promise<Acted>; done?: ((acted: Acted) => void) | undefined; leave?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const preview = useQuery({ queryKey: ['preview', label, ...(asked ?? [])], enabled: asked !== null, queryFn: () => act(true), retry: false, gcTime: 0 });
  const doing = useMutation({
    mutationFn: () => act(false), onSuccess: (acted) => done?.(acted),
    // Also after a refusal: a colleague may have been faster.
    onSettled: () => Promise.all(STALE.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <div>
      {asked !== null && preview.isPending ? <Loading rows={2} /> : null}
      {asked === null || preview.error === null ? null : <Failed error={preview.error} />}
      {asked === null || preview.data === undefined ? null : <WillBook booked={preview.data.booked} />}
      {preview.data?.state === 'waits' ? <Alert color="caution" variant="light" mb="sm">{t('money_act.waits')}</Alert> : null}
      {doing.error === null ? null : <Failed error={doing.error} />}
      <div className={own['buttons']}>
        <Button disabled={asked === null || preview.data === undefined || doing.isSuccess} loading={doing.isPending} onClick={() => doing.mutate()}>{label}</Button>
        {leave === undefined ? null : <Button variant="default" onClick={leave}>{t('correction.leave')}</Button>}
      </div>
    </div>
  );
}

export function WillBook({ booked }: { booked: Booked }) {
  const { t } = useTranslation();
  if (booked.length === 0) return <p className={css['quiet']}>{t('money_act.books_nothing')}</p>;
  return (
    <div className={css['scroll']}>
      <table className={css['table']}>
        <caption className={css['quiet']}>{t('money_act.will_book')}</caption>
        <tbody>
          {booked.map((one, place) => (
            <tr key={`${one.rule} ${String(place)}`}>
              <td>{postingRule(one.rule)}<div className={css['quiet']}>{t('money.debit')} {word('account', one.debit_account)} · {t('money.credit')} {word('account', one.credit_account)}</div></td>
              <td className={css['amount']}>{money(one.amount_minor, one.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
