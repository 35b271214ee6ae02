/** Mail as a delivery. */

import { type Mailer, MailNotTaken } from '../../lib/mailer.ts'
import type { JsonObject } from '../clients/client.ts'
import type { Carrier } from './deliveries.ts'

/** What a delivery of the kind `mail` holds. */
export interface MailContent {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export function mailCarrier(mailer: Mailer): Carrier {
  return {
    kind: 'mail',
    async carry(content, { id, createdAt }) {
      const mail = mailOf(content)
      if (mail === undefined) return { kind: 'given-up', result: 'what was stored is no mail' }
      try {
        return { kind: 'delivered', result: await mailer({ ...mail, id, writtenAt: createdAt }) }
      } catch (error) {
        if (!(error instanceof MailNotTaken)) throw error
        // RFC 5321 §4.2.1: a 5yz reply says not to send the same again; whatever else went wrong may pass.
        return { kind: error.isPermanent ? 'given-up' : 'again', result: error.message }
      }
    },
  }
}

function mailOf({ to, subject, text, html }: JsonObject): MailContent | undefined {
  if (typeof to !== 'string' || typeof subject !== 'string') return undefined
  if (typeof text !== 'string' || typeof html !== 'string') return undefined
  return { to, subject, text, html }
}
