/** A mapping that takes the right to manage this server from its last administrator: the person stays one. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { newId } from '../../src/lib/id.ts'
import { NOON, random } from '../support/builders.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('the last administrator, signing in through an upstream', () => {
  let pair: UpstreamPair
  let here: Account
  let there: Account

  before(async () => {
    pair = await startUpstreamPair()
    const upstream = await pair.addUpstream('corp', {
      syncMode: 'force',
      mappings: [{ kind: 'administrator', claims: { groups: 'admins' }, match: 'contains' }],
    })
    there = await pair.idp.enrol({ username: 'chief', groups: [] })
    here = await pair.app.enrol({ username: 'chief', role: 'administrator', groups: [] })
    const { identities, commit } = pair.app.house.repositories
    const link = {
      id: newId<'identity'>(NOON, random),
      upstreamUid: upstream.uid,
      subject: there.subject,
      linkedAt: NOON,
    }
    assert.ok((await commit([identities.link({ ...link, accountId: here.id })])).committed)
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const roleAfterSignIn = async () => {
    await (await pair.browser()).open('/broker/corp/login', there)
    const account = await pair.app.house.repositories.accounts.find(here.id)
    return [account?.role, account?.updatedBy]
  }

  it('stays administrator while there is no other, and loses the role when there is', async () => {
    const [kept] = await roleAfterSignIn()
    assert.equal(kept, 'administrator')
    await pair.app.enrol({ role: 'administrator', disabledAt: NOON })
    assert.equal((await roleAfterSignIn())[0], 'administrator', 'one who is locked does not count')
    await pair.app.enrol({ role: 'administrator' })
    assert.deepEqual(await roleAfterSignIn(), [undefined, 'upstream corp'])
  })
})
