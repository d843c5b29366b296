// Judges logs in SARIF by the schema of OASIS: node sarif.mjs FILE…
//
// Of each log with a finding, copies that are broken on purpose must be rejected. Exits with 1 where a log or a copy fails.
// JUDGES_NODE names the folder with node_modules.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const load = createRequire(join(process.env.JUDGES_NODE, 'node_modules/@microsoft/jest-sarif/package.json'))
const Ajv = load('ajv')
const judge = new Ajv({ allErrors: true, schemaId: 'auto', format: 'full' })
judge.addMetaSchema(load('ajv/lib/refs/json-schema-draft-04.json'))
const validate = judge.compile(load('./lib/schemas/sarif-2.1.0-rtm.5.json'))

const place = (log, location) => (log.runs[0].results[0].locations = [{ physicalLocation: location }])
const breakages = {
    'of another version': log => (log.version = '1.0.0'),
    "without the tool's name": log => delete log.runs[0].tool.driver.name,
    'with a grade that is none': log => (log.runs[0].results[0].level = 'fatal'),
    'with a result without words': log => delete log.runs[0].results[0].message,
    'with a file whose name is no address': log => place(log, { artifactLocation: { uri: 'a b' } }),
    'with a line before the first': log => place(log, { region: { startLine: 0 } }),
    'with a word that no log has': log => (log.runs[0].findings = []),
}

let failed = false
for (const file of process.argv.slice(2)) {
    const read = () => JSON.parse(readFileSync(file, 'utf8'))
    const complaints = validate(read()) ? [] : validate.errors.map(error => `${error.dataPath} ${error.message}`)
    for (const [name, breakage] of read().runs[0].results.length > 0 ? Object.entries(breakages) : []) {
        const log = read()
        breakage(log)
        if (validate(log)) complaints.push(`a copy ${name} is accepted`)
    }
    failed ||= complaints.length > 0
    console.log([`  ${complaints.length > 0 ? 'FAIL' : 'ok  '}  ${file}`, ...complaints.slice(0, 5)].join('\n          '))
}
process.exit(failed ? 1 : 0)
