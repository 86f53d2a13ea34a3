/// Reads a stream of server-sent events piece by piece, however it was cut.
///
/// Source: WHATWG HTML, 9.2.6 "Interpreting an event stream". `id` and `retry` are of no use here
/// and are skipped.
package struct ServerSentEvents {
    package struct Event: Equatable {
        /// Empty where the stream did not name it.
        package var name = ""
        package var data = ""
    }

    /// A line or an event beyond this is not an event stream.
    static let byteCountMax = 1 << 20

    package init() {}

    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var skipsLineFeed = false
    private var isFirstLine = true
    /// More than ``byteCountMax`` came without an end: what follows is not read.
    package private(set) var isTooLong = false

    /// Takes the next bytes; returns the events that are complete with them.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        var events: [Event] = []
        for byte in bytes where !isTooLong {
            if skipsLineFeed {
                skipsLineFeed = false
                if byte == 0x0A { continue }
            }
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                isTooLong = line.count + data.count > Self.byteCountMax
                continue
            }
            skipsLineFeed = byte == 0x0D
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let field = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 0x20 { value = value.dropFirst() }
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(0x0A) }
            hasData = true
            data += value
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        return Event(name: name, data: String(decoding: data, as: UTF8.self))
    }
}
