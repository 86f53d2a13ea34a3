import Wire

/// Fills a buffer of fixed size from its beginning. What does not fit is refused as a whole and
/// remembered, so that a writer checks once, at its end. Allocates nothing.
struct ByteSink {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    private(set) var isOverflown = false

    init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

    /// How many bytes were written; nil when something did not fit.
    var result: Int? { isOverflown ? nil : count }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !isOverflown, bytes.count <= target.count - count else {
            isOverflown = true
            return
        }
        UnsafeMutableRawBufferPointer(rebasing: target[count..<count + bytes.count])
            .copyMemory(from: bytes)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        guard !isOverflown, count < target.count else {
            isOverflown = true
            return
        }
        target[count] = byte
        count += 1
    }

    mutating func append(decimal value: UInt64) {
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var rest = value
        var first = 20
        repeat {
            first -= 1
            digits[first] = UInt8(rest % 10) + UInt8(ascii: "0")
            rest /= 10
        } while rest > 0
        for index in first..<20 { append(digits[index]) }
    }

    mutating func append(base64 source: UnsafeRawBufferPointer) {
        let rest = UnsafeMutableRawBufferPointer(rebasing: target[count...])
        guard !isOverflown, let written = Base64.encode(source, into: rest) else {
            isOverflown = true
            return
        }
        count += written
    }

    /// Appends the text as the inside of a JSON string (RFC 8259 section 7).
    mutating func append(json text: String) {
        for byte in text.utf8 { JSONText.escape(byte) { append($0) } }
    }

    /// The same for UTF-8 bytes.
    mutating func append(json text: UnsafeRawBufferPointer) {
        for byte in text { JSONText.escape(byte) { append($0) } }
    }
}
