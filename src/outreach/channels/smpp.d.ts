/** The part of npm `smpp` that we use (it brings no types). SMPP 3.4. */
declare module 'smpp' {
  import { type EventEmitter } from 'node:events';
  import { type Server, type Socket } from 'node:net';

  type Text = { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
  export type Pdu = {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly message_id?: string;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly short_message?: Text;
    readonly message_payload?: Text;
    readonly receipted_message_id?: string;
    readonly message_state?: number;
    readonly inforce_contact?: string;
    readonly response: (options?: PduOptions) => Pdu;
  };
  export type PduOptions = Readonly<Record<string, string | number | Text | Buffer>>;
  type Answered = (pdu: Pdu) => void;
  export type Session = EventEmitter & {
    readonly socket: Socket;
    readonly send: (pdu: Pdu) => boolean;
    readonly bind_transceiver: (options: PduOptions, answered: Answered) => boolean;
    readonly submit_sm: (options: PduOptions, answered: Answered) => boolean;
    readonly deliver_sm: (options: PduOptions, answered?: Answered) => boolean;
    readonly enquire_link: (options?: PduOptions, answered?: Answered) => boolean;
    readonly unbind: (options?: PduOptions, answered?: Answered) => boolean;
    readonly close: (closed?: () => void) => void;
    readonly destroy: (closed?: () => void) => void;
  };
  const smpp: {
    readonly connect: (options: { readonly host: string; readonly port: number; readonly tls?: boolean }) => Session;
    readonly createServer: (listener: (session: Session) => void) => Server & { readonly sessions: readonly Session[] };
    readonly addTLV: (name: string, options: { readonly id: number; readonly type: unknown }) => void;
    readonly types: { readonly tlv: { readonly cstring: unknown } };
  };
  export default smpp;
}
