import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { headerValue, headerValues, jsonText, readAnswer } from './answer.ts'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain'

describe('reading an answer off the wire', () => {
  it('waits until the head and the whole body are there', () => {
    const whole = `${HEAD}\r\nContent-Length: 5\r\n\r\nhello`
    for (let length = 0; length < whole.length; length += 1) {
      assert.equal(readAnswer(whole.slice(0, length)), undefined, `after ${length} bytes`)
    }
    assert.deepEqual(readAnswer(whole), { status: 200, head: `${HEAD}\r\nContent-Length: 5`, body: 'hello' })
  })

  it('finds header names in capitals and in small letters', () => {
    assert.equal(readAnswer('HTTP/1.1 303 See Other\r\ncontent-length: 0\r\nlocation: /a\r\n\r\n')?.status, 303)
    assert.equal(headerValue('HTTP/1.1 303 See Other\r\nlocation: /a\r\nx: y', 'Location'), '/a')
    assert.equal(headerValue('HTTP/1.1 303 See Other\r\nLocation: /b', 'Location'), '/b')
    assert.equal(headerValue('HTTP/1.1 303 See Other', 'Location'), undefined)
  })

  it('joins chunks (RFC 9112 §7.1)', () => {
    const whole = `${HEAD}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`
    for (let length = 0; length < whole.length; length += 1) {
      assert.equal(readAnswer(whole.slice(0, length)), undefined, `after ${length} bytes`)
    }
    assert.equal(readAnswer(whole)?.body, 'hello world')
  })

  it('gives every value of a repeated header', () => {
    assert.deepEqual(headerValues('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2', 'Set-Cookie'), [
      'a=1',
      'b=2',
    ])
  })

  it('takes a text member out of JSON', () => {
    assert.equal(jsonText('{"a":"1","ab":"2"}', 'ab'), '2')
    assert.equal(jsonText('{"a":1}', 'a'), undefined)
  })
})
