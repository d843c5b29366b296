// Opens an EPUB in a reading system (foliate-js in Chromium), as a reader would: node reading_system.mjs BOOK.epub
//
// Complains on standard output, and exits with 1, where
// - contents, page list or landmarks are empty, an entry leads nowhere, or following it shows another place: an entry of the
//   contents shows its words, an entry of the page list the anchor of that page, in the order of the text;
// - a reference to a note doesn't pop up the note with its own number and its own words;
// - a chapter shows neither text nor an image, or not all of the text that its file has;
// - a box that scrolls is taller than the page: it is not divided, and what is below the page can't be reached;
// - a font of the style sheet doesn't load.
// All of it in type twice as large as the reader's own.
// JUDGES_NODE names the folder with node_modules, CHROMIUM the browser.

import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join, normalize } from 'node:path'

const modules = join(process.env.JUDGES_NODE, 'node_modules')
const puppeteer = createRequire(join(modules, 'x.js'))('puppeteer-core')
const reader = join(modules, 'foliate-js')
const types = { '.js': 'text/javascript', '.html': 'text/html', '.epub': 'application/epub+zip' }
// Chromium has what the polyfill is for.
const page = `<!DOCTYPE html><title>Reader</title><body style="height:800px">
<script type="importmap">{"imports":{"construct-style-sheets-polyfill":"data:text/javascript,"}}</script>`

