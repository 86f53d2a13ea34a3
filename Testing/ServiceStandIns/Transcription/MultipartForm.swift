import Net

/// The parts of a `multipart/form-data` body (RFC 7578).
public struct MultipartForm: Sendable {
    /// One field or file.
    public struct Part: Sendable {
        public var name: String
        public var fileName: String?
        public var bytes: ArraySlice<UInt8>
    }

    public private(set) var parts: [Part] = []

    /// Nil when the request is not such a form or its parts do not end.
    public init?(_ request: HTTPRequest) {
        guard request.mediaType == "multipart/form-data",
            let boundary = request.contentTypeParameter("boundary"), !boundary.isEmpty
        else { return nil }
        let body = request.body
        let delimiter = Array("--\(boundary)".utf8)
        guard var at = Self.find(delimiter, in: body, from: 0) else { return nil }
        while true {
            at += delimiter.count
            if body[at...].starts(with: "--".utf8) { return }
            guard body[at...].starts(with: "\r\n".utf8) else { return nil }
            let gap = Array("\r\n\r\n".utf8)
            guard let headEnd = Self.find(gap, in: body, from: at),
                let next = Self.find(
                    Array("\r\n".utf8) + delimiter, in: body, from: headEnd + gap.count)
            else { return nil }
            let head = String(decoding: body[at..<headEnd], as: UTF8.self)
            if let name = Self.parameter("name", in: head) {
                parts.append(
                    Part(
                        name: name, fileName: Self.parameter("filename", in: head),
                        bytes: body[(headEnd + gap.count)..<next]))
            }
            at = next + 2
        }
    }

    /// The text of a field.
    public subscript(name: String) -> String? {
        parts.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private static func parameter(_ name: String, in head: String) -> String? {
        // Of the first line that begins so: names of fields are not told apart by case.
        for line in head.split(separator: "\r\n") {
            guard line.lowercased().hasPrefix("content-disposition:") else { continue }
            for piece in line.split(separator: ";").dropFirst() {
                let pair = piece.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].drop(while: { $0 == " " }) == name else { continue }
                return String(pair[1].filter { $0 != "\"" })
            }
        }
        return nil
    }

    private static func find(_ wanted: [UInt8], in body: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first, start + wanted.count <= body.count else { return nil }
        return body.withUnsafeBufferPointer { bytes in
            var at = start
            let last = bytes.count - wanted.count
            while at <= last {
                if bytes[at] == first,
                    wanted.indices.allSatisfy({ bytes[at + $0] == wanted[$0] })
                {
                    return at
                }
                at += 1
            }
            return nil
        }
    }
}
