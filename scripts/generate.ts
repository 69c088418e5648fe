// Writes the files that are made from the schema of the configuration: `npm run generate`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedFiles } from '../src/app/configuration/texts.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const [path, content] of Object.entries(generatedFiles())) {
  mkdirSync(dirname(`${root}${path}`), { recursive: true })
  writeFileSync(`${root}${path}`, content)
  console.log(`${path} written`)
}
