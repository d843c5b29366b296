// Opens an EPUB in a reading system (foliate-js in Chromium), as a reader would: node reading_system.mjs BOOK.epub
//
// Complains on standard output, and exits with 1, if the contents or the page list are empty, if an entry of either leads
// nowhere, or if a chapter shows neither text nor an image. JUDGES_NODE names the folder with node_modules, CHROMIUM the
// browser.

import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join, normalize } from 'node:path'

const modules = join(process.env.JUDGES_NODE, 'node_modules')
const puppeteer = createRequire(join(modules, 'x.js'))('puppeteer-core')
const reader = join(modules, 'foliate-js')
const types = { '.js': 'text/javascript', '.html': 'text/html', '.epub': 'application/epub+zip' }

const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    const extension = path.slice(path.lastIndexOf('.'))
    if (path === '/') {
        response.writeHead(200, { 'content-type': 'text/html' })
        return response.end('<!DOCTYPE html><title>Reader</title><body style="height:800px">')
    }
    const file = path === '/book.epub' ? process.argv[2] : join(reader, normalize(path))
    if (!existsSync(file) || extension === path) {
        response.writeHead(404)
        return response.end()
    }
    response.writeHead(200, { 'content-type': types[extension] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))

const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-setuid-sandbox', '--disable-dev-shm-usage'],
    timeout: 60000,
})
let complaints
try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    complaints = await page.evaluate(async () => {
        await import('/view.js')
        const view = document.createElement('foliate-view')
        document.body.append(view)
        const complaints = []
        let shown
        view.addEventListener('load', event => { shown = event.detail.doc })
        await view.open('/book.epub')
        const { book } = view

        const documents = new Map()
        const documentOf = async index => {
            if (!documents.has(index)) documents.set(index, await book.sections[index].createDocument())
            return documents.get(index)
        }
        const check = async (name, entries) => {
            if (!entries?.length) complaints.push(`the ${name} is empty`)
            for (const { label, href, subitems } of entries ?? []) {
                const target = href ? await book.resolveHref(href) : null
                const found = target && target.anchor(await documentOf(target.index))
                if (found == null) complaints.push(`the ${name} entry “${label}” leads nowhere`)
                if (subitems?.length) await check(name, subitems)
            }
        }
        await check('contents', book.toc)
        await check('page list', book.pageList)

        for (const index of book.sections.keys()) {
            shown = null
            await view.goTo(index)
            const text = shown?.body?.textContent.trim()
            const images = shown?.querySelectorAll('img, svg, image').length
            if (!text && !images) complaints.push(`section ${index + 1} shows nothing`)
        }
        return complaints
    })
} finally {
    await browser.close()
    server.close()
}
for (const complaint of complaints) console.log(complaint)
process.exitCode = complaints.length ? 1 : 0
