// Writes the files that are made from the schema of the configuration and from the program itself: `npm run generate`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedFiles } from '../src/app/configuration/texts.ts'
import { generatedDocuments } from '../src/cli/documents.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const [path, content] of Object.entries({ ...generatedFiles(), ...generatedDocuments() })) {
  mkdirSync(dirname(`${root}${path}`), { recursive: true })
  writeFileSync(`${root}${path}`, content)
  console.log(`${path} written`)
}
