/** `device`: sign-ins that are decided on another device (RFC 8628, CIBA Core). */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const device = z
  .strictObject({
    // RFC 8628 §6.1: long enough to fetch a phone, short enough that guessing a code does not pay.
    lifetime: duration({ standard: '10m', atLeast: '1m', atMost: '30m' }).describe(
      'How long a person may take to decide: for the code of a device (RFC 8628), and for the request of an app that asks from afar (CIBA).',
    ),
    interval: duration({ standard: '5s', atLeast: '1s', atMost: '1m' }).describe(
      'How long an app waits between two questions whether the person has decided.',
    ),
  })
  .transform(({ lifetime, interval }) => ({ lifetimeSeconds: lifetime, intervalSeconds: interval }))
  .prefault({})
  .describe('Sign-ins that a person decides on another device.')
