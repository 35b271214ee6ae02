/** Hashing of secrets that people choose. */

export interface SecretHasher {
  /** A PHC string (argon2id). */
  hash(text: string): Promise<string>
}
