import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../ports/power-device.ts'
import { fenceDriver } from './driver.ts'
import { schema } from './settings.ts'

const SECRET = `hunter2 'of' \\ "the" day`
const never = new AbortController().signal
let dir: string
let agent: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fence-'))
  agent = join(dir, 'fence_fake')
  writeFileSync(join(dir, 'password'), `${SECRET}\n`)
  writeFileSync(join(dir, 'state'), 'on')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** An agent that keeps what it was given in `input` and sets its options as shell variables, then runs `body`. */
function fakeAgent(body: string): void {
  const script = `#!/bin/sh
    dir=${dir}; state=$(cat $dir/state); plug=
    printf '%s\\n' "$0 $*" > $dir/argv; env > $dir/env; cat > $dir/input; cat $dir/input >> $dir/inputs
    action=$(sed -n s/^action=//p $dir/input); plug=$(sed -n s/^plug=//p $dir/input)
    status() { if [ "$state" = on ]; then echo 'Status: ON'; exit 0; else echo 'Status: OFF'; exit 2; fi; }
    usage() { echo "2026-01-02 03:04:05,678 ERROR: $1" >&2; echo >&2
      echo "2026-01-02 03:04:05,678 ERROR: Please use '-h' for usage" >&2; exit 1; }
    password() { sed -n s/^password=//p $dir/input; }
    ${body}\n`
  writeFileSync(agent, script)
  chmodSync(agent, 0o755)
}

const HONEST = `case $action in
  status) status;;
  on|off) printf $action > $dir/state; echo "Success: Powered $action";;
  *) usage "Failed: Unrecognised action '$action'";;
esac`

function device(options: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  const password = { file: join(dir, 'password') }
  const settings = schema.parse({ agent, options: { ip: '127.0.0.1', password, ...options }, timeout: '20s', ...more })
  return fenceDriver.create('bmc', settings)
}

function errorOf(outcome: Outcome<unknown>) {
  if (outcome.ok) throw new Error(`success was not expected: ${JSON.stringify(outcome.value)}`)
  expect(outcome.error.sentence).not.toContain('hunter2')
  return outcome.error
}

describe('an agent that works', () => {
  test('switches off and on, and each is read back', async () => {
    fakeAgent(HONEST)
    const bmc = device()
    expect(await bmc.read('', never)).toEqual({ ok: true, value: { outlet: '', state: 'on' } })
    expect(await bmc.turnOff('', never)).toEqual({ ok: true, value: { outlet: '', state: 'off' } })
    expect(await bmc.read('', never)).toEqual({ ok: true, value: { outlet: '', state: 'off' } })
    expect(await bmc.turnOn('', never)).toEqual({ ok: true, value: { outlet: '', state: 'on' } })
    const actions = readFileSync(join(dir, 'inputs'), 'utf8').match(/action=.*/g)
    expect(actions).toEqual(['status', 'off', 'status', 'status', 'on', 'status'].map((action) => `action=${action}`))
  })

  test('gets its options on standard input, and the secret nowhere else', async () => {
    fakeAgent(HONEST)
    await device({ lanplus: true, verbose: false, cipher: 3, note: ' spaced ', quoted: '"q"' }).read('7', never)
    expect(readFileSync(join(dir, 'input'), 'utf8')).toBe(
      `action=status\nip=127.0.0.1\npassword=${SECRET}\nlanplus=1\nverbose=0\ncipher=3\nnote=" spaced "\nquoted=""q""\nplug=7\n`,
    )
    expect(readFileSync(join(dir, 'argv'), 'utf8')).toBe(`${agent} \n`)
    expect(readFileSync(join(dir, 'env'), 'utf8')).not.toContain('hunter2')
  })

  test('is told the outlet by another option where it wants that', async () => {
    fakeAgent(HONEST)
    await device({ nodename: 'pve9' }, { plugOption: 'nodename' }).read('pve1', never)
    expect(readFileSync(join(dir, 'input'), 'utf8')).toMatch(/^nodename=pve1$/m)
    expect(readFileSync(join(dir, 'input'), 'utf8')).not.toContain('pve9')
  })

  test('of one outlet is known by its name and address', async () => {
    fakeAgent(HONEST)
    expect(await device({ ipport: 6230 }).identify(never)).toEqual({
      ok: true,
      value: {
        deviceId: 'fence_fake ip=127.0.0.1 ipport=6230',
        model: 'fence_fake',
        transport: 'fence agent',
        outlets: [{ outlet: '', state: 'on' }],
      },
    })
  })

  test('of many outlets lists them with their state', async () => {
    fakeAgent(`case $action in list-status) printf '1,pve1,ON\\n2,nas, left,OFF\\n3,,UNKNOWN\\n';; esac`)
    expect(await device().readAll(never)).toEqual({
      ok: true,
      value: [
        { outlet: '1', alias: 'pve1', state: 'on' },
        { outlet: '2', alias: 'nas, left', state: 'off' },
        { outlet: '3', state: 'unknown' },
      ],
    })
  })

  test('that knows only `list` is asked that', async () => {
    fakeAgent(`case $action in list) printf '1,pve1\\n';; *) usage "Failed: Unrecognised action '$action'";; esac`)
    expect(await device().readAll(never)).toEqual({
      ok: true,
      value: [{ outlet: '1', alias: 'pve1', state: 'unknown' }],
    })
  })

  test('that cannot list and wants an outlet is identified by `monitor`', async () => {
    fakeAgent(`case $action in monitor) exit 0;; status) usage 'Failed: You have to enter plug number';;
      *) usage "Failed: Unrecognised action '$action'";; esac`)
    expect(await device().identify(never)).toMatchObject({ ok: true, value: { model: 'fence_fake', outlets: [] } })
  })
})

