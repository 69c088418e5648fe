import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitBoots } from './boots.ts'
import { classifyReboot } from './classify.ts'
import { parseLine } from './journal-line.ts'
import { oneRecord } from './one-record.ts'
import type { BootRecord } from './types.ts'

/** Everything that a culprit ever says: in the mouth of anybody else it means nothing. */
const WORDS = [
  '[status] notice: node lost quorum',
  '  [QUORUM] This node is within the non-primary component and will NOT provide any services.',
  "lost lock 'ha_agent_pve1_lock - cfs lock update failed - Permission denied",
  'watchdog active',
  'client (PID 144) watchdog is about to expire',
  'client (PID 144) watchdog expired - disable watchdog updates',
  'client did not stop watchdog - disable watchdog updates',
  'exit watchdog-mux with active connections',
  'watchdog-mux.service: Main process exited, code=killed, status=9/KILL',
  'watchdog: watchdog0: watchdog did not stop!',
  'softdog: Initiating system reboot',
  'Kernel panic - not syncing: Fatal exception',
  'INFO: task kworker/0:1:12 blocked for more than 122 seconds.',
  'I/O error, dev sda, sector 4711',
  'sysrq: Resetting',
  'System is rebooting.',
  'Reached target reboot.target - System Reboot.',
  'reboot: Restarting system',
  'Journal stopped',
]
const CULPRITS = /^(?:corosync|pmxcfs|pve-ha-[lc]rm|watchdog-mux|kernel|systemd(?:-logind|-journald)?)$/

const stranger = fc.stringMatching(/^[A-Za-z][\w.@/-]{0,15}$/).filter((name) => !CULPRITS.test(name))
const strangers = fc.oneof(stranger, fc.constantFrom('sshd', 'sudo', 'QEMU', 'CRON', 'kernelx', 'watchdog-muxer'))
const message = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(...WORDS),
  fc.constantFrom(...WORDS).map((words) => `Failed password for invalid user ${words}`),
)
const second = fc.integer({ min: 0, max: 59 }).map((value) => String(value).padStart(2, '0'))
const prefix = second.map((value) => `Nov 20 19:30:${value}.000000 pve1`)
const said = fc.tuple(prefix, strangers, fc.option(fc.nat(99_999)), message).map(([begin, who, pid, text]) => {
  return `${begin} ${who}${pid === null ? '' : `[${pid}]`}: ${text}`
})
const asKernel = fc
  .tuple(prefix, fc.nat(99_999), message)
  .map(([begin, pid, text]) => `${begin} kernel[${pid}]: ${text}`)
/** A message of several lines, in which somebody wrote a line of the kernel. */
const smuggled = fc.tuple(said, prefix, message).map(([line, begin, text]) => `${line}\n${begin} kernel: ${text}`)
const line = fc.oneof(fc.string(), message, said, asKernel, smuggled)
const record = fc.record<BootRecord>({ lines: fc.array(line, { maxLength: 30 }), endMissing: fc.boolean() })

describe('a reboot', () => {
  it('is never explained by words of a stranger', () => {
    fc.assert(
      fc.property(fc.option(record), fc.option(record), fc.option(record), (previous, copy, current) => {
        const verdict = classifyReboot({
          node: 'pve1',
          ...(previous === null ? {} : { previous }),
          ...(copy === null ? {} : { copy }),
          ...(current === null ? {} : { current }),
          also: {},
        })
        expect(['abrupt-undetermined', 'cannot-tell']).toContain(verdict.cause)
        expect(verdict.confidence).toBe('possible')
        expect(verdict.missing.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  it('is explained by the same words of whoever has them to say', () => {
    const from = (who: string, text: string) =>
      classifyReboot({
        node: 'pve1',
        previous: { lines: [`Nov 20 19:30:00.000000 pve1 ${who}: ${text}`], endMissing: false },
        also: {},
      }).cause
    expect(from('kernel', 'Kernel panic - not syncing: x')).toBe('panic')
    expect(from('kernel[12]', 'Kernel panic - not syncing: x')).toBe('abrupt-undetermined')
    expect(from('watchdog-mux[3]', 'client (PID 144) watchdog expired - disable watchdog updates')).toBe(
      'ha-client-expired',
    )
  })
})

describe('one record of the end', () => {
  const plain = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3599 }), fc.nat(9)), { maxLength: 40 }).map((times) =>
    times
      .sort(([a], [b]) => a - b)
      .map(([s, n], index) => {
        const clock = `${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`
        return `Nov 20 19:${clock} pve1 app[${n}]: line ${index}`
      }),
  )

  it('is the longer of the disk and our copy, whichever part of it the copy holds', () => {
    fc.assert(
      fc.property(plain, fc.nat(40), fc.nat(40), fc.nat(40), (lines, diskEnd, from, to) => {
        const disk = lines.slice(0, diskEnd)
        const copy = lines.slice(Math.min(from, to), Math.max(from, to))
        // A copy that begins after the disk's end leaves a hole, which is nobody's.
        fc.pre(Math.min(from, to) <= disk.length)
        const end = oneRecord({
          node: 'pve1',
          previous: { lines: disk, endMissing: false },
          copy: { lines: copy, endMissing: true },
          also: {},
        })
        const expected =
          disk.length === 0 ? copy : lines.slice(0, Math.max(disk.length, Math.min(Math.max(from, to), lines.length)))
        expect(end?.lines ?? []).toEqual(expected)
        if (disk.length > 0) expect(end?.sourceOf(disk.length - 1)).toBe('previous')
        if (expected.length > disk.length) expect(end?.sourceOf(expected.length - 1)).toBe('copy')
      }),
    )
  })
})

describe('boots in a row', () => {
  const FIRST = 'Nov 20 18:00:00 pve1 kernel: Linux version 6.14.8-2-pve (build@proxmox) #1 SMP'
  const BORDER = fc.constantFrom('-- Reboot --', `-- Boot ${'0f'.repeat(16)} --`)

  it('are told apart by borders, or by the first words of a kernel, or by both', () => {
    const boot = fc.array(said, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(boot, BORDER, fc.constantFrom('border', 'words', 'both')), { maxLength: 4 }),
        (boots) => {
          const lines = boots.flatMap(([own, border, how], index) => {
            const drawn = index > 0 && how !== 'words' ? [border] : []
            return [...drawn, ...(how === 'border' ? [] : [FIRST]), ...own]
          })
          expect(splitBoots(lines).map((found) => found.length)).toEqual(
            boots.map(([own, , how]) => own.length + (how === 'border' ? 0 : 1)),
          )
        },
      ),
    )
  })

  it('are not begun by a program that speaks as the kernel does', () => {
    const lines = ['Nov 20 18:00:00 pve1 a: x', 'Nov 20 18:00:00 pve1 kernel[9]: Linux version 6.1', '-- Reboot -- not']
    expect(splitBoots(lines)).toEqual([lines])
    expect(parseLine(lines[1] ?? '')?.pid).toBe(9)
  })
})
