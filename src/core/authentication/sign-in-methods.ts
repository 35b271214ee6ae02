/** The ways to sign in here, as method references (RFC 8176). */

export const PASSWORD_AMR: readonly string[] = ['pwd']

/** What somebody who signs in again can prove. */
export const REACHABLE_AMR: readonly string[] = PASSWORD_AMR
