import { readFileSync } from 'node:fs'

/**
 * A secret by reference. It never holds the value, so that no log line, error or dump can show it; `reveal` reads it
 * at each use, which also lets a rotated file take effect.
 */
export class Secret {
  readonly source: { readonly env: string } | { readonly file: string }

  constructor(source: { readonly env: string } | { readonly file: string }) {
    this.source = source
  }

  /** The value, without a trailing line end. Throws `SecretMissing` where there is none. */
  reveal(): string {
    if ('env' in this.source) {
      const value = process.env[this.source.env]
      if (value === undefined || value === '') {
        throw new SecretMissing(`the environment variable ${this.source.env} is not set`)
      }
      return value
    }
    try {
      return readFileSync(this.source.file, 'utf8').replace(/\r?\n$/, '')
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'cannot be read'
      throw new SecretMissing(`the file ${this.source.file} cannot be read (${reason})`)
    }
  }

  toString(): string {
    return 'env' in this.source ? `secret from environment ${this.source.env}` : `secret from ${this.source.file}`
  }

  toJSON(): unknown {
    return this.source
  }
}

export class SecretMissing extends Error {
  override name = 'SecretMissing'
}
