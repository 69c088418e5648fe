import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Bmc = {
  readonly port: number
  /** The power as the simulated machine has it, whatever anybody says. */
  power(): 'on' | 'off'
  /** Every call of the machine's power switch so far, such as `set power 0`. */
  calls(): string[]
  /** From now on the switch answers success and does nothing. */
  jam(): void
  stop(): Promise<void>
}

/** The simulator ends when its input does, which the kernel closes for us even if the test run is killed. */
const DIES_WITH_US = `exec 3<&0
"$@" 3<&- </dev/null & sim=$!
{ cat <&3; kill -9 $sim; } >/dev/null 2>&1 &
wait $sim`

/** A BMC on a loopback UDP port: OpenIPMI's simulator, with its files in `dir`, for user `admin`. */
export async function startBmc(ipmiSim: string, dir: string, password: string): Promise<Bmc> {
  const port = await freeUdpPort()
  const paths = { power: join(dir, 'power'), calls: join(dir, 'calls'), jammed: join(dir, 'jammed') }
  writeFileSync(paths.power, '1')
  writeFileSync(paths.calls, '')
  writeFileSync(join(dir, 'switch'), powerSwitch(paths))
  chmodSync(join(dir, 'switch'), 0o755)
  writeFileSync(join(dir, 'lan.conf'), lanConf(port, password, join(dir, 'switch')))
  writeFileSync(
    join(dir, 'bmc.emu'),
    'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n',
  )
  mkdirSync(join(dir, 'state'))
  const args = ['-n', '-c', join(dir, 'lan.conf'), '-f', join(dir, 'bmc.emu'), '-s', join(dir, 'state')]
  const log = openSync(join(dir, 'log'), 'w')
  const child = spawn('/bin/sh', ['-c', DIES_WITH_US, 'sh', ipmiSim, ...args], { stdio: ['pipe', log, log], cwd: dir })
  closeSync(log)
  await listening(port, child, join(dir, 'log'))
  return {
    port,
    power: () => (readFileSync(paths.power, 'utf8').trim() === '1' ? 'on' : 'off'),
    calls: () => readFileSync(paths.calls, 'utf8').split('\n').filter(Boolean),
    jam: () => writeFileSync(paths.jammed, ''),
    stop: () => end(child),
  }
}

/** What ipmi_sim runs as the chassis: `get power` is to print `power:0` or `power:1`, `set power 0|1` switches. */
function powerSwitch(paths: { power: string; calls: string; jammed: string }): string {
  return `#!/bin/sh
echo "$*" >> '${paths.calls}'
case "$1 $2" in
  'get power') echo "power:$(cat '${paths.power}')";;
  'set power') [ -e '${paths.jammed}' ] || echo "$3" > '${paths.power}';;
esac
`
}

function lanConf(port: number, password: string, chassisControl: string): string {
  const levels = ['callback', 'user', 'operator', 'admin']
  return `name "bmc"
set_working_mc 0x20
startlan 1
  addr 127.0.0.1 ${port}
  priv_limit admin
${levels.map((level) => `  allowed_auths_${level} none md2 md5 straight`).join('\n')}
  guid a123456789abcdefa123456789abcdef
endlan
chassis_control "${chassisControl}"
user 1 true "" "" user 10 none md2 md5 straight
user 2 true "admin" "${password}" admin 10 none md2 md5 straight
`
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

/** Resolves when the kernel lists a UDP socket at `port`: the simulator says nothing when it is ready. */
async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  let failed: string | undefined
  child.once('error', (error) => {
    failed = error.message
  })
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  while (!(existsSync('/proc/net/udp') && readFileSync('/proc/net/udp', 'utf8').includes(wanted))) {
    if (failed !== undefined || child.exitCode !== null) {
      throw new Error(
        `ipmi_sim did not start: ${failed ?? `exit code ${child.exitCode}: ${readFileSync(log, 'utf8')}`}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}
