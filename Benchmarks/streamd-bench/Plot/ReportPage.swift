/// An HTML page of its own: it needs no other files, and is light or dark as the reader has it.
struct ReportPage {
    let title: String
    private var body = ""

    init(title: String, lead: String) {
        self.title = title
        body = "<h1>\(title.escaped)</h1>\n<p class=\"lead\">\(lead.escaped)</p>\n"
    }

    /// A heading with a sentence or two under it.
    mutating func heading(_ text: String, _ about: String = "") {
        body += "<h2>\(text.escaped)</h2>\n"
        if !about.isEmpty { body += "<p>\(about.escaped)</p>\n" }
    }

    /// A figure made of ready HTML, with a caption.
    mutating func figure(_ html: String, caption: String) {
        body += "<figure>\(html)<figcaption>\(caption.escaped)</figcaption></figure>\n"
    }

    /// A table; cells after the first of a row are set to the right.
    mutating func table(head: [String], rows: [[String]]) {
        body += "<div class=\"scroll\"><table>\n"
        if !head.isEmpty {
            body +=
                "<thead><tr>" + head.map { "<th>\($0.escaped)</th>" }.joined() + "</tr></thead>\n"
        }
        body += "<tbody>"
        for row in rows {
            body += "<tr>" + row.map { "<td>\($0.escaped)</td>" }.joined() + "</tr>\n"
        }
        body += "</tbody></table></div>\n"
    }

    /// Leads to a file beside this one.
    mutating func link(_ file: String) {
        body += "<p><a href=\"\(file.escaped)\">\(file.escaped)</a></p>\n"
    }

    /// Where and how it was measured.
    mutating func environment() {
        heading("Where and how")
        body += "<dl>\n"
        for (name, value) in HostEnvironment.members() {
            body += "<dt>\(name.escaped)</dt><dd>\(value.escaped)</dd>\n"
        }
        body += "</dl>\n"
    }

    /// The whole page. Throws where it has plots and Chart.js is not installed.
    func html() throws -> String {
        let scripts = body.contains("data-plot") ? try Self.scripts() : ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title.escaped)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(body)</main>
            \(scripts)            </body>
            </html>

            """
    }

    private static let style = """
        :root {
          color-scheme: light dark;
          --paper: #ffffff; --ink: #1d2430; --soft: #5b6675; --rule: #e2e6ec; --card: #f7f8fa;
          --c0: #2463c9; --c1: #c2571a; --c2: #1f8a5b; --c3: #8a3fb5; --c4: #b3263c; --c5: #6b7280;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #14181f; --ink: #e6eaf0; --soft: #9aa5b4; --rule: #2c3440; --card: #1b212a;
            --c0: #7aa7f5; --c1: #f0995c; --c2: #5fc795; --c3: #c792ea; --c4: #f07a8c; --c5: #9aa5b4;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
        main { max-width: 860px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; }
        h2 { font-size: 1.15rem; margin: 40px 0 6px; }
        p { margin: 0 0 12px; color: var(--soft); }
        p.lead { color: var(--ink); }
        a { color: var(--c0); }
        figure { margin: 12px 0 0; padding: 14px 14px 10px; background: var(--card);
          border: 1px solid var(--rule); border-radius: 8px; }
        figcaption { color: var(--soft); font-size: .86rem; margin-top: 6px; }
        .plot { position: relative; height: 320px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--soft); font-size: 12px; }
        svg text.note { fill: var(--ink); font-size: 11.5px; paint-order: stroke;
          stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
        svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg .wave { fill: none; stroke-width: 2; }
        svg .mark { stroke: var(--ink); stroke-width: 1.2; }
        .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }
        .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
        svg .wave { stroke: var(--c); }
        svg text.track { fill: var(--c); font-weight: 600; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: 5px 12px; border-bottom: 1px solid var(--rule); }
        th { color: var(--soft); font-weight: 500; }
        th:first-child, td:first-child { text-align: left; padding-left: 0; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0;
          font-size: .9rem; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        """
}
