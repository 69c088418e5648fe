import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { type Named, SUMMARY_FILE, type Summary } from './summary.ts'

type ConsoleLog = Parameters<NonNullable<Reporter['onUserConsoleLog']>>[0]

/**
 * Writes down what came of the run, for the closing lines. A test that cannot run here says why by `context.skip(note)`
 * or, where a whole `describe` is skipped, by a console warning of its file that begins with "skipped".
 */
export default class SummaryReporter implements Reporter {
  readonly #warnings = new Map<string, string>()

  onUserConsoleLog({ content, taskId }: ConsoleLog): void {
    const line = content.split('\n').find((text) => /^\W*skip/i.test(text))
    if (line !== undefined) this.#warnings.set(taskId ?? '', line.replace(/^\W*skipp(?:ed|ing)\W*/i, '').trim())
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env[SUMMARY_FILE]
    if (file === undefined) return
    const failed: Named[] = unhandled.map((error) => ({ name: 'an error outside of any test', why: firstLine(error) }))
    const skipped: Named[] = []
    let passed = 0
    for (const module of modules) {
      // A file that cannot be loaded, or a set-up hook that failed: its tests were not even counted.
      const hooks = [...module.children.allSuites()].flatMap((suite) => {
        return suite
          .errors()
          .map((error) => ({ name: `${module.relativeModuleId} > ${suite.fullName}`, why: firstLine(error) }))
      })
      failed.push(
        ...module.errors().map((error) => ({ name: module.relativeModuleId, why: firstLine(error) })),
        ...hooks,
      )
      for (const test of module.children.allTests()) {
        const result = test.result()
        const name = `${module.relativeModuleId} > ${test.fullName}`
        if (result.state === 'passed') passed += 1
        else if (result.state === 'failed') failed.push({ name, why: firstLine(result.errors[0]) })
        else skipped.push({ name, why: this.#reason(module, test) })
      }
    }
    writeFileSync(file, JSON.stringify({ passed, failed, skipped } satisfies Summary))
  }

  #reason(module: TestModule, test: TestCase): string {
    const result = test.result()
    if (result.state === 'skipped' && result.note) return result.note
    for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) {
      if (suite.errors().length > 0) return 'its set-up failed'
    }
    return this.#warnings.get(test.id) ?? this.#warnings.get(module.id) ?? 'no reason given'
  }
}

function firstLine(error: { readonly message?: string } | undefined): string {
  return (error?.message ?? '').split('\n')[0]?.slice(0, 200) ?? ''
}
