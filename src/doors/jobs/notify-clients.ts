/** Tells apps what people decided (CIBA Core §10.2, §10.3): at once, and later where that did not do it. */

import type { ClientNotifier } from '../../core/deferred-grants/notify-clients.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Job } from './job.ts'

export function notifyClients(notifier: ClientNotifier): Job {
  return {
    name: 'notify-clients',
    everySeconds: 10,
    run: signal => notifier.notifyDue(signal),
  }
}

export interface PromptNotifier {
  /** Somebody has just decided: nobody waits for the app's answer. */
  notifySoon(): void
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export function createPromptNotifier(notifier: ClientNotifier, logger: Logger): PromptNotifier {
  let underWay = Promise.resolve()
  return {
    notifySoon() {
      underWay = underWay
        .then(() => notifier.notifyDue())
        .catch(err => logger.error({ err }, 'apps were not told what a person decided'))
    },
    settled: () => underWay,
  }
}
