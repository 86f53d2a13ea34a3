import Glibc

/// A file of named tensors of 32-bit floats, read whole.
///
/// Format: github.com/huggingface/safetensors. Eight bytes length of the header (little-endian),
/// the header as JSON (`{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}`),
/// then the data. Other types than F32 are refused when they are asked for. Reading blocks and
/// allocates.
public struct SafetensorsFile: Sendable {
    /// One tensor's place in the file.
    struct Entry: Sendable {
        var type = ""
        var shape: [Int] = []
        var offsets: [Int] = []
    }

    /// Files above this size are refused, in bytes.
    public static let fileByteCountMax = 256 << 20
    /// Headers above this size are refused, in bytes.
    public static let headerByteCountMax = 1 << 20

    private let path: String
    private let bytes: [UInt8]
    private let dataStart: Int
    private let entries: [String: Entry]

    /// Reads and checks the file at `path`.
    public init(path: String) throws(VADError) {
        try self.init(bytes: Self.read(path), path: path)
    }

    /// Checks a file's content; `path` is for the text of errors.
    public init(bytes: [UInt8], path: String) throws(VADError) {
        func malformed(_ reason: String) -> VADError { .malformed(path: path, reason: reason) }
        guard bytes.count >= 8 else { throw malformed("it is only \(bytes.count) bytes long") }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.headerByteCountMax, Int(length) <= bytes.count - 8 else {
            throw malformed("its header would be \(length) bytes long")
        }
        dataStart = 8 + Int(length)
        let entries: [String: Entry]
        do throws(HeaderFault) {
            entries = try Self.entries(of: bytes[8..<dataStart])
        } catch {
            throw malformed("its header is \(error.reason)")
        }
        for (name, entry) in entries {
            let dataCount = bytes.count - dataStart
            guard entry.offsets.count == 2, entry.offsets[0] >= 0,
                entry.offsets[0] <= entry.offsets[1], entry.offsets[1] <= dataCount
            else { throw malformed("the data of tensor \(name) lie outside the file") }
        }
        self.path = path
        self.bytes = bytes
        self.entries = entries
    }

    /// The names of all tensors, in no order.
    public var names: [String] { Array(entries.keys) }

    /// A tensor's dimensions, or nil when it is not there.
    public func shape(of name: String) -> [Int]? { entries[name]?.shape }

    /// A tensor's elements, the last dimension running fastest. Throws when it is not there, has
    /// another shape or is not made of 32-bit floats.
    public func floats(_ name: String, shape: [Int]) throws(VADError) -> [Float] {
        guard let entry = entries[name], entry.shape == shape else {
            throw .unexpectedTensor(
                path: path, name: name, expected: shape, found: entries[name]?.shape)
        }
        let count = shape.reduce(1, *)
        guard entry.type == "F32", entry.offsets[1] - entry.offsets[0] == count * 4 else {
            throw .malformed(
                path: path, reason: "tensor \(name) is not \(count) 32-bit floats")
        }
        let start = dataStart + entry.offsets[0]
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                let bits = raw.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }

    private static func read(_ path: String) throws(VADError) -> [UInt8] {
        func unreadable() -> VADError {
            .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable() }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw unreadable() }
        guard status.st_size <= fileByteCountMax else {
            throw .malformed(path: path, reason: "it is \(status.st_size) bytes long")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { raw in
                Glibc.read(file, raw.baseAddress.map { $0 + filled }, raw.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            guard count > 0 else { throw .malformed(path: path, reason: "it ends early") }
            filled += count
        }
        return bytes
    }
}
