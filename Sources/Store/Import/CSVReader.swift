/// Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line breaks and
/// doubled quotes; a byte-order mark and either line ending are taken.
public struct CSVReader: Sendable {
    /// A record with the line of the file it begins on, counted from 1.
    public struct Record: Sendable, Equatable {
        public var line: Int
        public var fields: [String]
    }

    /// Limits of one file: a record beyond them is a fault.
    public static let fieldsMax = 100
    public static let fieldBytesMax = 10_000

    /// All records; lines with nothing on them are left out.
    public static func records(of text: String) throws(ImportFault) -> [Record] {
        var reader = CSVReader(bytes: Array(text.utf8))
        if reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        var records: [Record] = []
        while reader.index < reader.bytes.count {
            let record = try reader.record()
            if record.fields != [""] { records.append(record) }
        }
        return records
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func record() throws(ImportFault) -> Record {
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard fields.count <= Self.fieldsMax else {
                throw ImportFault(line: start, "has more than \(Self.fieldsMax) fields")
            }
            guard index < bytes.count else { break }
            if bytes[index] == UInt8(ascii: ",") {
                index += 1
                continue
            }
            endLine()
            break
        }
        return Record(line: start, fields: fields)
    }

    private mutating func endLine() {
        if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
        index += 1
        line += 1
    }

    private mutating func field() throws(ImportFault) -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return try plain() }
        let start = line
        index += 1
        var content: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                    guard index == bytes.count || [0x2C, 0x0A, 0x0D].contains(bytes[index]) else {
                        throw ImportFault(
                            line: line, "has text after a closing quote; double quotes inside one")
                    }
                    return String(decoding: content, as: UTF8.self)
                }
                index += 1
            } else if byte == 0x0A {
                line += 1
            }
            content.append(byte)
            guard content.count <= Self.fieldBytesMax else {
                throw ImportFault(line: start, "has a field of over \(Self.fieldBytesMax) bytes")
            }
        }
        throw ImportFault(line: start, "opens a quote that is never closed")
    }

    private mutating func plain() throws(ImportFault) -> String {
        let start = index
        while index < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[index]) {
            guard bytes[index] != UInt8(ascii: "\"") else {
                throw ImportFault(line: line, "has a quote inside a field that begins without one")
            }
            index += 1
        }
        guard index - start <= Self.fieldBytesMax else {
            throw ImportFault(line: line, "has a field of over \(Self.fieldBytesMax) bytes")
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}

/// A fault in a line of an imported file, and the remedy.
public struct ImportFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1.
    public var line: Int
    public var message: String

    public init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }

    public var description: String { "line \(line): \(message)" }
}
