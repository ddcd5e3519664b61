/** How personal data is shown: enough to recognise a person by, not enough to carry away. */

/** `m•••@example.com`. */
export function maskEmail(email: string | null): string | null {
  if (email === null) return null;
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`;
}

/** `•••• 4567`: the last four digits. */
export function maskPhone(phone: string | null): string | null {
  if (phone === null) return null;
  const digits = phone.replace(/\D/g, '');
  return `•••• ${digits.slice(-4)}`;
}

/** A bill's number as people write it: the holder's number leads to the shard, so no index over all bills is needed. */
export const billReference = (holderId: number, billId: number): string => `${holderId}-${billId}`;

/** Reads `1234-987`, or null. */
export function parseBillReference(text: string): { holderId: number; billId: number } | null {
  const match = /^#?(\d{1,15})-(\d{1,15})$/.exec(text.trim());
  return match === null ? null : { holderId: Number(match[1]), billId: Number(match[2]) };
}
