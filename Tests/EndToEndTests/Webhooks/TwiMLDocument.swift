import Foundation
import FoundationXML

/// A TwiML answer read by an XML parser that is not ours.
struct TwiMLDocument {
    final class Element {
        let name: String
        let attributes: [String: String]
        fileprivate(set) var children: [Element] = []
        fileprivate(set) var text = ""

        init(_ name: String, _ attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }

        /// The element and all in it that have the name, in the order of the document.
        func all(_ name: String) -> [Element] {
            (self.name == name ? [self] : []) + children.flatMap { $0.all(name) }
        }
    }

    let root: Element

    init(_ text: String) throws {
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        guard parser.parse(), let root = reader.root, root.name == "Response" else {
            throw PeerFault(what: "no TwiML: \(text)")
        }
        self.root = root
    }

    /// The verbs of the answer.
    var verbs: [String] { root.children.map(\.name) }
    /// All that is said, in order.
    var said: String { root.all("Say").map(\.text).joined(separator: " ") }
    /// The text messages.
    var messages: [String] {
        root.all("Message").map { message in
            message.all("Body").first?.text ?? message.text
        }
    }
    var gather: Element? { root.all("Gather").first }
    /// The call ends or goes to somebody else.
    var isEnd: Bool { verbs.contains("Hangup") || verbs.contains("Dial") }

    private final class Reader: NSObject, XMLParserDelegate {
        var root: Element?
        private var open: [Element] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            let element = Element(name, attributes)
            if let parent = open.last { parent.children.append(element) } else { root = element }
            open.append(element)
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
            qualifiedName: String?
        ) { open.removeLast() }

        func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
    }
}
