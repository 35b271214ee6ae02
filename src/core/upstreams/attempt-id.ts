/** The id of an attempt, apart from the attempt: flows name attempts, and attempts name flows. */

import type { Id } from '../../lib/id.ts'

export type AttemptId = Id<'upstream-attempt'>
