import { isMap } from '../path.ts'
import { SecretMissing } from '../secret.ts'
import { secretsOf } from '../secrets-of.ts'
import type { Risk, RiskRule } from './risk.ts'

const OTHERS_WRITE = 0o002
const OTHERS_READ = 0o004

export const actingUntold: RiskRule = ({ mode }, { notifiers = 0 }) => {
  if (mode !== 'act' || notifiers > 0) return []
  return [
    {
      code: 'acting-untold',
      sentence: 'The mode is act, but there is nobody to tell: power is cut and only the log and the metrics know.',
      remedy: 'Let Prometheus scrape the metrics and alert on them, or stay in `mode: dry-run`.',
    },
  ]
}

export const tlsUnverified: RiskRule = ({ powerDevices }) => {
  return powerDevices.flatMap(({ name, settings }): Risk[] => {
    if (secretsOf(settings).length === 0 || !isMap(settings) || !skipsVerification(settings)) return []
    return [
      {
        code: 'tls-unverified',
        sentence: `The password of ${name} is sent to whoever answers at its address: its certificate is not verified.`,
        remedy: 'Pin the certificate of the device, or give the authority that signed it.',
      },
    ]
  })
}

/** `tls: { verify: false }` of our own clients, `ssl_insecure` of the fence agents. */
function skipsVerification(settings: Record<string, unknown>): boolean {
  if (isMap(settings.tls) && settings.tls.verify === false) return true
  const options = isMap(settings.options) ? settings.options : {}
  return ['ssl_insecure', 'ssl-insecure'].some((key) => ['1', 'true', 'yes', 'on'].includes(String(options[key])))
}

export const secretMissing: RiskRule = ({ powerDevices }, { revealSecrets = false }) => {
  if (!revealSecrets) return []
  return powerDevices.flatMap(({ name, settings }) =>
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

export const secretReadable: RiskRule = ({ powerDevices }, { fileMode }) => {
  const files = powerDevices.flatMap(({ settings }) =>
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
