import { statSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import type { Surroundings } from '../../config/risks/risk.ts'
import { troubleWithUrl } from '../alerting/url-notifier.ts'

/** The addresses of this machine's interfaces, without loopback. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  )
}

/** What `risks` should know of this machine. */
export function lookAround(): Surroundings {
  return { ownAddresses: ownAddresses(), hostName: hostname(), fileMode, revealSecrets: true, troubleWithUrl }
}

function fileMode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mode
}
