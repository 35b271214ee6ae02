/** What a new password must be like. Length is the rule that helps; composition rules do not (NIST SP 800-63B §5.1.1.2). */

import type { SettingsMistake } from '../settings-mistake.ts'

/** Longer input costs hashing time and gains nothing. */
export const MAX_PASSWORD_LENGTH = 256

/** `minLength`: the setting `passwords.min_length`. Characters are counted as people do, not as bytes. */
export function checkNewPassword(password: string, minLength: number): readonly SettingsMistake[] {
  const length = [...password].length
  if (length < minLength) {
    return [{ member: 'password', rule: 'passwords.min_length', message: `must have at least ${minLength} characters` }]
  }
  return length > MAX_PASSWORD_LENGTH
    ? [{ member: 'password', rule: 'length', message: `must have at most ${MAX_PASSWORD_LENGTH} characters` }]
    : []
}
