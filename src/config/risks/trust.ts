import type { Configuration } from '../configuration.ts'
import { isMap, listOf } from '../path.ts'
import { SecretMissing } from '../secret.ts'
import { secretsOf } from '../secrets-of.ts'
import type { Risk, RiskRule } from './risk.ts'

const OTHERS_WRITE = 0o002
const OTHERS_READ = 0o004

/** Everything that is configured with settings of its own, by the name that people know it by. */
function configured({
  powerDevices,
  alerting,
  proxmox,
  ups,
}: Configuration): readonly { name: string; settings: unknown }[] {
  const { channels, heartbeats, hooks, relay, expectations } = alerting
  return [
    ...powerDevices,
    ...channels,
    ...heartbeats,
    ...(hooks === undefined ? [] : [{ name: 'hooks', settings: hooks }]),
    ...(relay === undefined ? [] : [{ name: 'relay', settings: relay }]),
    ...expectations.map(({ name, ...settings }) => ({ name, settings })),
    ...proxmox.map(({ cluster, auth, ...settings }) => {
      // As it is called in the file.
      const given = auth.kind === 'token' ? { token: auth } : { login: auth }
      return { name: `the Proxmox cluster ${cluster}`, settings: { ...settings, ...given } }
    }),
    ...(ups?.units ?? []).map(({ name, ...settings }) => ({ name: `the UPS ${name}`, settings })),
  ]
}

export const tlsUnverified: RiskRule = (configuration) => {
  return configured(configuration).flatMap(({ name, settings }): Risk[] => {
    if (secretsOf(settings).length === 0 || !skipsVerification(settings)) return []
    return [
      {
        code: 'tls-unverified',
        sentence: `The secret of ${name} is sent to whoever answers at its address: its certificate is not verified.`,
        remedy: 'Pin its certificate, or give the authority that signed it.',
      },
    ]
  })
}

/** `tls: { verify: false }` of our own clients, `ssl_insecure` of the fence agents. */
function skipsVerification(settings: unknown): boolean {
  if (!isMap(settings)) return false
  if (listOf(settings.endpoints).some(skipsVerification)) return true
  if (isMap(settings.tls) && settings.tls.verify === false) return true
  const options = isMap(settings.options) ? settings.options : {}
  return ['ssl_insecure', 'ssl-insecure'].some((key) => ['1', 'true', 'yes', 'on'].includes(String(options[key])))
}

export const secretMissing: RiskRule = (configuration, { revealSecrets = false }) => {
  if (!revealSecrets) return []
  return configured(configuration).flatMap(({ name, settings }) =>
    secretsOf(settings).flatMap(({ path, secret }): Risk[] => {
      try {
        secret.reveal()
        return []
      } catch (error) {
        if (!(error instanceof SecretMissing)) throw error
        const sentence = `The ${path} of ${name} is missing: ${error.message}.`
        return [
          {
            code: 'secret-missing',
            sentence,
            remedy: 'Set it where the watchdog runs, in the unit or its environment file.',
          },
        ]
      }
    }),
  )
}

export const secretReadable: RiskRule = (configuration, { fileMode }) => {
  const files = configured(configuration).flatMap(({ settings }) =>
    secretsOf(settings).flatMap(({ secret }) => ('file' in secret.source ? [secret.source.file] : [])),
  )
  return [...new Set(files)].flatMap((file): Risk[] => {
    if (((fileMode?.(file) ?? 0) & OTHERS_READ) === 0) return []
    return [
      {
        code: 'secret-readable',
        sentence: `The secret in ${file} can be read by everybody on this machine.`,
        remedy: `chmod o= ${file}`,
      },
    ]
  })
}

export const fileWritable: RiskRule = ({ file }, { fileMode }) => {
  if (file === undefined || ((fileMode?.(file) ?? 0) & OTHERS_WRITE) === 0) return []
  return [
    {
      code: 'file-writable',
      sentence: `Everybody on this machine can write ${file}, and so decide whose power is cut and which programs run.`,
      remedy: `chmod o-w ${file}`,
    },
  ]
}
