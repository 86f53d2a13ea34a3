/// Writes XML 1.0 (fifth edition) elements, escaped so that a reader gets back exactly what went in.
struct XMLWriter {
    private(set) var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

    /// An attribute; one without a value is left out.
    typealias Attribute = (name: String, value: String?)

    /// Writes an element with the text, or, when there is none, with what `content` writes.
    mutating func element(
        _ name: String, _ attributes: [Attribute] = [], text: String = "",
        content: (inout XMLWriter) throws(TwiMLError) -> Void = { _ in }
    ) throws(TwiMLError) {
        xml += "<\(name)"
        for attribute in attributes {
            guard let value = attribute.value else { continue }
            xml += " \(attribute.name)=\""
            try escape(value, place: "<\(name) \(attribute.name)>", isAttribute: true)
            xml += "\""
        }
        xml += ">"
        let empty = xml.utf8.count
        try escape(text, place: "<\(name)>", isAttribute: false)
        try content(&self)
        if xml.utf8.count == empty {
            xml.removeLast()
            xml += "/>"
        } else {
            xml += "</\(name)>"
        }
    }

    private mutating func escape(
        _ text: String, place: String, isAttribute: Bool
    ) throws(TwiMLError) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": xml += "&amp;"
            case "<": xml += "&lt;"
            case ">": xml += "&gt;"
            case "\"": xml += isAttribute ? "&quot;" : "\""
            // Readers turn a bare carriage return into a line feed everywhere (section 2.11), and
            // tabs and line feeds in attributes into spaces (section 3.3.3).
            case "\r": xml += "&#13;"
            case "\n": xml += isAttribute ? "&#10;" : "\n"
            case "\t": xml += isAttribute ? "&#9;" : "\t"
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}":
                throw .character(scalar, place: place)
            default: xml.unicodeScalars.append(scalar)
            }
        }
    }
}
