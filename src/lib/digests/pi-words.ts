/** The fractional part of π in words of 32 bits: where Blowfish takes its constants from, so that no table of them is needed. */

/** Bits beyond those that are wanted: the rounding of the series stays far below them. */
const GUARD_BITS = 64n

/** Machin: π = 16 arctan(1/5) − 4 arctan(1/239). */
export function piWords(count: number): Int32Array {
  const bits = BigInt(count) * 32n
  const one = 1n << (bits + GUARD_BITS)
  const fraction = (16n * inverseTangent(5n, one) - 4n * inverseTangent(239n, one) - 3n * one) >> GUARD_BITS
  const digits = fraction.toString(16).padStart(count * 8, '0')
  return Int32Array.from({ length: count }, (_, index) => Number.parseInt(digits.slice(index * 8, index * 8 + 8), 16))
}

/** arctan(1/x) times `one`. */
function inverseTangent(x: bigint, one: bigint): bigint {
  const square = x * x
  let power = one / x
  let sum = power
  for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
    power /= square
    sum += (sign * power) / divisor
  }
  return sum
}
