const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const
export type Style = keyof typeof CODES

export type Paint = (style: Style | undefined, text: string) => string

export function painter(colour: boolean): Paint {
  return (style, text) =>
    colour && style !== undefined && text !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
}

/** Text from a device or a network on one line, without anything that a terminal would take as a command. */
export function tame(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}

export const VERDICT_STYLE = { up: 'green', wedged: 'yellow', down: 'red', unknown: 'yellow' } as const
export const SEVERITY_STYLE = { debug: 'dim', info: undefined, warning: 'yellow', critical: 'red' } as const
