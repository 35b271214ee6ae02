/** The base64 alphabets of crypt(3) and its relatives: none has padding. */

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** passlib's and Authelia's: `.` in the place of `+`. */
export function fromAdaptedBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64')
}

export function toAdaptedBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '.').replace(/=+$/, '')
}

/** bcrypt's: the same bits under other letters. */
export function fromBcryptBase64(text: string): Buffer {
  return Buffer.from([...text].map(letter => STANDARD[BCRYPT.indexOf(letter)]).join(''), 'base64')
}
