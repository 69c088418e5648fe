import { runChild } from '../process/run-child.ts'

/** What systemd tells a service that it watches: sd_watchdog_enabled(3). */
export type ServiceWatchdog = { readonly everyMs: number; readonly socket: string }

const NOTIFY_TIMEOUT_MS = 10_000

/** Undefined where nobody outside watches this process. */
export function serviceWatchdog(env: NodeJS.ProcessEnv): ServiceWatchdog | undefined {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid } = env
  const everyMs = Number(microseconds) / 3000
  if (socket === undefined || socket === '' || !(everyMs > 0)) return undefined
  if (pid !== undefined && pid !== '' && Number(pid) !== process.pid) return undefined
  return { everyMs, socket }
}

/**
 * Tells systemd while `alive` holds. A process whose loop is blocked tells nothing, and is ended and started again by
 * systemd: the one fault that it cannot see itself. Node has no Unix datagram sockets, so `systemd-notify` carries the
 * word. Answers how to stop.
 */
export function tellServiceWatchdog(
  watchdog: ServiceWatchdog,
  alive: () => boolean,
  env: NodeJS.ProcessEnv,
): () => void {
  const tell = () => {
    if (!alive()) return
    void runChild({
      command: 'systemd-notify',
      args: ['WATCHDOG=1'],
      timeoutMs: NOTIFY_TIMEOUT_MS,
      env: { NOTIFY_SOCKET: watchdog.socket, ...(env.PATH === undefined ? {} : { PATH: env.PATH }) },
    })
  }
  tell()
  const timer = setInterval(tell, watchdog.everyMs)
  return () => clearInterval(timer)
}
