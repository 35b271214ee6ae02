/** `sallyport health`: asks the running server whether it is ready, for containers and scripts. */

import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Command } from 'commander'
import type { Config } from '../../config/config.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { settingsFor, WrongSettings } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const TIMEOUT_MS = 5000

const HELP = `
Asks at the address that the settings name under "listen". Exit code 0 when the server is ready, 1 when it is not.
With --json the answer is {"ready":true}, or {"ready":false,"reason":…}.

Example, in a Dockerfile:
  HEALTHCHECK CMD ["sallyport", "health"]`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Ask the running server whether it is ready.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(async ({ json }: JsonOption) => {
      await checkReady(command, terminal).catch(error => {
        if (json === true && error instanceof CommandFailure) terminal.print(jsonText(notReady(error)))
        throw error
      })
      terminal.print(json === true ? jsonText({ ready: true }) : 'ready')
    })
}

async function checkReady(command: Command, terminal: Terminal): Promise<void> {
  const config = await settingsFor(command, terminal)
  const { host, port } = config.listen
  const answer = await askReady(config).catch((error: Error) => {
    throw new CommandFailure(EXIT.failure, `nothing answers on ${host}:${port}: ${error.message}`)
  })
  if (answer !== 200) throw new CommandFailure(EXIT.failure, `the server on ${host}:${port} is not ready (${answer})`)
}

function notReady(failure: CommandFailure): object {
  return failure instanceof WrongSettings
    ? { ready: false, reason: 'there are mistakes in the settings', mistakes: failure.mistakes }
    : { ready: false, reason: failure.message }
}

function askReady({ issuer, listen, tls }: Config): Promise<number> {
  const everywhere = listen.host === '::' || listen.host === '0.0.0.0'
  const options = {
    host: everywhere ? 'localhost' : listen.host,
    port: listen.port,
    path: '/health/ready',
    headers: { host: new URL(issuer).host },
    timeout: TIMEOUT_MS,
    // The certificate is for the public name; we ask our own machine and send nothing secret.
    rejectUnauthorized: false,
  }
  return new Promise((resolve, reject) => {
    const request = (tls === undefined ? requestHttp : requestHttps)(options, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    request.on('error', reject)
    request.end()
  })
}
