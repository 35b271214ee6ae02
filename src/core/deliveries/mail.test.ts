/** Tests of mail as a delivery. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aDelivery } from '../../../test/support/builders.ts'
import { type Mail, MailNotTaken } from '../../lib/mailer.ts'
import { mailCarrier } from './mail.ts'

const CONTENT = { to: 'ada@example.org', subject: 'Hello', text: 'Hello Ada', html: '<p>Hello Ada</p>' }

describe('mail as a delivery', () => {
  it('is named after its delivery, so that mailboxes know it again, and dated when it was written', async () => {
    const sent: Mail[] = []
    const delivery = aDelivery()
    const carried = await mailCarrier(async mail => {
      sent.push(mail)
      return '250 taken'
    }).carry(CONTENT, delivery)
    assert.deepEqual(sent, [{ ...CONTENT, id: delivery.id, writtenAt: delivery.createdAt }])
    assert.deepEqual(carried, { kind: 'delivered', result: '250 taken' })
  })

  it('is given up when the server says 5yz, and tried again otherwise (RFC 5321 §4.2.1)', async () => {
    const failing = (isPermanent: boolean) => mailCarrier(() => Promise.reject(new MailNotTaken('no', isPermanent)))
    assert.deepEqual(await failing(true).carry(CONTENT, aDelivery()), { kind: 'given-up', result: 'no' })
    assert.deepEqual(await failing(false).carry(CONTENT, aDelivery()), { kind: 'again', result: 'no' })
  })

  it('is not sent when what was stored is no mail', async () => {
    const carrier = mailCarrier(() => assert.fail('must not send'))
    for (const member of ['to', 'subject', 'text', 'html']) {
      const carried = await carrier.carry({ ...CONTENT, [member]: 7 }, aDelivery())
      assert.equal(carried.kind, 'given-up', member)
    }
  })

  it('leaves a mistake of ours to the post room', async () => {
    const carrier = mailCarrier(() => Promise.reject(new TypeError('ours')))
    await assert.rejects(async () => carrier.carry(CONTENT, aDelivery()), TypeError)
  })
})
