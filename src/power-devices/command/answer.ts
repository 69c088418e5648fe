import type { OutletReading } from '../../ports/power-device.ts'

/** `on`, `off` or `unknown`, with the watts behind it where there is a meter: `on 61.5`, also `on 61.5 W`. */
const STATUS = /^(on|off|unknown)(?:\s+(\d{1,6}(?:\.\d+)?)(?:\s*W)?)?$/i

/** What a status command printed; undefined where that is anything but one line of the expected form. */
export function readingOf(stdout: string, outlet: string): OutletReading | undefined {
  const match = STATUS.exec(stdout.trim())
  if (!match?.[1]) return undefined
  const state = match[1].toLowerCase() as OutletReading['state']
  return match[2] === undefined ? { outlet, state } : { outlet, state, watts: Number(match[2]) }
}

/** What an identify command printed; undefined where that is anything but one line. */
export function identityOf(stdout: string): string | undefined {
  const line = stdout.trim()
  return /^[\x20-\x7e\u00a0-\uffff]{1,200}$/.test(line) ? line : undefined
}
