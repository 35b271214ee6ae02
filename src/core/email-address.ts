/** What counts as an e-mail address. Pragmatic: one @, something on both sides, no blanks; mail servers decide the rest. */

// RFC 5321 §4.5.3.1: at most 64 characters before the @ and 254 in all.
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}.]+(\.[^\s@\p{Cc}.]+)*$/u.test(text)
}
