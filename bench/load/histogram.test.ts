import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Histogram } from './histogram.ts'

describe('the latency histogram', () => {
  it('gives quantiles within two per cent', () => {
    const histogram = new Histogram()
    for (let micros = 1; micros <= 10_000; micros += 1) histogram.record(micros)
    for (const share of [0.1, 0.5, 0.99, 0.999]) {
      const exact = share * 10_000
      assert.ok(Math.abs(histogram.quantile(share) - exact) <= exact * 0.02, `${share}: ${histogram.quantile(share)}`)
    }
  })

  it('adds up slices', () => {
    const low = new Histogram()
    const high = new Histogram()
    low.record(10)
    high.record(1000)
    high.record(1000)
    low.add(high)
    assert.equal(low.total, 3)
    assert.ok(low.quantile(0.3) < 11)
    assert.ok(low.quantile(0.5) > 980)
  })

  it('keeps what is far too long in its last bucket', () => {
    const histogram = new Histogram()
    histogram.record(1e12)
    assert.ok(histogram.quantile(0.5) > 6e7)
  })
})
