import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { peer } from '../../test/peers/find-peer.ts'
import type { ProbeAnswer } from '../ports/probe.ts'
import { type IcmpSettings, icmp } from './icmp.ts'
import type { Resolve } from './resolve.ts'

let dir: string
const never = new AbortController().signal

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'icmp-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** A script by this name, and nothing else of ours, in a PATH with the usual tools but no fping and no ping. */
function program(name: string, script: string): void {
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(dir, name), 0o755)
}

/** An fping whose sweep finds nobody, unless told otherwise, so that all comes to its closer look. */
function fping({ sweep = 'cat > /dev/null; exit 1', look = 'exit 1' }: { sweep?: string; look?: string }): void {
  program('fping', `case $1 in\n-q) ${sweep};;\n*) ${look};;\nesac`)
}

function onlyTools(): Record<string, string> {
  for (const tool of ['cat', 'sleep', 'head', 'dirname', 'readlink', 'grep', 'sed']) {
    symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(dir, tool))
  }
  return { PATH: dir }
}

async function round(
  addresses: readonly string[],
  { env = realPath(), deadlineMs = 10_000, signal = never, resolve, settings = {} }: RoundOptions = {},
): Promise<Map<string, ProbeAnswer>> {
  const probe = icmp.create({ env, ...(resolve ? { resolve } : {}) })
  const parsed = icmp.schema.parse({ timeout: '500ms', ...settings })
  const targets = addresses.map((address) => ({ id: `${address}/icmp`, address, settings: parsed }))
  const answers = await probe.round(targets, deadlineMs, signal)
  await probe.close()
  expect(answers.map(({ id }) => id)).toEqual(targets.map(({ id }) => id))
  return new Map(answers.map((answer) => [answer.id.split('/')[0] as string, answer]))
}

type RoundOptions = {
  env?: Record<string, string>
  deadlineMs?: number
  signal?: AbortSignal
  resolve?: Resolve
  settings?: object
}

/** Why it cannot be tested against the real program, which has to be able to ping. */
function missing(name: string): string | false {
  const found = peer(name)
  let reason = 'missing' in found ? found.missing : false
  if ('path' in found && spawnSync(found.path, ['-c', '1', '127.0.0.1'], { timeout: 10_000 }).status !== 0) {
    reason = `${found.path} cannot ping 127.0.0.1 as this user`
  }
  if (reason) console.warn(`skipped: ${reason}`)
  return reason
}

/** A PATH in which the real fping comes first. */
function realPath(): Record<string, string> {
  const found = peer('fping')
  return { PATH: `${'path' in found ? dirname(found.path) : ''}:${process.env.PATH}` }
}

describe('settings', () => {
  test('have defaults, and refuse what they do not know', () => {
    const settings = icmp.schema.parse({}) as IcmpSettings
    expect(settings).toEqual({ timeout: 3000, retries: 1 })
    expect(icmp.maxMs(settings)).toBe(3000)
    expect(icmp.schema.safeParse({ timout: '3s' }).success).toBe(false)
  })
})

describe.skipIf(missing('fping'))('with the real fping', () => {
  test('loopback addresses answer, of both families', async () => {
    const answers = await round(['127.0.0.1', '127.0.0.2', '127.3.2.1', '::1'])
    for (const address of ['127.0.0.1', '127.0.0.2', '127.3.2.1']) {
      expect(answers.get(address)).toMatchObject({ says: 'life', proves: 'kernel' })
      expect(answers.get(address)?.detail).toMatch(/^[\d.]+ ms$/)
    }
    // A machine without IPv6 cannot say anything about an IPv6 address.
    expect(['life', 'probe-broken']).toContain(answers.get('::1')?.says)
  })

  test('two thousand in one go', async () => {
    const addresses = Array.from({ length: 2000 }, (_, i) => `127.9.${i >> 8}.${i & 255}`)
    const answers = await round(addresses, { deadlineMs: 30_000 })
    expect([...answers.values()].filter(({ says }) => says !== 'life')).toEqual([])
  })

  test('an address that fping cannot take is broken, and the others do not suffer', async () => {
    const answers = await round(['fe80::1%nosuchlink', '127.0.0.1'])
    expect(answers.get('fe80::1%nosuchlink')?.says).toBe('probe-broken')
    expect(answers.get('127.0.0.1')?.says).toBe('life')
  })

  test('names are looked up; one that has no address is broken with a sentence', async () => {
    const resolve: Resolve = async (name) =>
      name === 'pve1' ? { ok: true, address: '127.0.0.5' } : { ok: false, sentence: `no ${name}` }
    const answers = await round(['pve1', 'pve2', '127.0.0.5'], { resolve })
    expect(answers.get('pve1')).toMatchObject({ says: 'life', proves: 'kernel' })
    expect(answers.get('127.0.0.5')?.says).toBe('life')
    expect(answers.get('pve2')).toMatchObject({ says: 'probe-broken', detail: 'no pve2' })
  })

  test('the same address twice has an answer twice', async () => {
    const probe = icmp.create({ env: realPath() })
    const settings = icmp.schema.parse({ timeout: '500ms' })
    const targets = ['a/icmp', 'b/icmp'].map((id) => ({ id, address: '127.0.0.1', settings }))
    const answers = await probe.round(targets, 10_000, never)
    expect(answers.map(({ id, says }) => `${id} ${says}`)).toEqual(['a/icmp life', 'b/icmp life'])
  })
})

