import type { Argument, Command, Option } from 'commander'
import type { Cli } from './cli.ts'
import { buildProgram } from './program.ts'

/** docs/cli.md, wholly: made from the same tree that parses the command line. */
export function renderCliReference(): string {
  const program = buildProgram(NOWHERE)
  const lines = [
    '# Command line',
    '',
    'Generated from the commands in `src/cli` by `npm run generate`; do not edit. Exit codes: [exit-codes.md](exit-codes.md).',
    '',
    program.description(),
    '',
    'What the tools of Proxmox show, and which command shows it here: [native-monitoring-guide.md](native-monitoring-guide.md).',
    '',
    'Options of every command:',
    '',
    ...optionRows(program.options),
    '',
  ]
  for (const command of program.commands) lines.push(...section(command, 'proxmox-watchdog', 2))
  return `${lines.join('\n').trimEnd()}\n`
}

const NOWHERE: Cli = {
  terminal: {
    out: () => {},
    raw: () => {},
    err: () => {},
    interactive: false,
    canAsk: false,
    colour: false,
    columns: () => 0,
  },
  env: {},
  globals: () => ({}),
  end: () => {},
}

function section(command: Command, parent: string, depth: number): string[] {
  const name = `${parent} ${command.name()}`
  const parameters = command.registeredArguments.map(argumentWord)
  const lines = [
    `${'#'.repeat(depth)} ${name.replace('proxmox-watchdog ', '')}`,
    '',
    `\`${[name, ...parameters, ...(command.commands.length > 0 ? ['COMMAND'] : []), ...(command.options.length > 0 ? ['[options]'] : [])].join(' ')}\``,
    '',
    `${sentence(command.description())}`,
    '',
  ]
  const described = command.registeredArguments.filter(({ description }) => description !== '')
  if (described.length + command.options.length > 0) {
    lines.push(...described.map(argumentRow), ...optionRows(command.options), '')
  }
  const extra = epilogue(command)
  if (extra !== '') lines.push('```text', extra, '```', '')
  for (const sub of command.commands) lines.push(...section(sub, name, depth + 1))
  return lines
}

/** What `addHelpText` put behind the options: commander prints it, and tells it in no other way. */
function epilogue(command: Command): string {
  let printed = ''
  command.configureOutput({
    writeOut: (text) => {
      printed += text
    },
  })
  command.outputHelp()
  return printed.slice(command.helpInformation().length).trim()
}

function argumentWord(argument: Argument): string {
  const name = argument.name().toUpperCase()
  return argument.required ? name : `[${name}]`
}

function argumentRow(argument: Argument): string {
  return `- \`${argument.name().toUpperCase()}\`: ${argument.description}`
}

function optionRows(options: readonly Option[]): string[] {
  return options.map(({ flags, description, defaultValue }) => {
    const shown = defaultValue === undefined || (Array.isArray(defaultValue) && defaultValue.length === 0)
    return `- \`${flags}\`: ${description}${shown ? '' : ` (default: ${JSON.stringify(defaultValue)})`}`
  })
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
