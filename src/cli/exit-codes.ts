/**
 * Every way in which a command ends. 64 and above follow sysexits.h where that has a word for it; docs/exit-codes.md is
 * made from this.
 */
export const EXIT_CODES = {
  ok: [0, 'Done, or the answer is yes.'],
  no: [1, 'The answer is no: refused by the watchdog, not safe, not healthy, or not valid. The sentence says why.'],
  critical: [2, '`audit` found something critical; 1 means that a warning is the worst.'],
  abandoned: [3, 'A plan was given up before anything was switched.'],
  cutShort: [4, 'A plan was ended early; what was off was turned on.'],
  failed: [5, 'A plan could not be carried out.'],
  unproven: [6, 'A supervised cycle did not prove which outlet feeds the host.'],
  usage: [64, 'The command line is wrong, or a confirmation is needed and nobody can be asked.'],
  unavailable: [69, 'No watchdog answers, the device does not, or the watchdog cannot do that now.'],
  software: [70, 'The program made a mistake.'],
  cannotCreate: [73, 'A file is there already or cannot be written.'],
  state: [74, 'The state cannot be used: another watchdog has it, or its directory cannot be written.'],
  unknownOutcome: [75, 'The order was taken, but what came of it could not be seen. Look with `status`.'],
  protocol: [76, 'What answered is no watchdog of this version.'],
  noPermission: [77, 'This user may not do that.'],
  configuration: [78, 'The configuration is missing or wrong.'],
  interrupted: [130, 'Interrupted; what was ordered goes on in the watchdog.'],
  brokenPipe: [141, 'Whoever read the output went away.'],
} as const satisfies Record<string, readonly [number, string]>

export type Exit = keyof typeof EXIT_CODES

export function exitCode(exit: Exit): number {
  return EXIT_CODES[exit][0]
}

/** docs/exit-codes.md, wholly. */
export function renderExitCodesReference(): string {
  const rows = Object.values(EXIT_CODES).map(([code, says]) => `| ${code} | ${says} |`)
  return `# Exit codes

Generated from \`src/cli/exit-codes.ts\` by \`npm run generate\`; do not edit. Sentences about what went wrong are on
standard error.

| code | meaning |
|---|---|
${rows.join('\n')}
`
}