test('an empty round asks nothing', async () => {
  program('fping', `touch ${dir}/ran`)
  expect((await round([], { env: onlyTools() })).size).toBe(0)
})

describe('an fping that fails', () => {
  const broken = (answers: Map<string, ProbeAnswer>, detail: RegExp) => {
    for (const answer of answers.values()) {
      expect(answer).toMatchObject({ says: 'probe-broken', proves: 'none' })
      expect(answer.detail).toMatch(detail)
    }
  }

  test('dying in mid-round: what answered lives, the rest is broken', async () => {
    fping({
      sweep: "echo '127.0.0.4 : 0.05' >&2; exit 1",
      look: "echo '127.0.0.1 is alive (0.05 ms)'; echo '127.0.0.2 is unreachable'; kill -9 $$",
    })
    const answers = await round(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'], { env: onlyTools() })
    expect(answers.get('127.0.0.1')?.says).toBe('life')
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'probe-broken', detail: expect.stringMatching(/SIGKILL/) })
    expect(answers.get('127.0.0.3')?.says).toBe('probe-broken')
    expect(answers.get('127.0.0.4')?.says).toBe('life')
  })

  test('dying before its summary', async () => {
    fping({ sweep: 'kill -TERM $$', look: `touch ${dir}/looked` })
    broken(await round(['127.0.0.2', '127.0.0.3'], { env: onlyTools() }), /SIGTERM/)
    expect(existsSync(join(dir, 'looked'))).toBe(false)
  })

  test('hung in its closer look', async () => {
    fping({ look: 'sleep 600' })
    broken(await round(['127.0.0.2'], { env: onlyTools(), deadlineMs: 2000 }), /fping hung and was ended/)
  })

  test('hung: ended before the deadline, and nothing of it is left', async () => {
    program('fping', `echo $$ > ${dir}/pid; sleep 600`)
    const started = performance.now()
    broken(await round(['127.0.0.2'], { env: onlyTools(), deadlineMs: 2000 }), /fping hung and was ended/)
    expect(performance.now() - started).toBeLessThan(10_000)
    const pid = Number(execFileSync('cat', [join(dir, 'pid')], { encoding: 'utf8' }))
    expect(() => process.kill(pid, 0)).toThrow()
  })

  test('without the permission for raw sockets', async () => {
    program('fping', 'echo "fping: can\'t create socket (must run as root?)" >&2; exit 4')
    broken(await round(['127.0.0.2'], { env: onlyTools() }), /exit code 4: fping: can't create socket/)
  })

  test('that may not be run', async () => {
    program('fping', '')
    chmodSync(join(dir, 'fping'), 0o644)
    broken(await round(['127.0.0.2'], { env: onlyTools() }), /fping may not be run by this user/)
  })

  test('printing garbage', async () => {
    program('fping', 'head -c 200000 /dev/urandom; exit 1')
    broken(await round(['127.0.0.2', '127.0.0.3'], { env: onlyTools() }), /nothing was reported/)
  })

  test('saying nothing, and that all went well', async () => {
    program('fping', 'cat > /dev/null; exit 0')
    broken(await round(['127.0.0.2'], { env: onlyTools() }), /nothing was reported/)
  })

  test('that contradicts itself', async () => {
    fping({ look: "echo '127.0.0.1 is alive (0.05 ms)'; echo '127.0.0.2 is unreachable'; exit 0" })
    const answers = await round(['127.0.0.2'], { env: onlyTools() })
    broken(answers, /contradicts itself/)
  })

  test('a silent loopback canary: silence is broken, and an answer is still life', async () => {
    const script = "echo '127.0.0.1 is unreachable'; echo '127.0.0.2 is unreachable'; echo '127.0.0.3 is alive (1 ms)'"
    fping({ look: `${script}; exit 1` })
    const answers = await round(['127.0.0.2', '127.0.0.3'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'probe-broken', detail: expect.stringMatching(/loopback/) })
    expect(answers.get('127.0.0.3')).toMatchObject({ says: 'life', durationMs: 1 })
  })

  test('a canary that answered the sweep but not the look does not count', async () => {
    fping({
      sweep: "echo '127.0.0.1 : 0.05' >&2; exit 1",
      look: "echo '127.0.0.1 is unreachable'; echo '127.0.0.2 is unreachable'; exit 1",
    })
    const answers = await round(['127.0.0.2'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'probe-broken', detail: expect.stringMatching(/loopback/) })
  })

  test('only those that stayed silent are looked at again', async () => {
    fping({
      sweep: "printf '127.0.0.1 : 0.05\\n127.0.0.2 : 12.5\\n127.0.0.33 : -\\n' >&2; exit 1",
      look: `cat > ${dir}/looked; echo '127.0.0.1 is alive (0.05 ms)'; echo '127.0.0.33 is alive (2 ms)'`,
    })
    const answers = await round(['127.0.0.2', '127.0.0.33'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'life', durationMs: 12.5, detail: '12.5 ms' })
    expect(answers.get('127.0.0.33')).toMatchObject({ says: 'life', durationMs: 2 })
    expect(readFileSync(join(dir, 'looked'), 'utf8')).toBe('127.0.0.1\n127.0.0.33\n')
  })

  test('silence with a living canary is silence', async () => {
    fping({ look: "echo '127.0.0.1 is alive (0.05 ms)'; echo '127.0.0.2 is unreachable'; exit 1" })
    const answers = await round(['127.0.0.2'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'silence', proves: 'none', detail: 'no answer in 500ms' })
  })

  test('IPv6 silence needs the IPv6 canary', async () => {
    const alive = "echo '127.0.0.1 is alive (0.05 ms)'"
    fping({ look: `${alive}; echo '::1 is unreachable'; echo 'fd00::2 is unreachable'; exit 1` })
    const answers = await round(['fd00::2'], { env: onlyTools() })
    expect(answers.get('fd00::2')).toMatchObject({ says: 'probe-broken', detail: expect.stringMatching(/::1/) })
  })

  test('unable to send: unreachable is silence, our own refusal is broken', async () => {
    const lines = ['127.0.0.2', '127.0.0.3'].map((address) => `echo '${address} is unreachable'`).join(';')
    const refusals =
      "echo '127.0.0.2: error while sending ping: Network is unreachable' >&2;" +
      "echo '127.0.0.3: error while sending ping: Operation not permitted' >&2"
    fping({ look: `echo '127.0.0.1 is alive (0.05 ms)'; ${lines}; ${refusals}; exit 1` })
    const answers = await round(['127.0.0.2', '127.0.0.3'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'silence', detail: 'unreachable (Network is unreachable)' })
    expect(answers.get('127.0.0.3')).toMatchObject({
      says: 'probe-broken',
      detail: expect.stringMatching(/Operation not permitted/),
    })
  })

  test('more targets than the deadline has room for: those beyond are broken, with what to do', async () => {
    fping({ sweep: "sed 's/$/ : 1.5/' >&2" })
    const addresses = Array.from({ length: 9000 }, (_, i) => `127.9.${i >> 8}.${i & 255}`)
    const answers = await round(addresses, { env: onlyTools(), deadlineMs: 2000 })
    const says = [...answers.values()].map((answer) => answer.says)
    expect(says.indexOf('probe-broken')).toBeGreaterThan(1000)
    expect(answers.get(addresses.at(-1) as string)?.detail).toMatch(/raise the check interval/)
  })

  test('a deadline too short for an honest wait', async () => {
    program('fping', `touch ${dir}/ran; exit 1`)
    broken(await round(['127.0.0.2'], { env: onlyTools(), deadlineMs: 600 }), /no time/)
  })

  test('an aborted round', async () => {
    program('fping', 'sleep 600')
    const controller = new AbortController()
    const answers = round(['127.0.0.2'], { env: onlyTools(), signal: controller.signal, deadlineMs: 60_000 })
    setTimeout(() => controller.abort(), 100)
    broken(await answers, /aborted/)
  })
})

