/** The ways to sign in here, as method references (RFC 8176). */

export const PASSWORD_AMR: readonly string[] = ['pwd']
