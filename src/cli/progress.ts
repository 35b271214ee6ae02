/** Long work shows how far it is: one line on standard error that is written over, and nothing where no person looks. */

import { type JsonOption, printable } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface Progress {
  /** `120 of 3000 accounts` */
  show(text: string): void
  /** Takes the line away. */
  end(): void
}

const SILENT: Progress = { show: () => {}, end: () => {} }

export function startProgress({ replaceLine }: Terminal, { json }: JsonOption = {}): Progress {
  if (replaceLine === undefined || json === true) return SILENT
  return { show: text => replaceLine(printable(text)), end: () => replaceLine('') }
}

/** Shows `label` and how many have come by, and ends the line however the work ends. */
export async function* counted<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  progress: Progress,
  label: (count: number) => string,
  every = 100,
): AsyncGenerator<Item, void> {
  let count = 0
  try {
    for await (const item of items) {
      count++
      if (count % every === 0) progress.show(label(count))
      yield item
    }
  } finally {
    progress.end()
  }
}
