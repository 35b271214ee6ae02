/** Carries whatever could not be delivered at once: mail, and what upstreams are told. */

import type { Deliveries } from '../../core/deliveries/deliveries.ts'
import type { Job } from './job.ts'

export function deliver(deliveries: Pick<Deliveries, 'deliverDue'>): Job {
  return {
    name: 'deliver',
    everySeconds: 10,
    run: signal => deliveries.deliverDue(signal),
  }
}
