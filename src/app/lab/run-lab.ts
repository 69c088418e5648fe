import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { formatProblems } from '../../config/problem.ts'
import { spell } from '../../core/phrase.ts'
import type { Told } from '../../core/state/types.ts'
import { LAB_API_TOKEN, LAB_CREDENTIALS, LAB_UPSD_USER, type Lab, LabFault, startLab } from '../../lab/servers/index.ts'
import { homeLabWithUps } from '../../lab/world/index.ts'
import { loadConfiguration } from '../configuration/load.ts'
import { createLog } from '../log.ts'
import { type Started, startDaemon } from '../start.ts'
import { onStopSignals } from '../stop-signals.ts'
import { PacedClock } from '../system-clock.ts'
import { LabChannel } from './lab-channel.ts'
import { labConfiguration } from './lab-configuration.ts'
import { serveLabControl } from './lab-control.ts'
import { type LabPaths, labDirectory, labPaths, prepareLabDirectory, removeLabDirectory } from './lab-directory.ts'
import { Narrator } from './narrator.ts'
import { type TourEnd, tour } from './tour.ts'

export type LabRunOptions = {
  readonly env: NodeJS.ProcessEnv
  /** Lab seconds in a real one. */
  readonly pace: number
  /** Play the tour; else the lab waits for orders from another terminal. */
  readonly tour: boolean
  /** Go on after the tour, until interrupted. */
  readonly stay: boolean
  readonly write: (text: string) => void
  readonly colour: boolean
  readonly columns: number
}

export type LabRunEnd =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'in-use' | 'cannot-start' | 'tour-failed'; readonly sentence: string }

/** Starts the lab on loopback and the real watchdog on it, plays the tour, and takes everything down again. */
export async function runLab(options: LabRunOptions): Promise<LabRunEnd> {
  const paths = labPaths(labDirectory(options.env))
  if (await answers(paths.socket)) {
    const sentence = `A lab is running already (${paths.directory}). Order something from it: bin/proxmox-watchdog lab hang pve2.`
    return { ok: false, code: 'in-use', sentence }
  }
  const interrupted = new AbortController()
  const stopListening = onStopSignals(
    () => {
      options.write('\nThe lab ends.\n')
      interrupted.abort()
    },
    () => process.exit(130),
    // A terminal that is closed ends the lab, too.
    ['SIGINT', 'SIGTERM', 'SIGHUP'],
  )
  const remove = () => removeLabDirectory(paths)
  process.once('exit', remove)
  try {
    const clock = new PacedClock(options.pace)
    const lab = await startLab({
      spec: homeLabWithUps(),
      timeScale: options.pace,
      // Nodes and watchdog live by the same clock, which runs fast.
      proxmox: { wallStartMs: () => clock.now().wallMs, wallScale: 1 },
    })
    try {
      const channel = await LabChannel.open(CHANNEL_ADDRESS)
      try {
        return await runIn({ lab, channel, clock }, paths, options, interrupted)
      } finally {
        await channel.stop()
      }
    } finally {
      await lab.stop()
      remove()
    }
  } catch (error) {
    if (!(error instanceof LabFault)) throw error
    const hint = error.code === 'address-in-use' ? ' Another lab may be running, perhaps of another user.' : ''
    return { ok: false, code: 'cannot-start', sentence: `The lab cannot start: ${error.message}.${hint}` }
  } finally {
    process.off('exit', remove)
    stopListening()
  }
}

/** Beside the addresses that the lab gives its hosts and strips. */
const CHANNEL_ADDRESS = '127.77.0.250'

type Site = { readonly lab: Lab; readonly channel: LabChannel; readonly clock: PacedClock }