describe('an agent that lies', () => {
  test('reports success while the status stays', async () => {
    fakeAgent(`case $action in status) status;; *) echo Success;; esac`)
    expect(errorOf(await device().turnOff('', never))).toEqual({
      code: 'refused',
      sentence: 'fence_fake (off) reported success, but its status is still ON',
      mayHaveLanded: true,
    })
  })

  test('switches, and then its status fails', async () => {
    fakeAgent(`case $action in status) exit 4;; *) echo Success;; esac`)
    expect(errorOf(await device().turnOn('', never))).toMatchObject({ code: 'unreachable', mayHaveLanded: true })
  })

  test('ends with 0 and says OFF', async () => {
    fakeAgent(`echo 'Status: OFF'`)
    expect(errorOf(await device().read('', never))).toMatchObject({ code: 'malformed-answer', mayHaveLanded: false })
  })

  test.each([
    ['Python', `echo 'usage: fence_fake [-h]' >&2; echo "fence_fake: error: unrecognized arguments: x" >&2; exit 2`],
    ['a shell', `echo "Invalid option -- x" >&2; exit 2`],
  ])('ends with 2 over its arguments, as %s does: that is no OFF', async (_, body) => {
    fakeAgent(body)
    expect(errorOf(await device().read('', never))).toMatchObject({ code: 'refused', mayHaveLanded: false })
  })

  test('ends with 2 without a word: that is OFF', async () => {
    fakeAgent('exit 2')
    expect(await device().read('', never)).toMatchObject({ ok: true, value: { state: 'off' } })
  })

  test('does not know the option for the outlet, and would switch another', async () => {
    fakeAgent(`echo "WARNING:root:Parse error: Ignoring unknown option 'plug=3'" >&2; ${HONEST}`)
    expect(errorOf(await device().turnOff('3', never))).toMatchObject({
      code: 'refused',
      sentence: expect.stringContaining('set plugOption'),
      mayHaveLanded: true,
    })
  })
})

