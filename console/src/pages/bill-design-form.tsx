/** The next version of a bill design, written on the one that is seen, with what its words cost while they are typed; and the same for a design as it is. */

import { Button, Checkbox, ColorInput, NumberInput, Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isApiError } from '../data/api.ts';
import { type BillDesign, designCheckQuery, type Designs, type DesignTerms, saveDesign } from '../data/bill-designs.ts';
import { LANGUAGES, word } from '../language.ts';
import { StateBadge } from '../parts/badges.tsx';
import { moment } from '../parts/format.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { toast } from '../parts/toast.tsx';
import css from '../parts/parts.module.css';
import own from './bill-designs.module.css';
import board from './dashboard.module.css';

const FIRST = ['amount', 'due', 'pay', 'consequence', 'contact'] as const;
const SENTENCES = ['headline', 'consequence', 'late_help'] as const;
type Sentence = (typeof SENTENCES)[number];
type Wording = Record<Sentence, Record<(typeof LANGUAGES)[number]['tag'], string>>;
const CHECK_AFTER_MS = 400;
const EMPTY = { en: '', 'zh-Hans': '', 'zh-Hant': '' } as const;

type FormProps = { design: BillDesign; versions: readonly BillDesign[]; ownWords: Designs['own_words']; least: number; timeZone: string; done: () => void };

