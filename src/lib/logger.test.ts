/** Tests of the logger. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLogger, type LogLevel } from './logger.ts'

function collecting(level: LogLevel) {
  const lines: Record<string, unknown>[] = []
  return { lines, logger: createLogger(level, { write: line => lines.push(JSON.parse(line)) }) }
}

describe('the logger', () => {
  it('writes one JSON object per line, with time, level, message and the fields', () => {
    const { lines, logger } = collecting('info')
    logger.info({ requestId: 'r1', status: 200 }, 'request')
    assert.equal(lines.length, 1)
    const { time, ...rest } = lines[0] ?? {}
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.deepEqual(rest, { level: 'info', requestId: 'r1', status: 200, msg: 'request' })
  })

  it('writes nothing below its level', () => {
    const { lines, logger } = collecting('warn')
    logger.debug({}, 'a')
    logger.info({}, 'b')
    logger.error({}, 'c')
    assert.deepEqual(
      lines.map(line => line.msg),
      ['c'],
    )
    assert.equal(logger.isEnabled('info'), false)
    assert.equal(logger.isEnabled('error'), true)
  })

  it('takes out secrets at every level where they usually stand', () => {
    const { lines, logger } = collecting('info')
    const secrets = { authorization: 'S3cret', 'set-cookie': ['S3cret'], cookie: 'S3cret', password: 'S3cret' }
    const members = { ...secrets, token: 'S3cret', client_secret: 'S3cret', code: 'S3cret', username: 'ada' }
    logger.info({ ...members, request: { ...members, headers: members } }, 'request')
    const text = JSON.stringify(lines[0])
    assert.ok(!text.includes('S3cret'), text)
    assert.equal(text.split('ada').length, 4)
  })

  it('escapes what a terminal obeys and JSON leaves alone: whoever watches the log must not be sent sequences in a redirect URI', () => {
    const written: string[] = []
    const logger = createLogger('info', { write: line => written.push(line) })
    logger.info({ requested: 'https://x/\u009b2J\u007f\u202e' }, 'refused')
    assert.match(written.join(''), /"requested":"https:\/\/x\/\\u009b2J\\u007f\\u202e"/)
    assert.equal(JSON.parse(written.join('')).requested, 'https://x/\u009b2J\u007f\u202e')
  })

  it('writes an error with its name, message and stack', () => {
    const { lines, logger } = collecting('info')
    logger.error({ err: new TypeError('no such table') }, 'request failed')
    assert.match(JSON.stringify(lines[0]?.err), /"TypeError","message":"no such table","stack":".*logger\.test\.ts/)
  })
})
