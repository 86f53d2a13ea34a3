/// Checks what http_parser lets pass in the lines of a message: the ends of lines.
///
/// Two servers that disagree about where a line ends can be made to disagree about where a request
/// ends, which lets a stranger's request slip in (request smuggling). So: CR and LF only together,
/// no folded lines, no NUL (RFC 9112, 2.2 and 5.2), and behind the data of a chunk a line end at
/// once.
struct HTTPLineRules {
    private var previous: UInt8 = 0
    private var isBehindData = false

    /// Says that chunk data came between the bytes checked so far and the next.
    mutating func skipData() {
        isBehindData = true
        previous = 0
    }

    /// Goes on with the next bytes of lines; false when they break a rule.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first else { return true }
        if isBehindData {
            guard first == 0x0D else { return false }
            isBehindData = false
        }
        for byte in bytes {
            switch byte {
            case 0x0A where previous != 0x0D: return false
            case 0x20 where previous == 0x0A, 0x09 where previous == 0x0A: return false
            case 0: return false
            default:
                if previous == 0x0D, byte != 0x0A { return false }
            }
            previous = byte
        }
        return true
    }
}
