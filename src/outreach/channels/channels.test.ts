import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { type HolderId, type InsurerId } from '../../kernel/index.ts';
import { isStop } from '../replies.ts';
import { type Parcel } from './channel.ts';
import { openEmail } from './email.ts';
import { openLetters } from './letter.ts';
import { senderIdOf } from './sms.ts';

const aParcel = (changes: Partial<Parcel> = {}): Parcel => ({
  insurerId: 1 as InsurerId, insurerCode: 'harbour', holderId: 7 as HolderId, contactId: 42, to: 'anna@mail.example', sender: { name: 'Harbour Life', email: 'care@harbour.example' },
  message: { subject: 'Anna, about your cover', text: 'Hello', html: '<p>Hello</p>' }, language: 'en', at: Date.parse('2026-11-24T03:00:00Z'), on: '2026-11-24', printDirectory: '',
  optOutLink: 'https://pay.example/u/1-7-16-email-AAAAAAAAAAAAAAAAAAAAAA', ...changes,
});

const portOf = (server: { address: () => unknown }): number => (server.address() as { port: number }).port;

void describe('e-mail', () => {
  test('carries one-click unsubscribe, text beside HTML, and an id that a receiver can recognise', async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], disableReverseLookup: true,
      onData: (stream, _session, done) => { let text = ''; stream.on('data', (chunk: Buffer) => { text += chunk.toString(); }); stream.on('end', () => { mails.push(text); done(); }); },
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const channel = openEmail(`smtp://127.0.0.1:${portOf(server.server)}`);
    const sent = await channel.send?.(aParcel());
    assert.deepEqual(sent, { kind: 'sent', ref: '<harbour.7.42@harbour.example>' });
    const [mail = ''] = mails;
    for (const header of [
      /^Message-ID: <harbour\.7\.42@harbour\.example>\r$/m, /^List-Unsubscribe: <https:\/\/pay\.example\/u\/1-7-16-email-A{22}>\r$/m, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m,
      /^Content-Type: multipart\/alternative/m, /^Content-Language: en\r$/m, /^Date: Tue, 24 Nov 2026 03:00:00 \+0000\r$/m,
    ]) assert.match(mail, header);
    await channel.close();
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });

  test('a connection that breaks after the message was handed over leaves it unconfirmed, and the pool does not send it again', async () => {
    let handedOver = 0;
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => {});
      socket.write('220 here\r\n');
      let data = false;
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        if (data) {
          if (!text.endsWith('\r\n.\r\n')) return;
          handedOver += 1;
          // Taken, perhaps kept, and gone without a word.
          socket.destroy();
        } else if (text.startsWith('DATA')) {
          data = true;
          socket.write('354 go on\r\n');
        } else socket.write(text.startsWith('EHLO') ? '250 here\r\n' : '250 ok\r\n');
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const channel = openEmail(`smtp://127.0.0.1:${portOf(server)}`);
    const sent = await channel.send?.(aParcel());
    assert.equal(sent?.kind, 'unconfirmed');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(handedOver, 1);
    await channel.close();
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('an insurer without an address to write from waits instead of bouncing', async () => {
    const channel = openEmail('smtp://127.0.0.1:1');
    assert.equal((await channel.send?.(aParcel({ sender: { name: 'x', email: '' } })))?.kind, 'retry');
    assert.equal((await channel.send?.(aParcel()))?.kind, 'retry');
    await channel.close();
  });
});

void describe('letters', () => {
  test('a letter stands in the file once, also after a restart, and a line torn by a crash spoils no other', async () => {
    const printDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'inforce-letters-'));
    const file = path.join(printDirectory, '2026-11-24.jsonl');
    const first = openLetters();
    await Promise.all([1, 2, 2, 3].map(async (contactId) => first.send?.(aParcel({ contactId, printDirectory }))));
    await first.close();
    fs.appendFileSync(file, '{"contact_id":4,"holder');
    const second = openLetters();
    for (const contactId of [3, 4]) assert.equal((await second.send?.(aParcel({ contactId, printDirectory })))?.kind, 'sent');
    await second.close();
    const whole = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.endsWith('}')).map((line) => (JSON.parse(line) as { contact_id: number }).contact_id);
    assert.deepEqual(whole, [1, 2, 3, 4]);
    fs.rmSync(printDirectory, { recursive: true });
  });
});

void describe('replies', () => {
  test('a word that ends messages is understood in three languages, a sentence that contains it is not', () => {
    for (const text of ['STOP', 'stop.', ' Stop all ', 'T', 'td', '退订', '退訂！', '取消', 'ＳＴＯＰ']) assert.ok(isStop(text), text);
    for (const text of ['please do not stop my policy', 'OK', '谢谢', 'TT', '']) assert.ok(!isStop(text), text);
  });

  test('a sender’s name has at most eleven letters and digits', () => {
    assert.equal(senderIdOf('harbour-life-asia'), 'HARBOURLIFE');
  });
});
