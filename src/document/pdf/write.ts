/** A sheet as a tagged PDF: structure tree, language, title, alternative texts, fonts embedded as subsets. The same sheet gives the same bytes. */

import PDFDocument from 'pdfkit';
import { parsePlainDate } from '../../kernel/index.ts';
import { qrRuns, QUIET_SQUARES } from '../qr/modules.ts';
import { FONT_NAMES, openedFont, runsOf, widthOf } from './fonts.ts';
import { type Mark, PAGE, type Part, type Sheet } from './sheet.ts';

type Pdf = InstanceType<typeof PDFDocument>;

export async function pdfOf(sheet: Sheet): Promise<Uint8Array> {
  const { title, author, subject, language, on, decor, parts } = sheet;
  const made = new Date(`${parsePlainDate(on) ?? on}T00:00:00Z`);
  const pdf = new PDFDocument({
    size: [PAGE.width, PAGE.height], margin: 0, pdfVersion: '1.7', subset: 'PDF/UA' as 'PDF/A-1', tagged: true, lang: language, displayTitle: true,
    info: { Title: title, Author: author, Subject: subject, CreationDate: made, ModDate: made, Creator: 'Inforce', Producer: 'Inforce' },
    // Opened fonts are given by name below; without this pdfkit would look for Helvetica.
    font: openedFont('sc-regular') as unknown as string,
  });
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => { pdf.on('end', resolve); pdf.on('error', reject); });
  for (const name of FONT_NAMES) pdf.registerFont(name, openedFont(name) as unknown as string);
  const document = pdf.struct('Document');
  pdf.addStructure(document);
  artifact(pdf, decor, sheet);
  for (const one of parts) document.add(element(pdf, one, sheet));
  document.end();
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

function artifact(pdf: Pdf, marks: readonly Mark[], sheet: Sheet): void {
  pdf.markContent('Artifact', { type: 'Layout' });
  for (const one of marks) draw(pdf, one, sheet);
  pdf.endMarkedContent();
}

type Element = ReturnType<Pdf['struct']>;
function element(pdf: Pdf, one: Part, sheet: Sheet): Element {
  const { tag, marks, parts, alt, scope, url } = one;
  const options = { ...(alt === undefined ? {} : { alt }), ...(scope === undefined ? {} : { scope }), ...(tag === 'Figure' ? { placement: 'Block', bbox: boundsOf(marks) } : {}) };
  const content = marks.length === 0 ? [] : [() => {
    for (const each of marks) draw(pdf, each, sheet);
  }];
  const made = pdf.struct(tag, options as never, [...content, ...parts.map((child) => element(pdf, child, sheet))] as never);
  if (url !== undefined) {
    const [left, top, right, bottom] = boundsOf(marks, sheet);
    pdf.link(left, top, right - left, bottom - top, url, { Contents: new String(url) } as never);
  }
  return made;
}

/** Left, top, right, bottom. */
function boundsOf(marks: readonly Mark[], sheet?: Sheet): [number, number, number, number] {
  const boxes = marks.map((one): [number, number, number, number] => {
    switch (one.kind) {
      case 'text': return [one.x, one.y - one.size, one.x + (sheet === undefined ? 0 : widthOf(one.text, sheet.language, one.weight, one.size)), one.y + one.size * 0.3];
      case 'box': return [one.x, one.y, one.x + one.width, one.y + one.height];
      case 'rule': return [one.x, one.y, one.x + one.width, one.y];
      case 'qr': return [one.x, one.y, one.x + one.size, one.y + one.size];
    }
  });
  return [Math.min(...boxes.map(([left]) => left)), Math.min(...boxes.map(([, top]) => top)), Math.max(...boxes.map(([, , right]) => right)), Math.max(...boxes.map(([, , , bottom]) => bottom))];
}

function draw(pdf: Pdf, one: Mark, { language }: Sheet): void {
  switch (one.kind) {
    case 'text': {
      let { x } = one;
      pdf.fillColor(one.colour);
      for (const run of runsOf(one.text, language, one.weight)) {
        pdf.font(run.font, one.size).text(run.text, x, one.y, { lineBreak: false, baseline: 'alphabetic' });
        x += widthOf(run.text, language, one.weight, one.size);
      }
      return;
    }
    case 'box': {
      if (one.radius === 0) pdf.rect(one.x, one.y, one.width, one.height);
      else pdf.roundedRect(one.x, one.y, one.width, one.height, one.radius);
      if (one.fill !== null && one.stroke !== null) pdf.lineWidth(0.6).fillAndStroke(one.fill, one.stroke);
      else if (one.fill !== null) pdf.fill(one.fill);
      else if (one.stroke !== null) pdf.lineWidth(0.6).stroke(one.stroke);
      return;
    }
    case 'rule':
      pdf.moveTo(one.x, one.y).lineTo(one.x + one.width, one.y).lineWidth(one.thickness).stroke(one.colour);
      return;
    case 'qr': {
      const { size, runs } = qrRuns(one.payload);
      const unit = one.size / (size + 2 * QUIET_SQUARES);
      pdf.rect(one.x, one.y, one.size, one.size).fill('#ffffff');
      // As PDF's own operators: hundreds of rectangles by name would cost more than all the text. The page's y grows downwards here.
      const start = [one.x + QUIET_SQUARES * unit, one.y + QUIET_SQUARES * unit] as const;
      const text = runs.map(([column, row, length]) => `${column} ${row} ${length} 1 re`).join(' ');
      pdf.save().transform(unit, 0, 0, unit, start[0], start[1]).fillColor('#000000');
      (pdf as unknown as { addContent: (content: string) => void }).addContent(`${text} f`);
      pdf.restore();
    }
  }
}
