import Net

/// Frames written byte by byte from RFC 6455 §5.2, independent of the code under test.
enum Wire {
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    static func frame(
        _ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, rsv: UInt8 = 0,
        masked: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | rsv << 4 | opcode]
        let flag: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case 0..<126: bytes.append(flag | UInt8(payload.count))
        case 126..<65536:
            bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(flag | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        if masked {
            bytes += mask
            for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        } else {
            bytes += payload
        }
        return bytes
    }

    static func text(_ string: String, fin: Bool = true, masked: Bool = true) -> [UInt8] {
        frame(1, Array(string.utf8), fin: fin, masked: masked)
    }

    static func close(_ code: UInt16, _ reason: String = "", masked: Bool = true) -> [UInt8] {
        frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8), masked: masked)
    }
}

/// An event with its bytes copied out, for comparing.
enum Seen: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16, String)
    case failure(UInt16)

    static func text(_ string: String) -> Seen { .text(Array(string.utf8)) }
}

/// Decodes pieces of input, one `supply` each.
func decode(
    _ pieces: [ArraySlice<UInt8>], role: WebSocketRole = .server, messageBytesMax: Int = 1 << 20
) -> [Seen] {
    var decoder = WebSocketDecoder(role: role, messageBytesMax: messageBytesMax)
    var seen: [Seen] = []
    for piece in pieces {
        // A copy of its own, scribbled over afterwards: nothing may be kept of the input.
        let copy = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(piece.count, 1), alignment: 1)
        copy.copyBytes(from: piece)
        decoder.supply(UnsafeRawBufferPointer(start: copy.baseAddress, count: piece.count))
        drain: while true {
            switch decoder.next() {
            case .needsInput: break drain
            case .text(let bytes): seen.append(.text(Array(bytes)))
            case .binary(let bytes): seen.append(.binary(Array(bytes)))
            case .ping(let bytes): seen.append(.ping(Array(bytes)))
            case .pong(let bytes): seen.append(.pong(Array(bytes)))
            case .close(let code, let reason):
                seen.append(.close(code, String(decoding: reason, as: UTF8.self)))
            case .failure(let code, _): seen.append(.failure(code))
            }
        }
        for index in copy.indices { copy[index] = 0xFF }
        copy.deallocate()
    }
    return seen
}

func decode(
    _ bytes: [UInt8], role: WebSocketRole = .server, messageBytesMax: Int = 1 << 20
) -> [Seen] {
    decode([bytes[...]], role: role, messageBytesMax: messageBytesMax)
}