export function DesignForm({ design, versions, ownWords, least, timeZone, done }: FormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [terms, setTerms] = useState<DesignTerms>(design.terms);
  const [wording, setWording] = useState<Wording>(() => Object.fromEntries(SENTENCES.map((name) => [name, { ...EMPTY, ...design.terms.wording[name] }])) as Wording);
  const [share, setShare] = useState(design.share);
  const draft: DesignTerms = { ...terms, wording: Object.fromEntries(SENTENCES.flatMap((name) => (LANGUAGES.every(({ tag }) => wording[name][tag].trim() === '') ? [] : [[name, wording[name]]]))) };
  /** A sentence in some languages only is not a sentence yet. */
  const halves = SENTENCES.filter((name) => draft.wording[name] !== undefined && LANGUAGES.some(({ tag }) => wording[name][tag].trim() === ''));
  const [settled] = useDebouncedValue(draft, CHECK_AFTER_MS);
  const check = useQuery({ ...designCheckQuery(settled), enabled: halves.length === 0 });
  const refresh = () => client.invalidateQueries({ queryKey: ['bill-designs'] });
  const save = useMutation({
    mutationFn: (publish: boolean) => saveDesign(design.design_id, { terms: draft, share, publish, version: design.version }),
    onSuccess: async (_saved, publish) => {
      toast(t(publish ? 'bill_design.published' : 'bill_design.kept'));
      await refresh();
      done();
    },
  });
  const set = (change: Partial<DesignTerms>): void => { save.reset(); setTerms({ ...terms, ...change }); };
  const choice = <Name extends 'layout' | 'headline' | 'consequence' | 'changed'>(name: Name, values: readonly DesignTerms[Name][], called: (value: string) => string) => (
    <Select label={word('design_field', name)} allowDeselect={false} value={terms[name]} data={values.map((value) => ({ value, label: called(value) }))}
      onChange={(value) => set({ [name]: values.find((one) => one === value) ?? terms[name] })} />
  );
  return (
    <form className={board['stack']} noValidate onSubmit={(event) => { event.preventDefault(); save.mutate(true); }}>
      <div className={board['pair']}>{choice('layout', ['box', 'column'], (value) => word('design_layout', value))}{choice('headline', ['amount', 'cover'], (value) => word('design_headline', value))}</div>
      <div className={board['pair']}>{choice('consequence', ['loss', 'gain'], (value) => word('design_consequence', value))}{choice('changed', ['table', 'sentences'], (value) => word('design_changed', value))}</div>
      <div className={board['pair']}>
        <ColorInput withEyeDropper={false} label={word('design_field', 'accent')} format="hex" value={terms.accent} onChange={(accent) => { if (/^#[0-9a-f]{6}$/i.test(accent)) set({ accent: accent.toLowerCase() }); }} />
        <NumberInput label={word('design_field', 'share')} description={t('bill_design.share_hint')} min={0} max={100} allowDecimal={false} value={share} onChange={(next) => { save.reset(); setShare(Number(next)); }} />
      </div>
      <Checkbox.Group label={word('design_field', 'first')} value={[...terms.first]} onChange={(chosen) => set({ first: FIRST.filter((one) => chosen.includes(one)) })}>
        <div className={css['boxes']}>{FIRST.map((one) => <Checkbox key={one} size="sm" value={one} label={word('design_block', one)} />)}</div>
      </Checkbox.Group>
      {SENTENCES.map((name) => (
        <fieldset key={name} className={board['stack']}>
          <legend>{word('design_sentence', name)} <span className={css['quiet']}>{t('bill_design.own_hint', { places: (ownWords[name] ?? []).map((place) => `{${place}}`).join(' ') })}</span></legend>
          {LANGUAGES.map(({ tag, name: language }) => (
            <Textarea key={tag} aria-label={`${word('design_sentence', name)} ${language}`} placeholder={language} autosize minRows={1} maxLength={300} lang={tag} value={wording[name][tag]}
              onChange={(event) => { save.reset(); setWording({ ...wording, [name]: { ...wording[name], [tag]: event.currentTarget.value } }); }} />
          ))}
          {halves.includes(name) ? <span className={css['quiet']}>{t('bill_design.all_languages')}</span> : null}
        </fieldset>
      ))}
      {check.error !== null ? <Failed error={check.error} /> : check.data === undefined ? <Loading rows={2} /> : <DesignFindings check={check.data} least={least} />}
      {save.error === null ? null : <Failed error={save.error} />}
      {isApiError(save.error) && save.error.code === 'changed_meanwhile' ? <div><Button size="xs" variant="default" onClick={() => void refresh()}>{t('target.see_now')}</Button></div> : null}
      <div className={board['row']}>
        <Button type="submit" loading={save.isPending} disabled={halves.length > 0 || check.data?.problem != null}>{t('bill_design.publish')}</Button>
        <Button variant="default" loading={save.isPending} disabled={halves.length > 0} onClick={() => save.mutate(false)}>{t('bill_design.keep')}</Button>
      </div>
      <p className={css['quiet']}>{t('bill_design.publish_hint')}</p>
      {versions.toReversed().map((one) => (
        <div key={one.version} className={own['finding']}>
          {t('bill_design.version', { version: one.version })} <StateBadge group="design_state" value={one.state} /> <span className={css['quiet']}>{one.changed_by === null || one.changed_at === null ? t('bill_design.of_house') : `${one.changed_by}, ${moment(one.changed_at, timeZone)}`}</span>
        </div>
      ))}
    </form>
  );
}

/** Points by language, and what costs some. */
export function DesignFindings({ check, least }: { check: BillDesign['check']; least: number }) {
  const { t } = useTranslation();
  const findings = LANGUAGES.flatMap(({ tag, name }) => check.scores[tag].findings.map((finding, at) => ({ ...finding, language: name, key: `${tag} ${at}` })));
  return (
    <div role="status">
      <div className={own['scores']}>{LANGUAGES.map(({ tag, name }) => <span key={tag}><strong>{check.scores[tag].score}</strong> <span className={css['quiet']}>{name} · {t('bill_design.longest', { number: check.scores[tag].longest })}</span></span>)}</div>
      <p className={css['quiet']}>{check.problem ?? t('bill_design.may_be_published', { least })}</p>
      {findings.map(({ key, language, kind, text, instead, cost }) => (
        <div key={key} className={own['finding']}>
          −{cost} · {language} · {word('design_finding', kind)}: <em>{text}</em>{instead === null ? '' : instead === '' ? ` – ${t('bill_design.leave_out')}` : ` – ${t('bill_design.instead', { text: instead })}`}
        </div>
      ))}
      {findings.length === 0 ? <p>{t('bill_design.nothing_costs')}</p> : null}
    </div>
  );
}