describe('an agent that fails', () => {
  test.each([
    [3, '', 'credentials-refused', true],
    [4, '', 'unreachable', true],
    [5, '', 'timeout', true],
    [7, '', 'timeout', true],
    [8, '', 'agent-failed', true],
    [1, 'Connection timed out', 'timeout', true],
    [1, 'Unable to connect/login to fencing device', 'unreachable', true],
    [1, 'Failed: Unable to obtain correct plug status or plug is not available', 'agent-failed', true],
    [1, "Failed: You have to enter fence address\nERROR: Please use '-h' for usage", 'refused', false],
    [99, 'something else', 'agent-failed', true],
  ])('exit code %i and "%s" are %s', async (exitCode, message, code, mayHaveLanded) => {
    fakeAgent(`printf '%s\\n' "2026-01-02 03:04:05,678 ERROR: ${message}" >&2; exit ${exitCode}`)
    expect(errorOf(await device().turnOff('', never))).toMatchObject({ code, mayHaveLanded })
    expect(errorOf(await device().read('', never))).toMatchObject({ code, mayHaveLanded: false })
  })

  test('is quoted with the line that matters', async () => {
    fakeAgent(`echo "x.py:5: DeprecationWarning: 'pipes' is deprecated" >&2; echo '  from pipes import quote' >&2
      usage 'Failed: You have to enter fence address'`)
    expect(errorOf(await device().read('', never)).sentence).toBe(
      'fence_fake (status) failed with exit code 1: Failed: You have to enter fence address',
    )
  })

  test('and prints the secret, in whatever spelling: it is not shown', async () => {
    fakeAgent(
      `printf "ERROR: Unable to run ipmitool -P %s and %s\\n" "$(password)" "$(printf %s "$(password)" | base64 -w0)" >&2; exit 1`,
    )
    const { sentence } = errorOf(await device().read('', never))
    expect(sentence).toBe('fence_fake (status) failed with exit code 1: Unable to run ipmitool -P *** and ***')
  })

  test('and repeats an option that it does not know: its value is not shown', async () => {
    fakeAgent(`echo "ERROR: Parse error: Ignoring unknown option 'pasword=typed-in-clear'" >&2; exit 1`)
    expect(errorOf(await device().read('', never)).sentence).not.toContain('typed-in-clear')
  })

  test('prints garbage without end', async () => {
    fakeAgent(`head -c 3000000 /dev/urandom >&2; printf '\\033[2J' ; exit 1`)
    const { code, sentence } = errorOf(await device().read('', never))
    expect(code).toBe('agent-failed')
    expect(sentence.length).toBeLessThan(400)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(sentence).not.toMatch(/[\u0000-\u001f]/)
  })

  test('hangs: it is ended, and its order may have landed', async () => {
    fakeAgent(`case $action in off) printf off > $dir/state; sleep 600;; *) status;; esac`)
    const bmc = device({}, { timeout: '1s' })
    expect(errorOf(await bmc.turnOff('', never))).toMatchObject({ code: 'timeout', mayHaveLanded: true })
    expect(await bmc.read('', never)).toMatchObject({ ok: true, value: { state: 'off' } })
  })

  test('is ended by an abort', async () => {
    fakeAgent(`case $action in off) printf x > $dir/started; sleep 600;; esac`)
    const controller = new AbortController()
    const ending = device().turnOff('', controller.signal)
    while (!existsSync(join(dir, 'started'))) await new Promise((resolve) => setTimeout(resolve, 10))
    controller.abort()
    expect(errorOf(await ending)).toMatchObject({ code: 'aborted', mayHaveLanded: true })
    expect(errorOf(await device().turnOff('', AbortSignal.abort()))).toMatchObject({ mayHaveLanded: false })
  })

  test('is not installed: the package is named', async () => {
    const missing = fenceDriver.create('bmc', schema.parse({ agent: 'fence_apc_snmp_x' }))
    expect(errorOf(await missing.turnOff('1', never))).toEqual({
      code: 'agent-failed',
      sentence:
        'fence_apc_snmp_x is not installed: it comes with the Debian package fence-agents, in newer releases with fence-agents-apc-snmp-x',
      mayHaveLanded: false,
    })
  })

  test('may not be run', async () => {
    fakeAgent(HONEST)
    chmodSync(agent, 0o644)
    expect(errorOf(await device().turnOff('', never))).toMatchObject({ code: 'agent-failed', mayHaveLanded: false })
  })

  test('has no secret to be given', async () => {
    fakeAgent(HONEST)
    rmSync(join(dir, 'password'))
    const error = errorOf(await device().turnOff('', never))
    expect(error).toMatchObject({ code: 'refused', mayHaveLanded: false })
    expect(error.sentence).toContain(`${dir}/password cannot be read (ENOENT)`)
  })

  test('has a secret of two lines, which would be a second option', async () => {
    fakeAgent(HONEST)
    writeFileSync(join(dir, 'password'), 'hunter2\naction=reboot\n')
    expect(errorOf(await device().turnOff('', never)).sentence).toBe(
      'fence_fake was not run: the option password must be one line of text',
    )
    expect(existsSync(join(dir, 'input'))).toBe(false)
  })
})

describe('the configuration', () => {
  test.each([
    [{ agent: 'ipmitool' }, 'agent'],
    [{ agent: 'fence_x; id' }, 'agent'],
    [{ agent: 'fence_x', options: { action: 'reboot' } }, 'options.action'],
    [{ agent: 'fence_x', options: { ip: '1\naction=reboot' } }, 'options.ip'],
    [{ agent: 'fence_x', options: { 'a=b': '1' } }, 'options.a=b'],
    [{ agent: 'fence_x', timeout: '10ms' }, 'timeout'],
    [{ agent: 'fence_x', plug: '1' }, ''],
  ])('%o is refused', (settings, path) => {
    const result = schema.safeParse(settings)
    expect(result.success).toBe(false)
    expect(result.error?.issues[0]?.path.join('.')).toBe(path)
  })

  test('tells how long an order and its verification take at most', () => {
    expect(fenceDriver.slowestCommandMs(schema.parse({ agent: 'fence_ipmilan' }))).toBeGreaterThan(120_000)
  })
})
