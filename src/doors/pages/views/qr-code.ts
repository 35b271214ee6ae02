/** A QR code as SVG: dark on light in every colour scheme, because cameras know no other. */

import { type Html, html } from '../../../lib/html.ts'

/** Row by row, `true` is dark; with its quiet zone. */
export type QrModules = readonly (readonly boolean[])[]

/** ISO/IEC 18004 §6.3.8: four light modules on each side. */
const QUIET = 4

export function renderQrCode(modules: QrModules, label: string): Html {
  return html`<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="${viewBoxOf(modules)}" role="img" aria-label="${label}" shape-rendering="crispEdges">${drawing(modules)}</svg>`
}

/** A document of its own. */
export function qrDocument(modules: QrModules): string {
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBoxOf(modules)}" width="320" height="320" shape-rendering="crispEdges">${drawing(modules)}</svg>`.toString()
}

function viewBoxOf({ length }: QrModules): string {
  return `${-QUIET} ${-QUIET} ${length + 2 * QUIET} ${length + 2 * QUIET}`
}

function drawing(modules: QrModules): Html {
  const size = modules.length + 2 * QUIET
  return html`<rect x="${-QUIET}" y="${-QUIET}" width="${size}" height="${size}" fill="#fff"/><path d="${pathOf(modules)}" fill="#000"/>`
}

/** One stroke for each run of dark modules. */
function pathOf(modules: QrModules): string {
  let path = ''
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue
      const start = x
      while (row[x + 1] === true) x++
      path += `M${start} ${y}h${x - start + 1}v1h${start - x - 1}z`
    }
  }
  return path
}
