/** A sheet with a heading: the one container of every page. */

import { Title } from '@mantine/core';
import css from './parts.module.css';

export function Card({ title, aside, children }: { title?: string; aside?: React.ReactNode; children: React.ReactNode }) {
  return (
    <section className={css['card']} aria-label={title}>
      {title === undefined ? null : <div className={css['head']}><Title order={2}>{title}</Title>{aside}</div>}
      {children}
    </section>
  );
}