describe('without fping', () => {
  test('and without ping: broken, and says so', async () => {
    const answers = await round(['127.0.0.2'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({
      says: 'probe-broken',
      detail: expect.stringMatching(/neither fping nor ping/),
    })
  })

  test('more than a few targets are not pinged one by one', async () => {
    program('ping', `touch ${dir}/ran; exit 0`)
    const addresses = Array.from({ length: 65 }, (_, i) => `127.9.0.${i}`)
    const answers = await round(addresses, { env: onlyTools() })
    expect([...answers.values()].every(({ detail }) => /install it/.test(detail))).toBe(true)
    expect(() => execFileSync('cat', [join(dir, 'ran')], { stdio: 'ignore' })).toThrow()
  })

  const ANSWERED = '1 packets transmitted, 1 received, 0% packet loss'
  const LOST = '3 packets transmitted, 0 received, 100% packet loss'
  const pingScript = (perAddress: Record<string, string>) =>
    `for address; do :; done
case $address in
${Object.entries(perAddress)
  .map(([address, act]) => `${address}) ${act};;`)
  .join('\n')}
esac`

  test('each answer of ping is understood', async () => {
    const script = pingScript({
      '127.0.0.1': `echo '${ANSWERED}'; echo 'rtt min/avg/max/mdev = 0.01/0.01/0.01/0 ms'; exit 0`,
      '127.0.0.2': `echo '${ANSWERED}'; echo 'rtt min/avg/max/mdev = 12.5/12.5/12.5/0 ms'; exit 0`,
      '127.0.0.3': `echo '${LOST}'; exit 1`,
      '127.0.0.4': "echo 'ping: connect: Network is unreachable' >&2; exit 2",
      '127.0.0.5': "echo 'ping: socktype: SOCK_RAW: Operation not permitted' >&2; exit 2",
      '127.0.0.6': 'exit 0',
      '127.0.0.7': 'kill -9 $$',
    })
    program('ping', script)
    const addresses = [2, 3, 4, 5, 6, 7].map((last) => `127.0.0.${last}`)
    const answers = await round(addresses, { env: onlyTools() })
    expect(addresses.map((address) => answers.get(address)?.says)).toEqual([
      'life',
      'silence',
      'silence',
      'probe-broken',
      'probe-broken',
      'probe-broken',
    ])
    expect(answers.get('127.0.0.2')).toMatchObject({ durationMs: 12.5, detail: '12.5 ms' })
    expect(answers.get('127.0.0.5')?.detail).toMatch(/Operation not permitted/)
  })

  test('the canary counts here too', async () => {
    program('ping', `echo '${LOST}'; exit 1`)
    const answers = await round(['127.0.0.2'], { env: onlyTools() })
    expect(answers.get('127.0.0.2')).toMatchObject({ says: 'probe-broken', detail: expect.stringMatching(/loopback/) })
  })

  test('sixty-four that hang are still all answered within the deadline', async () => {
    program('ping', 'sleep 600')
    const addresses = Array.from({ length: 64 }, (_, i) => `127.9.0.${i}`)
    const answers = await round(addresses, { env: onlyTools(), deadlineMs: 6000 })
    expect([...answers.values()].every(({ says }) => says === 'probe-broken')).toBe(true)
  })
})

describe.skipIf(missing('ping'))('with the real ping', () => {
  test('loopback answers', async () => {
    const env = onlyTools()
    const found = peer('ping')
    if ('path' in found) symlinkSync(found.path, join(dir, 'ping'))
    const answers = await round(['127.0.0.1', '127.0.0.8'], { env })
    expect(answers.get('127.0.0.8')).toMatchObject({ says: 'life', proves: 'kernel' })
    expect(answers.get('127.0.0.8')?.detail).toMatch(/^[\d.]+ ms$/)
  })
})
