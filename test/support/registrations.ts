/** Clients and accounts, made as an operator makes them: with the commands. */

import type { Installation } from './installation.ts'

export interface Person {
  readonly username: string
  readonly password: string
  readonly email: string
  readonly name: string
}

export const ADA: Person = {
  username: 'ada',
  password: 'correct horse battery',
  email: 'ada@example.org',
  name: 'Ada Lovelace',
}

export const BOB: Person = {
  username: 'bob',
  password: 'staple staple staple',
  email: 'bob@example.org',
  name: 'Bob Builder',
}

export async function createAccount(
  installation: Installation,
  { username, password, email, name }: Person,
  options: readonly string[] = [],
): Promise<void> {
  const args = ['account', 'create', username, '--email', email, '--attribute', `name=${name}`, '--password-stdin']
  await installation.command([...args, ...options], `${password}\n`)
}

export interface Registration {
  readonly clientId: string
  /** Absent for a public client. */
  readonly clientSecret: string | undefined
}

export async function createClient(
  installation: Installation,
  name: string,
  type: 'public' | 'confidential',
  options: readonly string[],
): Promise<Registration> {
  const created = JSON.parse(await installation.command(['client', 'create', name, type, '--json', ...options])) as {
    readonly client_id: string
    readonly client_secret?: string
  }
  return { clientId: created.client_id, clientSecret: created.client_secret }
}

/** With any metadata by its registered names, as `client create --file` takes it (docs/reference/client-metadata.md). */
export async function createClientOf(
  installation: Installation,
  metadata: Readonly<Record<string, unknown>>,
): Promise<Registration> {
  const printed = await installation.command(
    ['client', 'create', '--file', '-', '--json'],
    JSON.stringify({ client_name: 'App', ...metadata }),
  )
  const created = JSON.parse(printed) as { readonly client_id: string; readonly client_secret?: string }
  return { clientId: created.client_id, clientSecret: created.client_secret }
}