const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname
    const extension = path.slice(path.lastIndexOf('.'))
    if (path === '/') {
        response.writeHead(200, { 'content-type': 'text/html' })
        return response.end(page)
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
    protocolTimeout: 600000,
})
let complaints
try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    complaints = await page.evaluate(async () => {
        await import('/view.js')
        const { FootnoteHandler } = await import('/footnotes.js')
        const view = document.createElement('foliate-view')
        document.body.append(view)
        const complaints = []
        // A spread shows two sections.
        const shown = new Map()
        view.addEventListener('load', ({ detail: { doc, index } }) => shown.set(index, doc))
        await view.open('/book.epub')
        const { book } = view
        const fixed = book.rendition?.layout === 'pre-paginated'
        const plain = text => (text ?? '').replace(/[\s\u200b\u00ad]+/g, ' ').trim()

        const documents = new Map()
        const documentOf = async index => {
            if (!documents.has(index)) documents.set(index, await book.sections[index].createDocument())
            return documents.get(index)
        }
        /// The place that an entry leads to: a section's index and an element of its document.
        const place = async (name, label, href) => {
            const target = href ? await book.resolveHref(href) : null
            const found = target && target.anchor(await documentOf(target.index))
            if (found == null || found === 0 && href.includes('#')) {
                complaints.push(`the ${name} entry “${label}” leads nowhere`)
                return null
            }
            const element = found === 0 ? (await documentOf(target.index)).body : found.startContainer ?? found
            return { index: target.index, element }
        }

        const checkContents = async entries => {
            for (const { label, href, subitems } of entries) {
                const found = await place('contents', label, href)
                // On a page of print, the words are somewhere.
                const words = fixed ? found?.element.ownerDocument.body : found?.element
                const letters = text => plain(text).replace(/[\s\u2002]/g, '').toLowerCase()
                if (found && !letters(words.textContent).includes(letters(label)) && letters(label) !== '*')
                    complaints.push(`the contents entry “${label}” leads to “${plain(words.textContent).slice(0, 40)}”`)
                if (subitems?.length) await checkContents(subitems)
            }
        }
        if (!book.toc?.length) complaints.push('the contents is empty')
        await checkContents(book.toc ?? [])

        if (!book.pageList?.length) complaints.push('the page list is empty')
        let last = null
        for (const { label, href } of book.pageList ?? []) {
            const found = await place('page list', label, href)
            if (!found) continue
            const { element } = found
            const said = element.getAttribute?.('aria-label')
            if (element.getAttribute?.('role') !== 'doc-pagebreak' || said !== plain(label))
                complaints.push(`the page list entry “${label}” leads to “${said ?? plain(element.textContent).slice(0, 40)}”`)
            const order = last && (last.index - found.index || (last.element.compareDocumentPosition(element) & 4 ? -1 : 1))
            if (order > 0) complaints.push(`page ${label} does not come after the page before it`)
            last = found
        }

        if (!book.landmarks?.length) complaints.push('the landmarks are empty')
        for (const { label, href, type } of book.landmarks ?? []) {
            const found = await place('landmarks', label, href)
            const kinds = { cover: 'cover', titlepage: 'titlepage', toc: 'toc', bibliography: 'bibliography', index: 'index',
                glossary: 'glossary' }
            const kind = type?.map(type => kinds[type]).find(Boolean)
            const { body } = found?.element.ownerDocument ?? {}
            if (found && kind && !fixed && !body.outerHTML.includes(`epub:type="${kind}"`))
                complaints.push(`the landmark “${label}” leads to no ${kind}`)
        }

        // Every section, as it is shown.
        if (!fixed) view.renderer.setStyles?.('html { font-size: 200% }')
        const fonts = new Set()
        for (const index of book.sections.keys()) {
            if (book.sections[index].linear === 'no') continue
            if (!fixed || !shown.has(index)) shown.delete(index), await view.goTo(index)
            const doc = shown.get(index)
            const text = plain(doc?.body?.textContent)
            const images = doc?.querySelectorAll('img, svg, image').length
            if (!text && !images) complaints.push(`section ${index + 1} shows nothing`)
            const whole = plain((await documentOf(index)).body.textContent)
            if (text !== whole) complaints.push(`section ${index + 1} shows ${text.length} of ${whole.length} characters`)
            for (const box of fixed ? [] : doc?.body?.querySelectorAll('*') ?? []) {
                const { overflowY } = doc.defaultView.getComputedStyle(box)
                if (overflowY !== 'visible' && box.getBoundingClientRect().height > doc.defaultView.innerHeight)
                    complaints.push(`section ${index + 1} has a box that is cut off: “${plain(box.textContent).slice(0, 30)}”`)
            }
            if (doc?.fonts) {
                await doc.fonts.ready
                for (const face of doc.fonts) if (face.status === 'error') fonts.add(face.family)
            }
        }
        for (const family of fonts) complaints.push(`the font ${family} does not load`)

        // Every reference to a note, as a reader taps it.
        const handler = new FootnoteHandler()
        const popups = []
        for (const index of book.sections.keys()) {
            const doc = await documentOf(index)
            for (const a of doc.querySelectorAll('a[role~="doc-noteref"]')) {
                const href = book.sections[index].resolveHref(a.getAttribute('href'))
                const target = await book.resolveHref(href)
                const note = target?.anchor(await documentOf(target.index))
                const number = plain(a.textContent)
                if (!note?.matches?.('[role~="doc-footnote"], [role~="doc-endnote"], li')) {
                    complaints.push(`the reference ${number} of section ${index + 1} leads to no note`)
                    continue
                }
                if (!plain(note.textContent).startsWith(number) || plain(note.textContent).length <= number.length)
                    complaints.push(`the reference ${number} leads to the note “${plain(note.textContent).slice(0, 30)}”`)
                const popped = await new Promise(resolve => {
                    handler.addEventListener('before-render', ({ detail: { view } }) => {
                        view.style.cssText = 'position:absolute;left:-1000px;width:300px;height:300px'
                        document.body.append(view)
                        popups.push(view)
                        view.addEventListener('load', ({ detail: { doc } }) => setTimeout(() => resolve(doc)))
                    }, { once: true })
                    const event = new CustomEvent('link', { cancelable: true, detail: { a, href } })
                    Promise.resolve(handler.handle(book, event)).catch(() => resolve(null))
                    setTimeout(() => resolve(null), 10000)
                })
                const words = text => plain(text).replace(/[\s↑\u{fe0e}]/gu, '')
                const text = popped && words(popped.body.textContent)
                popups.splice(0).forEach(view => view.remove())
                if (!popped) complaints.push(`the note ${number} of section ${index + 1} does not pop up`)
                else if (!text || text !== words(note.textContent))
                    complaints.push(`the note ${number} pops up as “${plain(popped.body.textContent).slice(0, 40)}”`)
            }
        }
        return complaints
    })
} finally {
    await browser.close()
    server.close()
}
for (const complaint of complaints) console.log(complaint)
process.exitCode = complaints.length ? 1 : 0