async function runIn(
  { lab, channel, clock }: Site,
  paths: LabPaths,
  options: LabRunOptions,
  interrupted: AbortController,
): Promise<LabRunEnd> {
  prepareLabDirectory(paths, LAB_CREDENTIALS.password)
  channel.writeWebhook(paths.webhook)
  writeFileSync(paths.apiToken, `${LAB_API_TOKEN.secret}\n`, { mode: 0o600 })
  writeFileSync(paths.upsPassword, `${LAB_UPSD_USER.password}\n`, { mode: 0o600 })
  writeFileSync(paths.configuration, labConfiguration(lab, paths))
  const narrator = new Narrator({ ...options, startMs: clock.now().monoMs })
  const started = await startDaemon({
    // The lab never takes over what the environment says of real machines.
    load: () =>
      loadConfiguration({ file: paths.configuration, text: readFileSync(paths.configuration, 'utf8'), env: {} }),
    clock,
    log: createLog('silent'),
    onFatal: () => interrupted.abort(),
  })
  if (!started.ok) {
    const problems = started.problems === undefined ? '' : formatProblems(started.problems)
    return {
      ok: false,
      code: 'cannot-start',
      sentence: `The lab cannot start: ${problems}${started.sentences.join(' ')}`,
    }
  }
  const control = await serveLabControl(lab, channel, paths.socket)
  channel.onArrival((arrival) => narrator.arrived(clock.now().monoMs, arrival))
  started.daemon.subscribe((told: Told) => narrator.told(told))
  try {
    const end = await play({ lab, channel, clock }, started, narrator, options, interrupted.signal)
    if (end === 'failed') return { ok: false, code: 'tour-failed', sentence: 'The tour did not end as it should.' }
    return { ok: true }
  } finally {
    control.close()
    await started.stop(interrupted.signal)
  }
}

async function play(
  { lab, channel, clock }: Site,
  started: Started,
  narrator: Narrator,
  options: LabRunOptions,
  signal: AbortSignal,
): Promise<TourEnd> {
  introduce({ lab, channel, clock }, started, narrator, options.pace)
  const end = options.tour ? await tour({ lab, daemon: started.daemon, narrator, clock, signal }) : 'done'
  if (!options.stay || signal.aborted) return end
  narrator.heading('The lab goes on until Ctrl-C. From another terminal:')
  narrator.plain('  bin/proxmox-watchdog status --watch       what the watchdog sees')
  narrator.plain('  bin/proxmox-watchdog explain pve2         why it does, or does not')
  narrator.plain('  bin/proxmox-watchdog lab hang pve2        or: wedge, cut-net, heal')
  narrator.plain('  bin/proxmox-watchdog lab strip offline    and online again')
  narrator.plain(
    '  bin/proxmox-watchdog cluster              nodes, quorum, HA, guests; lab partition pve1 to see it change',
  )
  narrator.plain(
    '  bin/proxmox-watchdog lab guest app3 stop  or: lab storage nas full, lab qdevice down, lab backup fail',
  )
  narrator.plain('  bin/proxmox-watchdog lab mains off        the UPS carries them; ups status, ups plan; lab mains on')
  narrator.plain('  bin/proxmox-watchdog lab discord down     or: ratelimit, up: alerts wait, and none is lost')
  narrator.plain('  bin/proxmox-watchdog alerts list          what fires, and who was told')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  return end
}

function introduce({ lab, channel }: Site, started: Started, narrator: Narrator, pace: number): void {
  const { hosts, strips, gateway, upses, upsd } = lab.state()
  const tcp = started.http.tcp()
  narrator.greet(hosts.map(({ name }) => name))
  narrator.heading('A simulated lab on real sockets, and the real watchdog on it')
  narrator.plain(`  Nothing outside this machine is touched. A second here is ${spell(pace * 1000)} in the lab.`)
  for (const { name, address, httpsPort, supplies } of hosts) {
    narrator.plain(
      `  ${name.padEnd(8)} ${`https://${address}:${httpsPort}`.padEnd(26)} outlet ${supplies.join(', ')}${name === 'nas' ? ' (protected, only watched)' : ''}`,
    )
  }
  for (const { name, address, ports, outlets } of strips) {
    narrator.plain(`  ${name.padEnd(8)} ${address}:${ports.klap}   ${outlets.length} outlets, KLAP v2`)
  }
  for (const { name, runtimeMs } of upses) {
    narrator.plain(
      `  ${name.padEnd(8)} ${upsd?.address}:${upsd?.port}   a UPS for all of them, ${spell(runtimeMs)} of battery`,
    )
  }
  narrator.plain(`  ${'gateway'.padEnd(8)} ${gateway.address}:${gateway.port}   the reference target`)
  narrator.plain(`  ${'discord'.padEnd(8)} ${channel.address}   where alerts arrive`)
  narrator.plain(`  metrics  ${tcp.ok ? `http://127.0.0.1:${tcp.port}/metrics` : `none: ${tcp.sentence}`}`)
  narrator.heading('What happens (minutes and seconds of the lab)')
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
