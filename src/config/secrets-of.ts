import { formatPath, type Path } from './path.ts'
import { Secret } from './secret.ts'

export type PlacedSecret = { readonly path: string; readonly secret: Secret }

/** Every secret in a part of the configuration, with its place in that part. */
export function secretsOf(settings: unknown, path: Path = []): PlacedSecret[] {
  if (settings instanceof Secret) return [{ path: formatPath(path), secret: settings }]
  if (typeof settings !== 'object' || settings === null) return []
  return Object.entries(settings).flatMap(([key, value]) => secretsOf(value, [...path, key]))
}
