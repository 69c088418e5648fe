import { readFileSync } from 'node:fs'

/** Something that is known only when it is asked for: a secret by reference, or one that came out of a revealed URL. */
export interface Revealable {
  reveal(): string
}

/**
 * A secret by reference. It never holds the value, so that no log line, error or dump can show it; `reveal` reads it
 * at each use, which also lets a rotated file take effect.
 */
export class Secret implements Revealable {
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

/** A part of a revealed secret, such as the token within a URL. Prints as nothing but what it is. */
export class Disclosed implements Revealable {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return 'secret from a URL'
  }

  toJSON(): unknown {
    return 'secret from a URL'
  }
}

export class SecretMissing extends Error {
  override name = 'SecretMissing'
}
