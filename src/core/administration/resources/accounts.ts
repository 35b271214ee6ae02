/** Accounts: the people who can sign in. */

import type { Account } from '../../accounts/account.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid, isProblem, type Problem } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { accountActions } from './accounts/account-actions.ts'
import { changeOf, madeGroups, settled } from './accounts/account-change.ts'
import { accountDocument, findAccount } from './accounts/account-document.ts'
import { ACCOUNT_FIELDS } from './accounts/account-fields.ts'
import { checkPassword, passwordHashOf, withAddressBy, withPasswordBy } from './accounts/account-password.ts'
import {
  checkKeepsAdministrator,
  checkMayChange,
  checkMayChooseSubject,
  checkMayRename,
  checkNamesFree,
  losesAdministrator,
} from './accounts/account-rules.ts'
import { listAccounts } from './accounts/list-accounts.ts'
import { parseAccount } from './accounts/parse-account.ts'

const ACCOUNTS: Resource<Account> = {
  name: 'accounts',
  singular: 'account',
  key: 'username',
  about:
    'People who can sign in. Named by user name, by e-mail address or by `sub`. Accounts with a role are for administrators to change.',
  fields: ACCOUNT_FIELDS,
  roles: { read: 'viewer', change: 'operator' },
  isDeclarable: true,
  list: listAccounts,
  find: (key, { repositories }) => findAccount(key, repositories.accounts),
  documentOf: accountDocument,
  confirm: (seen, { repositories }) => repositories.accounts.replace(seen, seen),

  async create(document, acting) {
    const { repositories, actor } = acting
    const read = await readAccount(document, undefined, acting)
    if (isProblem(read)) return read
    const refused =
      checkMayChange(undefined, read.account, acting) ??
      (document.sub === undefined ? undefined : checkMayChooseSubject(acting)) ??
      (await checkNamesFree(read.account, acting)) ??
      (await checkSubjectFree(read.account, acting))
    if (refused !== undefined) return refused
    const hash = await passwordHashOf(document, acting)
    const written = withAddressBy(read.account, undefined, acting)
    const account = {
      ...(hash === undefined ? written : withPasswordBy(written, hash, acting)),
      createdBy: actor.name,
    }
    const made = await madeGroups(account, undefined, acting)
    const { username, role, groups } = account
    return {
      writes: [...made.writes, repositories.accounts.insert(account)],
      events: [
        { type: 'account.created', accountId: account.id, detail: { username, role: role ?? null, groups } },
        ...made.events,
      ],
      after: await accountDocument(account, acting),
      warnings: read.warnings,
    }
  },

  async replace(before, document, acting) {
    const read = await readAccount(document, before, acting)
    if (isProblem(read)) return read
    const wanted = read.account
    const refused =
      checkMayChange(before, wanted, acting) ??
      (await checkMayRename(before, wanted, acting)) ??
      (await checkNamesFree(wanted, acting)) ??
      (await checkKeepsAdministrator(before, wanted, acting))
    if (refused !== undefined) return refused
    const hash = await passwordHashOf(document, acting)
    return changeOf(before, settled(before, withAddressBy(wanted, before, acting), hash, acting), acting, read.warnings)
  },

  async remove(account, acting) {
    const { repositories, now } = acting
    const refused =
      checkMayChange(account, undefined, acting) ?? (await checkKeepsAdministrator(account, undefined, acting))
    if (refused !== undefined) return refused
    const { id, username } = account
    return {
      writes: [
        repositories.accounts.delete(id),
        ...(losesAdministrator(account, undefined) ? [repositories.accounts.keepAdministrator(now)] : []),
      ],
      events: [{ type: 'account.deleted', accountId: id, detail: { username } }],
    }
  },
}

export const accounts: Resource<Account> = { ...ACCOUNTS, actions: accountActions(ACCOUNTS) }

async function readAccount(document: Document, before: Account | undefined, acting: Acting) {
  const definitions = await acting.repositories.attributeDefinitions.list()
  const parsed = parseAccount(document, before, { ...acting, definitions })
  const mistakes = [...('mistakes' in parsed ? parsed.mistakes : []), ...checkPassword(document, acting)]
  return 'mistakes' in parsed || mistakes.length > 0 ? invalid(mistakes) : parsed
}

async function checkSubjectFree({ subject }: Account, { repositories }: Acting): Promise<Problem | undefined> {
  const owner = await repositories.accounts.findBySubject(subject)
  return owner && conflict(`the account ${owner.username} has the sub ${subject} already`)
}
