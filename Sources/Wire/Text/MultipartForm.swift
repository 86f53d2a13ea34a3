/// A form with files as the body of a request. Source: RFC 7578.
public struct MultipartForm {
    private var bytes: [UInt8] = []
    /// Longer than chance allows to stand in any audio.
    private let boundary: String

    public init() {
        var letters = "streamd-"
        for _ in 0..<2 { letters += String(UInt64.random(in: 0...UInt64.max), radix: 36) }
        boundary = letters
    }

    /// For the header of the request.
    public var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// Adds a field.
    public mutating func add(_ name: String, _ value: String) {
        begin("name=\"\(name)\"", type: nil)
        bytes += value.utf8
        bytes += "\r\n".utf8
    }

    /// Adds a file with its name and media type.
    public mutating func add(_ name: String, file: String, type: String, _ content: [UInt8]) {
        begin("name=\"\(name)\"; filename=\"\(file)\"", type: type)
        bytes += content
        bytes += "\r\n".utf8
    }

    /// The whole body.
    public func finished() -> [UInt8] { bytes + Array("--\(boundary)--\r\n".utf8) }

    private mutating func begin(_ disposition: String, type: String?) {
        bytes += "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n".utf8
        if let type { bytes += "Content-Type: \(type)\r\n".utf8 }
        bytes += "\r\n".utf8
    }
}
