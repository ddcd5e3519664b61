/** The entries behind a figure of the trial balance, newest first, each leading to its holder and bill. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { entriesQuery, type EntryQuery } from '../data/money.ts';
import { postingRule, word } from '../language.ts';
import { day } from '../parts/format.ts';
import { MoreRows } from '../parts/list.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import css from '../parts/parts.module.css';
import { signed } from './bill-address.ts';

export function LedgerEntries({ filter }: { filter: EntryQuery }) {
  const { t } = useTranslation();
  const list = useInfiniteQuery(entriesQuery(filter));
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      {list.isPending ? <Loading rows={8} /> : null}
      {list.error === null ? null : <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && entries.length === 0 && !list.hasNextPage ? <Empty title={t('ledger.no_entries')} /> : null}
      {entries.length === 0 ? null : (
        <div className={css['scroll']}>
          <table className={css['table']}>
            <tbody>
              {entries.map((entry) => {
                const debited = entry.debit_account === filter.account;
                return (
                  <tr key={entry.posting_id}>
                    <td>
                      {postingRule(entry.rule)}
                      <div className={css['quiet']}>
                        {day(entry.booked_on)} · {t('ledger.against', { account: word('account', debited ? entry.credit_account : entry.debit_account) })}
                      </div>
                    </td>
                    <td>
                      {entry.holder_id === null ? <span className={css['quiet']}>{t('ledger.nobody')}</span> : (
                        <>
                          <Link to="/holders/$holderId" params={{ holderId: String(entry.holder_id) }}>{entry.holder_name}</Link>
                          {entry.bill_id === null ? null : (
                            <div className={css['code']}>
                              <Link to="/bills" search={{ open: `${entry.holder_id}-${entry.bill_id}` }}>{t('money.bill', { reference: `${entry.holder_id}-${entry.bill_id}` })}</Link>
                            </div>
                          )}
                        </>
                      )}
                    </td>
                    <td className={css['amount']}>{signed(debited ? entry.amount_minor : -entry.amount_minor, entry.currency)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <MoreRows list={list} />
    </>
  );
}
